"""What a remedy is worth is measured where the model runs.

Oracle of the rules: closed forms. Losses fall by a known number on each kind of rows.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from leadline.analysis.diagnosis.causes.capacity import beyond
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.domain import Domain
from leadline.analysis.diagnosis.trials import _labelled
from leadline.library.diagnosis import diagnose


def pair(n, gain, *, seed):
    """Losses that a remedy lowers by `gain` on average."""
    rng = np.random.default_rng(seed)
    before = rng.exponential(size=n)
    return Pair(
        before=before, after=before - gain + rng.normal(0, 0.1, n), clusters=np.arange(n)
    )


@pytest.mark.parametrize(
    ("n", "there", "auc", "expected", "measured_on"),
    [
        (None, None, 0.5, 0.10, "test"),
        (2_000, -0.05, 0.5, -0.05, "production"),  # measured as finely as on the test rows
        (30, -0.05, 0.5, -0.05, "production"),  # few that contradict by more than chance
        (30, 0.10, 0.9, 0.10, "production"),  # few that agree, but show it for certain
        (2_000, 0.01, 0.9, 0.01, "production"),  # of another kind, measured as finely
        (4, 0.05, 0.9, 0.10, "test"),  # few that show nothing, of another kind
        (4, 0.05, 0.5, 0.10, "test and production"),  # of the same kind: all together
    ],
)
def test_production_decides_where_it_can(n, there, auc, expected, measured_on):
    known = Domain(auc=auc, standard_error=0.02, old=np.ones(1), new=np.ones(1))
    bench = SimpleNamespace(production_domain=known, case=SimpleNamespace(production="rows"))
    held = pair(1_000, 0.10, seed=1)
    deployed = None if n is None else pair(n, there, seed=2)
    gain, where = where_it_runs(bench, held, deployed, measured_on="test")
    assert where == measured_on
    assert gain.estimate == pytest.approx(expected, abs=0.03)
    rows = {"test": 1_000, "production": n, "test and production": 1_004}[measured_on]
    assert gain.n_units == rows


def test_broken_columns_say_nothing_of_a_setting():
    losses = np.ones(3)
    case = SimpleNamespace(clusters=lambda _, n: np.arange(n))
    trials = SimpleNamespace(deployed="rows")
    whole = SimpleNamespace(case=case, trials=trials, broken=[])
    found = in_production(whole, losses, losses / 2)
    assert found is not None
    assert (found.before - found.after).tolist() == [0.5] * 3
    assert in_production(whole, losses, None) is None
    broken = SimpleNamespace(case=case, trials=trials, broken=["price"])
    assert in_production(broken, losses, losses) is None


def test_few_or_unlabelled_production_rows_and_rankings_are_left_out():
    class Few(list):
        y = np.zeros(1)

    assert _labelled(SimpleNamespace(production=None, is_ranking=False)) is None
    assert _labelled(SimpleNamespace(production=Few(range(99)), is_ranking=False)) is None
    assert _labelled(SimpleNamespace(production=Few(range(100)), is_ranking=True)) is None
    unlabelled = SimpleNamespace(y=None)
    assert _labelled(SimpleNamespace(production=unlabelled, is_ranking=False)) is None


def test_a_step_beyond_the_best_settings_is_told_from_the_gaps_between_them():
    # of exponential draws the i-th gap times i has the scale as its mean (Renyi 1953)
    rng = np.random.default_rng(0)
    found = [beyond(list(-rng.exponential(3.0, size=8))) for _ in range(4_000)]
    assert np.mean(found) == pytest.approx(3.0, rel=0.05)
    assert beyond([0.4]) == 0.0
    assert beyond([0.4, 0.7]) == pytest.approx(0.3)


def test_a_setting_that_gains_here_and_loses_there_is_not_advised(linear_world, only):
    """A tree overfits the training rows and, by making, is right in production.

    Every simpler setting that gains on the test rows loses where the model runs.
    """
    only("capacity")
    rng = np.random.default_rng(5)
    train, test = linear_world(400, seed=1), linear_world(1_000, seed=2)
    model = DecisionTreeClassifier(random_state=0).fit(train.X, train.y)
    here = diagnose(model, train.X, train.y, test.X, test.y)
    over = next(f for f in here.findings if f.cause == "overfitting")
    assert over.measured_on == "test"
    X = rng.normal(size=(1_200, 5))
    y = model.predict(X)  # it is right there
    there = diagnose(model, train.X, train.y, test.X, test.y, X_production=X, y_production=y)
    found = {f.cause: f for f in (*there.findings, *there.tried)}["overfitting"]
    assert found.measured_on == "production"
    assert found.gain < 0 < over.gain
    assert found.verdict == "ruled out"
    assert "in production" in found.evidence


def test_a_plain_model_with_labelled_production_rows_is_healthy(linear_world):
    train, test = linear_world(1_500, seed=1), linear_world(1_000, seed=2)
    production = linear_world(1_000, seed=3)
    found = diagnose(
        LogisticRegression(), train.X, train.y, test.X, test.y,
        X_production=production.X, y_production=production.y,
    )  # fmt: skip
    assert found.verdict == "healthy"
    tried = {f.cause: f.measured_on for f in found.tried}
    assert {tried[c] for c in ("not_enough_data", "miscalibration")} == {"test and production"}
