"""A table that stays where it is, and the engine that answers questions about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sqlglot import exp

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["number", "boolean", "text", "date", "timestamp", "other"]
"""What a column holds, as far as experiments care."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column's name, as the engine spells it, and its kind."""

    name: str
    kind: Kind


class Engine(Protocol):
    """What a database must be able to do: describe a table and answer a query."""

    @property
    def dialect(self) -> str:
        """The name under which sqlglot knows its SQL."""

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:
        """Return the columns of what stands in a FROM clause."""

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query and return its (few) rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A relation of an engine: read by aggregates, never copied.

    Attributes
    ----------
    engine : Engine
        Who answers.
    relation : sqlglot expression
        What stands in the FROM clause: a table or a subquery with an alias.
    columns : tuple of Column
        In the table's own order.
    place : str
        The path or the table's name, for messages and receipts; never a password.
    """

    engine: Engine
    relation: exp.Expr
    columns: tuple[Column, ...]
    place: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        InputError
            There is none; the message lists those there are.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise InputError(
            f"{self.place} has no column {name!r}",
            hint=f"Its columns are: {', '.join(self.names)}.",
        )

    def select(self, *expressions: exp.Expr) -> exp.Select:
        """Start a query on this table."""
        return exp.select(*expressions).from_(self.relation.copy())

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query on the table's engine."""
        return self.engine.fetch(query)

    def derive(self, query: exp.Select, *, columns: Sequence[Column]) -> Table:
        """Return what `query` selects as a table of the same engine."""
        return replace(self, relation=query.subquery("derived"), columns=tuple(columns))
