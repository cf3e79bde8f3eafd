"""Rows in three roles (training, test, production), and how they are drawn and divided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
from scipy import sparse

from leadline.analysis.problem.tables import column, names, take

if TYPE_CHECKING:
    from numpy.typing import NDArray


CALLED = {"train": "training", "test": "test", "production": "production"}
"""Role → what messages call its rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Rows of one role: the table as it came and everything aligned with it.

    Attributes
    ----------
    X : table
        As the user's model expects it.
    labels : array of shape (n,) or None
        The target as the user's model expects it.
    y : array of shape (n,) or None
        The target encoded: class codes or numbers.
    matrix : array of shape (n, k)
        The table as numbers, for reference models and tests of shift.
    groups, time, weight : array of shape (n,) or None
    extra : array of shape (n, c) or None
        Columns that the team could add, as numbers.
    beside : table or None
        Columns that no model sees: where a row was shown, what it is about.
    """

    name: str
    X: Any
    labels: NDArray[Any] | None
    y: NDArray[Any] | None
    matrix: NDArray[np.float64]
    groups: NDArray[Any] | None = None
    time: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None
    extra: NDArray[np.float64] | None = None
    beside: Any = None

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def target(self) -> NDArray[Any]:
        """The encoded target, where the caller knows that there is one."""
        if self.y is None:
            raise ValueError(f"the {self.name} rows have no target")
        return self.y

    def take(self, rows: NDArray[np.integer[Any]]) -> Sample:
        """Return these rows, by position."""
        return replace(
            self,
            X=take(self.X, rows),
            labels=_take(self.labels, rows),
            y=_take(self.y, rows),
            matrix=self.matrix[rows],
            groups=_take(self.groups, rows),
            time=_take(self.time, rows),
            weight=_take(self.weight, rows),
            extra=_take(self.extra, rows),
            beside=None if self.beside is None else take(self.beside, rows),
        )

    @property
    def column_names(self) -> list[str]:
        """Names of all columns, those that no model sees included."""
        return [*names(self.X), *([] if self.beside is None else names(self.beside))]

    def column(self, name: str) -> NDArray[Any]:
        """Return a column, also one that no model sees."""
        is_beside = self.beside is not None and name in names(self.beside)
        return column(self.beside if is_beside else self.X, name)


def filled(matrix: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows with 0 in columns of which the rows `seen` in training have no value.

    Boosted trees of scikit-learn raise on a column without any value.
    """
    empty = np.isnan(seen).all(axis=0)
    return np.where(empty, 0.0, matrix) if empty.any() else matrix


def _take(values: NDArray[Any] | None, rows: NDArray[np.integer[Any]]) -> Any:
    return None if values is None else values[rows]


def units(sample: Sample) -> NDArray[np.intp]:
    """Return the number of the cluster of each row: its group, or the row itself."""
    if sample.groups is None:
        return np.arange(len(sample))
    return np.unique(sample.groups.astype(str), return_inverse=True)[1].astype(np.intp)


def folds(
    sample: Sample, *, n_folds: int, rng: np.random.Generator, stratify: bool
) -> NDArray[np.intp]:
    """Return the fold of each row; clusters stay whole, classes evenly spread."""
    unit = units(sample)
    n_units = int(unit.max()) + 1 if len(unit) else 0
    order = rng.permutation(n_units)
    if stratify and sample.groups is None:
        order = order[np.argsort(sample.target[order], kind="stable")]
    fold = np.empty(n_units, dtype=np.intp)
    fold[order] = np.arange(n_units) % n_folds
    return np.asarray(fold[unit])


def part(
    sample: Sample, *, share: float, repeat: int, rng: np.random.Generator, stratify: bool
) -> Sample:
    """Return a part of the rows; parts of the same generator and other `repeat` differ."""
    n_parts = round(1 / share)
    fold = folds(sample, n_folds=n_parts, rng=rng, stratify=stratify)
    return sample.take(np.flatnonzero(fold == repeat % n_parts))


def at_most(
    sample: Sample, n: int, *, rng: np.random.Generator, whole_groups: bool = False
) -> Sample:
    """Return the sample, or `n` rows of it drawn without replacement (in their order)."""
    if len(sample) <= n:
        return sample
    if whole_groups and sample.groups is not None:
        unit = units(sample)
        order = rng.permutation(int(unit.max()) + 1)
        sizes = np.bincount(unit)[order]
        kept = order[: max(1, int(np.searchsorted(np.cumsum(sizes), n, side="right")))]
        return sample.take(np.flatnonzero(np.isin(unit, kept)))
    return sample.take(np.sort(rng.choice(len(sample), size=n, replace=False)))


def join(first: Sample, second: Sample) -> Sample:
    """Return the rows of both."""
    return replace(
        first,
        X=stacked(first.X, second.X),
        labels=_join(first.labels, second.labels),
        y=_join(first.y, second.y),
        matrix=np.concatenate([first.matrix, second.matrix]),
        groups=_join(first.groups, second.groups),
        time=_join(first.time, second.time),
        weight=_join(first.weight, second.weight),
        extra=_join(first.extra, second.extra),
        beside=None,
    )


def stacked(first: Any, second: Any) -> Any:
    """Return two tables of one kind, one below the other."""
    if isinstance(first, list):
        return [*first, *second]
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    if isinstance(first, np.ndarray):
        return np.concatenate([first, second])
    return nw.concat(
        [nw.from_native(first, eager_only=True), nw.from_native(second, eager_only=True)]
    ).to_native()


def _join(first: NDArray[Any] | None, second: NDArray[Any] | None) -> Any:
    if first is None or second is None:
        return None
    return np.concatenate([first, second])
