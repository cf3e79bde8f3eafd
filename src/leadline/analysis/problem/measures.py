"""Measures of scores by themselves: what each metric's name computes.

Written with numpy so that a bootstrap of 200 samples stays within a second; the oracle
of every one is scikit-learn. Unlike there, what is undefined is nan and never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from leadline.analysis.problem import losses
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rows: TypeAlias = Callable[["NDArray[Any]", "NDArray[np.float64]"], "NDArray[np.float64]"]
Queries: TypeAlias = Callable[
    ["NDArray[Any]", "NDArray[np.float64]", "NDArray[np.int64]"], "NDArray[np.float64]"
]
Whole: TypeAlias = Callable[..., float]


def roc_auc(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Area under the ROC curve by ranks, ties counting half; nan with one class only."""
    hits, misses = _by_score(y, scores, sample_weight)
    n_pos, n_neg = hits.sum(), misses.sum()
    if not n_pos or not n_neg:
        return np.nan
    below = np.cumsum(misses[::-1])[::-1] - misses  # negatives with a lower score
    return float(hits @ (below + misses / 2) / (n_pos * n_neg))


def average_precision(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Precision averaged over the positives, from the highest score down."""
    hits, misses = _by_score(y, scores, sample_weight)
    if not hits.sum():
        return np.nan
    found = np.cumsum(hits)
    return float(hits @ (found / (found + np.cumsum(misses))) / hits.sum())


def f1(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Harmonic mean of precision and recall at one half."""
    hit, miss, false_alarm, _ = _confusion(y, scores, sample_weight)
    total = 2 * hit + miss + false_alarm
    return float(2 * hit / total) if total else np.nan


def balanced_accuracy(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Mean of the two classes' shares that are told right, at one half."""
    hit, miss, false_alarm, rejection = _confusion(y, scores, sample_weight)
    if not hit + miss or not false_alarm + rejection:
        return np.nan
    return float((hit / (hit + miss) + rejection / (false_alarm + rejection)) / 2)


def r2(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Share of the variance that is explained; below 0 is worse than the mean."""
    spread = np.average((y - np.average(y, weights=sample_weight)) ** 2, weights=sample_weight)
    if not spread:
        return np.nan
    return float(1 - np.average((y - scores) ** 2, weights=sample_weight) / spread)


def _by_score(
    y: NDArray[Any], scores: NDArray[np.float64], weight: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weight of positives and of negatives at each score, highest first."""
    order = np.argsort(-scores, kind="stable")
    place = np.concatenate([[0], np.cumsum(np.diff(scores[order]) != 0)])
    weights = np.ones(y.size) if weight is None else weight
    is_hit = y[order] == 1
    hits, misses = (
        np.bincount(place, weights=weights[order] * side).astype(np.float64)
        for side in (is_hit, ~is_hit)
    )
    return hits, misses


def _confusion(
    y: NDArray[Any], scores: NDArray[np.float64], weight: NDArray[np.float64] | None
) -> tuple[float, float, float, float]:
    weights = np.ones(y.size) if weight is None else weight
    acts, is_hit = scores >= 0.5, y == 1
    cells = (is_hit & acts, is_hit & ~acts, ~is_hit & acts, ~is_hit & ~acts)
    hit, miss, false_alarm, rejection = (float(weights[cell].sum()) for cell in cells)
    return hit, miss, false_alarm, rejection


def average(
    rows: Rows,
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Average what `rows` says of each row."""
    return float(np.average(rows(y, scores), weights=sample_weight))


def rmse(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.average((y - scores) ** 2, weights=sample_weight)))


def mrr_per_query(
    y: NDArray[Any], scores: NDArray[np.float64], queries: NDArray[np.int64]
) -> NDArray[np.float64]:
    """One over the place of the best relevant row; half of the rows tied with it are above."""
    n = int(queries.max()) + 1
    best = np.full(n, -np.inf)
    np.maximum.at(best, queries[y > 0], scores[y > 0])
    limit = best[queries]
    above = np.bincount(queries, weights=(scores > limit) + 0.0)
    tied = np.bincount(queries, weights=((scores == limit) & (y <= 0)) / 2)
    return np.where(np.isinf(best), np.nan, 1 / (1 + above + tied))


def recall_per_query(
    y: NDArray[Any], scores: NDArray[np.float64], queries: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Share of a query's relevant rows among its first ten."""
    order = np.lexsort((-scores, queries))
    size = np.bincount(queries)
    place = np.empty(y.size, dtype=np.int64)
    place[order] = np.arange(y.size) - np.repeat(np.cumsum(size) - size, size)
    relevant = np.bincount(queries, weights=(y > 0) + 0.0)
    found = np.bincount(queries, weights=((y > 0) & (place < losses.AT)) + 0.0)
    return np.asarray(np.where(relevant > 0, found / np.maximum(relevant, 1), np.nan))


def mean_over_queries(
    measure: Queries, y: NDArray[Any], scores: NDArray[np.float64], groups: Any
) -> float:
    """Average what `measure` says of each query that has something to find."""
    if groups is None:
        raise InputError("a ranking metric needs the query of each row", hint="Pass `groups`.")
    values = measure(y, scores, losses.group_codes(groups))
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
