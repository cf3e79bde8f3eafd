"""Which values of a column are new: counts know how many, only the table knows their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.connectors.monitoring.counts_sql import since_day
from leadline.connectors.warehouse import sql

if TYPE_CHECKING:
    from leadline.connectors.warehouse import Table
    from leadline.library.watch_result import Watch

MOST = 5
"""Names that are told of a column, the most frequent first."""


def new_values(table: Table, watch: Watch, *, day: str) -> dict[str, tuple[str, ...]]:
    """Return, for each column whose new values stand, what they are.

    One small query a column, from the day on which the signal began; none where nothing
    stands.
    """
    found = {}
    for standing in watch.look.standing:
        name = standing.signal.column
        if standing.signal.rule != "new-values" or name not in table.names:
            continue
        known = watch.current.plan.column(name).levels
        rows = table.select(sql.named(sql.text(name), "value")).where(
            since_day(day, standing.since)
        )
        value = sql.column("value")
        is_new = exp.Not(
            this=exp.In(this=value, expressions=[exp.Literal.string(level) for level in known])
        )
        n_rows = sql.named(sql.count(), "n_rows")
        query = exp.select(value.copy(), n_rows).from_(rows.subquery("lately"))
        query = query.where(exp.Not(this=sql.is_null(value.copy())))
        if known:
            query = query.where(is_new)
        query = query.group_by(value.copy()).order_by(
            exp.Ordered(this=sql.column("n_rows"), desc=True), value.copy()
        )
        found[name] = tuple(str(row[0]) for row in table.fetch(query.limit(MOST)))
    return found
