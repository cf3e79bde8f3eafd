"""Learners to compare a model with: cheap ones first, more careful ones where it pays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis.learners import Learner, Scorer, constant_scorer
from leadline.analysis.diagnosis.samples import filled
from leadline.analysis.problem.quiet import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.kinds import Problem

MANY_COLUMNS = 200
"""A forest on more columns takes too long for a reference; boosted trees look at so many of
them, drawn anew, at each split."""

FEW_COLUMNS = 30
"""Products of pairs are tried on no more columns than this."""

TREES = 80
"""Trees of the forest."""

FEW_CLASSES = 4
"""Boosted trees train one tree a round for each class: with more, one careful setting."""

LARGE = 2_000
"""From this many rows on, boosted trees are richer and stop early by themselves."""

Make = Callable[[], Any]


def references(
    *, problem: Problem, categorical: NDArray[np.bool_], n_rows: int, seed: int
) -> list[Learner]:
    """Return a few cheap learners on the encoded matrix, the strongest first.

    Boosted trees and a linear model; on few rows a forest too, which is then often best.
    """
    boosted = partial(_boosted, problem, categorical, seed, large=n_rows >= LARGE)
    settings = (
        {"learning_rate": 0.1, "max_iter": 200, "max_leaf_nodes": 31}
        if n_rows >= LARGE
        else {"learning_rate": 0.05, "max_iter": 80, "max_leaf_nodes": 8}
    )
    found: dict[str, tuple[str, Make]] = {
        "gradient boosting": (_text(settings), partial(boosted, **settings)),
        "a linear model": (
            "use a regularised linear model instead (standardised, C = 0.1 or alpha = 10)",
            partial(_linear, problem, categorical),
        ),
    }
    if n_rows <= 5_000 and categorical.size <= MANY_COLUMNS:
        found["a random forest"] = (
            "use a random forest instead (min_samples_leaf 3)",
            partial(_forest, problem, seed),
        )
    return _learners(found, problem=problem)


def refinements(
    *, problem: Problem, categorical: NDArray[np.bool_], n_rows: int, seed: int
) -> list[Learner]:
    """Return the same kinds of learners, set as a careful person would set them."""
    boosted = partial(_boosted, problem, categorical, seed, large=n_rows >= LARGE)
    more = {"learning_rate": 0.06, "max_iter": 150, "max_leaf_nodes": 15}
    most = {"learning_rate": 0.05, "max_iter": 250, "max_leaf_nodes": 31}
    found: dict[str, tuple[str, Make]] = {
        "slower boosting": (_text(more), partial(boosted, **more)),
    }
    if len(problem.classes) <= FEW_CLASSES:
        found["slower, richer boosting"] = (_text(most), partial(boosted, **most))
    if categorical.size <= FEW_COLUMNS:
        found["a linear model of pairs"] = (
            "use a regularised linear model with squares and products of the numbers instead"
            " (standardised, C = 0.03 or alpha = 30)",
            partial(_linear, problem, categorical, degree=2),
        )
    return _learners(found, problem=problem)


def _text(settings: dict[str, Any]) -> str:
    named = ", ".join(f"{key} {value}" for key, value in settings.items())
    return f"use gradient boosted trees instead (HistGradientBoosting, {named})"


def _learners(found: dict[str, tuple[str, Make]], *, problem: Problem) -> list[Learner]:
    return [
        Learner(
            name=f"reference: {name}",
            remedy=remedy,
            is_reference=True,
            train=_reference(make, problem=problem),
        )
        for name, (remedy, make) in found.items()
    ]


def _reference(make: Make, *, problem: Problem) -> Callable[[Sample], Scorer]:
    def train(sample: Sample) -> Scorer:
        y = sample.target
        if problem.is_classification and len(np.unique(y)) < 2:
            return constant_scorer(y, problem=problem)
        model = make()
        with quiet():
            known = filled(sample.matrix, sample.matrix)
            fitted = model.fit(known, y, **_weight_option(sample, model))
        empty = np.where(np.isnan(sample.matrix).all(axis=0), np.nan, 0.0)[None, :]

        def score(rows: Sample) -> NDArray[np.float64]:
            return coded_scores(fitted, filled(rows.matrix, empty), problem=problem)

        return score

    return train


def _weight_option(sample: Sample, model: Any) -> dict[str, Any]:
    if sample.weight is None:
        return {}
    steps = getattr(model, "steps", None)
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


def _boosted(
    problem: Problem, categorical: NDArray[np.bool_], seed: int, *, large: bool, **settings: Any
) -> Any:
    from sklearn.ensemble import (  # noqa: PLC0415 (import leadline stays light)
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    kind = (
        HistGradientBoostingClassifier
        if problem.is_classification
        else HistGradientBoostingRegressor
    )
    return kind(
        **settings,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=large,
        max_features=min(1.0, MANY_COLUMNS / categorical.size),
        categorical_features=categorical if categorical.any() else None,
        random_state=seed,
    )


def _linear(problem: Problem, categorical: NDArray[np.bool_], *, degree: int = 1) -> Any:
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 (import leadline stays light)
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression, Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import (  # noqa: PLC0415
        OneHotEncoder,
        PolynomialFeatures,
        StandardScaler,
    )

    steps = [SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()]
    if degree > 1:
        steps += [PolynomialFeatures(degree, include_bias=False), StandardScaler()]
    numbers = make_pipeline(*steps)
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
        LogisticRegression(C=0.1 if degree == 1 else 0.03, max_iter=300)
        if problem.is_classification
        else Ridge(alpha=10.0 if degree == 1 else 30.0)
    )
    return make_pipeline(columns, last)


def _forest(problem: Problem, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 (import leadline stays light)
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    kind = RandomForestClassifier if problem.is_classification else RandomForestRegressor
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        kind(n_estimators=TREES, min_samples_leaf=3, max_features=0.5, random_state=seed),
    )
