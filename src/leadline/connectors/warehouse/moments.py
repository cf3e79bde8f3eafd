"""Read a table's moments: a pilot, one fused pass, and a second one only where needed."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from leadline.analysis.experiments.moments import Moments
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.gaps import refuse_gaps
from leadline.connectors.warehouse.layout import columns_of
from leadline.connectors.warehouse.moments_sql import (
    Plan,
    moments_plan,
    pilot_query,
)
from leadline.connectors.warehouse.state import Cell, Day, MomentsTable
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.tables import Table

Rows = list[tuple[Any, ...]]

GAP = "_missing"
"""How the indicator of a covariate's gaps ends."""

FAR = 100.0
"""A mean this many standard deviations away from its pilot costs four digits; re-centre."""


def read_moments(
    table: Table,
    *,
    layout: Layout,
    metrics: Sequence[Metric],
    state: MomentsTable | None = None,
) -> MomentsTable:
    """Sum up all metrics by experiment, arm, day and segment.

    Parameters
    ----------
    table : Table
        One row a unit.
    state : MomentsTable, optional
        What was read before: only days after its last are read, and added.

    Raises
    ------
    InputError
        A column is not numeric; a value is missing where the policy is "error", or
        infinite (with the count and an example).
    """
    _refuse_text(table, metrics)
    if state is not None and not layout.day:
        raise InputError(
            "adding new days needs a column with the day", hint="Say --day COLUMN."
        )
    where = _newer(table, layout=layout, state=state)
    columns = list(dict.fromkeys(name for m in metrics for name in columns_of(m)))
    pilot = _kept_pilot(state, metrics) if state else _first_pilot(table, columns)
    read = _passes(table, layout=layout, metrics=metrics, pilot=pilot, where=where)
    if state is None and read.cells and (better := _better_pilot(read, metrics, pilot)):
        read = _passes(table, layout=layout, metrics=metrics, pilot=better, where=where)
    if state is None and not read.cells:
        raise InputError(f"{table.place} has no row to read", hint="Check the export.")
    return state.extend(read) if state else read


def _passes(
    table: Table,
    *,
    layout: Layout,
    metrics: Sequence[Metric],
    pilot: Mapping[str, float],
    where: exp.Expr | None,
) -> MomentsTable:
    """Take the plain pass, and the careful one where the plain one met a gap."""
    for careful in (False, True):
        plan = moments_plan(
            table, layout=layout, metrics=metrics, pilot=pilot, careful=careful, where=where
        )
        rows = table.fetch(plan.query)
        if not careful and _is_whole(rows, plan, metrics):
            break
        if not careful:
            refuse_gaps(table, layout=layout, metrics=metrics, where=where)
    return _collect(rows, plan, layout=layout, place=table.place)


def _is_whole(rows: Rows, plan: Plan, metrics: Sequence[Metric]) -> bool:
    """Whether the plain pass may stand: all sums finite, no gap that needs a policy."""
    lenient = {
        plan.variables[m.name][0]
        for m in metrics
        if m.missing == "exclude" and len(columns_of(m)) == 1
    }
    strict = {
        variable
        for m in metrics
        for variable in plan.variables[m.name]
        if not (m.missing == "exclude" and len(columns_of(m)) == 1)
    }
    for row in rows:
        n = row[plan.n_keys]
        if any(row[plan.counts[v]] < n for v in strict):
            return False
        sums = [row[plan.sums[v]] for v in lenient | strict]
        sums += [row[at] for at in plan.products.values()]
        if not all(value is None or math.isfinite(value) for value in sums):
            return False
    return True


def _collect(rows: Rows, plan: Plan, *, layout: Layout, place: str) -> MomentsTable:
    n_rows: dict[Cell, int] = {}
    cells: dict[Cell, dict[str, Moments]] = {}
    for row in rows:
        if row[1] is None:  # a unit without an arm takes part in nothing; a check counts it
            continue
        cell = _cell(row, layout)
        n_rows[cell] = int(row[plan.n_keys])
        cells[cell] = {name: _moments(row, plan, name) for name in plan.variables}
    return MomentsTable(
        pilots={k: tuple(v.centre for v in found) for k, found in plan.variables.items()},
        columns=dict(plan.labels),
        n_rows=n_rows,
        cells=cells,
        place=place,
    )


def _cell(row: tuple[Any, ...], layout: Layout) -> Cell:
    experiment = "" if row[0] is None else str(row[0])
    levels = row[3 : 3 + len(layout.segments)]
    for name, level in zip(layout.segments, levels, strict=True):
        if level is not None:
            return Cell(experiment=experiment, arm=str(row[1]), segment=name, level=level)
    return Cell(experiment=experiment, arm=str(row[1]), day=_day(row[2]))


def _day(value: Any) -> Day:
    return float(value) if value is not None and not hasattr(value, "isoformat") else value


def _moments(row: tuple[Any, ...], plan: Plan, metric: str) -> Moments:
    variables = plan.variables[metric]
    n = min(int(row[plan.counts[v]]) for v in variables)
    missing = int(row[plan.n_keys]) - n
    return Moments(
        columns=plan.labels[metric],
        n=n,
        n_missing=missing,
        pilot=tuple(v.centre for v in variables),
        sums=tuple(float(row[plan.sums[v]] or 0.0) for v in variables),
        products=tuple(
            tuple(float(row[plan.products[a, b]] or 0.0) for b in variables) for a in variables
        ),
    )


def _refuse_text(table: Table, metrics: Sequence[Metric]) -> None:
    for metric in metrics:
        for name in columns_of(metric):
            kind = table.column(name).kind
            if kind not in ("number", "boolean"):
                raise InputError(
                    f"metric {metric.name!r} needs numbers; column {name!r} holds {kind}",
                    hint="Name another column, or turn it into numbers (true/false will do).",
                )


def _newer(table: Table, *, layout: Layout, state: MomentsTable | None) -> exp.Expr | None:
    """Return the condition that keeps the days after the state's last one."""
    if state is None or not state.days:
        return None
    last, column = state.days[-1], table.column(layout.day)
    if isinstance(last, date):
        midnight = sql.literal(last + timedelta(days=1))
        raw = sql.column(column.name) if column.kind != "text" else sql.day(column)
        return exp.GTE(this=raw, expression=midnight)
    return exp.GT(this=sql.column(column.name), expression=sql.literal(float(str(last))))


def _first_pilot(table: Table, columns: list[str]) -> dict[str, float]:
    means = table.fetch(pilot_query(table, columns=columns))[0]
    pilot = {}
    for name, mean in zip(columns, means, strict=True):
        usable = mean is not None and math.isfinite(mean)
        is_flag = table.column(name).kind == "boolean" or (usable and 0 <= mean <= 1)
        pilot[name] = float(mean) if usable and not is_flag else 0.0
    return pilot


def _kept_pilot(state: MomentsTable, metrics: Sequence[Metric]) -> dict[str, float]:
    """Return the state's centres by table column."""
    pilot: dict[str, float] = {}
    for metric in metrics:
        if metric.name not in state.pilots:
            raise InputError(
                f"the state does not measure {metric.name!r}, only {sorted(state.pilots)}",
                hint="Start the state again to add a metric.",
            )
        labels = state.columns[metric.name]
        kept = [
            centre
            for label, centre in zip(labels, state.pilots[metric.name], strict=True)
            if not (label.endswith(GAP) and label.removesuffix(GAP) in metric.covariates)
        ]
        pilot |= dict(zip(columns_of(metric), kept, strict=True))
    return pilot


def _better_pilot(
    read: MomentsTable, metrics: Sequence[Metric], pilot: Mapping[str, float]
) -> dict[str, float]:
    """Return new centres where a mean turned out far from its pilot; empty where none did."""
    better: dict[str, float] = {}
    for metric in metrics:
        whole = reduce(
            add,
            (e[metric.name] for c, e in read.cells.items() if not c.segment),
        )
        if not whole.n:
            continue
        kept = [at for at, label in enumerate(whole.columns) if not label.endswith(GAP)]
        for name, at in zip(columns_of(metric), kept, strict=True):
            offset = whole.sums[at] / whole.n
            spread = whole.products[at][at] / whole.n - offset * offset
            if offset * offset > FAR * FAR * max(spread, 0.0) and offset:
                better[name] = pilot[name] + offset
    return dict(pilot) | better if better else {}
