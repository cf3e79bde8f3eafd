"""Everything that can be trained here: the user's model, its variations, references.

A learner is a name and one function: training rows in, a scorer out. The user's own
object is never changed; clones are trained.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis.remedies import Variation, locate
from leadline.analysis.diagnosis.samples import filled
from leadline.analysis.problem.models import model_name, predict
from leadline.analysis.problem.quiet import quiet
from leadline.analysis.problem.tables import take
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.kinds import Problem

MANY_COLUMNS = 200
"""A forest on more columns takes too long for a reference."""

Scorer = Callable[["Sample"], "NDArray[np.float64]"]
"""Rows in, scores out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learner:
    """Something that can be trained on rows.

    Attributes
    ----------
    name : str
        Stable name, the key of caches.
    remedy : str
        How to get it, as an instruction with concrete parameters.
    is_reference : bool
        Whether it is another learner than the user's.
    train : callable
        `Sample` → `Scorer`.
    """

    name: str
    remedy: str
    train: Callable[[Sample], Scorer]
    is_reference: bool = False


class UserModel:
    """The model that was handed in, with the few things we may do to it.

    Parameters
    ----------
    given : estimator, pipeline, booster, callable or None
    problem : Problem
    """

    def __init__(self, given: Any, *, problem: Problem) -> None:
        self.given = given
        self.problem = problem
        self.name = model_name(given)
        self.can_train = _cloneable(given)

    @property
    def trainable(self) -> Any:
        """What a clone is made of: of a finished search, its winner."""
        return _unwrapped(self.given)

    def is_fitted(self, sample: Sample) -> bool:
        """Whether it already predicts (asked with a few rows)."""
        if not self.can_train:
            return True
        few = sample.take(np.arange(min(5, len(sample))))
        try:
            with quiet():
                predict(self.given, few.X, problem=self.problem)
        except Exception:  # noqa: BLE001 (any failure means: train it first)
            return False
        return True

    def scorer(self, fitted: Any) -> Scorer:
        """Return the scorer of a fitted model."""

        def score(sample: Sample) -> NDArray[np.float64]:
            with quiet():
                return predict(fitted, sample.X, problem=self.problem)

        return score

    def learner(self, variation: Variation | None = None) -> Learner:
        """Return the model, or a variation of it, as something to train."""
        if not self.can_train:
            fixed = self.scorer(self.given)
            return Learner(name=self.name, remedy=self.name, train=lambda _: fixed)
        inner = locate(self.trainable)[1]
        name = type(inner).__name__

        def train(sample: Sample) -> Scorer:
            return self.scorer(self._fit(sample, variation))

        if variation is None:
            return Learner(name=self.name, remedy=f"{name} as it is", train=train)
        return Learner(name=variation.text(name), remedy=variation.text(name), train=train)

    def _fit(self, sample: Sample, variation: Variation | None) -> Any:
        model = _clone(self.trainable)
        path, inner = locate(model)
        if variation is not None and variation.replacement is not None:
            model = _replaced(model, path.removesuffix("__"), variation.replacement)
        elif variation is not None:
            model.set_params(**{path + key: v for key, v in variation.params.items()})
        _hush(inner)
        X, labels, options = _fit_arguments(sample, inner=inner, path=path)
        try:
            with quiet():
                return model.fit(X, labels, **options) or model
        except Exception as error:
            raise InputError(
                f"{self.name} raised {type(error).__name__} while training on"
                f" {len(sample)} rows: {error}",
                hint="Check that a fresh copy of it trains on this very table.",
            ) from error


def _cloneable(given: Any) -> bool:
    if not (hasattr(given, "fit") and hasattr(given, "get_params")):
        return False
    try:
        _clone(_unwrapped(given))
    except Exception:  # noqa: BLE001 (a foreign object may fail in any way)
        return False
    return True


def _clone(model: Any) -> Any:
    from sklearn.base import clone  # noqa: PLC0415 (import leadline stays light)

    with quiet():
        try:
            return clone(model)
        except (TypeError, RuntimeError):  # constructors that change what they are given
            return type(model)(**copy.deepcopy(model.get_params(deep=False)))


def _unwrapped(model: Any) -> Any:
    """Return the winner of a finished search: searching again would cost every trial."""
    return getattr(model, "best_estimator_", model)


def _replaced(model: Any, path: str, replacement: Any) -> Any:
    if not path:
        return _clone(replacement)
    return model.set_params(**{path: _clone(replacement)})


def _hush(inner: Any) -> None:
    """Keep boosters from writing to the screen and the disk, and each fit to one thread.

    Fits run side by side already; threads of their own, which some libraries open whatever
    limit is set around them, would only wait for each other.
    """
    quieter: dict[str, dict[str, Any]] = {
        "CatBoost": {"allow_writing_files": False, "verbose": 0, "thread_count": 1},
        "LGBM": {"verbosity": -1},
    }
    if hasattr(inner, "n_jobs"):
        inner.set_params(n_jobs=1)
    for prefix, settings in quieter.items():
        if type(inner).__name__.startswith(prefix):
            with suppress(Exception):
                inner.set_params(**settings)


def _fit_arguments(sample: Sample, *, inner: Any, path: str) -> tuple[Any, Any, dict[str, Any]]:
    """Return table, target and options; rankers want rows in order of their query."""
    options: dict[str, Any] = {}
    name = type(inner).__name__
    if sample.groups is not None and name in {"LGBMRanker", "XGBRanker"}:
        order = np.argsort(sample.groups.astype(str), kind="stable")
        sizes = np.unique(sample.groups.astype(str), return_counts=True)[1]
        options[f"{path}group"] = sizes
        labels = None if sample.labels is None else sample.labels[order]
        return take(sample.X, order), labels, options
    if sample.weight is not None:
        options[f"{path}sample_weight"] = sample.weight
    return sample.X, sample.labels, options


def references(
    *, problem: Problem, categorical: NDArray[np.bool_], n_rows: int, seed: int
) -> list[Learner]:
    """Return a few cheap learners on the encoded matrix, the strongest first.

    Boosted trees and a linear model; on few rows a forest too, which is then often best.
    """
    makers = {
        "gradient boosting": lambda rows: _boosted(problem, categorical, rows, seed),
        "a linear model": lambda _: _linear(problem, categorical),
    }
    if n_rows <= 5_000 and categorical.size <= MANY_COLUMNS:
        makers["a random forest"] = lambda rows: _forest(problem, rows, seed)
    return [
        Learner(
            name=f"reference: {name}",
            remedy=_REFERENCE_REMEDY[name],
            is_reference=True,
            train=_reference(make, problem=problem),
        )
        for name, make in makers.items()
    ]


_REFERENCE_REMEDY = {
    "gradient boosting": "use gradient boosted trees instead"
    " (HistGradientBoosting, learning_rate 0.1, early stopping)",
    "a linear model": "use a regularised linear model instead"
    " (standardised, C = 0.1 or alpha = 10)",
    "a random forest": "use a random forest instead (min_samples_leaf 3)",
}


def _reference(make: Callable[[int], Any], *, problem: Problem) -> Callable[[Sample], Scorer]:
    def train(sample: Sample) -> Scorer:
        y = sample.target
        if problem.is_classification and len(np.unique(y)) < 2:
            return constant_scorer(y, problem=problem)
        with quiet():
            known = filled(sample.matrix, sample.matrix)
            fitted = make(len(sample)).fit(known, y, **_weight_option(sample, make))
        empty = np.where(np.isnan(sample.matrix).all(axis=0), np.nan, 0.0)[None, :]

        def score(rows: Sample) -> NDArray[np.float64]:
            return coded_scores(fitted, filled(rows.matrix, empty), problem=problem)

        return score

    return train


def _weight_option(sample: Sample, make: Callable[[int], Any]) -> dict[str, Any]:
    if sample.weight is None:
        return {}
    steps = getattr(make(len(sample)), "steps", None)
    return {f"{steps[-1][0]}__sample_weight" if steps else "sample_weight": sample.weight}


def coded_scores(
    fitted: Any, matrix: NDArray[np.float64], *, problem: Problem
) -> NDArray[np.float64]:
    """Scores of a model that was trained on class codes."""
    with quiet():
        if not problem.is_classification:
            return np.asarray(fitted.predict(matrix), dtype=np.float64)
        raw = fitted.predict_proba(matrix)
    scores = np.zeros((len(matrix), len(problem.classes)))
    scores[:, fitted.classes_.astype(int)] = raw
    return scores if problem.kind == "multiclass" else scores[:, 1]


def constant_scorer(y: NDArray[Any], *, problem: Problem) -> Scorer:
    """Predict what training rows have on average."""
    constant: Any = float(np.mean(y))
    if problem.kind == "multiclass":
        constant = np.bincount(y, minlength=len(problem.classes)) / len(y)

    def score(rows: Sample) -> NDArray[np.float64]:
        return (
            np.tile(constant, (len(rows), 1))
            if np.ndim(constant)
            else np.full(len(rows), constant)
        )

    return score


def _boosted(problem: Problem, categorical: NDArray[np.bool_], n_rows: int, seed: int) -> Any:
    from sklearn.ensemble import (  # noqa: PLC0415 (import leadline stays light)
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    kind = (
        HistGradientBoostingClassifier
        if problem.is_classification
        else HistGradientBoostingRegressor
    )
    large = n_rows >= 2_000
    return kind(
        learning_rate=0.1 if large else 0.05,
        max_iter=200 if large else 80,
        max_leaf_nodes=31 if large else 8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=large,
        categorical_features=categorical if categorical.any() else None,
        random_state=seed,
    )


def _linear(problem: Problem, categorical: NDArray[np.bool_]) -> Any:
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 (import leadline stays light)
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression, Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    codes = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-1, keep_empty_features=True),
        OneHotEncoder(
            handle_unknown="infrequent_if_exist", min_frequency=20, max_categories=40
        ),
    )
    columns = ColumnTransformer(
        [
            ("numbers", numbers, np.flatnonzero(~categorical)),
            ("codes", codes, np.flatnonzero(categorical)),
        ]
    )
    last = (
        LogisticRegression(C=0.1, max_iter=300)
        if problem.is_classification
        else Ridge(alpha=10.0)
    )
    return make_pipeline(columns, last)


def _forest(problem: Problem, _n_rows: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 (import leadline stays light)
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    kind = RandomForestClassifier if problem.is_classification else RandomForestRegressor
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        kind(n_estimators=80, min_samples_leaf=3, max_features=0.5, random_state=seed),
    )
