"""Remedies fit the model at hand, whatever library it comes from."""

from __future__ import annotations

import numpy as np
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier, LGBMRanker
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from leadline.analysis.diagnosis.learners import UserModel
from leadline.analysis.diagnosis.remedies import locate, variations
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.quiet import quiet
from leadline.errors import InputError
from leadline.library.diagnosis import diagnose

MODELS = [
    CatBoostClassifier(iterations=10, verbose=0),
    LGBMClassifier(n_estimators=10),
    XGBClassifier(n_estimators=10),
    HistGradientBoostingClassifier(max_iter=10),
    GradientBoostingClassifier(n_estimators=10),
    RandomForestClassifier(n_estimators=10),
    DecisionTreeClassifier(max_leaf_nodes=4),
    KNeighborsClassifier(5),
    MLPClassifier(hidden_layer_sizes=(5,), max_iter=20),
    LogisticRegression(),
    SVC(),
    make_pipeline(StandardScaler(), BaggingClassifier(DecisionTreeClassifier(), 3)),
]


def rows(n=200):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
    return Sample(name="train", X=X, labels=y, y=y, matrix=X)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_every_variation_of_a_model_can_be_trained_and_scores(model):
    sample = rows()
    problem = infer_problem(sample.labels)
    mine = UserModel(model, problem=problem)
    found = variations(locate(model)[1], n_rows=len(sample))
    assert len(found) >= 3
    for variation in found:
        learner = mine.learner(variation)
        assert learner.remedy.startswith("set ")
        p = learner.train(sample)(sample)
        assert p.shape == (200,)
        assert ((p >= 0) & (p <= 1)).all()


def test_the_remedy_names_the_parameter_and_its_value():
    found = variations(RandomForestClassifier(), n_rows=40_000)
    texts = [v.text("RandomForestClassifier") for v in found]
    assert "set min_samples_leaf to 40 in RandomForestClassifier" in texts  # oracle: .001 n


def test_unknown_models_have_no_variations_and_least_squares_gets_a_penalty():
    assert variations(GaussianNB(), n_rows=100) == []

    class Strange:
        def get_params(self, deep=True):
            raise RuntimeError

    assert variations(Strange(), n_rows=100) == []
    assert "Ridge(alpha=30.0)" in variations(LinearRegression(), n_rows=100)[1].text("it")


def test_a_replaced_step_keeps_its_pipeline():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 40))
    y = X[:, 0] + rng.normal(size=60)
    sample = Sample(name="train", X=X, labels=y, y=y, matrix=X)
    problem = infer_problem(y)
    for model in (make_pipeline(StandardScaler(), LinearRegression()), LinearRegression()):
        mine = UserModel(model, problem=problem)
        penalty = variations(locate(model)[1], n_rows=60)[2]
        shrunk = mine.learner(penalty).train(sample)(sample)
        usual = mine.learner().train(sample)(sample)
        assert shrunk.std() < usual.std()  # a penalty shrinks


def test_a_finished_search_is_tried_with_its_winner_only():
    sample = rows()
    with quiet():
        search = GridSearchCV(LogisticRegression(), {"C": [0.01, 1.0]}, cv=2).fit(
            sample.X, sample.labels
        )
    mine = UserModel(search, problem=infer_problem(sample.labels))
    assert mine.is_fitted(sample)
    assert mine.trainable is search.best_estimator_


def test_weights_reach_the_last_step_and_wrong_options_are_an_error():
    sample = rows()
    weight = np.where(sample.y == 1, 10.0, 0.1)
    from dataclasses import replace

    weighted = replace(sample, weight=weight)
    problem = infer_problem(sample.labels)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    scores = UserModel(model, problem=problem).learner().train(weighted)(sample)
    assert scores.mean() > 0.8  # oracle: the positives weigh a hundred times as much
    with pytest.raises(InputError, match="KNeighborsClassifier raised TypeError"):
        UserModel(KNeighborsClassifier(), problem=problem).learner().train(weighted)


def test_a_constructor_that_changes_what_it_is_given_is_copied():
    class Rounds(LogisticRegression):
        def __init__(self, C=1.0):
            super().__init__(C=float(np.float64(C)))
            self.C = [C]

        def get_params(self, deep=True):
            return {"C": self.C[0]}

        def fit(self, X, y, sample_weight=None):
            self.inner_ = LogisticRegression().fit(X, y)
            self.classes_ = self.inner_.classes_
            return self

        def predict_proba(self, X):
            return self.inner_.predict_proba(X)

    assert UserModel(Rounds(), problem=infer_problem([0, 1])).can_train


def test_rankers_get_their_queries_and_ranks_are_judged_per_query():
    rng = np.random.default_rng(0)

    def draw(n_queries):
        X = rng.normal(size=(n_queries * 10, 4))
        grades = np.clip(np.round(X[:, 0] + 0.7 * rng.normal(size=len(X)) + 1), 0, 3).astype(
            int
        )
        return X, grades, np.repeat(np.arange(n_queries), 10)

    train, test = draw(60), draw(50)
    for model in (LGBMRanker(n_estimators=20, verbosity=-1), Ridge()):
        diagnosis = diagnose(
            model, *train[:2], *test[:2], kind="ranking", groups=(train[2], test[2])
        )
        assert diagnosis.unit == "1 − NDCG@10"
        assert diagnosis.verdict in {"healthy", "undecidable", "overfitting", "not_enough_data"}
        assert not diagnosis.calibration


def test_a_pipeline_is_called_by_what_learns_in_it():
    problem = infer_problem(rows().labels)
    pipeline = make_pipeline(StandardScaler(), BaggingClassifier(DecisionTreeClassifier(), 3))
    assert UserModel(pipeline, problem=problem).name == "BaggingClassifier"
    assert UserModel(np.sign, problem=problem).name == "sign"
