"""A list of ideas that nobody has tried yet: one row an idea."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.queue import Idea
from leadline.connectors.experiments.names import recognise, said
from leadline.connectors.warehouse import sql
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.connectors.warehouse.tables import Table

ROLES = ("change", "cost", "reach", "predicted", "predicted_se", "analysis", "analysis_cost")


def read_ideas(table: Table, *, given: Mapping[str, str]) -> tuple[Idea, ...]:
    """Read ideas.

    Parameters
    ----------
    table : Table
        Columns change (the idea's name) and cost; optional: reach, predicted,
        predicted_se, analysis, analysis_cost.

    Raises
    ------
    InputError
        A column is absent, or a value is no number; names the idea.
    """
    roles = recognise(table.names, roles=ROLES, given=given, place=table.place)
    for role in ("change", "cost"):
        if role not in roles:
            raise InputError(
                f"{table.place}: a queue needs a column {role}",
                hint=f"Say it: {said(role, 'COLUMN')}. Columns: {', '.join(table.names)}.",
            )
    query = table.select(
        *(sql.named(sql.text(name), f"c{i}") for i, name in enumerate(roles.values()))
    )
    rows = [dict(zip(roles, row, strict=True)) for row in table.fetch(query)]
    return tuple(_idea(row) for row in rows)


def _idea(row: Mapping[str, Any]) -> Idea:
    def number(role: str, default: float) -> float:
        value = row.get(role)
        if value is None or value == "":
            return default
        try:
            return float(value)
        except ValueError:
            raise InputError(f"{row['change']}: {role} is no number: {value!r}") from None

    predicted = number("predicted", math.nan)
    return Idea(
        key=row["change"] or "",
        cost=number("cost", math.nan),
        reach=number("reach", 1.0),
        predicted=None if math.isnan(predicted) else predicted,
        predicted_se=number("predicted_se", 0.0),
        analysis=row.get("analysis") or "",
        analysis_cost=number("analysis_cost", math.nan),
    )
