"""The ladder: every rung, from a constant to what is within reach."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss

import leadline
from leadline.analysis.diagnosis import ladder
from leadline.analysis.diagnosis.case import Clock
from leadline.library.diagnosis import diagnose


def test_the_rungs_are_what_they_say(linear_world, diagnosed, only):
    only("calibration")
    train, test = linear_world(300, seed=1), linear_world(2500, seed=2)
    found = {rung.name: rung for rung in diagnosed(LogisticRegression(), train, test).ladder}
    assert list(found) == ["constant", "rule", "train", "test", "recalibrated", "reference"]
    share = np.full(2500, train.y.mean())
    assert found["constant"].loss == pytest.approx(log_loss(test.y, share))  # oracle: sklearn
    p = LogisticRegression().fit(train.X, train.y).predict_proba(test.X)[:, 1]
    assert found["test"].loss == pytest.approx(log_loss(test.y, p))
    # a model that is right is not mended by another map, and a rule has no slope
    assert found["recalibrated"].loss == pytest.approx(found["test"].loss, abs=0.01)
    assert found["test"].loss < found["rule"].loss < found["constant"].loss


def test_the_rule_is_the_one_that_baseline_finds(linear_world, diagnosed, only):
    only("calibration")
    train, test = linear_world(300, seed=1), linear_world(2500, seed=2)
    rung = diagnosed(LogisticRegression(), train, test).ladder[1]
    usual = leadline.baseline(LogisticRegression(), train.X, train.y, test.X, test.y)
    assert rung.note in {rule.sentence for rule in usual.rules}


def test_a_forecast_has_the_rules_of_history_and_a_hole_in_time_has_none(only):
    only("calibration")
    days = pd.date_range("2024-01-01", periods=500)
    week = 10.0 * (np.arange(500) % 7) + np.random.default_rng(0).normal(size=500)
    X = pd.DataFrame({"noise": np.random.default_rng(1).normal(size=500)})

    def rule(times):
        found = diagnose(
            Ridge(), X[:300], week[:300], X[300:], week[300:], time=times, kind="forecast"
        )
        return next(rung for rung in found.ladder if rung.name == "rule")

    assert rule((days[:300], days[300:])).note == "what it was on the same day last week"
    gone = np.array(days[300:], dtype=object)
    gone[3] = None
    assert "last week" not in rule((days[:300], gone)).note


def test_wide_tables_and_scores_alone_do_without_a_rule(
    linear_world, diagnosed, only, monkeypatch
):
    only("calibration", "imbalance", "shift")
    train, test = linear_world(100, seed=1), linear_world(300, seed=2)
    monkeypatch.setattr(ladder, "RULE_CELLS", 400)
    names = [rung.name for rung in diagnosed(LogisticRegression(), train, test).ladder]
    assert "rule" not in names
    p = [1 / (1 + np.exp(-rows.X[:, 0])) for rows in (train, test)]
    alone = diagnose(None, p[0], train.y, p[1], test.y).ladder
    assert [rung.name for rung in alone][:2] == ["constant", "train"]


def test_folds_of_the_training_rows_tell_the_metric_too(linear_world, diagnosed, only):
    only("calibration")
    train, test = linear_world(600, seed=1), linear_world(250, seed=2)
    found = {r.name: r for r in diagnosed(LogisticRegression(), train, test).ladder}
    # oracle: the same world, so the same order on average
    assert abs(found["held out"].metric - found["test"].metric) < 0.06


def test_a_metric_that_no_fold_defines_is_none():
    job = SimpleNamespace(held=SimpleNamespace(target=np.ones(3), groups=None))
    case = SimpleNamespace(metric=lambda *_, **__: float("nan"))
    trials, base = SimpleNamespace(jobs=[job, job]), SimpleNamespace(scores=[0, np.ones(3)])
    bench = SimpleNamespace(case=case, trials=trials, base=base)
    assert np.isnan(ladder._metric_of_folds(bench))


def test_the_best_rule_is_found_on_as_many_rows_as_baseline_looks_at(diagnosed, only):
    only("calibration")
    rng = np.random.default_rng(0)
    # two rules that 5,000 rows do not tell apart
    X = rng.normal(size=(16_000, 4))
    logit = 1.2 * X[:, 0] + 0.8 * X[:, 1] + 0.75 * X[:, 2]
    y = (rng.random(16_000) < 1 / (1 + np.exp(-logit))).astype(int)
    parts = X[:12_000], y[:12_000], X[12_000:], y[12_000:]
    found = diagnose(LogisticRegression(), *parts)
    usual = leadline.baseline(LogisticRegression(), *parts)
    rung = next(rung for rung in found.ladder if rung.name == "rule")
    assert rung.note == usual.rule.sentence  # oracle: leadline.baseline


def test_no_rule_is_looked_for_once_the_budget_is_over(
    linear_world, diagnosed, only, monkeypatch
):
    only("calibration")
    monkeypatch.setattr(Clock, "is_over", True)
    train, test = linear_world(300, seed=1), linear_world(2500, seed=2)
    found = diagnosed(LogisticRegression(), train, test)
    assert "rule" not in [rung.name for rung in found.ladder]
    assert "the best rule: the budget was over" in found.skipped
