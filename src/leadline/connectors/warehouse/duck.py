"""DuckDB: files, folders, databases and data frames, with bounded memory and threads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from leadline.connectors.warehouse.csv_text import csv_source
from leadline.connectors.warehouse.sql import quoted_text, to_sql
from leadline.connectors.warehouse.tables import Column, Kind
from leadline.errors import ConnectorError, InputError

THREADS = 2
MEMORY = "1GB"

PARSE_ONCE_BELOW = 300_000_000
"""Bytes of a text file that is parsed once, and spilled where memory is short."""

_KINDS: dict[str, Kind] = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "VARCHAR": "text",
    "UUID": "text",
    "ENUM": "text",
}
_NUMBERS = ("INT", "UINT", "TINY", "UTINY", "SMALL", "USMALL", "BIG", "UBIG", "HUGE", "UHUGE")


class DuckDB:
    """An in-memory DuckDB that reads what it is pointed at and writes nothing.

    Parameters
    ----------
    threads, memory : int, str
        Bounds; what does not fit in memory is spilled to the temporary folder.
    """

    dialect = "duckdb"

    def __init__(self, *, threads: int = THREADS, memory: str = MEMORY) -> None:
        self.connection = duckdb.connect()
        self._run(f"SET threads = {int(threads)}")
        self._run(f"SET memory_limit = {quoted_text(memory)}")
        self._run("SET preserve_insertion_order = false")
        self._run("SET TimeZone = 'UTC'")
        self._run("SET enable_progress_bar = false")  # it would be drawn into --json

    def file(self, name: str, path: Path) -> exp.Table:
        """Name what a file or a folder holds.

        Parquet is read where it is, column by column; text would have to be parsed again
        by every query, so a text file of moderate size is parsed once.
        """
        source, is_text = file_source(path)
        what = "TABLE" if is_text and path.stat().st_size < PARSE_ONCE_BELOW else "VIEW"
        relation = exp.table_(name, quoted=True)
        quoted = to_sql(relation, dialect=self.dialect)
        self._run(f"CREATE TEMPORARY {what} {quoted} AS FROM {source}")
        return relation

    def keep(self, name: str, query: exp.Expr) -> exp.Table:
        """Keep a query's result in a temporary table, spilled where memory is short."""
        relation = exp.table_(name, quoted=True)
        quoted = to_sql(relation, dialect=self.dialect)
        sql = to_sql(query, dialect=self.dialect)
        self._run(f"CREATE OR REPLACE TEMPORARY TABLE {quoted} AS {sql}")
        return relation

    def attach(self, path: Path, *, table: str) -> exp.Table:
        """Open a DuckDB file for reading and return one table of it."""
        self._run(f"ATTACH {quoted_text(str(path))} AS attached (READ_ONLY)")
        found = self.connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = "
            "'attached' UNION ALL SELECT schema_name, view_name FROM duckdb_views() "
            "WHERE database_name = 'attached' AND NOT internal ORDER BY ALL"
        ).fetchall()
        labels = {
            (name if schema == "main" else f"{schema}.{name}"): (schema, name)
            for schema, name in found
        }
        chosen = [pair for label, pair in labels.items() if table in ("", label)]
        chosen = chosen or [pair for pair in found if table == pair[1]]
        if len(chosen) != 1:
            names = ", ".join(labels) or "none"
            raise InputError(
                f"{path.name} has no table {table!r}" if table else f"which table of {path}?",
                hint=f"Say --table; it has: {names}.",
            )
        schema, name = chosen[0]
        return exp.table_(name, db=schema, catalog="attached", quoted=True)

    def register(self, name: str, frame: object) -> exp.Table:
        """Scan a data frame (pandas, polars, pyarrow) in place under a name."""
        self.connection.register(name, frame)
        return exp.table_(name, quoted=True)

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:
        """Return the columns of a relation."""
        query = exp.select("*").from_(relation.copy())
        rows = self._fetched(f"DESCRIBE {to_sql(query, dialect=self.dialect)}")
        return tuple(Column(name=row[0], kind=_kind(row[1])) for row in rows)

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self._fetched(to_sql(query, dialect=self.dialect))

    def _fetched(self, sql: str) -> list[tuple[Any, ...]]:
        with _explaining():  # a thread may meet a bad row, or file, after the first rows came
            rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def _run(self, sql: str) -> None:
        with _explaining():
            self.connection.execute(sql)


class Relation:
    """A relation that the user already holds, asked on the connection it belongs to."""

    dialect = "duckdb"
    name = "given"

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:  # noqa: ARG002 - the protocol's
        """Return its columns."""
        pairs = zip(self._relation.columns, self._relation.types, strict=True)
        return tuple(Column(name=name, kind=_kind(str(kind))) for name, kind in pairs)

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query on it and return its rows."""
        sql = to_sql(query, dialect=self.dialect)
        with _explaining():
            answer: Any = self._relation.query(self.name, sql)
            rows: list[tuple[Any, ...]] = answer.fetchall()
        return rows


def file_source(path: Path) -> tuple[str, bool]:
    """Return the FROM item that reads a file or a folder, and whether it is text.

    Raises
    ------
    InputError
        The path does not exist, is empty, or has a format that is not read.
    """
    if path.is_dir():
        return _folder_source(path)
    if not path.is_file() and any(path.parent.glob(path.name)):
        return _pattern_source(path)
    if not path.is_file():
        raise InputError(
            f"no such file: {path}", hint="Give a CSV, a Parquet or a .duckdb file."
        )
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty", hint="Export it again; 0 bytes hold no table.")
    name = path.name.lower()
    if name.endswith((".parquet", ".pq")):
        return f"read_parquet({quoted_text(str(path))})", False
    if name.endswith((".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".csv.zst")):
        return csv_source(str(path), whole=path.stat().st_size < 20_000_000), True
    raise InputError(
        f"{path.name} is of no format that is read",
        hint="Give .csv, .tsv (also .gz), .parquet, a folder of them, or .duckdb.",
    )


def _pattern_source(pattern: Path) -> tuple[str, bool]:
    """Return what reads several files of one folder: part-*.parquet."""
    name = pattern.name.lower()
    if name.endswith((".parquet", ".pq")):
        return f"read_parquet({quoted_text(str(pattern))}, union_by_name = true)", False
    return csv_source(str(pattern), whole=False), False


def _folder_source(path: Path) -> tuple[str, bool]:
    for suffix in ("parquet", "csv", "csv.gz"):
        if next(path.rglob(f"*.{suffix}"), None) is not None:
            pattern = str(path / "**" / f"*.{suffix}")
            if suffix == "parquet":
                return f"read_parquet({quoted_text(pattern)}, union_by_name = true)", False
            # A folder may be large: its text is parsed as it is needed.
            return csv_source(pattern, whole=False), False
    raise InputError(f"{path} holds no Parquet or CSV file", hint="Give another folder.")


def _kind(type_name: str) -> Kind:
    name = type_name.upper()
    if name.startswith("TIMESTAMP"):
        return "timestamp"
    if name.startswith((*_NUMBERS, "DOUBLE", "FLOAT", "REAL", "DECIMAL")) and "[" not in name:
        return "number"
    return _KINDS.get(name.split("(")[0], "other")


_DAMAGES = (
    (
        r"GZIP stream|Error when sniffing file \"[^\"]*\.(?:gz|zst)\"",
        "the compressed file is damaged or was cut off on the way",
        "Copy or export it again; `gzip -t FILE` tells whether it is whole.",
    ),
    (
        r"No magic bytes found|too small to be a Parquet|Parquet footer|not a Parquet",
        "the file is no Parquet file, or was cut off on the way",
        "Copy or export it again.",
    ),
    (
        r"Schema mismatch between globbed files",
        "the files of this folder do not have the same columns",
        "Give one file, or a folder whose files are parts of one table.",
    ),
    (
        r"Error when sniffing file",
        "the file cannot be recognised as a table: its rows do not have the same columns",
        "Export it again as CSV with a header, or as Parquet.",
    ),
    (
        r'invalid (date|timestamp) field format: "([^"]*)"(?:.*source column (\S+))?',
        "column {2!r} holds {1!r}, which cannot be read as a {0}",
        "Write every day as YYYY-MM-DD, or name another column with --day.",
    ),
)
"""What DuckDB says of damaged input: pattern, the same for the user, and the next step."""


@contextmanager
def _explaining() -> Iterator[None]:
    """Say in words what DuckDB says of damaged input."""
    try:
        yield
    except duckdb.Error as error:
        raise explained(error) from error


def explained(error: duckdb.Error) -> ConnectorError | InputError:
    """Say what DuckDB says in one line, and the next step where it is known."""
    message = str(error)
    line = message.strip().splitlines()[0]
    if "not utf-8 encoded" in message or "Invalid unicode" in message:
        return InputError(
            "the file is not written in UTF-8",
            hint="Convert it first: iconv -f LATIN1 -t UTF-8 FILE > NEW.csv",
        )
    for pattern, what, hint in _DAMAGES:
        if found := re.search(pattern, message):
            return InputError(what.format(*found.groups("?")), hint=hint)
    if isinstance(error, duckdb.IOException | duckdb.CatalogException):
        return ConnectorError(f"DuckDB: {line}", permanent=True)
    return InputError(f"the table cannot be read: {line}")
