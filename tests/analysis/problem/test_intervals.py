"""How sure a difference is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.regression.linear_model import OLS

from leadline.analysis.problem.intervals import metric_difference, paired_difference
from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.metrics import resolve_metric

RNG = np.random.default_rng(11)
Y = RNG.integers(0, 2, 400)
A = Y + RNG.normal(size=400)
B = 0.5 * Y + RNG.normal(size=400)
GROUPS = np.arange(400) // 8
BINARY = infer_problem(Y)


def test_a_paired_difference_is_scipys_paired_t():
    found = paired_difference(A, B)
    oracle = stats.ttest_rel(A, B)
    low, high = oracle.confidence_interval(0.95)
    assert (found.lower, found.upper) == (pytest.approx(low), pytest.approx(high))
    assert found.pvalue == pytest.approx(oracle.pvalue)
    assert found.method == "paired t"


def test_a_clustered_error_is_statsmodels_sandwich():
    found = paired_difference(A, B, clusters=GROUPS)
    fit = OLS(A - B, np.ones(400)).fit(
        cov_type="cluster",
        cov_kwds={"groups": GROUPS, "use_correction": True, "df_correction": True},
    )
    # statsmodels also multiplies by (n − 1)/(n − k) = 1 for one regressor
    assert found.standard_error == pytest.approx(float(fit.bse[0]))
    assert found.n_units == 50


def test_weights_give_the_weighted_mean_and_its_robust_error():
    weights = RNG.uniform(1, 3, 400)
    found = paired_difference(A, B, sample_weight=weights)
    assert found.estimate == pytest.approx(np.average(A - B, weights=weights))
    # closed form of the sandwich: √(Σ w²e²)/Σw, times √(n/(n−1))
    e = A - B - found.estimate
    expected = np.sqrt(np.sum((weights * e) ** 2) * 400 / 399) / weights.sum()
    assert found.standard_error == pytest.approx(expected)


@pytest.mark.parametrize("clusters", [None, [0, 0, 1, 1]])
def test_too_few_units_give_no_interval_and_say_why(clusters):
    found = paired_difference(np.ones(4), np.zeros(4), clusters=clusters)
    assert found.estimate == 1
    assert np.isnan(found.lower)
    assert "below 5" in found.reason
    assert not found.is_positive


def test_weights_of_zero_leave_the_difference_undefined():
    found = paired_difference(A, B, sample_weight=np.zeros(400))
    assert np.isnan(found.estimate)
    assert "undefined" in found.reason


def test_equal_values_differ_by_exactly_nothing():
    found = paired_difference(A, A)
    assert (found.estimate, found.standard_error, found.pvalue) == (0, 0, 1)
    assert paired_difference(np.ones(9), np.zeros(9)).pvalue == 0


def test_delong_agrees_with_the_published_formula():
    found = metric_difference(resolve_metric("roc_auc", problem=BINARY), Y, A, B, rng=RNG)
    assert found.estimate == pytest.approx(roc_auc_score(Y, A) - roc_auc_score(Y, B))
    # DeLong et al. (1988): covariance of placements, written out by pairs
    placements = []
    for s in (A, B):
        wins = (s[Y == 1][:, None] > s[Y == 0][None]).astype(float)
        placements.append((wins.mean(axis=1), wins.mean(axis=0)))
    (v10a, v01a), (v10b, v01b) = placements
    variance = np.var(v10a - v10b, ddof=1) / v10a.size + np.var(v01a - v01b, ddof=1) / v01a.size
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=0.01)
    assert found.method == "DeLong"


def test_clustered_delong_covers_the_truth_when_rows_repeat():
    # Each row eight times: 8 copies say no more than one, so the error must not shrink.
    copies = np.repeat(np.arange(100), 8)
    metric = resolve_metric("roc_auc", problem=BINARY)
    once = metric_difference(metric, Y[:100], A[:100], B[:100], rng=RNG)
    many = metric_difference(
        metric, Y[:100][copies], A[:100][copies], B[:100][copies], groups=copies, rng=RNG
    )
    assert many.standard_error == pytest.approx(once.standard_error, rel=0.02)
    assert many.method == "clustered DeLong"


def test_delong_needs_five_of_each_class():
    y = np.zeros(50, dtype=int)
    y[:3] = 1
    metric = resolve_metric("roc_auc", problem=BINARY)
    found = metric_difference(metric, y, A[:50], B[:50], rng=RNG)
    assert "3 positives and 47 negatives" in found.reason
    assert np.isfinite(found.estimate)
    none = metric_difference(metric, np.zeros(50, dtype=int), A[:50], B[:50], rng=RNG)
    assert np.isnan(none.estimate)


def test_differences_are_positive_when_the_first_is_better_in_either_direction():
    p, q = np.clip(0.5 + 0.2 * (A - 0.5), 0.05, 0.95), np.full(400, 0.5)
    for name in ("accuracy", "log_loss", "f1", "roc_auc"):
        metric = resolve_metric(name, problem=BINARY)
        assert metric_difference(metric, Y, p, q, rng=RNG, repeats=50).estimate > 0


def test_a_metric_that_is_a_mean_takes_the_paired_t():
    p, q = 1 / (1 + np.exp(-A)), 1 / (1 + np.exp(-B))
    metric = resolve_metric("accuracy", problem=BINARY)
    found = metric_difference(metric, Y, p, q, rng=RNG)
    oracle = stats.ttest_rel(((p >= 0.5) == Y) * 1.0, ((q >= 0.5) == Y) * 1.0)
    assert found.pvalue == pytest.approx(oracle.pvalue)


def test_the_bootstrap_agrees_with_the_closed_form_where_there_is_one():
    # rmse has no row mean; its delta-method error is that of mse over 2 rmse
    y = RNG.normal(size=2000)
    a, b = y + RNG.normal(size=2000), y + 1.5 * RNG.normal(size=2000)
    metric = resolve_metric("rmse", problem=infer_problem(y))
    found = metric_difference(metric, y, a, b, rng=np.random.default_rng(0), repeats=400)
    ra, rb = np.sqrt(np.mean((y - a) ** 2)), np.sqrt(np.mean((y - b) ** 2))
    influence = (y - b) ** 2 / (2 * rb) - (y - a) ** 2 / (2 * ra)
    assert found.estimate == pytest.approx(rb - ra)
    assert found.standard_error == pytest.approx(influence.std() / np.sqrt(2000), rel=0.15)
    again = metric_difference(metric, y, a, b, rng=np.random.default_rng(0), repeats=400)
    assert again == found  # seeded


def test_the_bootstrap_draws_whole_clusters_and_carries_weights():
    copies = np.repeat(np.arange(100), 8)
    p = 1 / (1 + np.exp(-A[:100]))
    metric = resolve_metric("f1", problem=BINARY)
    once = metric_difference(metric, Y[:100], p, 1 - p, rng=np.random.default_rng(1))
    many = metric_difference(
        metric, Y[:100][copies], p[copies], 1 - p[copies], groups=copies,
        sample_weight=np.ones(800), rng=np.random.default_rng(1),
    )  # fmt: skip
    assert many.standard_error == pytest.approx(once.standard_error, rel=0.15)
    assert many.n_units == 100


def test_the_bootstrap_says_when_it_cannot():
    metric = resolve_metric(lambda y_true, y_score: float("nan"), problem=BINARY)
    found = metric_difference(metric, Y, A, B, rng=RNG)
    assert found.reason == "the metric is undefined on these rows"
    f1 = resolve_metric("f1", problem=BINARY)
    assert metric_difference(f1, Y[:4], A[:4], B[:4], rng=RNG).reason == "4 independent units"

    def fragile(y_true, y_score):
        if len(set(y_score)) < y_score.size:
            raise ValueError("only without repeats")
        return 1.0

    never = metric_difference(resolve_metric(fragile, problem=BINARY), Y, A, B, rng=RNG)
    assert "most resamples" in never.reason


def test_ranking_differences_are_over_queries():
    problem = infer_problem(Y, kind="ranking")
    metric = resolve_metric(None, problem=problem)
    found = metric_difference(metric, Y, A, B, groups=GROUPS, rng=RNG)
    assert found.n_units == 50
    assert found.estimate > 0


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    # simulation: the true difference is 0.2, 400 samples of 60 rows in 20 clusters
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        shared = np.repeat(rng.normal(size=20), 3)
        values = 0.2 + shared + rng.normal(size=60)
        found = paired_difference(values, np.zeros(60), clusters=np.repeat(np.arange(20), 3))
        covered += found.lower <= 0.2 <= found.upper
    # 95 % ± 3 binomial standard errors
    assert abs(covered / 400 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400)
