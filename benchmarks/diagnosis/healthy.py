"""Cases that must not alarm: the best possible loss is known, and the model is next to it.

    python -m benchmarks.diagnosis.healthy --answers FILE [--seeds N] [--part i/n]

Each world knows the true probabilities (or means) of its rows. A case counts when the model's
loss lies within ε of theirs on many rows, so that no remedy can gain anything that counts:
whatever is named then is a false alarm. No oracle is needed.
"""

from __future__ import annotations

import argparse
import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LassoCV, LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from benchmarks.diagnosis.faults import Case, Rows
from benchmarks.diagnosis.oracles import OF_CONSTANT, OF_LOSS, constant_loss, scores

MANY = 20_000
SITUATIONS = ("test only", "production", "unlabelled", "benign column", "harmless shift")


@dataclass(frozen=True)
class World:
    """Rows with what is truly expected of each: class probabilities, or a mean and a spread."""

    X: pd.DataFrame
    expected: np.ndarray
    spread: np.ndarray | None = None

    def drawn(self, rng: np.random.Generator) -> Rows:
        if self.spread is not None:
            return Rows(self.X, self.expected + self.spread * rng.normal(size=len(self.X)))
        steps = self.expected.cumsum(axis=1)
        y = (rng.random((len(self.X), 1)) > steps).sum(axis=1)
        return Rows(self.X, np.minimum(y, self.expected.shape[1] - 1))


def _numbers(n: int, k: int, rng: np.random.Generator, *, related: float = 0.3) -> pd.DataFrame:
    common = rng.normal(size=(n, 1))
    values = related**0.5 * common + (1 - related) ** 0.5 * rng.normal(size=(n, k))
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(k)])


def _two(logit: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-logit))
    return np.column_stack([1 - p, p])


def logits(n: int, rng: np.random.Generator, *, scale: float = 1.0, base: float = 0.0) -> World:
    X = _numbers(n, 6, rng)
    told = 1.2 * X["x0"] - 0.8 * X["x1"] + 0.5 * X["x2"]
    return World(X, _two((scale * told + base).to_numpy()))


def rare(n: int, rng: np.random.Generator) -> World:
    return logits(n, rng, base=-3.4)


def loud(n: int, rng: np.random.Generator) -> World:
    """The world itself is noisy: a tenth of the answers is turned, in every row alike."""
    world = logits(n, rng, scale=4.0)
    return replace(world, expected=0.1 + 0.8 * world.expected)


def mixed(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 3, rng)
    X["shop"] = rng.choice(["north", "south", "east", "west"], n, p=[0.4, 0.3, 0.2, 0.1])
    told = X["x0"] + 0.9 * (X["shop"] == "east") - 0.7 * (X["shop"] == "south")
    X.loc[rng.random(n) < 0.1, "x2"] = np.nan
    return World(X, _two(told.to_numpy()))


def three(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 5, rng)
    told = np.column_stack([X["x0"], -X["x1"], 0.5 * X["x2"] + 0.3])
    p = np.exp(told)
    return World(X, p / p.sum(axis=1, keepdims=True))


def straight(n: int, rng: np.random.Generator, *, noise: float = 1.0) -> World:
    X = _numbers(n, 8, rng)
    mean = (2 * X["x0"] - X["x1"] + 0.5 * X["x2"] + 10).to_numpy()
    return World(X, mean, np.full(n, noise))


def exact(n: int, rng: np.random.Generator) -> World:
    return straight(n, rng, noise=0.02)


def uneven(n: int, rng: np.random.Generator) -> World:
    """Some rows are far noisier than others."""
    world = straight(n, rng)
    return replace(world, spread=np.exp(0.7 * world.X["x3"].to_numpy()))


def one_column(n: int, rng: np.random.Generator) -> World:
    """One honest column tells nearly everything, the others a little or nothing."""
    X = _numbers(n, 6, rng, related=0.1)
    mean = (3 * X["x0"] + 0.4 * X["x1"]).to_numpy()
    return World(X, mean, np.full(n, 0.6))


def steps(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 4, rng)
    mean = 2.0 * (X["x0"] > 0.2) + 1.5 * (X["x1"] > -0.3)
    return World(X, mean.to_numpy(), np.full(n, 1.0))


def boxes(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 4, rng)
    p = np.where(X["x0"] > 0.2, 0.75, np.where(X["x1"] > 0, 0.4, 0.1))
    return World(X, np.column_stack([1 - p, p]))


def smooth(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 2, rng, related=0.0)
    mean = np.sin(1.5 * X["x0"]) + 0.5 * X["x1"]
    return World(X, mean.to_numpy(), np.full(n, 0.7))


def bent(n: int, rng: np.random.Generator) -> World:
    X = _numbers(n, 2, rng, related=0.0)
    return World(X, _two((1.5 * np.sin(1.5 * X["x0"]) + X["x1"]).to_numpy()))


def nothing(n: int, rng: np.random.Generator) -> World:
    """No column says anything."""
    return World(_numbers(n, 5, rng), np.tile([0.7, 0.3], (n, 1)))


NUMBERS = make_column_selector(dtype_include="number")
WORDS = make_column_selector(dtype_exclude="number")


def _mixed() -> Any:
    from sklearn.impute import SimpleImputer  # noqa: PLC0415

    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS), (OneHotEncoder(), WORDS)
    )
    return make_pipeline(columns, LogisticRegression())


def _boosters() -> dict[str, tuple[Any, Any]]:
    """Return the three boosting libraries that are installed, set moderately."""
    from catboost import CatBoostClassifier  # noqa: PLC0415
    from lightgbm import LGBMClassifier, LGBMRegressor  # noqa: PLC0415
    from xgboost import XGBClassifier, XGBRegressor  # noqa: PLC0415

    few = {"n_estimators": 40, "learning_rate": 0.1}
    return {
        "LightGBM": (boxes, LGBMClassifier(num_leaves=4, verbosity=-1, **few)),
        "LightGBM, numbers": (steps, LGBMRegressor(num_leaves=4, verbosity=-1, **few)),
        "XGBoost": (boxes, XGBClassifier(max_depth=2, **few)),
        "XGBoost, numbers": (steps, XGBRegressor(max_depth=2, **few)),
        "CatBoost": (boxes, CatBoostClassifier(depth=2, verbose=0, allow_writing_files=False,
                                               iterations=60, learning_rate=0.15)),
    }  # fmt: skip


def models() -> dict[str, tuple[Callable[..., World], Any]]:
    """Return name → world and a model that is next to its best."""
    scaled = StandardScaler
    return {
        "logistic": (logits, LogisticRegression()),
        "logistic, rare": (rare, LogisticRegression()),
        "logistic, loud": (loud, LogisticRegression()),
        "logistic, nothing to learn": (nothing, LogisticRegression()),
        "logistic, mixed columns": (mixed, _mixed()),
        "logistic, three classes": (three, LogisticRegression()),
        "discriminant analysis": (logits, LinearDiscriminantAnalysis()),
        "naive Bayes": (nothing, GaussianNB()),
        "ridge": (straight, Ridge()),
        "least squares, exact": (exact, LinearRegression()),
        "least squares, uneven": (uneven, LinearRegression()),
        "least squares, one column": (one_column, LinearRegression()),
        "lasso": (straight, LassoCV()),
        "tree": (boxes, DecisionTreeClassifier(max_leaf_nodes=4, min_samples_leaf=20)),
        "tree, numbers": (steps, DecisionTreeRegressor(max_depth=2)),
        "forest": (boxes, RandomForestClassifier(100, min_samples_leaf=40, max_features=None)),
        "forest, numbers": (steps, RandomForestRegressor(60, min_samples_leaf=40)),
        "extra trees": (boxes, ExtraTreesClassifier(100, min_samples_leaf=30,
                                                    max_features=None)),
        "boosting": (boxes, HistGradientBoostingClassifier(max_leaf_nodes=4, max_iter=40)),
        "boosting, numbers": (steps, HistGradientBoostingRegressor(max_leaf_nodes=4,
                                                                   max_iter=40)),
        "old boosting": (steps, GradientBoostingRegressor(max_depth=2, n_estimators=40)),
        "neighbours": (bent, KNeighborsClassifier(60)),
        "neighbours, numbers": (smooth, KNeighborsRegressor(30)),
        "network": (bent, make_pipeline(scaled(), MLPClassifier(
            hidden_layer_sizes=(16,), alpha=0.3, max_iter=400))),
        "network, numbers": (smooth, make_pipeline(scaled(), MLPRegressor(
            hidden_layer_sizes=(24,), alpha=0.1, max_iter=500))),
        "support vectors": (smooth, make_pipeline(scaled(), SVR(C=1.0))),
        "kernel ridge": (smooth, make_pipeline(scaled(), KernelRidge(kernel="rbf", alpha=1.0))),
        **_boosters(),
    }  # fmt: skip


def make(name: str, size: int, situation: str, seed: int) -> Case | None:
    """Return the case, or None where more than ε could still be gained."""
    world_of, model = models()[name]
    rng = np.random.default_rng([seed, size, *f"{name} {situation}".encode()])

    def world(n: int, *, moved: bool = False) -> World:
        found = world_of(3 * n if moved else n, rng)
        if moved:  # other rows come, and are answered as before
            drawn = rng.random(len(found.X)) < 1 / (1 + np.exp(-1.5 * found.X["x0"]))
            rows = np.flatnonzero(drawn)[:n]
            spread = None if found.spread is None else found.spread[rows]
            found = World(found.X.iloc[rows].reset_index(drop=True), found.expected[rows],
                          spread)  # fmt: skip
        if situation == "benign column":
            found.X["batch"] = rng.normal(size=len(found.X)) + 0.0
        return found

    train, test = world(size).drawn(rng), world(max(size // 2, 200)).drawn(rng)
    kind = "regression" if train.y.dtype.kind == "f" else "binary"
    if kind == "binary" and len(np.unique(train.y)) > 2:
        kind = "multiclass"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = clone(model).fit(train.X, train.y)
        production, places = None, [world(MANY)]
        if situation != "test only":
            production = world(max(size // 2, 300), moved=situation == "harmless shift")
            if situation == "harmless shift":
                places.append(world(MANY, moved=True))
            if situation == "benign column":
                production.X["batch"] = production.X["batch"] + 2.0
        if any(_could_gain(fitted, place, kind) for place in places):
            return None
    rows = places[0].drawn(rng)
    return Case(
        table=f"{name}, {size}", kind=kind, family=name, fault=situation, severity=0, seed=seed,
        model=model, train=train, test=test, more=train, same=rows, deploy=rows,
        production=None if production is None else production.drawn(rng),
    )  # fmt: skip


def _could_gain(fitted: Any, world: World, kind: str) -> bool:
    """Whether the best possible scores of these rows beat the model's by more than ε."""
    rows = world.drawn(np.random.default_rng(0))
    if kind == "regression":
        base = float(np.mean((fitted.predict(world.X) - world.expected) ** 2)
                     + np.mean(world.spread**2))  # fmt: skip
        best = float(np.mean(world.spread**2))
    else:
        logs = np.log(np.clip(scores(fitted, world.X, kind), 1e-6, 1))
        base = float(-(world.expected * logs).sum(axis=1).mean())
        best = loss_of_knowing(world.expected)
    return base - best > max(OF_LOSS * base, OF_CONSTANT * constant_loss(rows, kind))


def loss_of_knowing(p: np.ndarray) -> float:
    """Return the log loss of the true probabilities."""
    return float(-(p * np.log(np.clip(p, 1e-12, 1))).sum(axis=1).mean())


def names(*, seeds: int) -> Iterator[tuple[str, int, str, int]]:
    """Yield model, training rows, situation and seed of every case."""
    for seed in range(seeds):
        for name in models():
            for size in (600, 2_000, 6_000):
                for situation in SITUATIONS:
                    yield name, size, situation, seed


def main(arguments: list[str] | None = None) -> None:
    from benchmarks.diagnosis.run import _append, answer, frozen, kept, read  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--one-in", type=int, default=1)
    parser.add_argument("--part", default="0/1", help="i/n: the i-th of n parts")
    parser.add_argument("--minutes", type=float, default=1e9)
    options = parser.parse_args(arguments)
    part, parts = (int(text) for text in options.part.split("/"))
    import time  # noqa: PLC0415

    known, started = read(options.answers), time.monotonic()
    for row in names(seeds=options.seeds):
        key = "/".join(map(str, row))
        if key in known or zlib.crc32(key.encode()) // 1_000 % parts != part:
            continue
        if not kept(key, options.one_in):
            continue
        if time.monotonic() - started > options.minutes * 60:
            break
        with threadpool_limits(1):
            case = make(*row)
            about = {"name": key, "model": row[0], "rows": row[1], "situation": row[2]}
            if case is None:
                _append(options.answers, about | {"counts": False})
                continue
            given = answer(case, labels=row[2] != "unlabelled")
            _append(options.answers, about | {"counts": True, "frozen": frozen()} | given)


if __name__ == "__main__":
    main()
