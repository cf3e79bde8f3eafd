"""A model against a rule on the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from leadline.analysis.baseline.comparison import compare, time_blocks
from leadline.analysis.baseline.segments import find_segments
from leadline.analysis.baseline.worth import by_kpi, by_payoff
from leadline.analysis.problem.intervals import paired_difference
from leadline.analysis.problem.metrics import resolve_metric
from leadline.errors import InputError


def two_halves(rows_of, rng, n=2000):
    """The model is good where `group` is a, and worse than the rule where it is b."""
    group = rng.choice(np.array(["a", "b"], dtype=object), n)
    y = rng.integers(0, 2, n)
    model = np.where(group == "a", 0.1 + 0.8 * y, 0.9 - 0.6 * y)
    rows, problem = rows_of({"group": group, "noise": rng.normal(size=n)}, y)
    return rows, problem, np.full(n, 0.5), model


def test_means_are_compared_by_a_paired_t(rows_of, rng):
    rows, problem, rule, model = two_halves(rows_of, rng)
    metric = resolve_metric("log_loss", problem=problem)
    found = compare(rows, rule, model, problem=problem, metric=metric, rng=rng)
    losses = [metric.per_row(rows.y, s) for s in (rule, model)]
    assert found.gain.pvalue == pytest.approx(stats.ttest_rel(*losses).pvalue)
    assert found.gain.estimate == pytest.approx(found.rule_loss - found.model_loss)
    assert found.loss_gain.estimate == pytest.approx(found.gain.estimate)


def test_time_counts_in_blocks(rows_of, rng):
    rows, problem = rows_of({"x": np.zeros(64)}, rng.normal(size=64), time=np.arange(64))
    metric = resolve_metric("mae", problem=problem)
    found = compare(rows, np.zeros(64), rows.y, problem=problem, metric=metric, rng=rng)
    assert found.gain.n_units == 16  # 64 moments in blocks of 64^(1/3) = 4
    few, problem = rows_of(
        {"x": np.zeros(60)},
        rng.normal(size=60),
        time=np.arange(60) % 4,
        groups=np.arange(60) % 20,
    )
    found = compare(few, np.zeros(60), few.y, problem=problem, metric=metric, rng=rng)
    assert found.gain.n_units == 20  # four moments say too little: the series count
    assert time_blocks(np.array([3.0, 1.0, 3.0])).tolist() == [0, 0, 0]


def test_a_better_and_a_worse_segment_are_told_apart(rows_of, rng):
    rows, problem, rule, model = two_halves(rows_of, rng)
    metric = resolve_metric("log_loss", problem=problem)
    compared = compare(rows, rule, model, problem=problem, metric=metric, rng=rng)
    found = {s.name: s for s in find_segments(rows, rows, compared, problem=problem)}
    assert found["group is b"].verdict == "worse"
    assert found["group is a"].verdict == "better"
    assert found["group is a"].share + found["group is b"].share == pytest.approx(1)


def test_false_discoveries_stay_rare(rows_of):
    # Simulation: model and rule equally good everywhere; 40 tables × about 40 segments.
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 400)
        rows, problem = rows_of(rng.normal(size=(400, 10)), y)
        rule, model = rng.uniform(0.3, 0.7, (2, 400))
        metric = resolve_metric("log_loss", problem=problem)
        compared = compare(rows, rule, model, problem=problem, metric=metric, rng=rng)
        found = find_segments(rows, rows, compared, problem=problem)
        alarms += any(s.verdict == "worse" for s in found)
    assert alarms / 40 <= 0.15  # 5 % expected; three binomial standard errors above


def test_segments_have_names_that_read_as_conditions(rows_of, rng):
    n = 400
    table = {
        "age": np.where(rng.random(n) < 0.2, np.nan, rng.integers(18, 80, n)),
        "member": rng.random(n) < 0.5,
        "since": np.datetime64("2024-01-01") + rng.integers(0, 300, n),
        "known": np.where(rng.random(n) < 0.5, 1.0, np.nan),
        "same": np.ones(n),
    }
    rows, problem = rows_of(table, rng.integers(0, 2, n))
    metric = resolve_metric("log_loss", problem=problem)
    compared = compare(
        rows, np.full(n, 0.5), np.full(n, 0.6), problem=problem, metric=metric, rng=rng
    )
    names = {s.name for s in find_segments(rows, rows, compared, problem=problem)}
    assert {"age is missing", "member is true", "known is known", "known is missing"} <= names
    assert any(name.startswith("age > ") for name in names)
    assert any(" < age ≤ " in name for name in names)
    assert any(name.startswith("since ≤ 2024-") for name in names)


def test_queries_are_the_rows_of_a_ranking(rows_of, rng):
    query = np.repeat(np.arange(80), 5)
    y = rng.integers(0, 3, 400)
    y[::5] = 1  # every query has something to find
    market = np.where(query % 2 == 0, 0.0, 1.0)
    model = np.where(market == 0, 1.0, -1.0) * y
    rows, problem = rows_of(
        {"market": market, "noise": rng.normal(size=400)}, y, groups=query, kind="ranking"
    )
    metric = resolve_metric(None, problem=problem)
    compared = compare(rows, np.zeros(400), model, problem=problem, metric=metric, rng=rng)
    found = {s.name: s for s in find_segments(rows, rows, compared, problem=problem)}
    assert set(found) == {"market ≤ 0", "market > 0"}
    assert found["market > 0"].verdict == "worse"
    assert found["market ≤ 0"].n == 40


def test_queries_without_anything_to_find_have_no_segments(rows_of, rng):
    query = np.repeat(np.arange(10), 4)
    rows, problem = rows_of(
        {"x": rng.normal(size=40)}, np.zeros(40), groups=query, kind="ranking"
    )
    metric = resolve_metric(None, problem=problem)
    compared = compare(rows, np.zeros(40), np.ones(40), problem=problem, metric=metric, rng=rng)
    assert find_segments(rows, rows, compared, problem=problem) == []
    assert np.isnan(compared.rule_loss)


def test_a_payoff_is_what_the_best_decision_earns(rows_of):
    y = np.tile([1, 0, 0, 0], 50)
    _, problem = rows_of({"x": np.zeros(200)}, y)
    perfect, ignorant = y.astype(float), np.full(200, 0.25)
    found = by_payoff(
        {"hit": 10, "false_alarm": -4}, y, ignorant, perfect, problem=problem, clusters=None
    )
    # by hand: knowing earns 10 a quarter of the time, 2.5; ignorance does nothing, because
    # acting on everyone earns 0.25 × 10 − 0.75 × 4 = −0.5; 1,000 decisions: 2,500
    assert found.value == pytest.approx(2500)
    assert found.lower < 2500 < found.upper
    assert found.unit == "payoff per 1,000 decisions"


@pytest.mark.parametrize(
    "payoff",
    [
        {"tp": 1, "tn": 1, "fp": 0, "fn": 0},
        [[1, 0], [0, 1]],
        lambda y, p: ((p > 0.5) == y) * 1.0,
    ],
)
def test_names_matrices_and_functions_say_the_same(rows_of, payoff):
    y = np.tile([1, 0], 30)
    _, problem = rows_of({"x": np.zeros(60)}, y)
    found = by_payoff(payoff, y, np.full(60, 0.4), y * 0.9, problem=problem, clusters=None)
    assert found.value == pytest.approx(500)  # right on all against right on half


def test_a_matrix_serves_many_classes(rows_of):
    y = np.tile([0, 1, 2], 20)
    _, problem = rows_of({"x": np.zeros(60)}, y)
    sure, ignorant = np.eye(3)[y], np.full((60, 3), 1 / 3)
    found = by_payoff(np.eye(3), y, ignorant, sure, problem=problem, clusters=None)
    assert found.value == pytest.approx(1000 * 2 / 3)


@pytest.mark.parametrize(
    ("payoff", "message"),
    [
        ({"win": 3}, "a payoff by name is for two classes"),
        ([[1, 2, 3]], r"2 × 2 numbers, got shape \(1, 3\)"),
        (lambda y, p: [1.0], r"the payoff gave shape \(1,\) for 40 rows"),
    ],
)
def test_a_payoff_that_fits_nothing_is_an_error(rows_of, payoff, message):
    y = np.tile([1, 0], 20)
    _, problem = rows_of({"x": np.zeros(40)}, y)
    with pytest.raises(InputError, match=message):
        by_payoff(payoff, y, y * 1.0, y * 1.0, problem=problem, clusters=None)


@pytest.mark.parametrize(
    ("kind", "message"), [("ranking", "needs decisions"), ("regression", "needs classes")]
)
def test_only_decisions_have_a_payoff(rows_of, kind, message):
    y = np.tile([1, 0], 20)
    _, problem = rows_of({"x": np.zeros(40)}, y, kind=kind, groups=y)
    with pytest.raises(InputError, match=message):
        by_payoff({"hit": 1}, y, y, y, problem=problem, clusters=None)


def test_a_kpi_scales_the_gain_and_keeps_its_interval_in_order():
    gain = paired_difference(np.r_[np.ones(50), np.zeros(50)], np.zeros(100))
    found = by_kpi(("EUR a month", 2000), gain)
    assert (found.value, found.unit) == (pytest.approx(1000), "EUR a month")
    cost = by_kpi(-1, gain)
    assert cost.lower < cost.value < cost.upper
    assert cost.unit == "KPI"
    with pytest.raises(InputError, match="neither a number nor"):
        by_kpi("much", gain)
