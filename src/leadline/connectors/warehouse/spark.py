"""Spark, local or any cluster by the URL of its master: the same SQL, run there."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from leadline.connectors.warehouse.sql import to_sql
from leadline.connectors.warehouse.tables import Column, Kind
from leadline.errors import ConnectorError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

_KINDS: dict[str, Kind] = {
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp",
    "string": "text",
}
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


class Spark:
    """A Spark session.

    Parameters
    ----------
    master : str
        `local[2]`, `spark://host:7077`, `yarn`, `k8s://…`, or a Spark Connect address
        `sc://host`.
    """

    dialect = "spark"

    def __init__(self, master: str) -> None:
        self.session = _session(master)

    def file(self, name: str, path: str) -> exp.Table:
        """Name a Parquet or CSV path (a file, a folder, or an address Spark knows)."""
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

        reader = self.session.read
        try:
            if path.lower().rstrip("/").endswith((".csv", ".csv.gz", ".tsv")):
                frame = reader.csv(
                    path, header=True, inferSchema=True, sep=_delimiter(path), quote='"'
                )
            else:
                frame = reader.parquet(path)
        except PySparkException as error:
            raise InputError(
                f"Spark cannot read {path}: {_line(error)}",
                hint="Give a Parquet or CSV path that every worker sees, or --table NAME.",
            ) from error
        frame.createOrReplaceTempView(name)
        return exp.table_(name, quoted=True)

    def table(self, name: str) -> exp.Table:
        """Return a table of the session's catalogue, by `name` or `database.name`."""
        *database, table = name.split(".", maxsplit=1)
        return exp.table_(table, db=database[0] if database else None, quoted=True)

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:
        """Return the columns of a relation."""
        query = exp.select("*").from_(relation.copy()).limit(0)
        types = self._run(query, lambda frame: frame.dtypes)
        return tuple(Column(name=name, kind=_kind(kind)) for name, kind in types)

    def fetch(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return [tuple(row) for row in self._run(query, lambda frame: frame.collect())]

    def _run(self, query: exp.Expr, answer: Callable[[Any], Any]) -> Any:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

        try:
            return answer(self.session.sql(to_sql(query, dialect=self.dialect)))
        except PySparkException as error:
            raise InputError(f"Spark refuses: {_line(error)}") from error


def _session(master: str) -> SparkSession:
    try:
        with warnings.catch_warnings():  # of the newest pandas, which is not used here
            warnings.simplefilter("ignore", FutureWarning)
            from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ConnectorError(
            "reading through Spark needs PySpark, which is not installed",
            permanent=True,
            hint='Install it: pip install "leadline[spark]"',
        ) from error
    builder = SparkSession.builder.appName("leadline")
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    if master.startswith("local"):  # a laptop: no user interface, and few small shuffles
        builder = builder.config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.shuffle.partitions", "2")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    session: SparkSession = _started(builder, master)
    if not master.startswith("sc://"):
        session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.conf.set("spark.sql.ansi.enabled", "true")
    return session


def _started(builder: Any, master: str) -> Any:
    # It comes with PySpark, without types.
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise ConnectorError(
            f"Spark at {master} did not start: {_line(error)}",
            permanent=False,
            hint="Check the URL, that the cluster is up, and that Java 17 is installed.",
        ) from error


def _delimiter(path: str) -> str:
    """Return what separates the columns of a local file's first line; else a comma."""
    if path.lower().endswith(".tsv"):
        return "\t"
    if not Path(path).is_file() or path.lower().endswith(".gz"):
        return ","
    with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline(100_000)
    return max(",;|\t^~", key=first.count)


def _line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _kind(type_name: str) -> Kind:
    if type_name.startswith(_NUMBERS):
        return "number"
    return _KINDS.get(type_name, "other")
