"""Cases on which a diagnosis must stay silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from leadline.analysis.diagnosis.causes.leakage import Suspect, is_copy
from leadline.library.diagnosis import diagnose

QUIET = {"healthy", "undecidable"}


def test_the_best_possible_model_is_healthy_and_says_what_was_tried(linear_world, diagnosed):
    diagnosis = diagnosed(
        LogisticRegression(), linear_world(3000, seed=1), linear_world(2500, seed=2)
    )
    assert diagnosis.verdict == "healthy"
    assert diagnosis.findings[0].cause == "healthy"
    assert {f.cause for f in diagnosis.tried} >= {"overfitting", "underfitting", "leakage"}
    assert diagnosis.questions


def test_a_forest_that_knows_its_rows_by_heart_can_be_fine():
    rng = np.random.default_rng(0)

    def draw(n):
        X = rng.uniform(-1, 1, size=(n, 2))
        y = np.sign(X[:, 0]) * np.sign(X[:, 1]) * 5 + 2 * np.sign(X[:, 0] + 0.5) + 0.1 * X[:, 1]
        return X, y

    model = RandomForestRegressor(40, random_state=0)
    train, test = draw(1500), draw(2500)
    assert model.fit(*train).score(*train) > 0.99  # it does know them by heart
    assert diagnose(model, *train, *test).verdict not in {"overfitting", "leakage"}


def test_drift_in_a_column_that_the_model_does_not_use_is_benign(linear_world, diagnosed):
    train, test, production = (linear_world(2500, seed=s) for s in (1, 2, 3))
    X = production.X.copy()
    X[:, 4] += 3
    diagnosis = diagnosed(
        LogisticRegression(), train, test, X_production=X, y_production=production.y
    )
    assert diagnosis.verdict in QUIET
    moved = max(diagnosis.shift, key=lambda column: column.distance)
    assert moved.column == "x4"
    assert moved.distance > 0.8  # oracle: 2 Φ(1.5) − 1 = .866
    assert abs(moved.dependence) < 0.01


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_small_holdout_gives_no_false_alarm(linear_world, diagnosed, seed):
    train, test = linear_world(1500, seed=seed), linear_world(60, seed=seed + 10)
    production = linear_world(60, seed=seed + 20)
    diagnosis = diagnosed(
        LogisticRegression(), train, test, X_production=production.X, y_production=production.y
    )
    assert diagnosis.verdict in QUIET


def test_noise_that_is_in_the_world_is_never_confirmed_as_wrong_labels(diagnosed, bent_world):
    def noisy(seed):
        rows = bent_world(2500, seed=seed, strength=30.0)
        turned = np.random.default_rng(seed + 50).random(2500) < 0.2
        return type(rows)(rows.X, np.where(turned, 1 - rows.y, rows.y))

    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=0.1, max_iter=40, max_leaf_nodes=8, min_samples_leaf=40, random_state=0
    )
    diagnosis = diagnosed(model, noisy(1), noisy(2))
    found = next(f for f in (*diagnosis.findings, *diagnosis.tried) if f.cause == "label_noise")
    assert found.verdict == "undecidable"
    assert "200 training rows" in found.remedy
    # oracle: the model is well set, and such test rows reward no other labels
    assert diagnosis.verdict == "healthy"
    assert [f.cause for f in diagnosis.findings] == ["healthy", "label_noise"]


def test_noise_in_a_number_is_healthy(number_world):
    train, test = number_world(1500, seed=1), number_world(2500, seed=2)
    assert diagnose(Ridge(), train.X, train.y, test.X, test.y).verdict == "healthy"


def test_production_without_labels_and_without_shift_is_healthy_with_an_open_question(
    linear_world, diagnosed
):
    train, test, production = (linear_world(2500, seed=s) for s in (1, 2, 3))
    diagnosis = diagnosed(LogisticRegression(), train, test, X_production=production.X)
    assert diagnosis.verdict == "healthy"
    assert "label 200 production rows" in diagnosis.unanswered["concept_drift"]


def test_the_one_column_that_tells_a_little_is_no_leak():
    found = Suspect(
        name="school years", share=0.66, next_share=0.12, explained_by_others=0.02,
        others_explained=0.1, others_tell=True, strength=0.05,
    )  # fmt: skip
    # seen on a survey: 5 % of the variance is most of what can be told of it, and honest
    assert not is_copy(found, lost=0.65, rest=0.03)
    assert is_copy(replace(found, strength=0.6), lost=0.65, rest=0.03)
