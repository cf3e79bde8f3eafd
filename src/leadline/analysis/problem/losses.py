"""The proper loss of each kind of problem, row by row or query by query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem.tables import vector
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

CLIP = 1e-6
"""Probabilities are kept this far from 0 and 1: a sure mistake costs 13.8 nats."""

AT = 10
"""Rows of a query that a person looks at."""

NAMES = {
    "binary": "log loss",
    "multiclass": "log loss",
    "click": "normalised entropy",
    "regression": "squared error",
    "forecast": "squared error",
    "ranking": f"1 − NDCG@{AT}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Losses:
    """Losses of shape (m,) and the cluster of each: rows, or queries of a ranking."""

    values: NDArray[np.float64]
    clusters: NDArray[Any] | None
    unit: str
    name: str


def proper_loss(
    y: NDArray[Any], scores: NDArray[np.float64], *, problem: Problem, groups: Any = None
) -> Losses:
    """Return the loss that is smallest, on average, for the true probabilities.

    Parameters
    ----------
    y : array of shape (n,)
        The encoded target.
    scores : array of shape (n,) or (n, n_classes)
        As `predict` and `as_scores` return them.
    groups : column of shape (n,), optional
        Queries of a ranking (needed there); otherwise clusters of rows.

    Returns
    -------
    Losses
        One value per row; for a ranking one per query that has a relevant row, in the
        sorted order of queries.
    """
    clusters = None if groups is None else group_codes(groups)
    name = NAMES[problem.kind]
    if problem.kind != "ranking":
        values = row_loss(y, scores, problem=problem)
        return Losses(values=values, clusters=clusters, unit="row", name=name)
    if clusters is None:
        raise InputError(
            "a ranking needs to know which rows belong to one query",
            hint="Pass the query of each row as `groups`.",
        )
    ndcg = per_query(y, scores, clusters, measure=ndcg_of_query)
    seen = ~np.isnan(ndcg)
    return Losses(values=1 - ndcg[seen], clusters=None, unit="query", name=name)


def row_loss(
    y: NDArray[Any], scores: NDArray[np.float64], *, problem: Problem
) -> NDArray[np.float64]:
    """Return log loss (nats), normalised entropy or squared error per row, shape (n,).

    References
    ----------
    He et al. (2014), Practical lessons from predicting clicks on ads at Facebook,
    section 3: normalised entropy is log loss over the entropy of the average rate.
    """
    if not problem.is_classification:
        return np.asarray((y - scores) ** 2, dtype=np.float64)
    if problem.kind == "multiclass":
        total = np.clip(scores.sum(axis=1), CLIP, None)
        given = scores[np.arange(y.size), y] / total
    else:
        given = np.where(y == 1, scores, 1 - scores)
    losses = -np.log(np.clip(given, CLIP, 1 - CLIP))
    return np.asarray(losses / entropy(y)) if problem.kind == "click" else losses


def loss_mean(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    *,
    problem: Problem,
    groups: Any = None,
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Return the average proper loss; a ranking counts every query the same."""
    losses = proper_loss(y, scores, problem=problem, groups=groups)
    if losses.values.size == 0:
        raise NotEnoughDataError(
            f"{losses.name} needs at least one {losses.unit}, got none"
        )
    weights = sample_weight if losses.unit == "row" else None
    return float(np.average(losses.values, weights=weights))


def group_codes(groups: Any) -> NDArray[np.int64]:
    """Return 0, 1, … per distinct group, in sorted order, shape (n,)."""
    values = vector(groups, name="groups")
    if values.dtype == object:
        values = np.array([str(value) for value in values.tolist()])
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64).ravel()


def per_query(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    measure: Any,
) -> NDArray[np.float64]:
    """Apply `measure(y, scores)` to each query; nan where it has nothing to find."""
    order = np.argsort(clusters, kind="stable")
    bounds = np.flatnonzero(np.diff(clusters[order])) + 1
    parts = np.split(order, bounds)
    return np.array([measure(y[rows], scores[rows]) for rows in parts], dtype=np.float64)


def ndcg_of_query(y: NDArray[Any], scores: NDArray[np.float64]) -> float:
    """NDCG@10 with gains 2^grade − 1; ties in the score share their places' discounts.

    References
    ----------
    Järvelin and Kekäläinen (2002); ties as in McSherry and Najork (2008), equation 11.
    """
    gains = 2.0 ** np.asarray(y, dtype=np.float64) - 1
    discounts = np.where(np.arange(y.size) < AT, 1 / np.log2(np.arange(y.size) + 2), 0.0)
    ideal = float(np.sort(gains)[::-1] @ discounts)
    if ideal <= 0:
        return np.nan
    _, place, count = np.unique(-scores, return_inverse=True, return_counts=True)
    mean_gain = np.bincount(place.ravel(), weights=gains) / count
    ends = np.cumsum(count)
    cumulative = np.concatenate([[0.0], np.cumsum(discounts)])
    return float(mean_gain @ (cumulative[ends] - cumulative[ends - count])) / ideal


def entropy(y: NDArray[Any]) -> float:
    """Return the entropy (nats) of the average rate of 0/1 targets."""
    rate = float(np.clip(y.mean(), CLIP, 1 - CLIP))
    return float(-(rate * np.log(rate) + (1 - rate) * np.log(1 - rate)))
