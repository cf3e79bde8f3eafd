"""Counting a table: where to cut is read off a sample, then one scan counts everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from leadline.analysis.monitoring.counts import Counts, Key, Numbers, Plan, Task, Watched
from leadline.analysis.monitoring.edges import cut_category, cut_number, dependence
from leadline.connectors.monitoring.counts_sql import counts_query
from leadline.connectors.warehouse import sql
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from leadline.connectors.monitoring.roles import Roles
    from leadline.connectors.warehouse.tables import Table

SAMPLE = 30_000
"""Rows from which the cuts are read."""

MOST_FIELDS = 1_500
"""Numbers a query may return; PostgreSQL allows 1,664."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cuts:
    """What a sample of the reference says: where to cut, and what the score depends on."""

    plan: Plan
    dependence: dict[str, float]


def days_of(table: Table, day: str) -> dict[date, int]:
    """Return the rows of each day, in order; rows without a day are left out."""
    key = sql.named(sql.day(table.column(day)), "day")
    inner = table.select(key).subquery("days")
    query = exp.select(sql.column("day"), sql.count()).from_(inner).group_by(sql.column("day"))
    found = {row[0]: int(row[1]) for row in table.fetch(query) if row[0] is not None}
    return dict(sorted(found.items()))


def read_cuts(table: Table, *, roles: Roles, until: date | None = None, n_rows: int) -> Cuts:
    """Sample the reference once and cut every watched column.

    Parameters
    ----------
    until : date, optional
        The last day of the reference, where the table goes on after it.
    n_rows : int
        Rows of the reference; up to `SAMPLE` of them all are taken.
    """
    names = [*roles.watched, *([roles.target] if roles.target else [])]
    kinds = {name: table.column(name).kind for name in names}
    values = [
        sql.named(
            sql.text(name) if kinds[name] == "text" else sql.number(table.column(name)),
            f"x{i}",
        )
        for i, name in enumerate(names)
    ]
    rows = _sampled(table, values, day=roles.day, until=until, n_rows=n_rows, most=SAMPLE)
    if not rows:
        raise NotEnoughDataError(
            f"the reference in {table.place} has no rows",
            hint="Give --reference, or a table that holds more days.",
        )
    sample = {
        name: _array(values, kinds[name])
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
    return _cut(sample, kinds=kinds, roles=roles)


def read_rows(
    table: Table, *, names: Sequence[str], day: str, until: date | None, n_rows: int, most: int
) -> dict[str, list[Any]]:
    """Return about `most` rows of the reference as they are, column by column."""
    columns = [sql.column(name) for name in names]
    rows = _sampled(table, columns, day=day, until=until, n_rows=n_rows, most=most)
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _sampled(
    table: Table,
    values: Sequence[exp.Expr],
    *,
    day: str,
    until: date | None,
    n_rows: int,
    most: int,
) -> list[tuple[Any, ...]]:
    """Return about `most` of the rows up to a day: the same ones each time, in one order.

    What a row holds decides whether it is drawn, so rows that are alike are drawn
    together. Where so many are alike that far more or fewer come than were asked for,
    chance draws instead.
    """
    query = table.select(*values)
    if until is not None:
        last = exp.LTE(this=sql.day(table.column(day)), expression=sql.literal(until))
        query = query.where(last)
    draw = sql.draw(table.columns, dialect=table.engine.dialect)
    if n_rows <= most:
        return table.fetch(query.order_by(draw))
    share = most / n_rows
    rows = table.fetch(query.where(_below(draw, share * sql.DRAWS)).order_by(draw))
    if most / 2 <= len(rows) <= 2 * most:
        return rows
    return table.fetch(query.where(_below(exp.Rand(), share)))


def _below(drawn: exp.Expr, bound: float) -> exp.Expr:
    return exp.LT(this=drawn.copy(), expression=exp.Literal.number(f"{bound:.12f}"))


def _cut(sample: dict[str, Any], *, kinds: Mapping[str, str], roles: Roles) -> Cuts:
    columns = []
    codes = {}
    for name in roles.watched:
        column = _watched(
            name,
            sample[name],
            kind=kinds[name],
            is_latency=name == roles.latency,
            with_ends=name not in {roles.score, roles.latency},
        )
        columns.append(column)
        if name not in {roles.score, roles.latency}:
            codes[name] = _codes(column, sample[name])
    score = sample.get(roles.score, np.empty(0))
    task, scale = _task(score, sample.get(roles.target, np.empty(0)))
    plan = Plan(
        columns=tuple(columns),
        score=roles.score,
        target=roles.target,
        latency=roles.latency,
        fallback=roles.fallback,
        kpi=roles.kpi,
        task=task,
        loss_scale=scale,
        segments=roles.segments,
    )
    return Cuts(plan=plan, dependence=dependence(score, codes) if roles.score else {})


def read_counts(table: Table, *, plan: Plan, day: str, since: date | None = None) -> Counts:
    """Count a table, or its days from `since` on, in one scan.

    Raises
    ------
    InputError
        The table lacks a column of the plan, or the engine refuses.
    """
    fields = plan.fields()
    cells: dict[Key, list[float]] = {}
    for start in range(0, len(fields), MOST_FIELDS):
        part = fields[start : start + MOST_FIELDS]
        query = counts_query(table, day=day, plan=plan, fields=part, since=since)
        for row in table.fetch(query):
            key = _key(row, plan.segments)
            if key is not None:
                values = row[1 + len(plan.segments) :]
                cells.setdefault(key, []).extend(float(v or 0) for v in values)
    return Counts(plan=plan, cells={key: np.array(values) for key, values in cells.items()})


def _key(row: tuple[Any, ...], segments: tuple[str, ...]) -> Key | None:
    """Return which rows a row of the answer counts; None for those without a day."""
    if row[0] is None:
        return None
    for name, level in zip(segments, row[1:], strict=False):
        if level is not None:
            return Key(row[0], name, str(level))
    return Key(row[0])


def _watched(
    name: str, values: Any, *, kind: str, is_latency: bool, with_ends: bool
) -> Watched:
    if kind == "text":
        return cut_category(name, [value for value in values if value is not None])
    return cut_number(name, values, is_latency=is_latency, with_ends=with_ends)


def _array(values: tuple[Any, ...], kind: str) -> Any:
    if kind == "text":
        return values
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def _codes(column: Watched, values: Any) -> Numbers:
    """Return the bin that each row of the sample falls in; nulls are one of their own."""
    if column.kind == "number":
        codes: Numbers = np.searchsorted(column.edges, values, side="left").astype(float)
        codes[np.isnan(values)] = -1
        return codes
    places = {level: i for i, level in enumerate(column.levels)}
    return np.array([-1 if v is None else places.get(v, len(places)) for v in values], float)


def _task(score: Numbers, target: Numbers) -> tuple[Task, float]:
    """Return whether outcomes are classes, and the loss that counts as 1."""
    known = target[np.isfinite(target)]
    if len(known) and not np.isin(known, (0.0, 1.0)).all():
        both = np.isfinite(target) & np.isfinite(score)
        errors = np.abs(target[both] - score[both])
        return "regression", float(max(np.quantile(errors, 0.99), 1e-12)) if both.any() else 1.0
    shown = score[np.isfinite(score)]
    if len(known) and len(shown) and (shown.min() < 0 or shown.max() > 1):
        raise InputError(
            f"outcomes are 0 and 1, and scores go from {shown.min():.3g} to {shown.max():.3g}",
            hint="Give probabilities as --score, within 0–1.",
        )
    return "classification", 1.0
