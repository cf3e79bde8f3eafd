"""Counts by day, segment and column: all that watching needs, and they add up.

A cell is one row of numbers in a fixed order. Two cells of the same day, from two
shards, are added number by number; a new day is one more cell. Drift, rates, quantiles
and losses are worked out from cells alone, so nothing is ever read twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leadline.errors import InputError

Numbers = NDArray[np.float64]
Kind = Literal["number", "category"]
Task = Literal["classification", "regression"]


class Field(NamedTuple):
    """One number of a cell: what is counted, of which column, at which cut."""

    what: str
    column: str = ""
    cut: int = 0


class Key(NamedTuple):
    """Which rows a cell counts: a day, and within it a segment's level or everything."""

    day: date
    segment: str = ""
    level: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A column and where it is cut.

    Attributes
    ----------
    name : str
    kind : "number" or "category"
    edges : tuple of float
        Of a number, ascending: rows at or below each are counted.
    levels : tuple of str
        Of a category: the values that the reference had most often.
    has_ends : bool
        Of a number: whether nothing of the reference lay beyond the outer edges.
    """

    name: str
    kind: Kind
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    has_ends: bool = False

    @property
    def n_cuts(self) -> int:
        """How many edges or levels there are."""
        return len(self.edges) + len(self.levels)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is counted, fixed from the reference on.

    Attributes
    ----------
    columns : tuple of Watched
        The score and the latency, where there are any, stand among them.
    score, target, latency, fallback, kpi : str
        Names of columns with these roles; empty where the table has none.
    task : "classification" or "regression"
        Of the score and the target.
    loss_scale : float
        A loss is divided by this and cut off at 1, so that it can be bet on.
    segments : tuple of str
        Columns by which everything is counted as well.
    """

    columns: tuple[Watched, ...]
    score: str = ""
    target: str = ""
    latency: str = ""
    fallback: str = ""
    kpi: str = ""
    task: Task = "classification"
    loss_scale: float = 1.0
    segments: tuple[str, ...] = ()

    @property
    def has_labels(self) -> bool:
        """Whether scores can be held against outcomes."""
        return bool(self.score and self.target)

    def column(self, name: str) -> Watched:
        """Return a watched column by its name."""
        return next(column for column in self.columns if column.name == name)

    def fields(self) -> tuple[Field, ...]:
        """Return every number of a cell, in order."""
        found = [Field("rows")]
        for column in self.columns:
            found.append(Field("known", column.name))
            found += [Field("cut", column.name, i) for i in range(column.n_cuts)]
        if self.fallback:
            found.append(Field("fallback"))
        if self.kpi:
            found += [Field("kpi_known"), Field("kpi_sum"), Field("kpi_squares")]
        if self.has_labels:
            cuts = range(self.column(self.score).n_cuts)
            found += [Field(what) for what in _LABELLED]
            found += [Field(f"{what}_cut", cut=i) for what in _LABELLED[:3] for i in cuts]
        return tuple(found)


_LABELLED = ("labelled", "positive", "loss", "loss_squares", "score_sum")
"""Sums over rows with a score and an outcome; the first three by cut of the score too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """One cell, or several added up, read by name."""

    plan: Plan
    at: Mapping[Field, int]
    values: Numbers

    def number(self, what: str, column: str = "", cut: int = 0) -> float:
        """Return one number; of a field that is not counted, 0."""
        place = self.at.get(Field(what, column, cut))
        return 0.0 if place is None else float(self.values[place])

    @property
    def rows(self) -> float:
        """How many rows."""
        return float(self.values[0])

    def bins(self, name: str) -> Numbers:
        """Return rows by bin of a column; the last bin holds the nulls.

        Returns
        -------
        array of shape (n_cuts + 2,)
            Of a number the bins between edges and beyond the last; of a category its
            levels and all others; then the nulls.
        """
        column = self.plan.column(name)
        start = self.at[Field("known", name)]
        known = self.values[start]
        cuts = self.values[start + 1 : start + 1 + column.n_cuts]
        inner = _unstacked(cuts, known) if column.kind == "number" else _others(cuts, known)
        return np.append(inner, self.rows - known)

    def outside(self, name: str) -> float:
        """Return the share of a number's known rows beyond its ends; 0 where it has none."""
        known = self.number("known", name)
        if not (self.plan.column(name).has_ends and known > 0):
            return 0.0
        bins = self.bins(name)
        return float(bins[0] + bins[-2]) / known

    def by_score(self, what: str) -> Numbers:
        """Return "labelled", "positive" or "loss", summed by bin of the score."""
        n_cuts = self.plan.column(self.plan.score).n_cuts
        cuts = np.array([self.number(f"{what}_cut", cut=i) for i in range(n_cuts)])
        return _unstacked(cuts, self.number(what))


def _unstacked(cuts: Numbers, total: float) -> Numbers:
    return np.diff(np.concatenate(([0.0], cuts, [total])))


def _others(cuts: Numbers, total: float) -> Numbers:
    return np.append(cuts, total - cuts.sum())


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """All cells that were read.

    Attributes
    ----------
    plan : Plan
    cells : dict of Key to array of shape (n_fields,)
    """

    plan: Plan
    cells: Mapping[Key, Numbers]
    at: Mapping[Field, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", {f: i for i, f in enumerate(self.plan.fields())})

    @property
    def days(self) -> tuple[date, ...]:
        """All days, in order."""
        return tuple(sorted({key.day for key in self.cells}))

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Every segment with a level, in order; everything, `("", "")`, comes first."""
        return tuple(sorted({(key.segment, key.level) for key in self.cells}))

    def over(self, days: Iterable[date], segment: str = "", level: str = "") -> Slice:
        """Add up the cells of some days; days without rows add nothing."""
        wanted = (self.cells.get(Key(day, segment, level)) for day in days)
        found = [cell for cell in wanted if cell is not None]
        values = np.sum(found, axis=0) if found else np.zeros(len(self.at))
        return Slice(plan=self.plan, at=self.at, values=values)

    def add(self, other: Counts) -> Counts:
        """Merge with the counts of other rows: another shard, or other days.

        Raises
        ------
        InputError
            The two do not count the same.
        """
        self._check(other)
        cells = dict(self.cells)
        for key, values in other.cells.items():
            cells[key] = cells[key] + values if key in cells else values
        return Counts(plan=self.plan, cells=cells)

    def replace_from(self, first: date | None, other: Counts) -> Counts:
        """Put a fresh reading of all days from `first` on in the place of the kept one."""
        self._check(other)
        kept = {
            key: values
            for key, values in self.cells.items()
            if first is not None and key.day < first
        }
        return Counts(plan=self.plan, cells=kept | dict(other.cells))

    def _check(self, other: Counts) -> None:
        if self.plan != other.plan:
            raise InputError(
                "the two tables of counts do not count the same columns at the same cuts",
                hint="Count both with one plan, or start the state again.",
            )
