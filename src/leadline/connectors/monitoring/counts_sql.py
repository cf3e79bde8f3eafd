"""The one query that counts a table by day and segment, as a sqlglot expression.

An inner select cleans scores and outcomes, an outer one groups by day, and by day and
each segment, and counts. One scan, the same words on every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.moments_sql import NO_LEVEL

if TYPE_CHECKING:
    from leadline.analysis.monitoring.counts import Field, Plan, Watched
    from leadline.connectors.warehouse.tables import Table

ONE_DAY = date(1970, 1, 1)
"""The day of a reference that has none."""


def counts_query(
    table: Table,
    *,
    day: str,
    plan: Plan,
    fields: Sequence[Field],
    since: date | None = None,
) -> exp.Select:
    """Write the query.

    Parameters
    ----------
    day : str
        A column with a date or a time; empty where the table is one day.
    fields : sequence of Field
        Those of the plan, or a part of them where an engine allows only so many.
    since : date, optional
        Only rows of this day and later.

    Returns
    -------
    sqlglot expression
        Rows: the day, each segment's level or NULL, then one number for each field.
    """
    keys = {"day": sql.day(table.column(day)) if day else sql.literal(ONE_DAY)}
    for i, name in enumerate(plan.segments):
        level = exp.func("COALESCE", sql.text(name), exp.Literal.string(NO_LEVEL))
        keys[f"segment{i}"] = level
    values = _values(table, plan)
    inner = table.select(
        *(sql.named(value, name) for name, value in {**keys, **values}.items())
    )
    if since is not None:
        inner = inner.where(since_day(day, since))
    positions = {column.name: i for i, column in enumerate(plan.columns)}
    query = exp.select(
        *(sql.column(name) for name in keys),
        *(
            sql.named(_aggregate(field, plan, positions), f"a{i}")
            for i, field in enumerate(fields)
        ),
    ).from_(inner.subquery("cleaned"))
    if not plan.segments:
        return query.group_by(sql.column("day"))
    sets = [["day"], *(["day", f"segment{i}"] for i in range(len(plan.segments)))]
    grouping = exp.GroupingSets(
        expressions=[exp.Tuple(expressions=[sql.column(k) for k in names]) for names in sets]
    )
    return query.group_by(grouping)


def since_day(day: str, first: date) -> exp.Expr:
    """Return the condition on a day or later, in a form that engines can skip files by."""
    return exp.GTE(this=sql.column(day), expression=sql.literal(first))


def _values(table: Table, plan: Plan) -> dict[str, exp.Expr]:
    """Return the columns of the inner select by their names there."""
    found: dict[str, exp.Expr] = {}
    for i, watched in enumerate(plan.columns):
        column = table.column(watched.name)
        is_number = watched.kind == "number"
        found[f"x{i}"] = sql.number(column) if is_number else sql.text(watched.name)
    if plan.fallback:
        column = table.column(plan.fallback)
        is_text = column.kind not in {"number", "boolean"}
        found["fallback"] = sql.text(plan.fallback) if is_text else sql.number(column)
        empty = exp.Literal.string("") if is_text else sql.literal(0.0)
        found["fallback"] = exp.NEQ(this=found["fallback"], expression=empty)
    if plan.kpi:
        found["kpi"] = sql.without_nan(sql.number(table.column(plan.kpi)))
    if plan.has_labels:
        score = sql.without_nan(sql.number(table.column(plan.score)))
        target = sql.without_nan(sql.number(table.column(plan.target)))
        is_known = exp.Not(this=sql.is_null(exp.Add(this=score.copy(), expression=target)))
        found["score"] = exp.Case().when(is_known, score.copy())
        found["target"] = exp.Case().when(is_known.copy(), target.copy())
        found["loss"] = _loss(score.copy(), target.copy(), plan)
    return found


def _loss(score: exp.Expr, target: exp.Expr, plan: Plan) -> exp.Expr:
    """Return a row's loss within 0–1; NULL where score or outcome is."""
    error = exp.Paren(this=exp.Sub(this=score, expression=target))
    if plan.task == "classification":
        return exp.Mul(this=error, expression=error.copy())
    relative = exp.Div(
        this=exp.func("ABS", error), expression=sql.literal(plan.loss_scale), typed=False
    )
    case = exp.Case().when(exp.GT(this=relative, expression=sql.literal(1.0)), sql.literal(1.0))
    return case.else_(relative.copy())


def _aggregate(field: Field, plan: Plan, positions: dict[str, int]) -> exp.Expr:
    if field.what == "rows":
        return sql.count()
    if field.what in {"known", "cut"}:
        column = plan.column(field.column)
        value = sql.column(f"x{positions[field.column]}")
        if field.what == "known":
            return _known(value, column)
        return exp.CountIf(this=_at_cut(value, column, field.cut))
    if field.what == "fallback":
        return exp.CountIf(this=sql.column("fallback"))
    if field.what.startswith("kpi"):
        return _summed(sql.column("kpi"), field.what.removeprefix("kpi_"))
    return _labelled(field, plan)


def _known(value: exp.Expr, column: Watched) -> exp.Expr:
    """Count values; NaN, which every engine sorts above infinity, is none."""
    if column.kind != "number":
        return sql.count(value)
    infinity = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")
    return exp.CountIf(this=exp.LTE(this=value, expression=infinity))


def _labelled(field: Field, plan: Plan) -> exp.Expr:
    """Return a sum over rows with an outcome, up to a cut of the score where one is meant."""
    what = field.what.removesuffix("_cut")
    named = {"labelled": "loss", "positive": "target", "score_sum": "score"}
    value: exp.Expr = sql.column(named.get(what, "loss"))
    if what != field.what:
        edge = sql.literal(plan.column(plan.score).edges[field.cut])
        within = exp.LTE(this=sql.column("score"), expression=edge)
        value = exp.Case().when(within, value)
    kinds = {"labelled": "known", "loss_squares": "squares"}
    return _summed(value, kinds.get(what, "sum"))


def _summed(value: exp.Expr, kind: str) -> exp.Expr:
    if kind == "known":
        return sql.count(value)
    if kind == "squares":
        value = exp.Mul(this=value, expression=value.copy())
    return sql.total(value)


def _at_cut(value: exp.Expr, column: Watched, cut: int) -> exp.Expr:
    if column.kind == "number":
        return exp.LTE(this=value, expression=sql.literal(column.edges[cut]))
    return exp.EQ(this=value, expression=sql.literal(column.levels[cut]))
