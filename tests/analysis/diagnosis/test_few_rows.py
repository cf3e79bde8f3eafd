"""What few rows of a class, or wrong labels beside right ones, change about the judging."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from leadline.analysis.diagnosis.causes.data_size import times_as_many
from leadline.analysis.diagnosis.engine import few_to_judge
from leadline.library.diagnosis import diagnose


class Target(SimpleNamespace):
    """Test rows of which only the target counts."""

    def __len__(self):
        return self.target.size


@pytest.mark.parametrize(
    ("target", "classes", "few"),
    [
        (np.repeat([0, 1], 450), True, True),  # 900 rows
        (np.repeat([0, 1], [2_900, 100]), True, True),  # 3,000, but 100 of the rarer class
        (np.repeat([0, 1], [2_500, 500]), True, False),
        (np.repeat([0, 1, 2], [900, 90, 120]), True, False),  # 210 outside of the commonest
        (np.zeros(3_000), False, False),  # a grade has no rare class
    ],
)
def test_folds_join_where_the_test_rows_tell_little(target, classes, few):
    kind = "multiclass" if classes else "ranking"
    problem = SimpleNamespace(is_classification=classes, kind=kind)
    case = SimpleNamespace(test=Target(target=target), problem=problem)
    assert few_to_judge(case) == few


class TooSure(ClassifierMixin, BaseEstimator):
    """The world's own chances, with odds to the fourth power."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-4.0 * X[:, 0]))
        return np.column_stack([1 - p, p])


def test_scores_are_judged_on_folds_too_unless_these_contradict_the_test_rows(only):
    """Oracle: the world's chances are known; training labels agree with them or with the model.

    Where training labels are what a model too sure of itself expects, folds of training rows
    call its scores right, and the test rows must not be outvoted.
    """
    only("calibration")
    rng = np.random.default_rng(0)

    def draw(n, *, power):
        X = rng.normal(size=(n, 2))
        return X, (rng.random(n) < 1 / (1 + np.exp(-power * X[:, 0]))).astype(int)

    test = draw(500, power=1.0)
    alike = diagnose(TooSure(), *draw(600, power=1.0), *test)
    assert alike.verdict == "miscalibration"
    assert alike.findings[0].measured_on == "test and folds of training rows"
    contradicted = diagnose(TooSure(), *draw(600, power=4.0), *test)
    assert contradicted.verdict == "miscalibration"
    assert contradicted.findings[0].measured_on == "test"
    assert contradicted.findings[0].gain == pytest.approx(alike.findings[0].gain, rel=0.3)


def test_a_rare_class_is_judged_on_folds_of_training_rows(only):
    """Oracle: chances by the closed form, so that no map can gain."""
    only("calibration")
    rng = np.random.default_rng(1)

    def draw(n):
        X = rng.normal(size=(n, 2))
        return X, (rng.random(n) < 1 / (1 + np.exp(3.5 - X[:, 0]))).astype(int)

    found = diagnose(LogisticRegression(), *draw(1_500), *draw(1_200))
    tried = {f.cause: f for f in found.tried}["miscalibration"]
    assert found.verdict == "healthy"
    assert tried.measured_on == "test and folds of training rows"


@pytest.mark.parametrize(
    ("n", "times"), [(30, 64), (120, 16), (249, 8), (251, 4), (999, 4), (1_000, 2), (10**6, 2)]
)
def test_of_few_rows_many_times_as_many_are_looked_at(n, times):
    # closed form: the largest power of two that leaves 2,000 rows at most, and 4 at least
    assert times_as_many(n) == times
