"""How long `leadline.baseline` takes on 50,000 rows, beside the least one could fit.

The floor is what anybody does first: scikit-learn's DummyClassifier and one decision tree
on the same rows, ordinally encoded, and their AUC. Run: python -m benchmarks.baseline
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

import leadline
from leadline.library.baseline import baseline

RESULTS = Path(__file__).parent / "results" / "baseline.md"
N_TRAIN, N_TEST, N_NUMBERS, N_CATEGORIES = 35_000, 15_000, 20, 10
RUNS = 3


def made_table(n: int, *, seed: int) -> dict[str, np.ndarray]:
    """Return n rows of 20 numbers, 10 categories, a target and a score."""
    rng = np.random.default_rng(seed)
    names = np.array([f"value {i}" for i in range(20)], dtype=object)
    table = {f"number_{i}": rng.normal(size=n) for i in range(N_NUMBERS)}
    table |= {f"category_{i}": rng.choice(names, n) for i in range(N_CATEGORIES)}
    logit = table["number_0"] + 0.5 * table["number_1"] * (table["category_0"] < "value 3")
    table["target"] = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    table["score"] = 1 / (1 + np.exp(-logit))
    return table


def split(table: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return features, target and score."""
    features = {name: v for name, v in table.items() if name not in {"target", "score"}}
    return features, table["target"], table["score"]


def floor(train: dict[str, np.ndarray], test: dict[str, np.ndarray]) -> None:
    """Fit a dummy and a tree, and measure both."""
    (X, y, _), (X_test, y_test, _) = split(train), split(test)
    numbers = [np.column_stack([v for k, v in t.items() if k[0] == "n"]) for t in (X, X_test)]
    words = [np.column_stack([v for k, v in t.items() if k[0] == "c"]) for t in (X, X_test)]
    encoder = OrdinalEncoder().fit(words[0])
    tables = [np.hstack([n, encoder.transform(w)]) for n, w in zip(numbers, words, strict=True)]
    for model in (DummyClassifier(), DecisionTreeClassifier(min_samples_leaf=100)):
        scores = model.fit(tables[0], y).predict_proba(tables[1])[:, 1]
        roc_auc_score(y_test, scores)


def best(call: Callable[[], object]) -> float:
    """Return the best processor time of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def fresh(*arguments: str, folder: Path) -> float:
    """Return the best processor time of a fresh process."""
    times = []
    for _ in range(RUNS):
        before = os.times()
        subprocess.run(
            [sys.executable, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True
        )
        after = os.times()
        times.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return min(times)


def write_csv(table: dict[str, np.ndarray], path: Path) -> None:
    """Write the table as a user's CSV file."""
    import pandas as pd  # noqa: PLC0415 (only files need it)

    rows = pd.DataFrame(table)
    duckdb.from_df(rows).write_csv(str(path))


def main() -> None:
    """Measure, print and write the table."""
    train, test = made_table(N_TRAIN, seed=0), made_table(N_TEST, seed=1)
    (X, y, _), (X_test, y_test, score) = split(train), split(test)
    least = best(lambda: floor(train, test))
    call = best(lambda: baseline(score, X, y, X_test, y_test))
    rivals = baseline(score, X, y, X_test, y_test)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_csv(train, folder / "train.csv")
        write_csv(test, folder / "test.csv")
        command = fresh(
            "-m", "leadline", "baseline", "train.csv", "test.csv", "--target", "target",
            "--score", "score", folder=folder,
        )  # fmt: skip
        start = fresh("-c", "import leadline", folder=folder)
    rows = [
        ("DummyClassifier and DecisionTreeClassifier, with their AUC (the floor)", least, ""),
        ("leadline.baseline(score, …)", call, "< 5 s"),
        ("leadline baseline train.csv test.csv, a fresh process", command, "< 5 s"),
        ("import leadline, a fresh process", start, "< 0.1 s"),
    ]
    today = time.strftime("%Y-%m-%d")
    lines = [
        "# Baseline",
        "",
        f"{N_TRAIN:,} training and {N_TEST:,} test rows, {N_NUMBERS} numbers and "
        f"{N_CATEGORIES} categories. {len(rivals.rules)} rules, each fitted on three folds and "
        f"on all training rows, and {len(rivals.segments)} segments. Processor time, best of "
        f"{RUNS}.",
        f"{today}, {os.cpu_count()} cores, Python {platform.python_version()}, leadline "
        f"{leadline.__version__}. Again: `python -m benchmarks.baseline`",
        "",
        "| what | time | beside the floor | aim |",
        "| --- | --- | --- | --- |",
        *(f"| {what} | {t:.2f} s | {t / least:.1f} × | {aim} |" for what, t, aim in rows),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
