"""Tables of the benchmark: some to tune thresholds on, others that thresholds never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TUNE = ("adult", "synthetic_a", "synthetic_b")
HELD_OUT = ("diamonds", "california_like", "digits", "breast_like", "synthetic_c", "synthetic_d")


def load(name: str, *, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return features and target, rows in random order."""
    X, y = globals()[f"_{name}"](np.random.default_rng([seed, 77]))
    order = np.random.default_rng([seed, 78]).permutation(len(y))
    return X.iloc[order].reset_index(drop=True), y[order]


def _adult(_):
    names = [
        "age", "workclass", "fnlwgt", "education", "education_num", "marital", "occupation",
        "relationship", "race", "sex", "capital_gain", "capital_loss", "hours", "country", "y",
    ]  # fmt: skip
    parts = []
    for part in ("train", "test"):
        table = pd.read_csv(
            DATA / "adult" / f"{part}.csv.gz", header=None, names=names, na_values="?",
            skipinitialspace=True, comment="|",
        )  # fmt: skip
        parts.append(table[pd.to_numeric(table["age"], errors="coerce").notna()])
    table = pd.concat(parts, ignore_index=True)
    y = table["y"].astype(str).str.contains(">50K").to_numpy().astype(int)
    X = table.drop(columns="y")
    for c in X.columns:
        X[c] = pd.to_numeric(X[c]) if c in NUMBERS else X[c].astype("category").cat.codes.astype(float)
    return X, y


NUMBERS = {"age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours"}


def _frame(X):
    return pd.DataFrame(X, columns=[f"f{j}" for j in range(X.shape[1])])


def _bernoulli(rng, logits):
    return (rng.random(logits.size) < 1 / (1 + np.exp(-logits))).astype(int)


def _synthetic_a(rng):
    """Smooth, additive with two interactions; correlated columns; binary."""
    n, k = 40_000, 12
    mix = np.eye(k) + 0.4 * rng.normal(size=(k, k)) / np.sqrt(k)
    X = rng.normal(size=(n, k)) @ mix
    f = 1.5 * X[:, 0] - X[:, 1] + 1.2 * X[:, 2] * X[:, 3] + np.sin(2 * X[:, 4]) * 1.5
    return _frame(X), _bernoulli(rng, 1.4 * f)


def _synthetic_b(rng):
    """Linear with heavy tails; a number."""
    n, k = 40_000, 15
    X = rng.standard_t(5, size=(n, k))
    X[:, 5] = X[:, 0] + 0.5 * rng.normal(size=n)
    w = rng.normal(size=k) * (np.arange(k) < 8)
    y = X @ w + 0.8 * np.maximum(X[:, 0], 0) * X[:, 1] + rng.normal(size=n) * 1.5
    return _frame(X), y


def _synthetic_c(rng):
    """Steps and interactions, independent columns; binary, clean."""
    n, k = 40_000, 10
    X = rng.uniform(-1, 1, size=(n, k))
    f = 3 * ((X[:, 0] > 0) ^ (X[:, 1] > 0)) + 2 * (X[:, 2] > 0.3) - 2.5 + X[:, 3]
    return _frame(X), _bernoulli(rng, 2 * f)


def _synthetic_d(rng):
    """Three classes by distance, skewed positive columns."""
    n, k = 40_000, 10
    X = rng.lognormal(sigma=0.6, size=(n, k))
    score = np.column_stack([X[:, 0] + X[:, 1], 2.2 * X[:, 2], X[:, 3] * X[:, 4] * 1.2])
    y = (2 * score + rng.gumbel(size=(n, 3))).argmax(axis=1)
    return _frame(X), y


def _diamonds(_):
    table = pd.read_csv(DATA / "diamonds" / "diamonds.csv.gz")
    y = np.log(table.pop("price").to_numpy(dtype=float))
    for c in ("cut", "color", "clarity"):
        table[c] = table[c].astype("category").cat.codes.astype(float)
    table = table.drop(columns=[c for c in table.columns if c.startswith("Unnamed")])
    return table.astype(float), y


def _digits(rng):
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return _frame(X.astype(float)), (y % 2).astype(int)


def _breast_like(rng):
    """Breast cancer, made larger by a kernel copy with fresh noise (labels by neighbour)."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    pick = rng.integers(0, len(y), size=12_000)
    X = (X - X.mean(0)) / X.std(0)
    return _frame(X[pick] + 0.5 * rng.normal(size=(12_000, X.shape[1]))), y[pick]


def _california_like(rng):
    """Diabetes made larger in the same way; a noisy number."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    pick = rng.integers(0, len(y), size=12_000)
    X = (X - X.mean(0)) / X.std(0)
    return _frame(X[pick] + 0.3 * rng.normal(size=(12_000, X.shape[1]))), y[pick] + rng.normal(
        size=12_000
    ) * 20
