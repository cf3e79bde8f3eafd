"""Scores dressed as a fitted scikit-learn model, for scorers that want a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem


class _AnsweredClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped base
    """Its "table" is one column of row numbers; it answers from memory."""

    def __init__(self, scores: NDArray[np.float64]) -> None:
        self.scores = scores
        self.classes_ = np.arange(scores.shape[1])

    def predict_proba(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(self.scores[rows[:, 0]])

    def predict(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        # the second class from one half on, as everywhere in this package
        return np.asarray(
            self.classes_[-1] - self.predict_proba(rows)[:, ::-1].argmax(axis=1)
        )


class _AnsweredRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # untyped base
    def __init__(self, scores: NDArray[np.float64]) -> None:
        self.scores = scores

    def predict(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(self.scores[rows[:, 0]])


def answered(scores: NDArray[np.float64], *, problem: Problem) -> Any:
    """Return a "model" that predicts these scores for rows 0, 1, …"""
    if not problem.is_classification:
        return _AnsweredRegressor(scores)
    if scores.ndim == 1:
        scores = np.column_stack([1 - scores, scores])
    return _AnsweredClassifier(scores)
