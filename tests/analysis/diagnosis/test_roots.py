"""Cases in which a symptom is easily taken for the cause, each with known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_moons
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)

from leadline.analysis.diagnosis.causes.cleaning import confusion, unmixed
from leadline.analysis.diagnosis.causes.shift import may_have_dropped
from leadline.analysis.diagnosis.domain import Split
from leadline.analysis.diagnosis.result import Gain
from leadline.analysis.diagnosis.single import certain_share
from leadline.analysis.problem.kinds import Problem
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


def read_of_days(X):
    """What a model reads of a table with a moment: its hour, its day, and other columns."""
    others = [X[name] for name in X.columns if name != "at"]
    return np.column_stack([X["at"].dt.hour, X["at"].dt.day % 10, *others]).astype(float)


@pytest.mark.parametrize(
    ("days", "late"),
    [
        (200, lambda at: at.hour >= 12),  # the hour is told apart from the day
        (10, lambda at: at.day % 10 >= 5),  # whole days of two weeks: there is only the day
    ],
)
def test_what_is_answered_otherwise_since_a_later_day_is_no_other_kind_of_rows(
    days, late, only
):
    only("shift")
    rng = np.random.default_rng(0)

    def draw(n, *, first, turn):
        at = pd.Timestamp("2026-01-01") + pd.to_timedelta(first + rng.random(n) * days, "D")
        X = pd.DataFrame({"at": at if days > 14 else at.normalize()})
        odds = np.where(late(at), 2.0, -2.0)
        return X, (rng.random(n) < 1 / (1 + np.exp(-turn * odds))).astype(int)

    train, test = draw(900, first=0, turn=1), draw(700, first=0, turn=1)
    production = draw(700, first=days, turn=-1)  # the same rows, the other answer
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    model = make_pipeline(FunctionTransformer(read_of_days), model)
    assert diagnose(model, *train, *test, *production).verdict == "concept_drift"


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


def test_copies_across_the_split_that_the_score_does_not_owe_to_are_no_leak():
    (X, y), (X_test, y_test) = straight(1500, seed=1), straight(1200, seed=2)
    X, y = np.concatenate([X, X_test[:300]]), np.concatenate([y, y_test[:300]])
    diagnosis = diagnose(Ridge(), X, y, X_test, y_test)
    assert diagnosis.verdict == "healthy"  # oracle: six numbers, fitted to 1,800 rows or 1,500
    assert any("25.0% of the test rows" in f.evidence for f in diagnosis.tried)


def dated(n, *, seed, first, factor=1.0):
    """Draw prices of 200 days from a day on, times a factor."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(first + rng.random(n) * 200, unit="D")
    X = pd.DataFrame({"day": day, "size": rng.gamma(4, 25, n)})
    return X, factor * (10 * X["size"] + 50 * rng.normal(size=n)).to_numpy()


def by_day(*, of_size):
    """Return a model that reads the day, and the size where that is wanted."""

    def features(X):
        days = (X["day"] - pd.Timestamp("2024-01-01")).dt.days
        return np.column_stack([days, X["size"] if of_size else days])

    return make_pipeline(FunctionTransformer(features), StandardScaler(), LinearRegression())


@pytest.mark.parametrize("of_size", [True, False])
def test_prices_that_rose_since_are_a_concept_drift_and_no_other_days(only, of_size):
    only("shift")
    new, y_new = dated(1200, seed=3, first=200, factor=1.3)
    diagnosis = diagnose(
        by_day(of_size=of_size), *dated(1000, seed=1, first=0), *dated(1000, seed=2, first=0),
        X_production=new, y_production=y_new,
    )  # fmt: skip
    # oracle: production is made by the same law, all prices 1.3 times as high
    assert diagnosis.verdict == "concept_drift"
    assert diagnosis.findings[0].numbers["auc"] < 0.6  # sizes are drawn alike


def test_a_rate_of_few_rows_that_holds_their_own_answers_is_a_leak(only):
    only("leakage")
    rng = np.random.default_rng(0)
    n = 3000
    X = pd.DataFrame({"amount": rng.normal(size=n), "hour": rng.normal(size=n)})
    p = 1 / (1 + np.exp(-0.6 * X["amount"] - 0.5 * X["hour"]))
    y = (rng.random(n) < p).astype(int)
    X["rate"] = pd.Series(y).groupby(rng.integers(0, 1800, n)).transform("mean")
    model = RandomForestClassifier(30, min_samples_leaf=10, random_state=0)
    diagnosis = diagnose(model, X[:2000], y[:2000], X[2000:], y[2000:])
    # oracle: the rate is the mean of 1.7 answers, the row's own among them
    assert diagnosis.verdict == "leakage"
    assert "'rate'" in diagnosis.findings[0].remedy


def test_values_of_one_answer_count_where_each_class_has_some():
    values = np.repeat([0.0, 1.0, 0.5, np.nan], 30)
    binary = Problem(kind="binary", classes=(0, 1), reason="")
    y = np.r_[np.zeros(30), np.ones(30), np.arange(30) % 2, np.zeros(30)].astype(int)
    # counted: three of four values have one answer; the rows of the fourth have both
    assert certain_share(values, y, problem=binary) == 0.75
    y[30:60] = np.arange(30) % 2  # now only zeros are certain
    assert certain_share(values, y, problem=binary) == 0.0
    number = Problem(kind="regression", classes=(), reason="")
    assert certain_share(values, y, problem=number) == 0.0


def rare(n, *, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    p = 1 / (1 + np.exp(3 - X[:, 0] - X[:, 0] * X[:, 1]))
    return X, (rng.random(n) < p).astype(int)


def test_scores_of_weighed_classes_are_miscalibrated_and_not_too_poor(only):
    only("calibration", "capacity")
    model = HistGradientBoostingClassifier(
        max_iter=20, max_leaf_nodes=4, class_weight="balanced", random_state=0
    )
    diagnosis = diagnose(model, *rare(1600, seed=1), *rare(1600, seed=2))
    assert diagnosis.verdict == "miscalibration"
    first = diagnosis.findings[0]
    assert "train without class_weight='balanced'" in first.remedy
    # oracle: balanced classes predict one half on average, 7 % are positive
    assert first.numbers["mean_predicted"] > 4 * first.numbers["mean_observed"]
    assert first.numbers["by_level"] > 0.5


def test_columns_that_broke_on_the_way_are_no_leaks_that_vanished(only):
    only("data quality", "leakage")
    rng = np.random.default_rng(0)
    n = 3600
    X = pd.DataFrame({"country": rng.choice(list("ABCDEF"), n), "visits": rng.poisson(5, n)})
    odds = X["country"].map(dict(zip("ABCDEF", (2, -2, 0.5, -0.5, 2.5, -2.5), strict=True)))
    y = (rng.random(n) < 1 / (1 + np.exp(-odds - 0.1 * (X["visits"] - 5)))).astype(int)
    new = X[2400:].assign(country=X["country"].str.lower())
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["country"]), remainder=StandardScaler()
    )
    diagnosis = diagnose(
        make_pipeline(columns, LogisticRegression()), X[:1400], y[:1400], X[1400:2400],
        y[1400:2400], X_production=new, y_production=y[2400:],
    )  # fmt: skip
    assert [f.cause for f in diagnosis.findings] == ["data_quality"]


def test_shares_that_nobody_believes_promise_no_gain(only):
    only("shift")
    X, y = straight(2400, seed=1)
    y = (y > 0).astype(int)
    new = X[1600:].copy()
    new[:, 0] += 2.0  # other rows, answered as before: within the classes they differ
    diagnosis = diagnose(LogisticRegression(), X[:800], y[:800], X[800:1600], y[800:1600],
                         X_production=new)  # fmt: skip
    assert np.isnan(finding(diagnosis, "label_shift").gain)


@pytest.mark.parametrize(
    ("total", "error", "gain", "told"),
    [
        (10.0, 5.6, 4.0, True),  # a drop of ten, less surely than three errors
        (10.0, 11.0, 4.0, False),  # within one error of no drop
        (10.0, 5.6, 1.0, False),  # learning from production brings little
        (2.0, 1.0, 4.0, False),  # a small drop
    ],
)
def test_few_rows_of_production_may_show_a_drop_without_proof(total, error, gain, told):
    split = Split(total=total, total_error=error, concept=total, concept_error=error,
                  covariate=0.0, shared=1.0)  # fmt: skip
    found = may_have_dropped(split, Gain(estimate=gain, lower=-1, upper=9), least=2.5)
    assert found is told
