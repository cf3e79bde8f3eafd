"""PostgreSQL through psycopg: one read-only transaction a query."""

from __future__ import annotations

import weakref
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlglot import exp

from leadline.connectors.warehouse.sql import to_sql
from leadline.connectors.warehouse.tables import Column, Kind
from leadline.errors import ConnectorError, InputError

_KINDS: dict[str, Kind] = {
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "uuid"), "text"),
}


class PostgreSQL:
    """A PostgreSQL server, read only.

    Parameters
    ----------
    url : str
        `postgresql://user@host/database`; a password comes better from PGPASSWORD or
        ~/.pgpass, which the driver reads by itself.
    """

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self.place = _place(url)
        try:
            self._connection = psycopg.connect(url, autocommit=True)
            weakref.finalize(self, self._connection.close)
            self._connection.read_only = True
            self._connection.execute("SET TIME ZONE 'UTC'")
        except psycopg.OperationalError as error:
            raise ConnectorError(
                f"PostgreSQL at {self.place} did not answer: {str(error).splitlines()[0]}",
                permanent=False,
                hint="Check that the server is up and that psql reaches it.",
            ) from error

    def table(self, name: str) -> exp.Table:
        """Return a table by `name` or `schema.name`."""
        *schema, table = name.split(".", maxsplit=1)
        return exp.table_(table, db=schema[0] if schema else None, quoted=True)

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:
        """Return the columns of a relation."""
        query = exp.select("*").from_(relation.copy()).limit(0)
        cursor = self._run(to_sql(query, dialect=self.dialect))
        return tuple(
            Column(name=entry.name, kind=self._kind(entry.type_code))
            for entry in cursor.description or ()
        )

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self._run(to_sql(query, dialect=self.dialect)).fetchall()

    def _kind(self, oid: int) -> Kind:
        known = self._connection.adapters.types.get(oid)
        return _KINDS.get(known.name, "other") if known else "other"

    def _run(self, sql: str) -> psycopg.Cursor[tuple[Any, ...]]:
        try:
            # Built by sqlglot from quoted identifiers and literals alone.
            return self._connection.execute(sql.encode())
        except psycopg.Error as error:
            raise _explained(error, place=self.place) from error


def _explained(error: psycopg.Error, *, place: str) -> ConnectorError | InputError:
    line = str(error).splitlines()[0]
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return ConnectorError(f"PostgreSQL at {place}: {line}", permanent=False)
    return InputError(f"PostgreSQL at {place} refuses: {line}")


def _place(url: str) -> str:
    """Return the address without user and password."""
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or 'local'}{parts.path}"
