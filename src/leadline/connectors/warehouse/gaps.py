"""Name missing and infinite values with their count and an example; mend nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.layout import columns_of
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.tables import Table


def refuse_gaps(
    table: Table,
    *,
    layout: Layout,
    metrics: Sequence[Metric],
    where: exp.Expr | None,
) -> None:
    """Refuse infinite values, and missing ones where the metric's policy is "error".

    Raises
    ------
    InputError
        With the count, an example, and how to declare what a missing value means.
    """
    columns = list(dict.fromkeys(name for m in metrics for name in columns_of(m)))
    values = {name: sql.without_nan(sql.number(table.column(name))) for name in columns}
    missing = {name: sql.is_null(value) for name, value in values.items()}
    infinite = {name: sql.is_infinite(value) for name, value in values.items()}
    conditions = [*missing.values(), *infinite.values()]
    query = table.select(sql.count(), *(_how_many(c) for c in conditions))
    n, *counts = table.fetch(query.where(where) if where is not None else query)[0]
    n_missing = dict(zip(columns, counts[: len(columns)], strict=True))
    n_infinite = dict(zip(columns, counts[len(columns) :], strict=True))
    for name in columns:
        if n_infinite[name]:
            example = example_of(table, layout=layout, where=infinite[name])
            raise InputError(
                f"column {name!r} is infinite in {n_infinite[name]:,} of {n:,} rows, "
                f"e.g. {example}",
                hint="Mend the export: an infinite value has no mean.",
            )
    for metric in metrics:
        if metric.missing != "error":
            continue
        for name in metric.outcomes:
            if n_missing[name]:
                example = example_of(table, layout=layout, where=missing[name])
                raise InputError(
                    f"metric {metric.name!r}: column {name!r} has no value in "
                    f"{n_missing[name]:,} of {n:,} rows, e.g. {example}",
                    hint="Declare what that means: --missing zero (nothing happened) or "
                    "--missing exclude (not observed).",
                )


def example_of(table: Table, *, layout: Layout, where: exp.Expr) -> str:
    """Return one row that meets a condition, by its unit's id where there is one."""
    name = layout.unit or layout.arm or table.columns[0].name
    rows = table.fetch(table.select(sql.text(name)).where(where.copy()).limit(1))
    return f"{name} {rows[0][0]}" if rows else "a row"


def _how_many(condition: exp.Expr) -> exp.Expr:
    return sql.count(exp.Case().when(condition.copy(), exp.Literal.number(1)))
