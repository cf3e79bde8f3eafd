"""How fast experiments are read, as ratios on one machine in one run.

Every comparison alternates its contenders and keeps each one's fastest time, because a
shared machine is never quiet. Run with `python -m benchmarks.experiments`, or
`--rows 1000000` for a tenth of the size.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import tea_tasting

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Ratio
from leadline.analysis.experiments.sequential import spending_bounds
from leadline.connectors.experiments.events import Window, units_from_events
from leadline.connectors.warehouse import open_pair, open_table
from leadline.connectors.warehouse.layout import Layout
from leadline.connectors.warehouse.moments import read_moments

RESULTS = Path(__file__).parent / "results" / "experiments.md"
REPEATS = 7
START = date(2026, 1, 5)
METRICS: tuple[Metric, ...] = (
    Proportion(column="converted"),
    Ratio(name="rate", numerator="clicks", denominator="sessions"),
    Mean(column="revenue", covariates=("pre_revenue",)),
)
COLUMNS = ("converted", "clicks", "sessions", "revenue", "pre_revenue")
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


def fastest(*contenders: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """Run contenders in turn and return each one's fastest time in seconds."""
    best = [float("inf")] * len(contenders)
    for _ in range(repeats):
        for i, contender in enumerate(contenders):
            start = time.perf_counter()
            contender()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def three_metrics(path: Path, *, rows: int) -> list[Row]:
    """Compare our moments with a bare scan of the same columns, and with tea-tasting."""
    table = open_table(path, memory="300MB")
    connection = duckdb.connect(config={"threads": 2})
    sums = ", ".join(f"sum({name}::DOUBLE)" for name in COLUMNS)
    bare = f"SELECT count(variant), {sums} FROM '{path}'"
    experiment = tea_tasting.Experiment(
        converted=tea_tasting.Mean("converted"),
        rate=tea_tasting.RatioOfMeans("clicks", "sessions"),
        revenue=tea_tasting.Mean("revenue", covariate="pre_revenue"),
    )
    scan, ours, peer = fastest(
        lambda: connection.execute(bare).fetchall(),
        lambda: read_moments(table, layout=Layout(arm="variant"), metrics=METRICS),
        lambda: experiment.analyze(connection.read_parquet(str(path))),
    )
    return [
        (f"three metrics, {rows:,} units: a bare scan", f"{scan:.3f} s", f"{ours / scan:.2f} ×",
         "≤ 1.25 ×"),
        ("three metrics: tea-tasting through DuckDB", f"{peer:.3f} s", f"{peer / ours:.1f} ×",
         "≥ 1.7 ×"),
        ("three metrics: Leadline", f"{ours:.3f} s", f"{memory_of(path):,.0f} MB", "< 400 MB"),
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
         f"{single:.2f} s", f"{single / fused:.1f} ×", "≥ 2.5 ×"),
        ("four CUPED metrics: one query for all", f"{fused:.2f} s", "1", ""),
        ("four CUPED metrics: adding the last day", f"{a_day:.2f} s", f"{fused / a_day:.1f} ×",
         "≥ 15 ×"),
    ]  # fmt: skip


def cold(folder: Path, *, rows: int) -> list[Row]:
    """Compare whole processes, started cold, that analyse one table."""
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

    def run(arguments: list[str]) -> None:
        subprocess.run(arguments, check=False, capture_output=True)

    own, other = fastest(lambda: run(ours), lambda: run(peer), repeats=3)
    return [
        (f"`experiments analyze`, cold, {rows:,} units", f"{own:.2f} s", "", "≤ 1.5 s"),
        ("the same as a tea-tasting script, cold", f"{other:.2f} s", f"{other / own:.1f} ×",
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
    return [(f"`audit`, cold, {tests:,} tests", f"{seconds:.2f} s", "", "< 3 s")]


def bounds() -> list[Row]:
    """Time the exact bounds of 28 looks."""
    fractions = [(i + 1) / 28 for i in range(28)]
    (seconds,) = fastest(lambda: spending_bounds(fractions, alpha=0.05))
    return [("bounds of 28 looks", f"{seconds:.3f} s", "", "< 0.2 s")]


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
    with tempfile.TemporaryDirectory() as name:
        table += audit(Path(name)) + bounds()
    today = datetime.now(tz=UTC).date()
    lines = [
        "# Experiments: speed",
        "",
        f"`python -m benchmarks.experiments --rows {rows}` on {today}, 2 threads; each time is "
        f"the fastest of several, contenders taking turns. DuckDB {duckdb.__version__}, "
        f"tea-tasting {tea_tasting.__version__}.",
        "",
        "| what | time | ratio or size | target |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in table),
        "",
        "Ratios: a bare scan sums the same five columns and counts the arm, ungrouped; above 1 "
        "is what moments by arm cost on top. The others say how much longer it takes than with "
        "Leadline's way.",
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
