"""The one query that sums up all metrics of a table, as a sqlglot expression.

An inner select centres every variable, an outer one groups and adds up. A plain pass
serves tables without gaps; where it meets one, a careful pass follows that turns NaN
into NULL, applies each metric's policy, fills covariates beside an indicator of their
own, and counts infinite values.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.layout import columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.tables import Table

BASE = ("experiment", "arm", "day")
"""The keys that every row begins with."""

NO_LEVEL = "(missing)"
"""What a unit without a value in a segment's column counts as."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One centred variable of the inner select.

    Attributes
    ----------
    column : str
        The table's column.
    centre : float
        The pilot that is taken off.
    is_filled : bool
        A gap counts as `fill` in place of NULL.
    fill : float
        In the column's own unit.
    is_indicator : bool
        1 where the column has a gap, 0 elsewhere.
    within : tuple of str
        Only rows in which all these columns have a value.
    """

    column: str
    centre: float = 0.0
    is_filled: bool = False
    fill: float = 0.0
    is_indicator: bool = False
    within: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The query, and where in its rows each number stands.

    Attributes
    ----------
    query : sqlglot expression
        Rows: keys, count(*), then one number for each variable's count and sum and for
        each pair's product.
    n_keys : int
        How many keys come first: experiment, arm, day, then the segments.
    variables, labels : dict of metric to its variables, and what its moments call them
        Outcomes first, then covariates.
    counts, sums, products : dict
        Positions in a row.
    """

    query: exp.Expr
    n_keys: int
    variables: Mapping[str, tuple[Variable, ...]]
    labels: Mapping[str, tuple[str, ...]]
    counts: Mapping[Variable, int]
    sums: Mapping[Variable, int]
    products: Mapping[tuple[Variable, Variable], int]


def variables_of(
    metric: Metric, *, pilot: Mapping[str, float], careful: bool
) -> tuple[Variable, ...]:
    """Return the centred variables of one metric."""
    if not careful:
        return tuple(Variable(column=name, centre=pilot[name]) for name in columns_of(metric))
    within = metric.outcomes if metric.missing == "exclude" else ()
    outcomes = [
        Variable(
            column=name,
            centre=pilot[name],
            is_filled=metric.missing == "zero",
            within=within,
        )
        for name in metric.outcomes
    ]
    covariates = [
        variable
        for name in metric.covariates
        for variable in (
            Variable(
                column=name,
                centre=pilot[name],
                is_filled=True,
                fill=pilot[name],
                within=within,
            ),
            Variable(column=name, is_indicator=True, within=within),
        )
    ]
    return (*outcomes, *covariates)


def labels_of(metric: Metric, *, careful: bool) -> tuple[str, ...]:
    """Return what `Moments` calls a metric's variables."""
    outcomes = ("y",) if len(metric.outcomes) == 1 else ("numerator", "denominator")
    if not careful:
        return outcomes + metric.covariates
    filled = (label for name in metric.covariates for label in (name, f"{name}_missing"))
    return (*outcomes, *filled)


def moments_plan(
    table: Table,
    *,
    layout: Layout,
    metrics: Sequence[Metric],
    pilot: Mapping[str, float],
    careful: bool = False,
    where: exp.Expr | None = None,
) -> Plan:
    """Write the query for all metrics at once.

    Parameters
    ----------
    pilot : mapping of column to centre
        For every column that a metric uses.
    careful : bool
        Treat gaps (see the module).
    where : sqlglot expression, optional
        Only these rows, e.g. the days that are new.
    """
    by_metric = {
        metric.name: variables_of(metric, pilot=pilot, careful=careful) for metric in metrics
    }
    distinct = list(dict.fromkeys(v for found in by_metric.values() for v in found))
    names = {variable: f"x{i}" for i, variable in enumerate(distinct)}
    pairs = list(
        dict.fromkeys(
            _ordered(a, b, distinct)
            for found in by_metric.values()
            for a, b in combinations_with_replacement(found, 2)
        )
    )
    keys = _keys(table, layout)
    inner = table.select(
        *(sql.named(value, name) for name, value in keys.items()),
        *(sql.named(_value(v, table, careful=careful), name) for v, name in names.items()),
    )
    if where is not None:
        inner = inner.where(where)
    aggregates: list[exp.Expr] = [sql.count()]
    aggregates += [sql.count(sql.column(names[v])) for v in distinct]
    aggregates += [sql.total(sql.column(names[v])) for v in distinct]
    aggregates += [
        sql.total(exp.Mul(this=sql.column(names[a]), expression=sql.column(names[b])))
        for a, b in pairs
    ]
    query = exp.select(
        *_shown(keys),
        *(sql.named(value, f"a{i}") for i, value in enumerate(aggregates)),
    ).from_(inner.subquery("centred"))
    n_keys = len(BASE) + len(layout.segments)
    first = n_keys + 1
    return Plan(
        query=_grouped(query, keys=list(keys)),
        n_keys=n_keys,
        variables=by_metric,
        labels={m.name: labels_of(m, careful=careful) for m in metrics},
        counts={v: first + i for i, v in enumerate(distinct)},
        sums={v: first + len(distinct) + i for i, v in enumerate(distinct)},
        products=_both_ways({p: first + 2 * len(distinct) + i for i, p in enumerate(pairs)}),
    )


def pilot_query(table: Table, *, columns: Sequence[str], rows: int = 10_000) -> exp.Select:
    """Write the query for the means of a first few rows: centres good enough to start."""
    values = [
        sql.named(sql.without_nan(sql.number(table.column(name))), f"x{i}")
        for i, name in enumerate(columns)
    ]
    sample = table.select(*values).limit(rows)
    means = [sql.named(exp.Avg(this=sql.column(f"x{i}")), f"a{i}") for i in range(len(columns))]
    return exp.select(*means).from_(sample.subquery("sample"))


def _keys(table: Table, layout: Layout) -> dict[str, exp.Expr]:
    """Return the keys that the table has: a constant one would only slow the grouping."""
    keys: dict[str, exp.Expr] = {}
    if layout.experiment:
        keys["experiment"] = sql.column(layout.experiment)
    if layout.arm:
        keys["arm"] = sql.column(layout.arm)
    if layout.day:
        keys["day"] = sql.day(table.column(layout.day))
    for i, name in enumerate(layout.segments):
        level = exp.func("COALESCE", sql.text(name), exp.Literal.string(NO_LEVEL))
        keys[f"segment{i}"] = level
    return keys


def _shown(keys: Mapping[str, exp.Expr]) -> list[exp.Expr]:
    """Return all keys in their fixed order; those that the table has not are constants."""
    absent = {"arm": exp.Literal.string("all")}
    base = [
        sql.column(name)
        if name in keys
        else sql.named(absent.get(name, exp.cast(exp.null(), "TEXT")), name)
        for name in BASE
    ]
    return base + [sql.column(name) for name in keys if name not in BASE]


def _value(variable: Variable, table: Table, *, careful: bool) -> exp.Expr:
    value = sql.number(table.column(variable.column))
    if careful:
        value = sql.without_nan(value)
    if variable.is_indicator:
        gap = exp.Case().when(sql.is_null(value), sql.literal(1.0))
        value = gap.else_(sql.literal(0.0))
    elif variable.is_filled:
        value = exp.func("COALESCE", value, sql.literal(variable.fill))
    if variable.centre:
        value = exp.Sub(this=value, expression=exp.Paren(this=sql.literal(variable.centre)))
    if not variable.within:
        return value
    present = [
        exp.Not(this=sql.is_null(sql.without_nan(sql.number(table.column(name)))))
        for name in variable.within
    ]
    return exp.Case().when(sql.both(list(present)), value)


def _grouped(query: exp.Select, *, keys: list[str]) -> exp.Select:
    base = [name for name in keys if name in BASE]
    segments = [name for name in keys if name not in BASE]
    if not segments:
        return query.group_by(*(sql.column(name) for name in base))
    without_day = [name for name in base if name != "day"]
    sets = [base, *([*without_day, segment] for segment in segments)]
    grouping = exp.GroupingSets(
        expressions=[exp.Tuple(expressions=[sql.column(k) for k in names]) for names in sets]
    )
    return query.group_by(grouping)


def _ordered(a: Variable, b: Variable, order: list[Variable]) -> tuple[Variable, Variable]:
    return (a, b) if order.index(a) <= order.index(b) else (b, a)


def _both_ways(
    at: dict[tuple[Variable, Variable], int],
) -> dict[tuple[Variable, Variable], int]:
    return at | {(b, a): position for (a, b), position in at.items()}
