"""The few pieces of SQL that every query here is made of, the same for all engines.

Every identifier is quoted, so a column may be called anything. Rows and subqueries are
built as sqlglot expressions; text is never pasted into SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from datetime import date

    from leadline.connectors.warehouse.tables import Column

DIALECTS = ("duckdb", "postgres", "spark")
"""The dialects that the golden tests hold."""


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


def count(value: exp.Expr | None = None) -> exp.Count:
    """Count rows, or the rows where `value` is not NULL."""
    return exp.Count(this=exp.Star() if value is None else value)


def total(value: exp.Expr) -> exp.Sum:
    """Add up a value."""
    return exp.Sum(this=value)


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
