"""On which segments the model is not better than the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.features import Feature, read_features
from leadline.analysis.baseline.wording import day, number
from leadline.analysis.multiplicity import benjamini_hochberg
from leadline.analysis.problem import losses
from leadline.analysis.problem.intervals import Difference, paired_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from leadline.analysis.baseline.comparison import Comparison
    from leadline.analysis.baseline.rows import Rows
    from leadline.analysis.problem.kinds import Problem

FEWEST = 30
"""Rows or queries below which a segment is not looked at."""

MOST_COLUMNS = 50
MOST_CATEGORIES = 8
QUARTERS = 4
FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Rows that share a value or a quarter of a column.

    Attributes
    ----------
    name : str
        "workclass is Private", "age ≤ 28".
    n : int
        Rows, or queries of a ranking.
    share : float
        Of all rows or queries.
    gain : Difference
        What the model saves per row: loss of the rule minus loss of the model.
    pvalue : float
        Adjusted for all segments looked at (Benjamini–Hochberg).
    verdict : str
        "better", "worse" or "cannot tell".
    """

    name: str
    n: int
    share: float
    gain: Difference
    pvalue: float
    verdict: str


def find_segments(
    train: Rows, test: Rows, compared: Comparison, *, problem: Problem
) -> list[Segment]:
    """Compare model and rule on every quarter and common category of every column.

    Returns
    -------
    list of Segment
        Worst first; at a false discovery rate of 5 %.
    """
    matrix, varies = _per_unit(test, problem=problem)
    if matrix.shape[0] != compared.unit_gains.size:  # queries without a relevant row
        return []
    zeros = np.zeros(matrix.shape[0])
    named: list[tuple[str, int, Difference]] = []
    for feature in read_features(train.encoder, train.matrix, n_bins=QUARTERS)[:MOST_COLUMNS]:
        if varies[feature.index]:
            continue
        for name, inside in _parts(feature, matrix):
            clusters = None if compared.clusters is None else compared.clusters[inside]
            gain = paired_difference(
                compared.unit_gains[inside], zeros[inside], clusters=clusters
            )
            named.append((name, int(inside.sum()), gain))
    adjusted = benjamini_hochberg(np.array([gain.pvalue for _, _, gain in named]))
    found = [
        Segment(
            name=name,
            n=n,
            share=n / matrix.shape[0],
            gain=gain,
            pvalue=float(pvalue),
            verdict=_verdict(gain, float(pvalue)),
        )
        for (name, n, gain), pvalue in zip(named, adjusted, strict=True)
    ]
    return sorted(found, key=lambda s: (ORDER[s.verdict], s.gain.estimate))


ORDER = {"worse": 0, "cannot tell": 1, "better": 2}


def _verdict(gain: Difference, pvalue: float) -> str:
    if pvalue > FALSE_DISCOVERY_RATE:
        return "cannot tell"
    return "better" if gain.estimate > 0 else "worse"


def _per_unit(test: Rows, *, problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return one line per row or query, and which columns vary within a query."""
    if problem.kind != "ranking":
        return test.matrix, np.zeros(test.matrix.shape[1], dtype=bool)
    codes = losses.group_codes(test.groups)
    _, first = np.unique(codes, return_index=True)
    filled = np.nan_to_num(test.matrix, nan=-np.inf, neginf=-np.inf)
    return test.matrix[first], (filled != filled[first][codes]).any(axis=0)


def _parts(
    feature: Feature, matrix: NDArray[np.float64]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    bins = feature.bins(matrix)
    count = np.bincount(bins, minlength=feature.n_bins)
    common = np.argsort(-count, kind="stable")[:MOST_CATEGORIES]
    for part in np.sort(common):
        if count[part] >= FEWEST and count[part] < bins.size:
            yield _name(feature, int(part)), bins == part


def _name(feature: Feature, part: int) -> str:
    if part == feature.n_bins - 1:
        return f"{feature.name} is missing"
    if feature.kind == "category":
        return f"{feature.name} is {[*feature.categories, 'rare', 'new'][part]}"
    if feature.kind in {"boolean", "word"}:
        return f"{feature.name} is {'true' if part else 'false'}"
    write = day if feature.kind == "date" else number
    written = [write(float(edge)) for edge in feature.edges]
    if written and part == len(written):
        return f"{feature.name} > {written[-1]}"
    above = [f"{written[part - 1]} < "] if part > 0 else []
    up_to = [f" ≤ {written[part]}"] if written else [" is known"]
    return "".join([*above, feature.name, *up_to])
