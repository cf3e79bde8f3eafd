"""What a table of results says of an experiment beside its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.connectors.experiments.arm_rows import day_of, name_of, number_of
from leadline.connectors.experiments.names import plain
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a table says of an experiment beside its numbers; None where it says nothing."""

    started_on: date | None = None
    ended_on: date | None = None
    project: str = ""
    shipped: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    predicted: dict[str, float] = field(default_factory=dict)
    predicted_se: dict[str, float] = field(default_factory=dict)
    reach: float | None = None
    key_result: str = ""


def about_of(records: Sequence[Mapping[str, Any]]) -> dict[str, About]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        grouped.setdefault(name_of(record.get("experiment")), []).append(record)
    return {name: _about_one(rows) for name, rows in grouped.items()}


def _about_one(rows: Sequence[Mapping[str, Any]]) -> About:
    def by_arm(role: str) -> dict[str, float]:
        told = {name_of(row.get("arm")): number_of(row.get(role)) for row in rows}
        return {arm: value for arm, value in told.items() if value is not None}

    starts = _dates(rows, "started_on")
    ends = _dates(rows, "ended_on")
    projects = [name_of(row["project"]) for row in rows if row.get("project") is not None]
    reaches = [value for row in rows if (value := number_of(row.get("reach"))) is not None]
    shipped = {name_of(row.get("arm")) for row in rows if _is_shipped(row)}
    return About(
        started_on=min(starts, default=None),
        ended_on=max(ends, default=None),
        project=projects[0] if projects else "",
        shipped=tuple(sorted(shipped)),
        weights=by_arm("weight"),
        predicted=by_arm("predicted"),
        predicted_se=by_arm("predicted_se"),
        reach=max(reaches, default=None),
        key_result=next(
            (name_of(row["key_result"]) for row in rows if row.get("key_result")), ""
        ),
    )


def _dates(rows: Sequence[Mapping[str, Any]], role: str) -> list[date]:
    try:
        return [day for row in rows if isinstance(day := day_of(row.get(role)), date)]
    except InputError as error:
        name = name_of(rows[0].get("experiment"))
        raise InputError(
            f"{role} of experiment {name!r}: {error.message}", hint=error.hint
        ) from None


def _is_shipped(row: Mapping[str, Any]) -> bool:
    """Whether the row's arm was shipped: a yes in its row, or its name in every row."""
    told = row.get("shipped")
    if told is None:
        return False
    return plain(str(told)) in {"true", "yes", "1", "1_0", "y", "ship", "shipped"} or (
        name_of(told) == name_of(row.get("arm"))
    )
