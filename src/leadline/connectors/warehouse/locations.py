"""Where a table is → the engine that reads it: a path, an address or a data frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlglot import exp

from leadline.connectors.warehouse.duck import DuckDB, Relation
from leadline.connectors.warehouse.tables import Engine, Table
from leadline.errors import InputError

_DATABASES = (".duckdb", ".ddb", ".db")


def open_table(
    source: Any,
    *,
    table: str = "",
    spark: str = "",
    threads: int = 2,
    memory: str = "1GB",
) -> Table:
    """Open a table for reading; nothing is copied.

    Parameters
    ----------
    source : path, address or data frame
        A CSV or Parquet file, a folder of them, a DuckDB file, `postgresql://…`, or a
        pandas, polars or pyarrow table, or a DuckDB relation.
    table : str
        The table in a database; not needed where there is only one.
    spark : str
        The URL of a Spark master (`local[2]`, `spark://…`, `sc://…`); `source` is then
        read by Spark: a path, or a table of its catalogue given as `table`.
    threads, memory : int, str
        Bounds of DuckDB.

    Raises
    ------
    InputError
        Nothing readable is there, or the table has no rows or columns.
    ConnectorError
        The other system did not answer.
    """
    if spark:
        return _spark_table(str(source), table=table, master=spark)
    if isinstance(source, str) and source.startswith(("postgresql://", "postgres://")):
        return _postgres_table(source, table=table)
    if isinstance(source, str) and "://" in source:
        raise InputError(
            f"an address of the kind {source.split('://')[0]}:// is not read",
            hint="Give a file, a folder, postgresql://…, or what Spark reads with --spark URL.",
        )
    if isinstance(source, str | Path):
        return _file_table(
            Path(source).expanduser(), table=table, threads=threads, memory=memory
        )
    return _frame_table(source, threads=threads, memory=memory)


def open_pair(
    first: Any, second: Any, *, spark: str = "", threads: int = 2, memory: str = "1GB"
) -> tuple[Table, Table]:
    """Open two files (or two tables of one PostgreSQL) in one engine, so that they join.

    Parameters
    ----------
    first, second : path, or `postgresql://…#table`
    spark, threads, memory
        As in `open_table`.

    Raises
    ------
    InputError
        They are of different kinds, or nothing readable is there.
    """
    places = (str(first), str(second))
    if spark:
        from leadline.connectors.warehouse.spark import Spark  # noqa: PLC0415 - an extra

        session = Spark(spark)
        named = [session.file(f"leadline_{i}", place) for i, place in enumerate(places)]
        return _described(session, named[0], place=places[0]), _described(
            session, named[1], place=places[1]
        )
    if all(place.startswith(("postgresql://", "postgres://")) for place in places):
        from leadline.connectors.warehouse.postgres import PostgreSQL  # noqa: PLC0415

        url, _, table = places[0].rpartition("#")
        server = PostgreSQL(url)
        other = places[1].rpartition("#")[2]
        return (
            _described(server, server.table(table), place=f"{server.place}#{table}"),
            _described(server, server.table(other), place=f"{server.place}#{other}"),
        )
    engine = DuckDB(threads=threads, memory=memory)
    relations = [engine.file(f"source{i}", Path(place)) for i, place in enumerate(places)]
    return _described(engine, relations[0], place=places[0]), _described(
        engine, relations[1], place=places[1]
    )


def _described(engine: Engine, relation: exp.Expr, *, place: str) -> Table:
    return Table(
        engine=engine, relation=relation, columns=engine.describe(relation), place=place
    )


def _file_table(path: Path, *, table: str, threads: int, memory: str) -> Table:
    engine = DuckDB(threads=threads, memory=memory)
    if path.suffix.lower() in _DATABASES and path.is_file():
        relation = engine.attach(path, table=table)
        return _described(engine, relation, place=f"{path}#{relation.name}")
    found = _described(engine, engine.file("source", path), place=str(path))
    if len(found.columns) == 1 and (marks := set(found.names[0]) & set(",;|\t")):
        raise InputError(
            f"{path}: its rows do not have as many fields as its header, {found.names[0]!r}",
            hint=f"Look for {min(marks)!r} within values, or export it again; `gzip -t FILE` "
            "tells whether a compressed file is whole.",
        )
    if not found.fetch(found.select(exp.Literal.number(1)).limit(1)):
        raise InputError(f"{path} has a header but no rows", hint="Export it again.")
    return found


def _postgres_table(url: str, *, table: str) -> Table:
    from leadline.connectors.warehouse.postgres import PostgreSQL  # noqa: PLC0415 - 0.1 s

    if not table:
        raise InputError("which table of the database?", hint="Say --table schema.name.")
    engine = PostgreSQL(url)
    return _described(engine, engine.table(table), place=f"{engine.place}#{table}")


def _spark_table(path: str, *, table: str, master: str) -> Table:
    from leadline.connectors.warehouse.spark import Spark  # noqa: PLC0415 - an extra

    engine = Spark(master)
    relation = engine.table(table) if table else engine.file("leadline_source", path)
    return _described(engine, relation, place=table or path)


def _frame_table(frame: Any, *, threads: int, memory: str) -> Table:
    import duckdb  # noqa: PLC0415
    import narwhals as nw  # noqa: PLC0415 - only where a data frame is given

    if isinstance(frame, duckdb.DuckDBPyRelation):
        relation = Relation(frame)
        named = exp.table_(Relation.name, quoted=True)
        return _described(relation, named, place="a DuckDB relation")
    try:
        known = nw.from_native(frame)
    except TypeError:
        raise InputError(
            f"a table cannot be read from {type(frame).__name__}",
            hint="Give a path, an address, or a pandas, polars, pyarrow or DuckDB table.",
        ) from None
    eager = known.collect() if isinstance(known, nw.LazyFrame) else known
    engine = DuckDB(threads=threads, memory=memory)
    place = f"a {known.implementation.value} table"
    return _described(engine, engine.register("source", eager.to_native()), place=place)
