"""Watching: 340 counts in one scan, beside the scan itself; a day added reads that day."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from leadline.analysis.monitoring.counts import Plan, Watched
from leadline.connectors.monitoring.reading import read_counts
from leadline.connectors.warehouse import open_table

RESULTS = Path(__file__).parent / "results" / "watch.md"
N_COLUMNS, N_DAYS = 20, 20
FIRST = date(2026, 1, 5)
EDGES = tuple((i + 1) / 17 for i in range(16))


def run(rows: int) -> str:
    """Time scans, the counting of all days, and that of the last day alone; return a table."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "predictions"
        _write(place, rows=rows)
        plan = Plan(
            columns=tuple(
                Watched(name=f"x{i}", kind="number", edges=EDGES) for i in range(N_COLUMNS)
            )
        )
        table = open_table(place)
        last = FIRST + timedelta(days=N_DAYS - 1)
        query = table.engine.connection.execute  # type: ignore[attr-defined]
        sums = ", ".join(f"sum(x{i})" for i in range(N_COLUMNS))
        plain = ", ".join(f"min(x{i}), max(x{i}), avg(x{i})" for i in range(N_COLUMNS))
        seconds = {
            "scan: one sum a column": _best(lambda: query(f"SELECT {sums} FROM source")),
            "scan: min, max and mean": _best(lambda: query(f"SELECT {plain} FROM source")),
            "340 counts by day": _best(lambda: read_counts(table, plan=plan, day="day")),
            "340 counts of the last day": _best(
                lambda: read_counts(table, plan=plan, day="day", since=last)
            ),
        }
    base = seconds["scan: one sum a column"]
    lines = [
        f"# Watching: {rows:,} rows × {N_COLUMNS} columns, {N_DAYS} days",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, DuckDB {duckdb.__version__} with 2 "
        "threads, Parquet. Processor seconds over both threads, which other work on the "
        "machine hardly changes; the best of three. Run: `python -m benchmarks.watch`",
        "",
        "| what | CPU seconds | × the scan |",
        "| --- | ---: | ---: |",
        *(f"| {what} | {took:.2f} | {took / base:.2f} |" for what, took in seconds.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run, print, and keep the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    text = run(parser.parse_args().rows)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def _best(ask: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        begun = time.process_time()
        answer = ask()
        if isinstance(answer, duckdb.DuckDBPyConnection):
            answer.fetchall()
        found.append(time.process_time() - begun)
    return min(found)


def _write(place: Path, *, rows: int) -> None:
    place.mkdir()
    each = rows // N_DAYS
    columns = ", ".join(f"random() AS x{i}" for i in range(N_COLUMNS))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for i in range(N_DAYS):
            day = FIRST + timedelta(days=i)
            connection.execute(
                f"COPY (SELECT DATE '{day}' AS day, {columns} FROM range({each})) "
                f"TO '{place / f'{day}.parquet'}' (FORMAT parquet)"
            )


if __name__ == "__main__":
    main()
