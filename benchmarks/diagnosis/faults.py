"""What is done to a case: each fault changes tables or model and knows how to undo it."""

# ruff: noqa: ARG001 (all faults have one signature)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.diagnosis import families
from benchmarks.diagnosis.sources import Table

MOST_TRAIN, MOST_TEST, MOST_TRUTH = 1_500, 1_000, 4_000


@dataclass(frozen=True)
class Rows:
    """Rows with their answers."""

    X: pd.DataFrame
    y: np.ndarray

    def take(self, rows: np.ndarray) -> Rows:
        return Rows(self.X.iloc[rows].reset_index(drop=True), self.y[rows])

    def __len__(self) -> int:
        return len(self.y)


def stacked(first: Rows, second: Rows) -> Rows:
    """Return the rows of both."""
    return Rows(
        pd.concat([first.X, second.X], ignore_index=True), np.concatenate([first.y, second.y])
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """What `diagnose` is given, and what only the oracle knows.

    `same` holds many clean rows like the test rows, `deploy` like those that the model
    meets where it runs. `more` holds as many rows again as `train` (three times as many
    where they are few), made the same way.
    `undo` maps a cause to the parts of the case as they were before the fault.
    """

    table: str
    kind: str
    family: str
    fault: str
    severity: int
    seed: int
    model: Any
    train: Rows
    test: Rows
    more: Rows
    same: Rows
    deploy: Rows
    production: Rows | None = None
    options: dict[str, Any] = field(default_factory=dict)
    undo: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.table}/{self.family}/{self.fault}/{self.severity}/{self.seed}"


def clean(table: Table, family: str, seed: int) -> tuple[Case, Rows]:
    """Return a case without fault, and as many rows as its production could have."""
    rng = np.random.default_rng([seed, 7])
    order = rng.permutation(table.y.size)
    most_train, most_test, most_truth = table.most or (MOST_TRAIN, MOST_TEST, MOST_TRUTH)
    n = min(most_train, table.y.size // 5)
    m = min(most_test, n)
    cuts = np.cumsum([n, n, m, 2 * n if table.y.size > 6 * n else n // 2])
    train, more, test, spare, truth = (
        Rows(table.X, table.y).take(rows) for rows in np.split(order, cuts)
    )
    truth = truth.take(np.arange(min(len(truth), most_truth)))
    case = Case(
        table=table.name, kind=table.kind, family=family, fault="none", severity=0, seed=seed,
        model=families.good(family, table.kind), train=train, test=test, more=more, same=truth,
        deploy=truth,
    )  # fmt: skip
    return case, spare


Fault = Callable[[Case, Rows, int, np.random.Generator], Case | None]


def strongest(case: Case) -> tuple[str, np.ndarray]:
    """Return the number that goes most with the answer, and its values in training."""
    target = case.train.y == case.train.y.max() if case.kind == "multiclass" else case.train.y
    numbers = case.train.X.select_dtypes("number")
    told = {
        c: abs(np.corrcoef(numbers[c].fillna(numbers[c].median()).rank(), target)[0, 1])
        for c in numbers
        if numbers[c].nunique() > 8
    }
    best = max(told, key=lambda c: told[c])
    return best, numbers[best].to_numpy(dtype=float)


def none(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """Nothing; at severities 1 and 2 with production rows, at 2 without their answers."""
    if severity == 0:
        return case
    return replace(case, production=spare.take(np.arange(min(len(spare), 1_500))))


def benign(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """A column that goes with nothing drifts in production."""

    def add(rows: Rows, move: float) -> Rows:
        return Rows(rows.X.assign(batch=rng.normal(size=len(rows)) + move), rows.y)

    move = (0.5, 1.5, 4.0)[severity]
    parts = {k: add(getattr(case, k), 0.0) for k in ("train", "test", "more", "same")}
    return replace(
        case,
        **parts,
        deploy=add(case.deploy, move),
        production=add(spare.take(np.arange(min(len(spare), 1_500))), move),
    )


def memorise(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """A forest that knows its rows by heart: whether that is harmful the oracle says."""
    if case.family != "forest":
        return None
    return replace(case, model=families.memorising(case.kind))


def overfit(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    return replace(case, model=families.too_rich(case.family, case.kind, severity))


def underfit(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    return replace(case, model=families.too_poor(case.family, case.kind, severity))


def small(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """Only a few of the training rows are there; undone, all of them are."""
    n = (400, 220, 120)[severity]
    if len(case.train) + len(case.more) < 4 * n:
        return None
    few = case.train.take(np.arange(n))
    more = stacked(case.train, case.more).take(np.arange(n, 4 * n))
    return replace(case, train=few, more=more, undo={"not_enough_data": {"train": case.train}})


def covariate(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """Training rows come from one end of the strongest column, production from the other."""
    name, values = strongest(case)
    share = (0.3, 0.15, 0.05)[severity]
    edge = np.nanquantile(values, 0.6)

    def kept(rows: Rows, low: float, high: float) -> Rows:
        chance = np.where(rows.X[name].fillna(edge) > edge, high, low)
        return rows.take(np.flatnonzero(rng.random(len(rows)) < chance))

    parts = {
        k: kept(getattr(case, k), 1.0, share / 3) for k in ("train", "test", "more", "same")
    }
    production = kept(spare, share, 1.0)
    return replace(
        case, **parts, deploy=kept(case.deploy, share, 1.0), production=production,
        undo={"covariate_shift": {"add": production}},
    )  # fmt: skip


def concept(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """In part of the rows the answer is another one now."""
    name, values = strongest(case)
    edge = np.nanquantile(values, (0.85, 0.7, 0.5)[severity])
    spread = float(np.std(case.train.y))

    def changed(rows: Rows) -> Rows:
        hit = (rows.X[name].fillna(edge) > edge).to_numpy()
        if case.kind == "regression":
            return Rows(rows.X, rows.y - 1.2 * spread * hit)
        k = int(case.train.y.max()) + 1
        turned = hit & (rng.random(len(rows)) < 0.7)
        return Rows(rows.X, np.where(turned, (rows.y + 1) % k, rows.y))

    production = changed(spare)
    return replace(
        case, deploy=changed(case.deploy), production=production,
        undo={"concept_drift": {"add": production}},
    )  # fmt: skip


def label(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """The commonest class becomes rarer in production; within classes nothing changes."""
    if case.kind == "regression":
        return None
    common = np.bincount(case.train.y).argmax()
    share = (0.4, 0.2, 0.08)[severity]

    def kept(rows: Rows) -> Rows:
        return rows.take(np.flatnonzero((rows.y != common) | (rng.random(len(rows)) < share)))

    return replace(
        case, deploy=kept(case.deploy), production=kept(spare),
        undo={"label_shift": {"priors": True}},
    )  # fmt: skip


def noise(case: Case, spare: Rows, severity: int, rng: Any, *, one_sided: bool = False) -> Case:
    """Some training answers are wrong; test answers are right."""
    share = (0.1, 0.2, 0.3)[severity]

    def wrong(rows: Rows) -> Rows:
        hit = rng.random(len(rows)) < share / (4 if case.kind == "regression" else 1)
        if case.kind == "regression":
            return Rows(rows.X, np.where(hit, rows.y * 10, rows.y))
        k = int(rows.y.max()) + 1
        if one_sided:
            hit &= rows.y == 1
        return Rows(rows.X, np.where(hit, (rows.y + 1) % k, rows.y))

    return replace(
        case, train=wrong(case.train), more=wrong(case.more),
        undo={"label_noise": {"train": case.train}},
    )  # fmt: skip


def noise_of_a_class(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """Only answers of one class are wrong."""
    if case.kind == "regression":
        return None
    return noise(case, spare, severity, rng, one_sided=True)


def exchanged(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """Some training answers changed places: each is a number that could be right."""
    if case.kind != "regression":
        return None
    share = (0.15, 0.25, 0.35)[severity]

    def mixed(rows: Rows) -> Rows:
        hit = rng.random(len(rows)) < share
        return Rows(rows.X, np.where(hit, rng.permutation(rows.y), rows.y))

    return replace(
        case, train=mixed(case.train), more=mixed(case.more),
        undo={"label_noise": {"train": case.train}},
    )  # fmt: skip


def leak(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """A column holds the answer with something added; where the model runs it is empty talk."""
    blur = (0.6, 0.3, 0.1)[severity]

    def add(rows: Rows) -> Rows:
        if case.kind == "regression":
            told = rows.y + blur * np.std(case.train.y) * rng.normal(size=len(rows))
        else:
            k = int(case.train.y.max()) + 1
            other = rng.random(len(rows)) < blur / 4
            told = np.where(other, rng.integers(0, k, len(rows)), rows.y)
            told = told + 0.05 * rng.normal(size=len(rows))
        return Rows(rows.X.assign(status=told), rows.y)

    parts = {k: add(getattr(case, k)) for k in ("train", "test", "more", "same")}
    deploy = add(case.deploy)
    deploy.X["status"] = rng.permutation(deploy.X["status"].to_numpy())
    return replace(case, **parts, deploy=deploy, undo={"leakage": {"drop": "status"}})


def duplicates(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """Test rows stand in the training rows too."""
    share = (0.15, 0.35, 0.7)[severity]
    copies = case.test.take(np.arange(int(share * len(case.test))))
    same = stacked(case.same, copies).take(np.arange(len(case.same)))
    return replace(
        case, train=stacked(case.train, copies), same=same,
        undo={"leakage": {"train": case.train}},
    )  # fmt: skip


def rare(case: Case, spare: Rows, severity: int, rng: Any) -> Case | None:
    """Positives are rare and the metric is F1: another threshold serves it better."""
    if case.kind != "binary":
        return None
    share = (0.5, 0.3, 0.15)[severity] * min(1.0, 0.25 / case.train.y.mean())

    def kept(rows: Rows) -> Rows:
        return rows.take(np.flatnonzero((rows.y == 0) | (rng.random(len(rows)) < share)))

    parts = {k: kept(getattr(case, k)) for k in ("train", "test", "more", "same", "deploy")}
    return replace(
        case, **parts, options={"metric": "f1"}, undo={"imbalance": {"threshold": True}}
    )


def uncalibrated(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """Scores are stretched or squeezed."""
    power = (2.0, 0.4, 4.0)[severity]
    wrap = families.Stretched if case.kind == "regression" else families.TooSure
    return replace(case, model=wrap(case.model, power), undo={"miscalibration": {}})


def unit(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """In production a strong column comes in another unit, partly or wholly."""
    name, _ = strongest(case)
    share, factor = ((0.2, 100.0), (0.5, 60.0), (1.0, 1_000.0))[severity]

    def hurt(rows: Rows) -> Rows:
        hit = rng.random(len(rows)) < share
        values = rows.X[name].to_numpy(dtype=float)
        return Rows(rows.X.assign(**{name: np.where(hit, values * factor, values)}), rows.y)

    return replace(
        case, deploy=hurt(case.deploy), production=hurt(spare),
        undo={"data_quality": {"deploy": case.deploy}},
    )  # fmt: skip


def nulls(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """In production a strong column is empty in part of the rows."""
    name, _ = strongest(case)
    share = (0.2, 0.5, 0.9)[severity]

    def hurt(rows: Rows) -> Rows:
        values = rows.X[name].to_numpy(dtype=float).copy()
        values[rng.random(len(rows)) < share] = np.nan
        return Rows(rows.X.assign(**{name: values}), rows.y)

    return replace(
        case, deploy=hurt(case.deploy), production=hurt(spare),
        undo={"data_quality": {"deploy": case.deploy}},
    )  # fmt: skip


def removed(case: Case, spare: Rows, severity: int, rng: Any) -> Case:
    """The strongest column is not there; it is offered among columns to add."""
    name, _ = strongest(case)

    def without(rows: Rows) -> Rows:
        return Rows(rows.X.drop(columns=[name]), rows.y)

    parts = {k: without(getattr(case, k)) for k in ("train", "test", "more", "same", "deploy")}
    offered = tuple(
        pd.DataFrame({name: r.X[name], "coin": rng.normal(size=len(r))})
        for r in (case.train, case.test)
    )
    return replace(
        case, **parts, options={"candidates": offered},
        undo={"missing_information": {"train": case.train, "deploy": case.deploy}},
    )  # fmt: skip


FAULTS: dict[str, Fault] = {
    "none": none, "benign": benign, "memorise": memorise, "overfit": overfit,
    "underfit": underfit, "small": small, "covariate": covariate, "concept": concept,
    "label shift": label, "noise": noise, "noise of a class": noise_of_a_class,
    "exchanged": exchanged, "leak": leak,
    "duplicates": duplicates, "rare": rare, "uncalibrated": uncalibrated, "unit": unit,
    "nulls": nulls, "removed": removed,
}  # fmt: skip

COMPOUND = (("overfit", "concept"), ("small", "label shift"), ("noise", "unit"))
"""Two faults at once; the second one is done to the case that the first one left."""


def make(table: Table, family: str, fault: str, severity: int, seed: int) -> Case | None:
    """Return the case, or None where a fault does not apply."""
    case, spare = clean(table, family, seed)
    rng = np.random.default_rng([seed, severity, *fault.encode()])
    for part in fault.split("+"):
        before = case
        changed = FAULTS[part](before, spare, severity, rng)
        if changed is None:
            return None
        case = replace(changed, undo=before.undo | changed.undo)
    return replace(case, fault=fault, severity=severity)
