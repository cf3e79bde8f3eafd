"""Which rules are tried, and how the best one is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline import choice
from leadline.analysis.baseline.rows import folds, row_numbers
from leadline.analysis.problem.metrics import resolve_metric


def trials(rows, problem, rng, metric=None, horizon=1.0):
    chosen = resolve_metric(metric, problem=problem)
    return choice.try_rules(rows, problem=problem, metric=chosen, horizon=horizon, rng=rng)


def test_the_planted_feature_wins(rows_of, rng):
    x = rng.integers(0, 40, 900)
    rows, problem = rows_of({"x": x, "noise": rng.normal(size=900)}, (x > 20).astype(int))
    found = trials(rows, problem, rng)
    assert "x > 20" in found[0].rule.sentence
    assert found[-1].rule.name == "prior"
    assert found[0].metric == pytest.approx(1)


def test_rules_that_only_fit_noise_lose_to_the_prior(rows_of):
    # Simulation: 20 tables of noise; chosen on rows that the rule has not seen, so the
    # prior wins about as often as a coin says, and never loses by much in loss.
    losses = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows, problem = rows_of(rng.normal(size=(150, 10)), rng.integers(0, 2, 150))
        found = trials(rows, problem, rng, metric="log_loss")
        losses.append(found[0].rule.name == "prior")
    assert np.mean(losses) > 0.8


def test_an_undefined_metric_leaves_the_choice_to_the_loss(rows_of, rng):
    rows, problem = rows_of({"x": np.arange(30)}, np.ones(30, dtype=int))
    found = trials(rows, problem, rng)
    assert np.isnan(found[0].metric)
    assert found[0].rule.name == "prior"


def test_a_weekly_pattern_is_won_by_last_week(rows_of, rng):
    days = np.arange("2024-01-01", "2024-05-01", dtype="datetime64[D]")
    y = 10.0 * (np.arange(days.size) % 7) + rng.normal(size=days.size)
    rows, problem = rows_of({"promo": rng.integers(0, 2, days.size)}, y, time=days)
    assert trials(rows, problem, rng)[0].rule.name == "same day last week"


@pytest.mark.parametrize("metric", ["mae", "rmse"])
def test_mean_or_median_is_best_by_its_own_metric(rows_of, rng, metric):
    y = rng.exponential(size=600) ** 2
    rows, problem = rows_of({"x": np.zeros(600)}, y)
    best = trials(rows, problem, rng, metric=metric)[0].rule.name
    assert best == {"mae": "median", "rmse": "mean"}[metric]


def test_a_click_is_tried_by_position(rows_of, rng):
    position = rng.integers(1, 5, 2000)
    y = (rng.random(2000) < 0.2 / position).astype(int)
    rows, problem = rows_of({"position": position}, y, kind="click")
    assert "position only" in {trial.rule.name for trial in trials(rows, problem, rng)}


def test_a_ranking_is_never_worse_than_unsorted_on_training_rows(rows_of, rng):
    y = rng.integers(0, 3, 120)
    table = {"score": y + rng.normal(size=120)}
    rows, problem = rows_of(table, y, groups=np.repeat(np.arange(20), 6))
    found = trials(rows, problem, rng)
    assert found[0].rule.name == "one column"
    assert found[-1].rule.name == "unsorted"


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_a_handful_of_rows_does_not_fail(rows_of, rng, n):
    rows, problem = rows_of({"x": np.arange(n)}, np.arange(n) % 2, kind="binary")
    assert trials(rows, problem, rng)[0].rule.name


def test_folds_keep_groups_whole_and_time_in_order(rows_of, rng):
    groups = np.repeat(np.arange(12), 5)
    rows, problem = rows_of({"x": np.zeros(60)}, rng.normal(size=60), groups=groups)
    for fit, judge in folds(rows, problem=problem, n_folds=3, rng=rng):
        assert not set(groups[fit]) & set(groups[judge])
    time = rng.permutation(60).astype(float)
    rows, problem = rows_of({"x": np.zeros(60)}, rng.normal(size=60), time=time)
    ((fit, judge),) = folds(rows, problem=problem, n_folds=3, rng=rng)
    assert time[fit].max() < time[judge].min()


def test_one_moment_cannot_be_parted(rows_of, rng):
    rows, problem = rows_of({"x": np.zeros(1)}, [2.0], time=[1.0], kind="forecast")
    assert folds(rows, problem=problem, n_folds=3, rng=rng) == []


def test_folds_of_classes_hold_every_class(rows_of, rng):
    y = np.r_[np.ones(6, dtype=int), np.zeros(300, dtype=int)]
    rows, problem = rows_of({"x": np.zeros(306)}, y)
    for fit, judge in folds(rows, problem=problem, n_folds=3, rng=rng):
        assert (y[fit].sum(), y[judge].sum()) == (4, 2)


def test_folds_of_numbers_part_all_rows(rows_of, rng):
    rows, problem = rows_of({"x": np.zeros(31)}, rng.normal(size=31))
    judged = [judge for _, judge in folds(rows, problem=problem, n_folds=3, rng=rng)]
    assert sorted(np.concatenate(judged).tolist()) == list(range(31))


def test_a_column_that_numbers_the_rows_is_found(rng):
    table = {
        "id": rng.permutation(200) + 5,
        "age": rng.integers(0, 90, 200),
        "spread": np.arange(200) * 1000,
        "score": rng.normal(size=200),
    }
    assert row_numbers(table) == ["id"]
    assert row_numbers({"id": np.arange(10)}) == []  # ten rows prove nothing
