"""Three families of models, each well set, set too rich, and set too poor."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

FAMILIES = ("linear", "forest", "boosting")
WORDS = make_column_selector(dtype_exclude="number")
NUMBERS = make_column_selector(dtype_include="number")


def _for_linear(*, degree: int = 1) -> Any:
    numbers = [SimpleImputer(strategy="median"), StandardScaler()]
    if degree > 1:
        numbers += [PolynomialFeatures(degree, include_bias=False), StandardScaler()]
    words = OneHotEncoder(handle_unknown="ignore", min_frequency=5)
    return make_column_transformer((make_pipeline(*numbers), NUMBERS), (words, WORDS))


def _for_trees() -> Any:
    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return make_column_transformer(
        (SimpleImputer(strategy="median"), NUMBERS),
        (make_pipeline(SimpleImputer(strategy="constant", fill_value="?"), words), WORDS),
    )


def _for_boosting() -> Any:
    words = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    return make_column_transformer(("passthrough", NUMBERS), (words, WORDS))


def _linear(kind: str, strength: float, *, degree: int = 1) -> Pipeline:
    last = (
        Ridge(alpha=1 / strength)
        if kind == "regression"
        else LogisticRegression(C=strength, max_iter=500)
    )
    return make_pipeline(_for_linear(degree=degree), last)


def _forest(kind: str, **settings: Any) -> Pipeline:
    make = RandomForestRegressor if kind == "regression" else RandomForestClassifier
    return make_pipeline(
        _for_trees(), make(**{"n_estimators": 50, "random_state": 0} | settings)
    )


def _tree(kind: str, **settings: Any) -> Pipeline:
    make = DecisionTreeRegressor if kind == "regression" else DecisionTreeClassifier
    return make_pipeline(_for_trees(), make(random_state=0, **settings))


def _boosting(kind: str, **settings: Any) -> Pipeline:
    make = (
        HistGradientBoostingRegressor
        if kind == "regression"
        else HistGradientBoostingClassifier
    )
    return make_pipeline(
        _for_boosting(), make(random_state=0, early_stopping=False, **settings)
    )


def good(family: str, kind: str) -> Pipeline:
    """Return a model that a careful person would set up."""
    if family == "linear":
        return _linear(kind, 0.3)
    if family == "forest":
        return _forest(kind, min_samples_leaf=8, max_features=0.5)
    return _boosting(kind, learning_rate=0.06, max_iter=90, max_leaf_nodes=15)


def memorising(kind: str) -> Pipeline:
    """Return a forest that knows its training rows by heart, which may be fine."""
    return _forest(kind, min_samples_leaf=1, n_estimators=60)


def too_rich(family: str, kind: str, severity: int) -> Pipeline:
    """Return a model that follows its training rows too closely."""
    if family == "linear":
        return _linear(kind, (1e2, 1e3, 1e5)[severity], degree=3)
    if family == "forest":
        return _tree(kind, min_samples_leaf=(4, 2, 1)[severity])
    rounds = (150, 250, 400)[severity]
    return _boosting(kind, learning_rate=0.2, max_iter=rounds, max_leaf_nodes=31,
                     min_samples_leaf=5)  # fmt: skip


def too_poor(family: str, kind: str, severity: int) -> Pipeline:
    """Return a model that cannot follow what there is to learn."""
    if family == "linear":
        return _linear(kind, (3e-3, 1e-3, 1e-4)[severity] / (20 if kind == "regression" else 1))
    if family == "forest":
        return _forest(kind, max_depth=(3, 2, 1)[severity])
    return _boosting(kind, learning_rate=0.05, max_iter=(30, 15, 6)[severity], max_leaf_nodes=4)


def candidates(kind: str) -> list[Pipeline]:
    """Return the models among which the oracle looks for a better one."""
    return [
        _linear(kind, 0.01), _linear(kind, 0.3), _linear(kind, 30.0),
        _linear(kind, 0.03, degree=2),
        _forest(kind, min_samples_leaf=3, max_features=0.5, n_estimators=80),
        _forest(kind, min_samples_leaf=15, max_features=0.5, n_estimators=40),
        _boosting(kind, learning_rate=0.05, max_iter=60, max_leaf_nodes=6),
        _boosting(kind, learning_rate=0.06, max_iter=120, max_leaf_nodes=15),
        _boosting(kind, learning_rate=0.06, max_iter=180, max_leaf_nodes=31),
    ]  # fmt: skip


class TooSure(ClassifierMixin, BaseEstimator):
    """A good classifier whose log odds are stretched and moved."""

    def __init__(self, model: Any = None, power: float = 1.0) -> None:
        self.model = model
        self.power = power

    def fit(self, X: Any, y: Any) -> TooSure:
        self.model_ = clone(self.model).fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        p = np.clip(self.model_.predict_proba(X), 1e-6, 1) ** self.power
        return p / p.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class Stretched(RegressorMixin, BaseEstimator):
    """A good regression whose predictions are stretched around the mean."""

    def __init__(self, model: Any = None, power: float = 1.0) -> None:
        self.model = model
        self.power = power

    def fit(self, X: Any, y: Any) -> Stretched:
        self.model_ = clone(self.model).fit(X, y)
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X: Any) -> np.ndarray:
        return self.mean_ + self.power * (self.model_.predict(X) - self.mean_)
