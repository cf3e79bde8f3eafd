"""What is kept between looks: cuts and counts, so that a new day costs a read of that day."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from leadline.analysis.monitoring.counts import Counts, Key, Plan, Watched
from leadline.errors import InputError

FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Everything that is known of a table without reading it again.

    Attributes
    ----------
    day : str
        The column with the day.
    reference, current : Counts
        Of the accepted days, and of the days after them.
    dependence : dict of column to float
    open_from : date
        The first day whose rows or outcomes may still come: read again next time.
    sent : dict of name of an alert to the day it was last sent
    """

    day: str
    reference: Counts
    current: Counts
    dependence: dict[str, float]
    open_from: date
    sent: dict[str, date] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it as JSON; a crash leaves the old file or the new one, never a half."""
        stored = {
            "format": FORMAT,
            "day": self.day,
            "plan": asdict(self.reference.plan),
            "dependence": self.dependence,
            "open_from": self.open_from.isoformat(),
            "sent": {name: day.isoformat() for name, day in self.sent.items()},
            "reference": _packed(self.reference),
            "current": _packed(self.current),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(stored, allow_nan=False), encoding="utf-8")
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> State:
        """Read what `save` wrote.

        Raises
        ------
        InputError
            The file holds something else.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return _unpacked(stored)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path} is no saved state: {error}", hint="Delete it to start again."
            ) from error


def _unpacked(stored: dict[str, Any]) -> State:
    if stored["format"] != FORMAT:
        raise ValueError(f"format {stored['format']}, this version reads {FORMAT}")
    plan = _plan(stored["plan"])
    return State(
        day=stored["day"],
        reference=_counts(stored["reference"], plan),
        current=_counts(stored["current"], plan),
        dependence=stored["dependence"],
        open_from=date.fromisoformat(stored["open_from"]),
        sent={k: date.fromisoformat(v) for k, v in stored["sent"].items()},
    )


def _packed(counts: Counts) -> list[list[Any]]:
    return [
        [key.day.isoformat(), key.segment, key.level, values.tolist()]
        for key, values in counts.cells.items()
    ]


def _counts(rows: list[list[Any]], plan: Plan) -> Counts:
    n_fields = len(plan.fields())
    cells = {}
    for day, segment, level, values in rows:
        if len(values) != n_fields:
            raise ValueError(f"{len(values)} numbers in a cell of {n_fields}")
        cells[Key(date.fromisoformat(day), segment, level)] = np.array(values, dtype=float)
    return Counts(plan=plan, cells=cells)


def _plan(stored: dict[str, Any]) -> Plan:
    columns = tuple(
        Watched(
            name=column["name"],
            kind=column["kind"],
            edges=tuple(column["edges"]),
            levels=tuple(column["levels"]),
            has_ends=column.get("has_ends", False),  # states of before have none
        )
        for column in stored["columns"]
    )
    return Plan(**{**stored, "columns": columns, "segments": tuple(stored["segments"])})
