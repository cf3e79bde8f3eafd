"""Rules that say the same of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline import wording
from leadline.analysis.baseline.rows import Rows, Rule
from leadline.analysis.baseline.splits import targets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem


def prior(rows: Rows, *, problem: Problem) -> Rule:
    """Say every class's share in training."""
    shares = targets_of(rows.y, problem=problem).mean(axis=0)
    value = shares if problem.kind == "multiclass" else shares[0]
    return Rule(
        name="prior",
        sentence=f"always {wording.outcome(shares, problem=problem)}",
        score=lambda given: _repeat(value, given.n),
    )


def mean(rows: Rows) -> Rule:
    """Say the training mean."""
    value = float(rows.y.mean())
    return Rule(
        name="mean",
        sentence=f"always the mean, {wording.number(value)}",
        score=lambda given: np.full(given.n, value),
    )


def median(rows: Rows) -> Rule:
    """Say the training median."""
    value = float(np.median(rows.y))
    return Rule(
        name="median",
        sentence=f"always the median, {wording.number(value)}",
        score=lambda given: np.full(given.n, value),
    )


def as_it_comes() -> Rule:
    """Leave a ranking unsorted; what lies equal shares its places."""
    return Rule(
        name="unsorted",
        sentence="in no order: every candidate is as good as the next",
        score=lambda given: np.zeros(given.n),
    )


def _repeat(value: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    return np.repeat(np.asarray(value)[None, ...], n, axis=0)
