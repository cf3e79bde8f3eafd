"""Quantiles need order statistics: the only place where values leave the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlglot import exp

from leadline.analysis.experiments.quantile_effects import QuantileSummary, summarise_quantile
from leadline.connectors.warehouse import sql
from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.analysis.experiments.metrics import Quantile
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.tables import Table

MOST_ROWS = 20_000_000
"""More values than this do not leave the warehouse."""


def quantile_summaries(
    table: Table, *, layout: Layout, metric: Quantile, experiment: str
) -> dict[str, QuantileSummary]:
    """Return each arm's quantile with its interval.

    Raises
    ------
    InputError
        Values are missing under the policy "error", or there are too many rows.
    """
    value = sql.without_nan(sql.number(table.column(metric.column)))
    if metric.missing == "zero":
        value = exp.func("COALESCE", value, sql.literal(0.0))
    here = exp.Not(this=sql.is_null(sql.column(layout.arm)))
    conditions: list[exp.Expr] = [here]
    if layout.experiment:
        named = exp.EQ(this=sql.text(layout.experiment), expression=sql.literal(experiment))
        conditions.append(named)
    query = table.select(sql.text(layout.arm), sql.named(value, "value"))
    query = query.where(sql.both(conditions))
    n = table.fetch(exp.select(sql.count()).from_(query.subquery("rows")))[0][0]
    if n > MOST_ROWS:
        raise InputError(
            f"a quantile of {n:,} rows would take them all out of the warehouse",
            hint="Take a sample of units, or a proportion above a threshold.",
        )
    by_arm: dict[str, list[float | None]] = {}
    for arm, given in table.fetch(query):
        by_arm.setdefault(arm, []).append(given)
    return {arm: _summary(values, metric=metric, arm=arm) for arm, values in by_arm.items()}


def _summary(values: list[float | None], *, metric: Quantile, arm: str) -> QuantileSummary:
    array = np.array(values, dtype=float)
    gaps = np.isnan(array)
    n_missing = int(gaps.sum())
    if n_missing and metric.missing == "error":
        raise InputError(
            f"metric {metric.name!r} has no value in {n_missing:,} of {len(array):,} rows of "
            f"arm {arm}",
            hint="Declare what that means: missing zero or exclude.",
        )
    return summarise_quantile(array[~gaps], q=metric.q, n_missing=n_missing)
