"""The few pieces of SQL that every query here is made of, the same for all engines.

Every identifier is quoted, so a column may be called anything. Rows and subqueries are
built as sqlglot expressions; text is never pasted into SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from leadline.connectors.warehouse.tables import Column

DIALECTS = ("duckdb", "postgres", "spark")
"""The dialects that the golden tests hold."""

DRAWS = 2**31 - 1
"""A row's draw lies below it."""


def column(name: str) -> exp.Column:
    """Return a quoted column."""
    return exp.column(name, quoted=True)


def named(expression: exp.Expr, alias: str) -> exp.Expr:
    """Return the expression under a quoted alias."""
    return exp.alias_(expression, alias, quoted=True)


def number(given: Column) -> exp.Expr:
    """Return a column as a double; true is 1 and false is 0."""
    if given.kind == "boolean":
        return exp.cast(exp.cast(column(given.name), "INT"), "DOUBLE")
    return exp.cast(column(given.name), "DOUBLE")


def without_nan(value: exp.Expr) -> exp.Expr:
    """Return NULL where a double is not a number: it says the same thing."""
    return exp.func("NULLIF", value, exp.cast(exp.Literal.string("NaN"), "DOUBLE"))


def is_infinite(value: exp.Expr) -> exp.Expr:
    """Return whether a double is infinite."""
    infinity = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")
    return exp.EQ(this=exp.func("ABS", value), expression=infinity)


def text(name: str) -> exp.Expr:
    """Return a column as text."""
    return exp.cast(column(name), "TEXT")


def day(given: Column) -> exp.Expr:
    """Return a column's day: a number stays a number, everything else becomes a date."""
    if given.kind == "number":
        return column(given.name)
    return exp.cast(column(given.name), "DATE")


def literal(value: float | str | date) -> exp.Expr:
    """Return a constant: a double with all its digits, a text, or a date."""
    if isinstance(value, bool | int | float):
        negative = exp.Literal.number(repr(abs(float(value))))
        double = exp.cast(negative, "DOUBLE")
        return exp.Neg(this=double) if value < 0 else double
    if isinstance(value, str):
        return exp.Literal.string(value)
    return exp.cast(exp.Literal.string(value.isoformat()), "DATE")


def quoted_text(value: str) -> str:
    """Return a text as DuckDB's statements write it, where no expression can stand."""
    return exp.Literal.string(value).sql(dialect="duckdb")


def quoted_name(name: str) -> str:
    """Return a column's name as DuckDB's statements write it."""
    return column(name).sql(dialect="duckdb")


def count(value: exp.Expr | None = None) -> exp.Count:
    """Count rows, or the rows where `value` is not NULL."""
    return exp.Count(this=exp.Star() if value is None else value)


def total(value: exp.Expr) -> exp.Sum:
    """Add up a value."""
    return exp.Sum(this=value)


def draw(columns: Sequence[Column], *, dialect: str) -> exp.Expr:
    """Return a number from 0 to `DRAWS` that only what a row holds decides.

    Each engine takes its own quickest hash, so a table gives the same numbers each time
    in one engine, and others in another.
    """
    known = [column(c.name) for c in columns if c.kind != "other"]  # not all of those hash
    if dialect == "postgres":
        row = exp.Anonymous(this="ROW", expressions=known)
        hashed = exp.Anonymous(
            this="HASH_RECORD_EXTENDED", expressions=[row, exp.Literal.number(0)]
        )
    else:
        name = "XXHASH64" if dialect == "spark" else "HASH"
        hashed = exp.Anonymous(this=name, expressions=known)
    return exp.func("ABS", exp.Mod(this=hashed, expression=exp.Literal.number(DRAWS)))


def both(parts: list[exp.Expr]) -> exp.Expr:
    """Return the conjunction of conditions."""
    return exp.and_(*parts)


def either(parts: list[exp.Expr]) -> exp.Expr:
    """Return the disjunction of conditions."""
    return exp.or_(*parts)


def is_null(value: exp.Expr) -> exp.Expr:
    """Return whether a value is NULL."""
    return exp.Is(this=value, expression=exp.null())


def to_sql(query: exp.Expr, *, dialect: str) -> str:
    """Write a query in one engine's words."""
    return query.sql(dialect=dialect, identify=True)
