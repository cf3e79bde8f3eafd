"""The user's own metric."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.metrics import Metric, of_loss, resolve_metric
from leadline.errors import InputError

RNG = np.random.default_rng(3)
Y = RNG.integers(0, 2, 300)
P = np.clip(0.3 * Y + RNG.uniform(0, 0.7, 300), 0, 1).round(2)  # with ties
LABELS = (P >= 0.5).astype(int)
W = RNG.uniform(0.5, 2, 300)
BINARY = infer_problem(Y)
CLICK = infer_problem(Y, kind="click")
Y3 = RNG.integers(0, 3, 300)
P3 = RNG.dirichlet(np.ones(3), 300)
THREE = infer_problem(Y3)
VALUES = RNG.normal(size=300)
GUESSES = VALUES + RNG.normal(size=300)
REGRESSION = infer_problem(VALUES)
QUERIES = np.arange(300) // 10
F2 = sk.make_scorer(sk.fbeta_score, beta=2)
RANKING = infer_problem(Y3, kind="ranking")


@pytest.mark.parametrize(
    ("metric", "problem", "y", "scores", "expected"),
    [
        ("roc_auc", BINARY, Y, P, sk.roc_auc_score(Y, P)),
        ("average_precision", BINARY, Y, P, sk.average_precision_score(Y, P)),
        ("accuracy", BINARY, Y, P, sk.accuracy_score(Y, LABELS)),
        ("balanced_accuracy", BINARY, Y, P, sk.balanced_accuracy_score(Y, LABELS)),
        ("f1", BINARY, Y, P, sk.f1_score(Y, LABELS)),
        ("brier", BINARY, Y, P, sk.brier_score_loss(Y, P)),
        ("neg_log_loss", BINARY, Y, P.clip(0.01, 0.99), -sk.log_loss(Y, P.clip(0.01, 0.99))),
        (sk.f1_score, BINARY, Y, P, sk.f1_score(Y, LABELS)),
        (sk.log_loss, BINARY, Y, P.clip(0.01, 0.99), sk.log_loss(Y, P.clip(0.01, 0.99))),
        (sk.roc_auc_score, BINARY, Y, P, sk.roc_auc_score(Y, P)),
        (F2, BINARY, Y, P, sk.fbeta_score(Y, LABELS, beta=2)),
        ("log_loss", CLICK, Y, P.clip(0.01, 0.99), sk.log_loss(Y, P.clip(0.01, 0.99))),
        ("accuracy", THREE, Y3, P3, sk.accuracy_score(Y3, P3.argmax(axis=1))),
        ("roc_auc_ovr", THREE, Y3, P3, sk.roc_auc_score(Y3, P3, multi_class="ovr")),
        ("f1_macro", THREE, Y3, P3, sk.f1_score(Y3, P3.argmax(axis=1), average="macro")),
        (None, THREE, Y3, P3, sk.log_loss(Y3, P3)),
        (None, REGRESSION, VALUES, GUESSES, sk.root_mean_squared_error(VALUES, GUESSES)),
        ("mse", REGRESSION, VALUES, GUESSES, sk.mean_squared_error(VALUES, GUESSES)),
        ("mae", REGRESSION, VALUES, GUESSES, sk.mean_absolute_error(VALUES, GUESSES)),
        ("r2", REGRESSION, VALUES, GUESSES, sk.r2_score(VALUES, GUESSES)),
        ("neg_mean_absolute_error", REGRESSION, VALUES, GUESSES,
         -sk.mean_absolute_error(VALUES, GUESSES)),
        (sk.median_absolute_error, REGRESSION, VALUES, GUESSES,
         sk.median_absolute_error(VALUES, GUESSES)),
    ],
)  # fmt: skip
def test_metrics_are_scikit_learns(metric, problem, y, scores, expected):
    found = resolve_metric(metric, problem=problem)(y, scores)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("roc_auc", sk.roc_auc_score(Y, P, sample_weight=W)),
        ("accuracy", sk.accuracy_score(Y, LABELS, sample_weight=W)),
        ("recall", sk.recall_score(Y, LABELS, sample_weight=W)),
        ("f1", sk.f1_score(Y, LABELS, sample_weight=W)),
        ("average_precision", sk.average_precision_score(Y, P, sample_weight=W)),
        ("balanced_accuracy", sk.balanced_accuracy_score(Y, LABELS, sample_weight=W)),
        (sk.recall_score, sk.recall_score(Y, LABELS, sample_weight=W)),
    ],
)
def test_weighted_metrics_are_scikit_learns(metric, expected):
    found = resolve_metric(metric, problem=BINARY)(Y, P, sample_weight=W)
    assert found == pytest.approx(expected)


def test_weighted_rmse_is_scikit_learns():
    found = resolve_metric("rmse", problem=REGRESSION)(VALUES, GUESSES, sample_weight=W)
    expected = sk.root_mean_squared_error(VALUES, GUESSES, sample_weight=W)
    assert found == pytest.approx(expected)
    found = resolve_metric("r2", problem=REGRESSION)(VALUES, GUESSES, sample_weight=W)
    assert found == pytest.approx(sk.r2_score(VALUES, GUESSES, sample_weight=W))


@pytest.mark.parametrize(
    ("metric", "greater"),
    [("roc_auc", True), ("log_loss", False), ("neg_log_loss", True), (sk.log_loss, False),
     (sk.f1_score, True), ("brier", False)],
)  # fmt: skip
def test_the_better_direction_is_known(metric, greater):
    assert resolve_metric(metric, problem=BINARY).greater_is_better is greater


def test_ranking_metrics_are_means_over_queries():
    ndcg = resolve_metric(None, problem=RANKING)(Y3, P, groups=QUERIES)
    expected = [
        sk.ndcg_score([2.0 ** Y3[q == QUERIES] - 1], [P[q == QUERIES]], k=10) for q in range(30)
    ]
    assert ndcg == pytest.approx(np.mean(expected))


def test_reciprocal_rank_and_recall_follow_their_definitions():
    y = np.array([0, 1, 0, 1] + [0] * 11 + [2] + [0, 0])
    queries = np.array([0] * 4 + [1] * 12 + [2] * 2)
    scores = np.array([4.0, 3, 2, 1, *range(12), 1, 1])
    mrr = resolve_metric("mrr", problem=RANKING)
    recall = resolve_metric("recall", problem=RANKING)
    # query 0: first relevant row at place 2; query 1: at place 1; query 2 has none
    assert mrr(y, scores, groups=queries) == pytest.approx((1 / 2 + 1) / 2)
    assert recall(y, scores, groups=queries) == 1
    # turned round, the relevant row of query 1 stands at place 12, beyond the first ten
    assert recall(y, -scores, groups=queries) == pytest.approx(1 / 2)
    # tied with one irrelevant row: half a place lost
    assert mrr(np.array([1, 0]), np.zeros(2), groups=[1, 1]) == pytest.approx(1 / 1.5)


def test_a_ranking_metric_without_any_relevant_row_is_undefined():
    assert np.isnan(
        resolve_metric(None, problem=RANKING)(np.zeros(4), np.ones(4), groups=[0, 0, 1, 1])
    )


def test_a_ranking_metric_needs_queries():
    with pytest.raises(InputError, match="needs the query of each row"):
        resolve_metric("mrr", problem=RANKING)(Y3, P)


@pytest.mark.parametrize(
    "metric", ["roc_auc", "average_precision", "f1", "balanced_accuracy", sk.roc_auc_score]
)
def test_a_metric_of_two_classes_is_undefined_on_one(metric):
    found = resolve_metric(metric, problem=BINARY)
    # no positive row, and none that is called one: every one of these is 0 / 0
    assert np.isnan(found(np.zeros(20, dtype=int), np.zeros(20)))


def test_nothing_is_explained_of_a_target_that_never_changes():
    assert np.isnan(resolve_metric("r2", problem=REGRESSION)(np.ones(9), np.arange(9.0)))


def test_a_function_of_ones_own_gets_labels_or_probabilities_by_its_argument():
    def hit_rate(y_true, y_pred):
        return np.mean(y_true == y_pred)

    def mean_score(y_true, y_score):
        return np.mean(y_score)

    def everything(*values):
        return values[1].mean()

    assert resolve_metric(hit_rate, problem=BINARY)(Y, P) == np.mean(Y == LABELS)
    assert resolve_metric(mean_score, problem=BINARY)(Y, P) == pytest.approx(P.mean())
    assert resolve_metric(everything, problem=BINARY)(Y, P) == LABELS.mean()


def test_a_ready_metric_is_taken_as_it_is():
    mine = Metric(name="mine", greater_is_better=True, whole=lambda y, s, w: 1.0)
    assert resolve_metric(mine, problem=BINARY) is mine
    assert mine(Y, P) == 1.0


@pytest.mark.parametrize(
    ("problem", "name"),
    [(BINARY, "log_loss"), (THREE, "log_loss"), (CLICK, "log_loss"), (RANKING, "ndcg"),
     (REGRESSION, "mse")],
)  # fmt: skip
def test_every_kind_has_a_metric_that_is_its_loss(problem, name):
    assert of_loss(problem).name == name


@pytest.mark.parametrize(
    ("metric", "problem", "message"),
    [
        ("accurcy", BINARY, "metric 'accurcy' is unknown"),
        ("rmse", BINARY, "rmse does not fit a binary problem"),
        ("ndcg", REGRESSION, "ndcg does not fit a regression problem"),
        ("r2", RANKING, "r2 does not fit a ranking problem"),
        ("accuracy", RANKING, "accuracy does not fit a ranking problem"),
        (3, BINARY, "3 is no metric"),
        ("f1", THREE, "f1 does not fit a multiclass problem: Target is multiclass"),
        ("average_precision", REGRESSION, "average_precision does not fit a regression"),
    ],
)
def test_a_metric_that_does_not_fit_is_an_error(metric, problem, message):
    with pytest.raises(InputError, match=message):
        resolve_metric(metric, problem=problem)


def test_a_callable_object_with_a_scorers_shape_is_a_scorer():
    scorer = sk.get_scorer("f1")
    assert resolve_metric(scorer, problem=BINARY).name == "f1_score"


def test_a_function_that_raises_or_gives_no_number_is_said_so():
    def ratio(y_true, y_pred):
        return 1 / 0

    with pytest.raises(InputError, match="metric ratio raised ZeroDivisionError: division by"):
        resolve_metric(ratio, problem=BINARY)(Y, P)
    for answer in ("good", None, [1.0]):
        with pytest.raises(InputError, match="which is no number"):
            resolve_metric(lambda y_true, y_pred, a=answer: a, problem=BINARY)(Y, P)
