"""The statistics inside, against closed forms and second libraries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from leadline.analysis.diagnosis import segments
from leadline.analysis.diagnosis.case import Clock, loss_floor
from leadline.analysis.diagnosis.causes.noise import wilson
from leadline.analysis.diagnosis.domain import counted_distance, distance, divide, domain
from leadline.analysis.diagnosis.gains import chosen, from_error, measured
from leadline.analysis.diagnosis.priors import chance_move, estimated_shares, reweighed
from leadline.analysis.diagnosis.result import CauseFinding
from leadline.analysis.diagnosis.thresholds import REMEDY_SD
from leadline.library.diagnosis import diagnose


def test_a_gain_has_the_interval_of_a_paired_t_test():
    rng = np.random.default_rng(0)
    before, after = rng.normal(1, 1, 50), rng.normal(0.5, 1, 50)
    gain = measured(before, after)
    d = before - after
    # oracle: t table, 49 df, 90 %; other tables bring 25 % more or less of the gain
    half = 1.2990687847 * np.hypot(d.std(ddof=1) / np.sqrt(50), 0.25 * d.mean())
    assert np.allclose([gain.estimate, gain.lower, gain.upper],
                       [d.mean(), d.mean() - half, d.mean() + half])  # fmt: skip


def test_eighty_percent_intervals_cover_the_truth_in_eighty_percent_of_runs():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(1000):
        d = rng.normal(0.3, 1, 40)
        gain = measured(d, np.zeros(40))
        there = 0.3 * (1 + REMEDY_SD * rng.normal())  # what it brings on another table
        hits += gain.lower <= there <= gain.upper
    assert abs(hits / 1000 - 0.8) < 3 * np.sqrt(0.8 * 0.2 / 1000)


def test_a_gain_without_spread_is_certain_and_without_error_is_unknown():
    assert from_error(0.5, 0.0, n_units=10).pvalue == 0.0
    assert np.isnan(from_error(0.5, float("nan"), n_units=10).pvalue)


def test_picking_among_equals_is_not_flattered():
    # 30 options without any effect: naive picking gains, cross-fitted picking does not
    rng = np.random.default_rng(0)
    gains, flattered = [], []
    for _ in range(60):
        options = [rng.normal(size=200) for _ in range(30)]
        losses, _best = chosen(options, clusters=np.arange(200), rng=rng)
        gains.append(-losses.mean())
        flattered.append(-min(o.mean() for o in options))
    assert abs(np.mean(gains)) < 3 * np.std(gains) / np.sqrt(60)
    assert np.mean(flattered) > 0.1
    alone, best = chosen([np.ones(1), np.zeros(1)], clusters=np.zeros(1, int), rng=rng)
    assert best == 1
    assert alone.tolist() == [0.0]


def test_two_samples_of_one_law_are_not_told_apart_and_moved_ones_are():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(1500, 3)), rng.normal(size=(1500, 3))
    none = np.zeros(3, dtype=bool)
    assert not domain(old, new, categorical=none, rng=rng).differs(0.53)
    found = domain(old, new + np.array([1.0, 0, 0]), categorical=none, rng=rng)
    assert found.differs(0.53)
    # oracle: one normal moved by 1 is told from the other with AUC Φ(1/√2) = .760
    assert abs(found.auc - norm.cdf(1 / np.sqrt(2))) < 0.02
    both = np.repeat([0, 1], 1500)
    second = roc_auc_score(both, np.concatenate([found.old, found.new]))
    assert found.auc == pytest.approx(second, abs=1e-9)


def test_of_few_rows_one_direction_shows_a_plain_move_that_trees_miss():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(300, 6)), rng.normal(size=(300, 6)) + 0.12
    new[0, 0] = np.nan
    # oracle: along the sum of the columns the means lie 0.12 √6 apart, AUC Φ(0.12 √6 / √2)
    found = {
        linear: domain(old, new, categorical=np.zeros(6, bool), rng=rng, linear=linear).auc
        for linear in (False, True)
    }
    assert found[True] == pytest.approx(norm.cdf(0.12 * np.sqrt(3)), abs=0.05)
    assert found[True] > found[False]


def test_a_large_sample_is_told_apart_from_a_part_of_it():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(8000, 1)), rng.normal(size=(8000, 1)) + 1
    found = domain(old, new, categorical=np.zeros(1, dtype=bool), rng=rng)
    assert abs(found.auc - norm.cdf(1 / np.sqrt(2))) < 0.02  # oracle: as above


def test_weights_that_undo_a_shift_leave_nothing_to_tell():
    rng = np.random.default_rng(0)
    y = (rng.random(6000) < 0.5).astype(int)
    X = rng.normal(size=(6000, 2)) + y[:, None]
    z = (rng.random(3000) < 0.1).astype(int)
    Z = rng.normal(size=(3000, 2)) + z[:, None]
    none = np.zeros(2, dtype=bool)
    weight = np.where(y == 1, 0.2, 1.8)
    assert domain(X, Z, categorical=none, rng=rng).differs(0.53)
    assert not domain(X, Z, categorical=none, rng=rng, old_weight=weight).differs(0.53)


def test_a_rise_divides_into_other_answers_and_other_rows():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(4000, 1)), rng.normal(size=(4000, 1)) + 1
    none = np.zeros(1, dtype=bool)
    where = domain(old, new, categorical=none, rng=rng)
    loss = lambda X: X[:, 0] + rng.normal(size=4000) * 0.1  # noqa: E731 (the loss of the case)
    moved = divide(loss(old), loss(new), where)
    # oracle: the same loss per row, so nothing is concept and 1 is covariate
    assert abs(moved.concept) < 0.15
    assert abs(moved.covariate - 1) < 0.15
    same = domain(old, rng.normal(size=(4000, 1)), categorical=none, rng=rng)
    changed = divide(np.zeros(4000), np.ones(4000), same)
    assert changed.concept == pytest.approx(1.0)


def test_distance_is_the_statistic_of_kolmogorov_and_smirnov():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=300), rng.normal(0.4, 1, size=200)
    assert distance(a, b, categorical=False) == pytest.approx(ks_2samp(a, b).statistic)
    # oracle: shares ½, ½ against ¼, ¾
    codes = np.array([0.0, 1, 0, 1]), np.array([0.0, 1, 1, 1])
    assert distance(*codes, categorical=True) == pytest.approx(0.25)


def test_counted_bins_have_the_distance_of_their_rows():
    rng = np.random.default_rng(0)
    edges = np.array([0.0, 1.0, 2.0])
    rows = [rng.integers(0, 4, n) - 0.5 for n in (300, 200)]  # every value is a bin of its own
    rows[1][:30] = np.nan
    bins = [
        np.append(np.bincount(np.searchsorted(edges, v[~np.isnan(v)]), minlength=4),
                  np.isnan(v).sum()).astype(float)
        for v in rows
    ]  # fmt: skip
    # oracle: the distance of the rows themselves
    for categorical in (False, True):
        expected = distance(*rows, categorical=categorical)
        assert counted_distance(*bins, categorical=categorical) == pytest.approx(expected)


def test_wilson_agrees_with_statsmodels():
    lower, upper = wilson(7, 100)
    expected = proportion_confint(7, 100, alpha=2 * norm.sf(1.96), method="wilson")
    assert (lower, upper) == pytest.approx(expected)


def test_shares_are_estimated_from_scores_and_refused_where_scores_know_nothing():
    rng = np.random.default_rng(0)
    y = (rng.random(20_000) < 0.5).astype(int)
    p = np.clip(0.5 + 0.3 * (y - 0.5) + 0.1 * rng.normal(size=y.size), 0, 1)
    keep = (y == 1) | (rng.random(y.size) < 0.25)
    old, new = np.column_stack([1 - p, p]), np.column_stack([1 - p, p])[keep]
    shares = estimated_shares(old, y, new)
    assert shares is not None
    assert abs(shares[1] - 0.8) < 0.02  # oracle: 1 to ¼ is 80 %
    flat = np.full((y.size, 2), 0.5)
    assert estimated_shares(flat, y, flat) is None
    assert estimated_shares(old[:50], np.zeros(50, dtype=int), new) is None
    # oracle: Bayes' rule with odds times 4
    assert reweighed(np.array([[0.5, 0.5]]), np.array([0.4, 1.6]))[0, 1] == pytest.approx(0.8)


def test_the_clock_says_what_it_did_not_allow():
    times = iter([0.0, 1.0, 9.0])
    clock = Clock(5.0, now=lambda: next(times))
    assert clock.allows(2.0, "first")
    assert not clock.allows(0.0, "second")
    assert clock.skipped == ["second: the budget of 5 s would not have held it"]


def test_the_floor_is_a_share_of_two_losses():
    assert loss_floor(model_loss=0.5, constant_loss=0.7) == 0.01
    assert loss_floor(model_loss=0.001, constant_loss=0.7) == pytest.approx(0.0035)


def test_a_finding_reads_as_one_line():
    finding = CauseFinding(
        cause="overfitting", verdict="confirmed", gain=0.012, gain_lower=0.008,
        gain_upper=0.016, unit="log loss", evidence="", question="?",
        remedy="raise min_samples_leaf to 200",
    )  # fmt: skip
    assert finding.sentence == "raise min_samples_leaf to 200: +0.012 [0.008, 0.016] log loss"
    nothing = float("nan")
    unknown = CauseFinding(
        cause="overfitting", verdict="undecidable", gain=nothing, gain_lower=nothing,
        gain_upper=nothing, unit="log loss", evidence="", question="?", remedy="look",
    )  # fmt: skip
    assert unknown.sentence == "look: gain not measurable here"
    assert replace(unknown, cause="undecidable").sentence == "look"
    assert replace(unknown, gain=0.1).sentence == "look: +0.1 log loss"


def test_a_weak_segment_is_named_with_its_losses():
    rng = np.random.default_rng(0)

    def draw(n):
        X = rng.normal(size=(n, 3))
        X[:, 2] = rng.integers(0, 2, n)
        noisy = np.where(X[:, 2] > 0, 0.0, 4.0)
        return X, (rng.random(n) < 1 / (1 + np.exp(-noisy * X[:, 0]))).astype(int)

    model = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    diagnosis = diagnose(model, *draw(2500), *draw(2500))
    assert any("x2" in segment.sentence for segment in diagnosis.segments)
    worst = diagnosis.segments[0]
    assert worst.loss > worst.loss_elsewhere
    assert "HistGradientBoostingClassifier" in str(diagnosis)
    assert diagnosis.to_dict()["segments"][0]["n_rows"] == worst.n_rows


def test_rows_of_one_cluster_are_one_witness_of_a_weak_segment():
    losses, rows = np.array([4.0, 4.0, 1.0, 2.0]), np.array([True, True, False, False])
    alone = segments._compared("x", rows, losses, clusters=np.arange(4))
    # oracle: the same four rows, each twice and tied to its copy
    tied = segments._compared(
        "x", np.repeat(rows, 2), np.repeat(losses, 2), clusters=np.repeat(np.arange(4), 2)
    )
    assert tied.pvalue == pytest.approx(alone.pvalue)
    apart = segments._compared(
        "x", np.repeat(rows, 2), np.repeat(losses, 2), clusters=np.arange(8)
    )
    assert apart.pvalue < alone.pvalue


def test_a_thousand_columns_are_read_through_a_reference(only):
    only("calibration")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 220))
    y = (X[:, 0] + 0.5 * rng.normal(size=500) > 0).astype(int)
    diagnosis = diagnose(
        LogisticRegression(C=0.01), X[:300], y[:300], X[300:], y[300:], budget_seconds=30
    )
    strongest = max(diagnosis.shift, key=lambda column: column.dependence)
    assert strongest.column == "x0"


def test_shares_estimated_from_weak_scores_move_by_chance_and_that_is_known():
    rng = np.random.default_rng(0)

    def draw(n):
        y = (rng.random(n) < 0.3).astype(int)
        p = np.clip(0.3 + 0.05 * (y - 0.3) + 0.05 * rng.normal(size=n), 0.01, 0.99)
        return y, np.column_stack([1 - p, p])

    beyond = 0
    for _ in range(40):  # oracle: simulation; nothing moved between the two samples
        (y, old), (_, new) = draw(400), draw(400)
        shares = estimated_shares(old, y, new)
        beyond += abs(shares[1] - y.mean()) > chance_move(old, y, new, rng=rng)
    assert beyond <= 1
    few = np.array([0, 1])
    assert np.isinf(chance_move(old[:2], few, new, rng=rng))
