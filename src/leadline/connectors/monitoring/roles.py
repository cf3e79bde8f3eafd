"""Which columns of a prediction table mean what: as said, else by their usual names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.connectors.warehouse.tables import Column, Table

USUAL = {
    "score": ("y_score", "score", "probability", "prediction", "y_pred"),
    "target": ("y_true", "target", "label"),
    "latency": ("latency", "latency_ms", "latency_seconds"),
    "fallback": ("fallback_reason", "fallback", "is_fallback"),
    "kpi": ("kpi", "outcome", "revenue"),
}
"""Names by which a column is taken for a role that nobody assigned."""

IDS = ("id", "_id", "uuid")
"""Endings of columns that name a row and are not watched."""

NUMBERS = ("number", "boolean")


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """The roles of a prediction table's columns.

    Attributes
    ----------
    day : str
        A date or a time; empty only in a reference without days.
    score, target, latency, fallback, kpi : str
        Empty where the table has none.
    segments : tuple of str
    watched : tuple of str
        Columns whose distribution is followed, the score and the latency included.
    """

    day: str = ""
    score: str = ""
    target: str = ""
    latency: str = ""
    fallback: str = ""
    kpi: str = ""
    segments: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()


def find_roles(
    table: Table,
    *,
    day: str = "",
    columns: Sequence[str] = (),
    segments: Sequence[str] = (),
    **said: str,
) -> Roles:
    """Return the roles of a table's columns.

    Parameters
    ----------
    table : Table
    day : str
        Needed only where several columns hold dates or times.
    columns : sequence of str
        What is watched; everything that can be where none is named.
    segments : sequence of str
    **said : str
        `score`, `target`, `latency`, `fallback`, `kpi`: a column's name, empty to go by
        the usual names.

    Raises
    ------
    InputError
        A column that is not there or holds the wrong kind; no day, or several.
    """
    for name in (*columns, *segments, *(v for v in said.values() if v)):
        table.column(name)
    found = {role: said.get(role) or _usual(table, role) for role in USUAL}
    for role in ("score", "target", "latency", "kpi"):
        _must_be_number(table, found[role], role)
    chosen_day = _day(table, day)
    taken = {chosen_day, found["target"], found["fallback"], found["kpi"]}
    watched = list(columns) or [
        column.name for column in table.columns if _is_watched(column, taken=taken)
    ]
    ahead = [found["score"], found["latency"]]
    watched = [name for name in ahead if name] + [n for n in watched if n not in ahead]
    return Roles(day=chosen_day, segments=tuple(segments), watched=tuple(watched), **found)


def _usual(table: Table, role: str) -> str:
    """Return the column with a role's usual name and kind, if there is one."""
    needs_number = role != "fallback"
    names = {c.name for c in table.columns if not needs_number or c.kind in NUMBERS}
    return next((name for name in USUAL[role] if name in names), "")


def _must_be_number(table: Table, name: str, role: str) -> None:
    if name and table.column(name).kind not in NUMBERS:
        raise InputError(
            f"{name} is to be the {role} and holds {table.column(name).kind}, not numbers",
            hint="Outcomes are 0 and 1, or true and false, or amounts.",
        )


def _day(table: Table, day: str) -> str:
    times = [c.name for c in table.columns if c.kind in {"date", "timestamp"}]
    if day:
        if table.column(day).kind not in {"date", "timestamp"}:
            raise InputError(
                f"{day} is to be the day and holds {table.column(day).kind}",
                hint=f"Columns with dates or times are: {', '.join(times) or 'none'}.",
            )
        return day
    if len(times) != 1:
        raise InputError(
            f"{table.place} has {len(times)} columns with a date or a time",
            hint=f"Say --day COLUMN; it has: {', '.join(times) or 'none'}.",
        )
    return times[0]


def _is_watched(column: Column, *, taken: set[str]) -> bool:
    is_id = column.name.lower().endswith(IDS)
    return (
        column.kind in {"number", "boolean", "text"} and column.name not in taken and not is_id
    )
