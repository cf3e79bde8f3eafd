"""Columns cut into ordered bins, and what a cut between two bins says in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline import wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.encoding import Encoder

BINS = 64
SHRINK = 10.0
"""Rows of the overall mean that a category's own mean is mixed with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One column of an encoded matrix and how it is cut.

    Attributes
    ----------
    name : str
        As sentences call it.
    index : int
        Its column in the matrix.
    kind : str
        number, boolean, date, category or word.
    edges : array of shape (n_edges,)
        Bin i of a number holds edges[i−1] < x ≤ edges[i]; empty for categories.
    categories : tuple of str
        Bin i of a category; two more bins hold rare and unseen ones.
    """

    name: str
    index: int
    kind: str
    edges: NDArray[np.float64]
    categories: tuple[str, ...] = ()

    @property
    def n_bins(self) -> int:
        """Bins of known values, and one more, the last, for missing ones."""
        known = len(self.categories) + 2 if self.kind == "category" else self.edges.size + 1
        return known + 1

    def bins(self, matrix: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the bin of each row, shape (n,)."""
        values = matrix[:, self.index]
        missing = np.isnan(values)
        if self.kind == "category":
            found = np.where(missing, 0, values).astype(np.int64)
        else:
            found = np.searchsorted(self.edges, values, side="left").astype(np.int64)
        return np.where(missing, self.n_bins - 1, found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """A feature whose bins have been put in an order along which it is cut.

    Attributes
    ----------
    position : array of shape (n_bins,)
        The place of each bin: numbers as they are, missing values first or last,
        categories by the target's mean.
    count : array of shape (n_bins,)
        Training rows at each place.
    total : array of shape (n_bins, k)
        Sums of the targets at each place.
    """

    feature: Feature
    position: NDArray[np.int64]
    count: NDArray[np.float64]
    total: NDArray[np.float64]

    def places(self, matrix: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the place of each row, shape (n,)."""
        return self.position[self.feature.bins(matrix)]

    def above(self, cut: int) -> str:
        """Say which rows lie beyond place `cut`."""
        return _say(self, cut, above=True)

    def up_to(self, cut: int) -> str:
        """Say which rows lie at place `cut` or before."""
        return _say(self, cut, above=False)


def read_features(
    encoder: Encoder, matrix: NDArray[np.float64], *, n_bins: int = BINS
) -> list[Feature]:
    """Cut every column that varies into bins, without a look at the target."""
    found = []
    kinds, categories = encoder.kinds, encoder.categories
    columns = zip(encoder.names, encoder.sources, encoder.categorical_mask, strict=True)
    for index, (name, source, is_code) in enumerate(columns):
        if is_code:
            feature = Feature(
                name=name,
                index=index,
                kind="category",
                edges=np.empty(0),
                categories=categories[source],
            )
        else:
            edges = _edges(matrix[:, index], n_bins=n_bins)
            kind = kinds[source] if name == source else "word" if '"' in name else "number"
            feature = Feature(name=name, index=index, kind=kind, edges=edges)
        if feature.kind == "category" or feature.edges.size or _varies(matrix[:, index]):
            found.append(feature)
    return found


def put_in_order(
    feature: Feature, bins: NDArray[np.int64], targets: NDArray[np.float64]
) -> Ordered:
    """Order a feature's bins by what they say about the targets, shape (n, k)."""
    count = np.bincount(bins, minlength=feature.n_bins).astype(np.float64)
    total = sums(bins, targets, n=feature.n_bins)
    overall = total.sum(axis=0) / count.sum()
    mean = (total + SHRINK * overall) / (count + SHRINK)[:, None]
    leading = int(np.argmax(overall))
    if feature.kind == "category":
        order = np.argsort(mean[:, leading], kind="stable")
    else:
        order = np.arange(feature.n_bins)
        if _missing_go_first(count, total):
            order = np.roll(order, 1)
    position = np.empty_like(order)
    position[order] = np.arange(order.size)
    return Ordered(feature=feature, position=position, count=count[order], total=total[order])


def sums(
    cells: NDArray[np.int64], targets: NDArray[np.float64], *, n: int
) -> NDArray[np.float64]:
    """Add up targets of shape (n_rows, k) by cell, shape (n, k)."""
    columns = [np.bincount(cells, weights=t, minlength=n) for t in targets.T]
    return np.column_stack(columns).astype(np.float64)


def best_cut(
    count: NDArray[np.float64], total: NDArray[np.float64], *, fewest: int
) -> tuple[int, float]:
    """Find the place after which a cut removes most squared error.

    Returns
    -------
    tuple of int and float
        The place, −1 if no cut leaves `fewest` rows on both sides, and what it removes.
    """
    gains = cut_gains(np.cumsum(count)[:-1], np.cumsum(total, axis=0)[:-1], count, total)
    left = np.cumsum(count)[:-1]
    gains[(left < fewest) | (count.sum() - left < fewest)] = -np.inf
    if not gains.size or not np.isfinite(gains).any():
        return -1, 0.0
    cut = int(np.argmax(gains))
    return cut, float(gains[cut])


def cut_gains(
    left: NDArray[np.float64],
    left_total: NDArray[np.float64],
    count: NDArray[np.float64],
    total: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Squared error that each cut removes: between-group minus overall sum of squares."""
    n, whole = float(count.sum()), total.sum(axis=0)
    right, right_total = n - left, whole - left_total
    between = (left_total**2).sum(axis=1) / np.maximum(left, 1)
    between = between + (right_total**2).sum(axis=1) / np.maximum(right, 1)
    return np.asarray(between - (whole**2).sum() / n)


def _missing_go_first(count: NDArray[np.float64], total: NDArray[np.float64]) -> bool:
    if not count[-1]:
        return False
    first = best_cut(np.roll(count, 1), np.roll(total, 1, axis=0), fewest=1)[1]
    return first > best_cut(count, total, fewest=1)[1]


def _edges(values: NDArray[np.float64], *, n_bins: int) -> NDArray[np.float64]:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return np.empty(0)
    distinct = np.unique(known)
    if distinct.size <= n_bins:
        return distinct[:-1]
    quantiles = np.quantile(known, np.arange(1, n_bins) / n_bins, method="lower")
    return np.unique(quantiles[quantiles < distinct[-1]])


def _varies(values: NDArray[np.float64]) -> bool:
    missing = np.isnan(values)
    return bool(missing.any() and not missing.all())


def _say(ordered: Ordered, cut: int, *, above: bool) -> str:
    feature = ordered.feature
    chosen = (ordered.position > cut) == above
    missing = bool(chosen[-1]) and bool(ordered.count[ordered.position[-1]])
    if feature.kind == "category":
        return _say_categories(ordered, chosen)
    known = int(np.count_nonzero(ordered.position[:-1] <= cut))
    if known in {0, feature.n_bins - 1}:  # the cut parts missing from known values
        return f"{feature.name} is {'missing' if missing else 'known'}"
    said = _say_number(feature, float(feature.edges[known - 1]), above=above)
    return f"{said} or missing" if missing else said


def _say_number(feature: Feature, edge: float, *, above: bool) -> str:
    if feature.kind == "word":
        return feature.name if above else feature.name.replace(" contains ", " lacks ")
    if feature.kind == "boolean":
        return f"{feature.name} is {'true' if above else 'false'}"
    written = wording.day(edge) if feature.kind == "date" else wording.number(edge)
    return f"{feature.name} {'>' if above else '≤'} {written}"


def _say_categories(ordered: Ordered, chosen: NDArray[np.bool_]) -> str:
    feature = ordered.feature
    seen = ordered.count[ordered.position] > 0
    names = [*feature.categories, "rare", "new"]
    mine = [name for i, name in enumerate(names) if chosen[i] and seen[i]]
    rest = [name for i, name in enumerate(names) if not chosen[i] and seen[i]]
    (mine if chosen[-1] else rest).extend(["missing"] if seen[-1] else [])
    return wording.one_of(feature.name, mine, rest)
