"""A full diagnosis beside the peers' full modes: the same rows, one process each.

    python -m benchmarks.diagnosis.peers.speed [--where ENVIRONMENTS] [--seconds 600]

40,000 training and 20,000 test rows of 30 columns, a forest of 100 trees.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from benchmarks.diagnosis.faults import Case, Rows

N_TRAIN, N_TEST, N_COLUMNS = 40_000, 20_000, 30
WHERE = Path(__file__).parents[3] / ".venv" / "diagnosis-peers"


def case() -> Case:
    """Return rows whose log odds hang on four columns."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(N_TRAIN + N_TEST, N_COLUMNS)),
        columns=[f"x{i}" for i in range(N_COLUMNS)],
    )
    odds = X["x0"] - X["x1"] + X["x2"] * X["x3"]
    y = (rng.random(len(X)) < 1 / (1 + np.exp(-odds.to_numpy()))).astype(int)
    train, test = (
        Rows(X[:N_TRAIN], y[:N_TRAIN]),
        Rows(X[N_TRAIN:].reset_index(drop=True), y[N_TRAIN:]),
    )
    model = RandomForestClassifier(100, min_samples_leaf=5, random_state=0, n_jobs=2)
    return Case(table="speed", kind="binary", family="forest", fault="none", severity=0,
                seed=0, model=model, train=train, test=test, more=train, same=test,
                deploy=test)  # fmt: skip


def part(who: str) -> None:
    """Run one and print wall seconds, seconds of the processor and megabytes."""
    rows = case()
    wall, processor = time.monotonic(), time.process_time()
    answers, sys.stdout = sys.stdout, sys.stderr  # peers print too
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if who == "leadline":
            from leadline import diagnose  # noqa: PLC0415 (peers' environments lack it)

            diagnose(rows.model, rows.train.X, rows.train.y, rows.test.X, rows.test.y)
        else:
            from benchmarks.diagnosis.peers.one import PEERS  # noqa: PLC0415

            PEERS[who](rows)
    memory = max(
        resource.getrusage(w).ru_maxrss
        for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps([time.monotonic() - wall, time.process_time() - processor,
                      memory / 1024]), file=answers)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--who", default="")
    parser.add_argument("--where", type=Path, default=WHERE)
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    if options.who:
        part(options.who)
        return
    root = Path(__file__).parents[3]
    for who in ("leadline", "skore", "deepchecks"):
        python = sys.executable if who == "leadline" else options.where / who / "bin" / "python"
        command = [str(python), "-W", "ignore", "-m", __spec__.name, "--who", who]
        path = os.pathsep.join([str(root), *([str(root / "src")] if who == "leadline" else [])])
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=root, timeout=options.seconds,
                env=os.environ | {"PYTHONPATH": path}, check=True,
            )  # fmt: skip
        except subprocess.CalledProcessError as error:
            print(f"{who}: failed: {error.stderr.strip().splitlines()[-1]}", flush=True)
            continue
        except subprocess.TimeoutExpired:
            print(f"{who}: more than {options.seconds} s", flush=True)
            continue
        seconds, processor, memory = json.loads(done.stdout.splitlines()[-1])
        print(f"{who}: {seconds:.0f} s, {processor:.0f} s of the processor, {memory:.0f} MB",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
