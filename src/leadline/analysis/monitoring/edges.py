"""Where columns are cut, and how much the score depends on each: from one sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.analysis.monitoring.counts import Numbers, Watched

N_EDGES = 16
"""Edges of a number: bins of about a seventeenth each."""

N_LEVELS = 16
"""Values of a category that are counted by name."""

TAIL = (0.9, 0.95, 0.99)
"""Quantiles at which a latency is cut as well."""


BELOW = 1e-9
"""Of the range: how far below the lowest value the lower end lies."""


def cut_number(
    name: str, values: Numbers, *, is_latency: bool = False, with_ends: bool = False
) -> Watched:
    """Cut a number at the reference's quantiles.

    Parameters
    ----------
    name : str
    values : array of shape (n_sample,)
        Without NaN; may be empty, then there is one bin.
    is_latency : bool
        Cut in the tail as well.
    with_ends : bool
        Cut just below the lowest value and at the highest as well, so that what lies
        outside them is counted by itself; two quantiles fewer, the same cost.

    Returns
    -------
    Watched
        At most `N_EDGES` edges (and those of the tail), each a value of the sample but
        for the lower end, so that a column with few values is cut between all of them.
    """
    finite = np.sort(values[np.isfinite(values)])
    if not len(finite):
        return Watched(name=name, kind="number")
    n_inner = N_EDGES - 2 if with_ends else N_EDGES
    shares = np.arange(1, n_inner + 1) / (n_inner + 1)
    if is_latency:
        shares = np.union1d(shares, TAIL)
    edges = np.unique(np.quantile(finite, shares, method="inverted_cdf"))
    edges = edges[edges < finite[-1]] if len(edges) > 1 else edges
    if with_ends:
        low, high = float(finite[0]), float(finite[-1])
        below = low - BELOW * (high - low or abs(low) or 1.0)
        edges = np.unique(np.concatenate(([below], edges, [high])))
    return Watched(name=name, kind="number", edges=tuple(map(float, edges)), has_ends=with_ends)


def cut_category(name: str, values: Sequence[str]) -> Watched:
    """Return a category's commonest values in the sample, nulls left out."""
    common = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))
    return Watched(name=name, kind="category", levels=tuple(v for v, _ in common[:N_LEVELS]))


def dependence(score: Numbers, columns: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """Return how much of the score's variance the bins of each column explain.

    Needs no model: it is what a change in the column alone can say about the score. Two
    columns that say the same both count in full, so it errs on the side of harm.

    Parameters
    ----------
    score : array of shape (n_sample,)
        NaN where there is none.
    columns : mapping of name to codes, shape (n_sample,)
        The bin that each row falls in.

    Returns
    -------
    dict of str to float
        Epsilon squared within 0–1: the correlation ratio with its null bias taken off.
        0 where the score does not vary.

    References
    ----------
    Kelley (1935), "An unbiased correlation ratio measure", PNAS 21(9).
    """
    known = np.isfinite(score)
    y = score[known]
    total = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
    found = {}
    for name, codes in columns.items():
        _, inverse = np.unique(np.asarray(codes)[known], return_inverse=True)
        sizes = np.bincount(inverse)
        free = len(y) - len(sizes)
        if total <= 0 or free <= 0:
            found[name] = 0.0
            continue
        within = total - float(
            (np.bincount(inverse, y) ** 2 / sizes).sum() - y.sum() ** 2 / len(y)
        )
        found[name] = float(max(0.0, 1 - within / free * (len(y) - 1) / total))
    return found
