"""A decision log as a table of predictions: its features become columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.tables import Column, Kind

if TYPE_CHECKING:
    from leadline.connectors.warehouse.tables import Table

SIGNS = {"decision_id", "served", "fallback_reason", "features"}
"""Columns by which the records that a decision log was rotated to are recognised."""

PLUMBING = {
    "decision_id", "unit", "salt", "features", "features_reference", "shadows", "model_hash",
    "arm_propensity", "n_outcomes",
}  # fmt: skip
"""Columns of a record that are not watched."""

SAMPLE = 1_000
"""Records from which the names and kinds of features are read."""


def as_decisions(table: Table) -> Table:
    """Return a decision log with a column for each feature; any other table as it is.

    A feature is a number where it is one in each record looked at,
    else a text (truth values too); lists and objects are left out.
    """
    if not set(table.names) >= SIGNS:
        return table
    query = table.select(sql.text("features")).where(
        exp.Not(this=sql.is_null(sql.column("features")))
    )
    kinds = feature_kinds([row[0] for row in table.fetch(query.limit(SAMPLE))])
    kept = [column for column in table.columns if column.name not in PLUMBING]
    taken = {column.name for column in kept}
    features = {name: kind for name, kind in kinds.items() if name not in taken}
    values = [
        sql.named(_feature(name, kind, dialect=table.engine.dialect), name)
        for name, kind in features.items()
    ]
    columns = [*kept, *(Column(name=n, kind=kind) for n, kind in features.items())]
    return table.derive(
        table.select(*(sql.column(column.name) for column in kept), *values), columns=columns
    )


def feature_kinds(texts: list[Any]) -> dict[str, Kind]:
    """Return each feature's kind, from records' features as JSON texts."""
    seen: dict[str, set[str]] = {}
    for text in texts:
        features = json.loads(text)
        if not isinstance(features, dict):
            continue
        for name, value in features.items():
            if value is not None:
                seen.setdefault(name, set()).add(_kind(value))
    return {
        name: "number" if kinds == {"number"} else "text"
        for name, kinds in sorted(seen.items())
        if "other" not in kinds
    }


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "text"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


def _feature(name: str, kind: Kind, *, dialect: str) -> exp.Expr:
    value: exp.Expr
    if dialect == "spark":  # which has no type for JSON, and paths of its own
        bare = not set(name) & set(".[")
        path = exp.Literal.string(f"$.{name}" if bare else f"$['{name}']")
        value = exp.func("GET_JSON_OBJECT", sql.column("features"), path)
    else:
        key = exp.JSONPath(expressions=[exp.JSONPathRoot(), exp.JSONPathKey(this=name)])
        whole = exp.cast(sql.column("features"), "JSON")
        value = exp.JSONExtractScalar(this=whole, expression=key)
    return exp.cast(value, "DOUBLE") if kind == "number" else value
