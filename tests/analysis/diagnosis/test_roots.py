"""Cases in which a symptom is easily taken for the cause, each with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_moons
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from leadline.analysis.diagnosis.causes.noise import confusion, unmixed
from leadline.library.diagnosis import diagnose


def straight(n, *, seed):
    """Draw rows whose answer is linear in five columns, with noise of variance 1."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    return X, X @ np.array([2.0, -1.0, 0.5, 0.0, 0.0]) + rng.normal(size=n)


def finding(diagnosis, cause):
    return next(f for f in (*diagnosis.findings, *diagnosis.tried) if f.cause == cause)


def test_a_penalty_that_flattens_the_scores_is_named_before_recalibration():
    diagnosis = diagnose(Ridge(alpha=1e5), *straight(2000, seed=1), *straight(1500, seed=2))
    assert diagnosis.verdict == "underfitting"
    assert "alpha" in diagnosis.findings[0].remedy  # a setting, and no other model
    assert finding(diagnosis, "miscalibration").verdict == "confirmed"
    # oracle: least squares reach the variance of the noise, 1
    usual = next(rung.loss for rung in diagnosis.ladder if rung.name == "test")
    assert diagnosis.findings[0].gain_lower < usual - 1 < diagnosis.findings[0].gain_upper


def test_a_curve_that_knows_its_rows_by_heart_is_named_before_its_scores():
    model = make_pipeline(StandardScaler(), PolynomialFeatures(5), LinearRegression())
    diagnosis = diagnose(model, *straight(330, seed=1), *straight(1500, seed=2))
    assert diagnosis.verdict == "overfitting"
    assert finding(diagnosis, "miscalibration").verdict == "confirmed"


def test_two_columns_that_only_together_tell_the_answer_are_no_leak():
    X, y = make_moons(3000, noise=0.3, random_state=0)
    diagnosis = diagnose(LogisticRegression(), X[:2000], y[:2000], X[2000:], y[2000:])
    assert diagnosis.verdict == "underfitting"


def test_a_copy_of_the_answer_that_is_not_there_in_production_is_a_leak():
    rng = np.random.default_rng(0)

    def draw(n, *, known):
        X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
        y = (rng.random(n) < 1 / (1 + np.exp(-X["a"] - X["b"]))).astype(int)
        X["closed"] = np.where(rng.random(n) < 0.1, 1 - y, y) if known else 0
        return X, y.to_numpy()

    train, test, production = (draw(n, known=k) for n, k in
                               ((2500, True), (1500, True), (1500, False)))  # fmt: skip
    diagnosis = diagnose(LogisticRegression(), *train, *test, *production)
    assert diagnosis.verdict == "leakage"
    assert diagnosis.findings[0].numbers["column"] == "closed"
    assert finding(diagnosis, "concept_drift").verdict == "confirmed"  # explained, named later


def test_rows_that_never_came_before_are_no_concept_drift():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6000, 3))
    y = X[:, 0] ** 2 + X[:, 1] + 0.5 * rng.normal(size=6000)  # one law everywhere
    known = X[:, 0] < 0.3
    old, new = np.flatnonzero(known), np.flatnonzero(~known)
    diagnosis = diagnose(
        GradientBoostingRegressor(n_estimators=60, random_state=0),
        X[old[:1800]], y[old[:1800]], X[old[1800:]], y[old[1800:]], X[new], y[new],
    )  # fmt: skip
    assert diagnosis.verdict == "covariate_shift"


def test_wrong_labels_of_one_class_are_found_and_corrected_by_class():
    rng = np.random.default_rng(0)

    def draw(n):
        X = rng.normal(size=(n, 4))
        return X, (X[:, 0] + X[:, 1] > 0).astype(int)

    (X, y), test = draw(2500), draw(1500)
    labels = np.where((y == 1) & (rng.random(y.size) < 0.35), 0, y)
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    diagnosis = diagnose(model, X, labels, *test)
    assert diagnosis.verdict == "label_noise"
    # oracle: the same model trained on the true labels
    now, then = (model.fit(X, labels).predict_proba(test[0]),
                 model.fit(X, y).predict_proba(test[0]))  # fmt: skip
    best = log_loss(test[1], now) - log_loss(test[1], then)
    assert 0.5 * best < diagnosis.findings[0].gain < 1.2 * best


def test_chances_of_labels_go_back_to_chances_of_classes():
    truth = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    turned = confusion(np.array([0.2, 0.1, 0.4]))
    assert turned.sum(axis=1) == pytest.approx(1)  # oracle: rows are distributions
    assert unmixed(truth @ turned, turned) == pytest.approx(truth, abs=0.002)


def test_where_columns_tell_nothing_the_model_is_healthy():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(1100, 5)), (rng.random(1100) < 0.3).astype(int)
    diagnosis = diagnose(LogisticRegression(), X[:600], y[:600], X[600:], y[600:])
    assert diagnosis.verdict == "healthy"


@pytest.mark.parametrize("broken", ["default", "factor"])
def test_a_default_value_and_a_factor_nobody_listed_are_broken_columns(broken):
    (X, y), (X_test, y_test), (X_new, y_new) = (straight(1500, seed=s) for s in (1, 2, 3))
    X, X_test, X_new = X + 5, X_test + 5, X_new + 5
    if broken == "default":
        X_new[::2, 0] = -999.0
    else:
        X_new[:, 0] *= 12.0
    model = RandomForestRegressor(20, min_samples_leaf=5, random_state=0, n_jobs=2)
    diagnosis = diagnose(model, X, y, X_test, y_test, X_new, y_new)
    assert diagnosis.verdict == "data_quality"
    what = diagnosis.findings[0].numbers["x0"]
    assert what["share"] == pytest.approx(0.5 if broken == "default" else 1.0, abs=0.01)
    if broken == "factor":
        assert what["factor"] == pytest.approx(12, rel=0.1)


def test_a_default_value_is_not_looked_for_in_few_rows():
    (X, y), (X_test, y_test) = (straight(400, seed=s) for s in (1, 2))
    X_new, y_new = straight(40, seed=3)
    X_new[:, 0] = 7.0
    diagnosis = diagnose(Ridge(), X, y, X_test, y_test, X_new, y_new)
    assert diagnosis.verdict != "data_quality"
