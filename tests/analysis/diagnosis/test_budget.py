"""A run outlasts its budget by what has begun, no more. Oracle: a clock turned by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from leadline.analysis.diagnosis import bench
from leadline.analysis.diagnosis.case import Clock, OutOfTimeError
from leadline.library.diagnosis import diagnose


def test_nothing_begins_once_the_budget_is_spent():
    now = iter([0.0, 5.0, 11.0, 11.0])
    clock = Clock(10.0, now=lambda: next(now))
    clock.is_strict = True
    clock.go_on()
    with pytest.raises(OutOfTimeError):
        clock.go_on()
    clock.is_strict = False
    clock.go_on()  # the model as it is must be measured, however long it takes


class Turned(LogisticRegression):
    """A model whose trainings take ten seconds each, by a clock turned by hand."""

    spent = 0.0

    def fit(self, X, y, sample_weight=None):
        Turned.spent += 10.0
        return super().fit(X, y)


def test_what_is_left_out_for_want_of_time_is_said(linear_world, monkeypatch):
    monkeypatch.setitem(Clock.__init__.__kwdefaults__, "now", lambda: Turned.spent)
    train, test = linear_world(300, seed=1), linear_world(300, seed=2)
    X_production = linear_world(300, seed=3).X + 1
    Turned.spent = 0.0
    found = diagnose(
        Turned(), train.X, train.y, test.X, test.y, X_production=X_production,
        budget_seconds=65,
    )  # fmt: skip
    assert found.verdict == "undecidable"
    assert any("the budget ended while it was tried" in told for told in found.skipped)
    assert any("would not have held it" in told for told in found.skipped)
    assert Turned.spent <= 65 + 2 * 10  # the trainings that two threads had begun


def test_pictures_without_time_show_what_was_measured(linear_world):
    train, test = linear_world(300, seed=1), linear_world(1_000, seed=2)
    found = diagnose(
        LogisticRegression(), train.X, train.y, test.X, test.y, budget_seconds=1e-9
    )
    assert "reference" not in {rung.name for rung in found.ladder}
    assert {shift.dependence for shift in found.shift} == {0.0}
    assert found.verdict == "undecidable"


def test_a_model_slow_to_answer_leaves_its_columns_to_a_reference(linear_world, monkeypatch):
    monkeypatch.setattr(bench, "DEPENDENCE_SHARE", 0.0)
    train, test = linear_world(300, seed=1), linear_world(1_000, seed=2)
    found = diagnose(LogisticRegression(), train.X, train.y, test.X, test.y)
    told = {shift.column: shift.dependence for shift in found.shift}
    assert np.argsort([-told[c] for c in sorted(told)])[:2].tolist() in ([0, 1], [1, 0])
