"""Moments by experiment, arm, day and segment: all that leaves the warehouse.

The table is small, adds up, and can be kept as a file, so that a new day costs a read
of that day alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from leadline.analysis.experiments.moments import Moments
from leadline.errors import InputError

Day = date | float | None
"""A day: a date, or the number of a day; None where the table has no day."""

FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One group of units: an arm of an experiment, on a day or in a segment.

    A cell has a day or a segment, never both; the cells without a segment are a
    partition of all units.
    """

    experiment: str
    arm: str
    day: Day = None
    segment: str = ""
    level: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MomentsTable:
    """The moments of every metric in every cell.

    Attributes
    ----------
    pilots : dict of metric to centres
        Fixed when the table was first read; a later day uses the same.
    n_rows : dict of Cell to int
        Units in the cell, with or without a value.
    cells : dict of Cell to dict of metric to Moments
        The sums.
    place : str
        Where they were read.
    """

    pilots: dict[str, tuple[float, ...]]
    n_rows: dict[Cell, int]
    cells: dict[Cell, dict[str, Moments]]
    place: str = ""
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def experiments(self) -> tuple[str, ...]:
        """Names of the experiments, sorted."""
        return tuple(sorted({cell.experiment for cell in self.n_rows}))

    @property
    def days(self) -> tuple[Day, ...]:
        """All days, in order; empty where the table has none."""
        return tuple(sorted({cell.day for cell in self.n_rows if cell.day is not None}))

    @property
    def segments(self) -> dict[str, tuple[str, ...]]:
        """Segment columns with their levels, sorted."""
        levels: dict[str, set[str]] = {}
        for cell in self.n_rows:
            if cell.segment:
                levels.setdefault(cell.segment, set()).add(cell.level)
        return {name: tuple(sorted(found)) for name, found in levels.items()}

    def arms(self, experiment: str = "") -> tuple[str, ...]:
        """Return the arms of an experiment, sorted."""
        return tuple(sorted({c.arm for c in self.n_rows if c.experiment == experiment}))

    def counts(
        self, experiment: str = "", *, day: Day = None, segment: str = "", level: str = ""
    ) -> dict[str, int]:
        """Return units by arm: of all days, of one day, or of one segment's level."""
        found = dict.fromkeys(self.arms(experiment), 0)
        for cell, n in self.n_rows.items():
            if _within(cell, experiment=experiment, day=day, segment=segment, level=level):
                found[cell.arm] += n
        return found

    def moments(
        self,
        metric: str,
        *,
        arm: str,
        experiment: str = "",
        day: Day = None,
        until: Day = None,
        segment: str = "",
        level: str = "",
    ) -> Moments | None:
        """Add up one arm's moments: over all days, one day, or all days up to one.

        Returns
        -------
        Moments or None
            None where the arm has no unit there.
        """
        parts = [
            entry[metric]
            for cell, entry in self.cells.items()
            if cell.arm == arm
            and _within(cell, experiment=experiment, day=day, segment=segment, level=level)
            and (until is None or (cell.day is not None and cell.day <= until))  # type: ignore[operator]  # one table holds dates or numbers, never both
        ]
        return reduce(add, parts) if parts else None

    def whole(self, metric: str) -> Moments | None:
        """Add up all arms of all experiments; None where they do not share one centre."""
        parts = [entry[metric] for c, entry in self.cells.items() if not c.segment]
        return reduce(add, parts) if len({part.pilot for part in parts}) == 1 else None

    def by_experiment(self) -> dict[str, MomentsTable]:
        """Split the table, in one go: a file may hold thousands of experiments."""
        grouped: dict[str, list[Cell]] = {}
        for cell in self.n_rows:
            grouped.setdefault(cell.experiment, []).append(cell)
        return {
            name: MomentsTable(
                pilots=self.pilots,
                n_rows={cell: self.n_rows[cell] for cell in cells},
                cells={cell: self.cells[cell] for cell in cells},
                place=self.place,
                columns=self.columns,
            )
            for name, cells in grouped.items()
        }

    def extend(self, other: MomentsTable) -> MomentsTable:
        """Return both tables as one; they must hold different days.

        Raises
        ------
        InputError
            A day is in both, or the tables do not measure the same metrics.
        """
        twice = sorted(str(cell.day) for cell in self.n_rows.keys() & other.n_rows.keys())
        if twice:
            raise InputError(
                f"day {twice[0]} is in both tables; adding it would count its units twice",
                hint="Read only days that are not yet in the state.",
            )
        if self.pilots.keys() != other.pilots.keys():
            raise InputError(
                f"the state measures {sorted(self.pilots)}, the new days "
                f"{sorted(other.pilots)}",
                hint="Measure the same metrics, or start the state again.",
            )
        columns = {k: max(self.columns[k], other.columns[k], key=len) for k in self.columns}
        cells = {
            cell: {name: _widened(value, columns[name]) for name, value in entry.items()}
            for cell, entry in (self.cells | other.cells).items()
        }
        pilots = {k: max(self.pilots[k], other.pilots[k], key=len) for k in self.pilots}
        return MomentsTable(
            pilots=pilots,
            n_rows=self.n_rows | other.n_rows,
            cells=cells,
            place=self.place,
            columns=columns,
        )

    def save(self, path: str | Path) -> None:
        """Write the table as JSON; numbers keep all their digits."""
        rows = [
            {
                "experiment": cell.experiment,
                "arm": cell.arm,
                "day": cell.day.isoformat() if isinstance(cell.day, date) else cell.day,
                "segment": cell.segment,
                "level": cell.level,
                "n_rows": n,
                "metrics": {k: _packed(v) for k, v in self.cells[cell].items()},
            }
            for cell, n in self.n_rows.items()
        ]
        head = {"format": FORMAT, "place": self.place, "pilots": self.pilots}
        text = json.dumps(head | {"columns": self.columns, "cells": rows}, allow_nan=False)
        Path(path).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> MomentsTable:
        """Read a table that `save` wrote.

        Raises
        ------
        InputError
            The file holds something else.
        """
        try:
            stored = json.loads(Path(path).read_text(encoding="utf-8"))
            return _unpacked(stored)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} is no saved state: {error}", hint="Delete it to start again."
            ) from error


def _within(cell: Cell, *, experiment: str, day: Day, segment: str, level: str) -> bool:
    return (
        cell.experiment == experiment
        and cell.segment == segment
        and (not segment or cell.level == level)
        and (day is None or cell.day == day)
    )


def _widened(moments: Moments, columns: tuple[str, ...]) -> Moments:
    """Add the indicators of gaps that these days did not have: columns of zeros."""
    if moments.columns == columns:
        return moments
    at = {name: i for i, name in enumerate(moments.columns)}
    places = [at.get(name) for name in columns]
    return Moments(
        columns=columns,
        n=moments.n,
        n_missing=moments.n_missing,
        pilot=tuple(0.0 if i is None else moments.pilot[i] for i in places),
        sums=tuple(0.0 if i is None else moments.sums[i] for i in places),
        products=tuple(
            tuple(0.0 if i is None or j is None else moments.products[i][j] for j in places)
            for i in places
        ),
    )


def _packed(moments: Moments) -> dict[str, Any]:
    return {
        "n": moments.n,
        "n_missing": moments.n_missing,
        "sums": moments.sums,
        "products": moments.products,
    }


def _unpacked(stored: dict[str, Any]) -> MomentsTable:
    if stored["format"] != FORMAT:
        raise ValueError(f"format {stored['format']}, this version reads {FORMAT}")
    pilots = {name: tuple(values) for name, values in stored["pilots"].items()}
    columns = {name: tuple(values) for name, values in stored["columns"].items()}
    n_rows: dict[Cell, int] = {}
    cells: dict[Cell, dict[str, Moments]] = {}
    for row in stored["cells"]:
        day = date.fromisoformat(row["day"]) if isinstance(row["day"], str) else row["day"]
        cell = Cell(
            experiment=row["experiment"],
            arm=row["arm"],
            day=day,
            segment=row["segment"],
            level=row["level"],
        )
        n_rows[cell] = row["n_rows"]
        cells[cell] = {
            name: Moments(
                columns=columns[name],
                n=entry["n"],
                n_missing=entry["n_missing"],
                pilot=pilots[name],
                sums=tuple(entry["sums"]),
                products=tuple(tuple(line) for line in entry["products"]),
            )
            for name, entry in row["metrics"].items()
        }
    return MomentsTable(
        pilots=pilots, n_rows=n_rows, cells=cells, place=stored["place"], columns=columns
    )
