"""Scores of whatever the user calls a model."""

from __future__ import annotations

import sys

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from catboost import CatBoostClassifier
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.models import (
    as_learnt,
    as_matrix,
    as_scores,
    brief,
    checked,
    fitted,
    is_model,
    predict,
)
from leadline.errors import InputError

X, Y = load_breast_cancer(return_X_y=True)
NAMED = np.where(Y == 1, "benign", "malign")
BINARY = infer_problem(NAMED)
REGRESSION = infer_problem(np.linspace(0, 1, 50))
THREE = infer_problem(["a", "b", "c"])


def test_probabilities_are_those_of_the_positive_class():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, NAMED)
    np.testing.assert_array_equal(
        predict(model, X, problem=BINARY), model.predict_proba(X)[:, 1]
    )
    turned = infer_problem(NAMED, positive="benign")
    np.testing.assert_array_equal(
        predict(model, X, problem=turned), model.predict_proba(X)[:, 0]
    )


def test_margins_keep_their_order_and_their_side():
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(X, NAMED)
    scores = predict(model, X, problem=BINARY)
    margin = model.decision_function(X)
    # oracle: the logistic function
    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-margin)), atol=1e-12)
    turned = infer_problem(NAMED, positive="benign")
    np.testing.assert_allclose(predict(model, X, problem=turned), 1 - scores)


def test_margins_of_several_classes_become_shares():
    features, y = load_iris(return_X_y=True)
    problem = infer_problem(y)
    scores = predict(RidgeClassifier().fit(features, y), features, problem=problem)
    assert scores.shape == (150, 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1)


def test_a_model_trained_on_codes_fits_a_target_of_words():
    model = DecisionTreeClassifier(max_depth=2).fit(X, (NAMED == "malign").astype(int))
    np.testing.assert_array_equal(
        predict(model, X, problem=BINARY), model.predict_proba(X)[:, 1]
    )


def test_boosters_of_every_library_are_asked_in_their_own_way():
    # Oracle: each library's own scikit-learn interface.
    y = (NAMED == "malign").astype(int)
    xgb = xgboost.XGBClassifier(n_estimators=5).fit(X, y)
    lgb = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(X, y)
    cat = CatBoostClassifier(iterations=5, verbose=False, allow_writing_files=False).fit(X, y)
    for estimator, booster in (
        (xgb, xgb.get_booster()),
        (lgb, lgb.booster_),
        (cat, cat),
    ):
        expected = estimator.predict_proba(X)[:, 1]
        np.testing.assert_allclose(predict(booster, X, problem=BINARY), expected, rtol=1e-5)


def test_a_function_is_a_model():
    scores = predict(lambda table: table[:, 0], X, problem=REGRESSION)
    np.testing.assert_array_equal(scores, X[:, 0])


def test_labels_of_a_model_without_probabilities_are_0_and_1():
    scores = predict(lambda table: NAMED, X, problem=BINARY)
    np.testing.assert_array_equal(scores, NAMED == "malign")


def test_a_model_that_has_seen_fewer_classes_gives_the_others_nothing():
    model = LogisticRegression().fit([[0.0], [1.0]], ["a", "c"])
    scores = predict(model, np.array([[0.0]]), problem=THREE)
    assert scores.shape == (1, 3)
    assert scores[0, 1] == 0


def test_what_a_model_prints_is_swallowed(capsys):
    def model(table):
        sys.stdout.write("epoch 1")
        return np.zeros(len(table))

    predict(model, X, problem=REGRESSION)
    assert capsys.readouterr().out == ""


def test_what_a_model_raises_becomes_one_clear_error():
    def broken_model(table):
        raise KeyError("age")

    with pytest.raises(
        InputError, match="broken_model raised KeyError while predicting: 'age'"
    ):
        predict(broken_model, X, problem=REGRESSION)


def test_what_is_no_model_is_said_to_be_none():
    with pytest.raises(InputError, match="no estimator, booster or function"):
        predict(3, X, problem=REGRESSION)


@pytest.mark.parametrize(
    ("values", "problem", "expected"),
    [
        ([0.2, 0.9], BINARY, [0.2, 0.9]),
        (np.array([[0.8, 0.2], [0.1, 0.9]]), BINARY, [0.2, 0.9]),
        (pd.DataFrame({"no": [0.8], "yes": [0.2]}), BINARY, [0.2]),
        (["malign", "benign"], BINARY, [1, 0]),
        ([-2.0, 0.0], BINARY, [1 / (1 + np.exp(2)), 0.5]),  # margins
        ([[0.2, 0.3, 0.5]], THREE, [[0.2, 0.3, 0.5]]),
        (["c", "a"], THREE, [[0, 0, 1], [1, 0, 0]]),
        (pd.Series([1, 2.5]), REGRESSION, [1, 2.5]),
    ],
)
def test_prediction_tables_take_one_shape_per_kind(values, problem, expected):
    scores = as_scores(values, problem=problem, n=len(expected))
    np.testing.assert_allclose(scores, expected)


@pytest.mark.parametrize(
    ("values", "problem", "message"),
    [
        ([0.1], BINARY, "gave 1 scores for 2 rows"),
        ([0.1, np.nan], BINARY, "no finite score for row 1"),
        (np.zeros((2, 2)), REGRESSION, "gave 2 numbers a row"),
        (np.zeros((2, 4)), THREE, "4 columns for 3 classes"),
        (np.zeros((2, 3)), BINARY, "gave 3 numbers a row"),
    ],
)
def test_scores_that_fit_no_target_are_refused(values, problem, message):
    with pytest.raises(InputError, match=message):
        as_scores(values, problem=problem, n=2)


def test_predictions_are_told_from_models():
    assert is_model(LinearRegression())
    assert is_model(StackingClassifier([("linear", LogisticRegression())]))  # no predict yet
    assert is_model(len)
    assert not is_model(np.zeros(3))
    assert not is_model([0.1, 0.2])


def test_an_unfitted_estimator_is_fitted_on_a_clone():
    mine = LogisticRegression(max_iter=5000)
    ready, was_ready = fitted(mine, X[:, :3], NAMED)
    assert not was_ready
    assert not hasattr(mine, "coef_")
    again, was_ready = fitted(ready, X[:, :3], NAMED)
    assert was_ready
    assert again is ready


def test_catboost_knows_itself_whether_it_is_fitted():
    unfitted = CatBoostClassifier(iterations=2, verbose=False, allow_writing_files=False)
    ready, was_ready = fitted(unfitted, X, Y)
    assert not was_ready
    assert fitted(ready, X, Y) == (ready, True)


def test_a_model_that_cannot_be_cloned_is_copied():
    frame = pd.DataFrame({"x": X[:, 0], "c": pd.Categorical(NAMED)})
    mine = CatBoostClassifier(
        iterations=2, verbose=False, allow_writing_files=False, cat_features=["c"]
    )
    ready, was_ready = fitted(mine, frame, Y)
    assert not was_ready
    assert not mine.is_fitted()
    assert ready.is_fitted()


def test_a_class_is_no_model_yet():
    with pytest.raises(InputError, match="LinearRegression is a class"):
        fitted(LinearRegression, X, Y)


def test_what_cannot_be_fitted_is_taken_as_it_is():
    class Server:
        def fit(self):
            """Not the fit of an estimator."""

        predict = len

    assert fitted(len, X, Y) == (len, True)
    server = Server()
    assert fitted(server, X, Y) == (server, True)


def test_an_estimator_that_raises_in_fit_is_named():
    class Brittle(BaseEstimator):
        def fit(self, table, y):
            raise ZeroDivisionError("no rows left")

        def predict(self, table):
            return table[:, self.chosen_]

    with pytest.raises(InputError, match="Brittle raised ZeroDivisionError while fitting"):
        fitted(clone(Brittle()), X, Y)


def test_two_columns_of_a_model_that_saw_one_class_are_its_scores():
    problem = infer_problem(np.ones(40))
    model = HistGradientBoostingClassifier(max_iter=2).fit(np.eye(40), np.ones(40))
    # oracle: a model that saw one class is sure of it
    assert predict(model, np.eye(40), problem=problem) == pytest.approx(1.0)


def test_a_foreign_error_is_told_in_one_line_of_two_hundred_signs():
    told = brief(ValueError("Expected 2D array,\n  got 1D:\n" + "0.123 " * 400))
    assert told.startswith("Expected 2D array, got 1D: 0.123 0.123")
    assert told.endswith("0.123 …")
    assert len(told) <= 202


def test_a_model_that_says_nothing_or_words_is_told_so():
    with pytest.raises(InputError, match="predicted nothing: it returned None"):
        predict(lambda _: None, X, problem=REGRESSION)
    with pytest.raises(InputError, match="gave 'low' where a number is expected"):
        as_scores(np.array([["low", "high"], ["low", "low"]]), problem=BINARY, n=2)

    class Words(LinearRegression):
        classes_ = np.array([0])

        def predict_proba(self, table):
            return np.full((len(table), 1), "low")

    with pytest.raises(InputError, match="the model gave 'low' where a number is expected"):
        predict(Words(), X, problem=BINARY)


def test_the_place_of_a_model_is_no_model():
    for given, told in (("model.pkl", "'model.pkl' is no estimator"), ([1], "list is no")):
        with pytest.raises(InputError, match=told):
            checked(given)
    assert checked(len) is len


def test_what_only_its_owner_can_train_has_to_come_fitted():
    class Network:
        def fit(self, table, y):
            """Like a network of another library."""

        def predict(self, table):
            raise AttributeError("no weights")

    with pytest.raises(InputError, match=r"predicting test rows: no weights\nFit it first"):
        predict(Network(), X, problem=REGRESSION, of="test")


def test_scores_of_three_dimensions_and_of_no_rows_keep_their_rows():
    assert as_matrix(np.zeros((4, 1, 1))).shape == (4, 1)
    assert as_matrix(np.array(3.0)).shape == (1, 1)
    assert as_matrix([]).shape == (0, 1)


def test_a_classifier_ranks_by_the_grade_that_it_expects():
    grades = np.tile([0, 1, 2, 2], 50)
    numbers = np.random.default_rng(0).normal(size=(200, 2)) + grades[:, None]
    ranking = infer_problem(grades, kind="ranking", groups=np.repeat(np.arange(50), 4))
    model = LogisticRegression().fit(numbers, grades)
    p = model.predict_proba(numbers)  # oracle: the expectation by hand
    np.testing.assert_allclose(predict(model, numbers, problem=ranking), p[:, 1] + 2 * p[:, 2])
    margins = LinearSVC().fit(numbers, grades > 0)
    order = np.argsort(predict(margins, numbers, problem=ranking))
    np.testing.assert_array_equal(order, np.argsort(margins.decision_function(numbers)))
    labels = HardClassifier().fit(numbers, grades)
    np.testing.assert_array_equal(predict(labels, numbers, problem=ranking), grades)


class HardClassifier(DecisionTreeClassifier):
    """A classifier that only says which class."""

    predict_proba = property()


TABLE = pd.DataFrame(X[:, :3], columns=["a", "b", "c"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: LogisticRegression().fit(TABLE, NAMED),
        lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(TABLE, NAMED),
        lambda: lightgbm.train({"verbose": -1}, lightgbm.Dataset(TABLE, Y), 3),
        lambda: xgboost.train({}, xgboost.DMatrix(TABLE, Y), 3),
        lambda: xgboost.XGBClassifier(n_estimators=3).fit(TABLE, Y),
        lambda: CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(
            TABLE, NAMED
        ),
    ],
)
def test_a_fitted_model_gets_the_columns_that_it_knows_in_its_order(make):
    model = make()
    more = TABLE[["c", "a", "b"]].assign(query="q1")
    np.testing.assert_array_equal(
        predict(model, more, problem=BINARY), predict(model, TABLE, problem=BINARY)
    )


def test_a_model_that_knows_no_names_or_others_gets_the_whole_table():
    seen = []
    predict(lambda table: seen.append(list(table)) or Y, TABLE, problem=BINARY)
    assert seen == [["a", "b", "c"]]
    assert as_learnt(LogisticRegression().fit(X[:, :3], Y), TABLE) is TABLE
    other = LogisticRegression().fit(TABLE.rename(columns={"a": "z"}), Y)
    with pytest.raises(InputError, match="columns that are not there: z"):
        predict(other, TABLE, problem=BINARY)


def test_columns_of_an_array_are_places_and_not_names():
    turned = TABLE.rename(columns={"a": "x2", "b": "x1", "c": "x0"})
    model = LogisticRegression().fit(turned, NAMED)
    found = predict(model, turned.to_numpy(), problem=BINARY)
    # oracle: the same columns in the same places
    np.testing.assert_allclose(found, predict(model, turned, problem=BINARY), rtol=1e-12)


def test_a_model_that_raises_when_asked_for_its_columns_gets_the_whole_table():
    class Shy:
        @property
        def feature_names_in_(self):
            raise RuntimeError("not yet")

    assert as_learnt(Shy(), TABLE) is TABLE


def test_a_model_that_is_broken_is_not_blamed_on_columns():
    broken = LogisticRegression().fit(TABLE, NAMED)
    broken.coef_ = broken.coef_[:, :2]
    with pytest.raises(InputError, match="predicts on this very table alone"):
        predict(broken, TABLE, problem=BINARY)


def test_a_function_that_makes_a_model_is_no_model():
    def build():
        return None

    with pytest.raises(InputError, match="name what it makes"):
        predict(build, TABLE, problem=BINARY)

    def stumbles(table):
        raise TypeError("no")

    with pytest.raises(InputError, match="predicts on this very table alone"):
        predict(stumbles, TABLE, problem=BINARY)


def test_a_model_of_other_classes_is_told_from_a_strange_target():
    model = LogisticRegression().fit(TABLE, np.where(Y == 1, "yes", "no"))
    with pytest.raises(
        InputError, match=r"tells the classes 'no', 'yes' apart; the target has 'benign'"
    ):
        predict(model, TABLE, problem=BINARY)
