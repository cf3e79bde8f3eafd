"""The market's log as Parquet, one folder a day, so that memory holds one day at most."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from examples.classifieds.market import Day, Market, Shown


def write_days(market: Market, folder: Path, *, days: int) -> int:
    """Let days pass and write them; return how many rows were written.

    A row is a listing shown, with whether it was clicked and its seller contacted. Read
    them with `SELECT … FROM read_parquet('FOLDER/*/*.parquet', hive_partitioning = true)`.
    """
    n_rows = 0
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for day in market.days(days):
            n_rows += _write(connection, day, folder / f"day={day.day:04}")
    return n_rows


def _write(connection: duckdb.DuckDBPyConnection, day: Day, folder: Path) -> int:
    folder.mkdir(parents=True)
    for surface, shown in day.shown.items():
        rows = _rows(shown)  # noqa: F841 (DuckDB reads it by its name)
        target = folder / f"{surface.replace(' ', '-')}.parquet"
        connection.execute(
            "COPY (SELECT ? AS surface, * FROM rows) TO "  # noqa: S608 (a path of ours)
            f"'{str(target).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)",
            [surface],
        )
    return sum(shown.listing.size for shown in day.shown.values())


def _rows(shown: Shown) -> dict[str, Any]:
    n_pages, n_shown = shown.listing.shape
    requests = shown.requests
    of_page = {
        name: np.repeat(getattr(requests, name), n_shown)
        for name in ("user", "query", "category", "looking_at")
    }
    return {
        "page": np.repeat(np.arange(n_pages, dtype=np.int32), n_shown),
        **of_page,
        "position": np.tile(np.arange(n_shown, dtype=np.int8), n_pages),
        "listing": shown.listing.ravel(),
        "clicked": shown.clicked.ravel(),
        "contacted": shown.contacted.ravel(),
    }
