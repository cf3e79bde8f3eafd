"""Deal units into buckets by a hash of their id: chance, in the warehouse's own words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.moments import read_moments
from leadline.connectors.warehouse.tables import Column

if TYPE_CHECKING:
    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.moments import Moments
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.tables import Table

BUCKET = "leadline_bucket"

_DIGITS = 3
"""Hexadecimal digits of the hash: 4,096 buckets, so that it hardly matters how units fell."""


def dealt(table: Table, *, layout: Layout, arm: str) -> Table:
    """Return one arm's rows with a column that deals its units into buckets."""
    hashed = exp.func("MD5", sql.text(layout.unit))
    first = exp.Substring(
        this=hashed, start=exp.Literal.number(1), length=exp.Literal.number(_DIGITS)
    )
    here = exp.EQ(this=sql.text(layout.arm), expression=sql.literal(arm))
    query = table.select(exp.Star(), sql.named(first, BUCKET)).where(here)
    return table.derive(query, columns=[*table.columns, Column(name=BUCKET, kind="text")])


def read_buckets(
    table: Table, *, layout: Layout, metric: Metric, experiment: str, arm: str
) -> list[Moments]:
    """Sum up one arm's units by bucket, in one pass.

    Parameters
    ----------
    layout : Layout
        With a column of the unit.
    arm : str
        The control: all its units were treated alike.
    """
    by_bucket = replace(layout, day="", segments=(BUCKET,))
    read = read_moments(
        dealt(table, layout=layout, arm=arm), layout=by_bucket, metrics=[metric]
    )
    levels = read.segments.get(BUCKET, ())
    found = [
        read.moments(metric.name, arm=arm, experiment=experiment, segment=BUCKET, level=level)
        for level in levels
    ]
    return [moments for moments in found if moments is not None and moments.n]
