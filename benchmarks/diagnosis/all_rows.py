"""Shift by column over all rows of two Parquet files, beside a bare scan and evidently.

    python -m benchmarks.diagnosis.all_rows [--rows 10000000] [--evidently PYTHON]

Each part runs in a process of its own, so that its memory is its own. The bare scan is one
hand-written DuckDB query for each file that computes the same counts at known edges.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
from scipy.stats import norm

from leadline.connectors.warehouse import open_table
from leadline.library.diagnosis_all_rows import _counted

N_COLUMNS = 20
N_EDGES = 16

EVIDENTLY = """
import json, resource, time
import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset
tables = [pd.read_parquet(f"{folder}/{{name}}.parquet") for name in ("new", "old")]
started = time.process_time()
Report([DataDriftPreset()]).run(*(Dataset.from_pandas(table) for table in tables))
print(json.dumps([time.process_time() - started,
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def make(folder: Path, rows: int) -> None:
    """Write two files of normal numbers, the first column of the second one moved."""

    def normal(i: int, move: float) -> str:
        return (
            f"(sqrt(-2 * ln(1 - random())) * cos(6.28318 * random()) + {move})::FLOAT AS x{i}"
        )

    for name in ("old", "new"):
        columns = [normal(i, 0.3 * (name == "new" and i == 0)) for i in range(N_COLUMNS)]
        query = f"SELECT {', '.join(columns)} FROM range({rows})"
        duckdb.sql(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")


def ours(folder: Path, rows: int) -> None:
    tables = [open_table(folder / f"{name}.parquet") for name in ("old", "new")]
    _counted(*tables, [f"x{i}" for i in range(N_COLUMNS)], n_rows=rows)


def bare(folder: Path, _rows: int) -> None:
    edges = norm.ppf([(k + 1) / (N_EDGES + 1) for k in range(N_EDGES)])
    sums = [
        f"sum((x{i} <= {edge})::INT), count(x{i})" for i in range(N_COLUMNS) for edge in edges
    ]
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    for name in ("old", "new"):
        connection.sql(f"SELECT {', '.join(sums)} FROM '{folder / name}.parquet'").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--evidently", default="", help="the interpreter of its environment")
    parser.add_argument("--part", default="")
    parser.add_argument("--folder", default="")
    options = parser.parse_args()
    if options.part:
        started = SimpleNamespace(wall=time.monotonic(), cpu=time.process_time())
        {"ours": ours, "bare": bare}[options.part](Path(options.folder), options.rows)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([time.process_time() - started.cpu, memory]))
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), options.rows)
        found: dict[str, Any] = {}
        for _ in range(2):
            for part in ("bare", "ours"):
                command = [sys.executable, "-m", "benchmarks.diagnosis.all_rows"]
                command += ["--part", part, "--rows", str(options.rows), "--folder", folder]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found.setdefault(part, []).append(json.loads(done.stdout))
        if options.evidently:
            command = [options.evidently, "-W", "ignore", "-c", EVIDENTLY.format(folder=folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found["evidently"] = [json.loads(done.stdout.splitlines()[-1])]
    best = {part: min(values) for part, values in found.items()}
    for part, (seconds, megabytes) in best.items():
        print(f"{part}: {seconds:.2f} s of the processor, {megabytes:.0f} MB")
    print(f"ours / bare: {best['ours'][0] / best['bare'][0]:.2f}")


if __name__ == "__main__":
    main()
