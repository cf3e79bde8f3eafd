"""What each remedy truly brings: tried with everything known, on many clean rows."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score

from benchmarks.diagnosis import families
from benchmarks.diagnosis.faults import Case, Rows, stacked

OF_LOSS, OF_CONSTANT, OF_METRIC = 0.02, 0.005, 0.02
"""ε: a remedy counts from 2 % of the model's loss, .5 % of a constant's, .02 of a metric."""

Truth = dict[str, Any]


def scores(model: Any, X: Any, kind: str) -> np.ndarray:
    """Return probabilities of shape (n, k), or numbers of shape (n,)."""
    return model.predict(X) if kind == "regression" else model.predict_proba(X)


def loss(y: np.ndarray, scored: np.ndarray, kind: str) -> float:
    """Return squared error or log loss."""
    if kind == "regression":
        return float(np.mean((y - scored) ** 2))
    return float(-np.log(np.clip(scored[np.arange(len(y)), y], 1e-6, 1)).mean())


def constant_loss(rows: Rows, kind: str) -> float:
    """Return the loss of knowing no column."""
    if kind == "regression":
        return float(np.var(rows.y))
    p = np.bincount(rows.y) / len(rows)
    return float(-(p[p > 0] * np.log(p[p > 0])).sum())


def truth(case: Case) -> Truth:
    """Return gains per cause where the model runs, and on rows like the test rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _truth(case)


def _truth(case: Case) -> Truth:
    kind = case.kind
    model = clone(case.model).fit(case.train.X, case.train.y)
    base = {w: loss(r.y, scores(model, r.X, kind), kind) for w, r in _places(case).items()}
    epsilon = {
        w: max(OF_LOSS * base[w], OF_CONSTANT * constant_loss(r, kind))
        for w, r in _places(case).items()
    }
    gains: dict[str, dict[str, float]] = _capacity(case, model, base)
    gains["not_enough_data"] = _after(case, base, case.model, stacked(case.train, case.more))
    gains["miscalibration"] = _recalibrated(case, model, base)
    for cause, parts in case.undo.items():
        found = _undone(case, model, base, cause, parts)
        previous = gains.get(cause)
        gains[cause] = found if previous is None else _larger(previous, found)
    metric = {}
    if case.options.get("metric") == "f1":
        metric["imbalance"] = _threshold(case, model)
    times = 1 + len(case.more) / len(case.train)
    return {
        "base": base, "epsilon": epsilon, "gains": gains, "metric": metric, "times": times
    }  # fmt: skip


def _places(case: Case) -> dict[str, Rows]:
    return {"deploy": case.deploy, "same": case.same}


def _larger(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
    """Keep the gain on rows like the test's (as many rows again), rank by the larger."""
    return {"deploy": max(first["deploy"], second["deploy"]), "same": first["same"]}


def _after(case: Case, base: dict[str, float], model: Any, train: Rows) -> dict[str, float]:
    fitted = clone(model).fit(train.X, train.y)
    return {
        w: base[w] - loss(r.y, scores(fitted, r.X, case.kind), case.kind)
        for w, r in _places(case).items()
    }


def _capacity(case: Case, model: Any, base: dict[str, float]) -> dict[str, dict[str, float]]:
    """Try other models; those that follow the training rows less speak for overfitting."""
    kind, train = case.kind, case.train
    usual = loss(train.y, scores(model, train.X, kind), kind)
    gains = {c: {"deploy": 0.0, "same": 0.0} for c in ("overfitting", "underfitting")}
    best = {"overfitting": 0.0, "underfitting": 0.0}
    for other in families.candidates(kind):
        fitted = other.fit(train.X, train.y)
        follows = loss(train.y, scores(fitted, train.X, kind), kind)
        cause = "underfitting" if follows < usual else "overfitting"
        found = {
            w: base[w] - loss(r.y, scores(fitted, r.X, kind), kind)
            for w, r in _places(case).items()
        }
        if found["same"] > best[cause]:
            best[cause], gains[cause] = found["same"], found
    return gains


def _recalibrated(case: Case, model: Any, base: dict[str, float]) -> dict[str, float]:
    half = len(case.same) // 2
    known, places = case.same.take(np.arange(half)), _places(case)
    told = scores(model, known.X, case.kind)
    found = {}
    for w, rows in places.items():
        scored = scores(model, rows.X, case.kind)
        found[w] = max(
            base[w] - loss(rows.y, mapped, case.kind)
            for mapped in _maps(told, known.y, scored, case.kind)
        )
    return found


def _maps(told: np.ndarray, y: np.ndarray, new: np.ndarray, kind: str) -> list[np.ndarray]:
    if kind == "regression":
        return [LinearRegression().fit(told[:, None], y).predict(new[:, None])]
    logs = [np.log(np.clip(p, 1e-6, 1)) for p in (told, new)]
    found = [LogisticRegression(max_iter=500).fit(logs[0], y).predict_proba(logs[1])]
    if kind == "binary":
        p = IsotonicRegression(out_of_bounds="clip").fit(told[:, 1], y).predict(new[:, 1])
        p = np.clip(p, 1e-3, 1 - 1e-3)
        found.append(np.column_stack([1 - p, p]))
    return found


def _undone(
    case: Case, model: Any, base: dict[str, float], cause: str, parts: dict[str, Any]
) -> dict[str, float]:
    kind = case.kind
    if cause == "leakage":
        # what the score owes to the leak, and what the model loses by it where it runs
        drop = parts.get("drop")
        honest = parts.get("train", case.train)
        X = honest.X if drop is None else honest.X.drop(columns=drop)
        fitted = clone(case.model).fit(X, honest.y)

        def honest(rows: Rows) -> float:
            without = rows.X if drop is None else rows.X.drop(columns=drop)
            return loss(rows.y, scores(fitted, without, kind), kind)

        # the same rows with and without it: many of them, or the test rows that are copies
        judged = case.test if drop is None else case.same
        owed = loss(judged.y, scores(model, judged.X, kind), kind) - honest(judged)
        return {"deploy": max(-owed, base["deploy"] - honest(case.deploy)), "same": owed}
    if "add" in parts:
        ways = [parts["add"], stacked(case.train, parts["add"])]
        found = [_after(case, base, case.model, way) for way in ways]
        return max(found, key=lambda gain: gain["deploy"])
    if "priors" in parts:
        k = int(case.train.y.max()) + 1
        old, new = (np.bincount(r.y, minlength=k) / len(r) for r in (case.same, case.deploy))
        p = scores(model, case.deploy.X, kind) * (new / old)
        gain = base["deploy"] - loss(case.deploy.y, p / p.sum(axis=1, keepdims=True), kind)
        return {"deploy": gain, "same": 0.0}
    if "threshold" in parts or not parts:
        return {"deploy": 0.0, "same": 0.0}
    train, deploy = parts.get("train", case.train), parts.get("deploy", case.deploy)
    fitted = model if "train" not in parts else clone(case.model).fit(train.X, train.y)
    gain = base["deploy"] - loss(deploy.y, scores(fitted, deploy.X, kind), kind)
    same = case.same if "deploy" not in parts else deploy
    return {
        "deploy": gain,
        "same": base["same"] - loss(same.y, scores(fitted, same.X, kind), kind),
    }


def _threshold(case: Case, model: Any) -> float:
    """Return what the best threshold of half the rows gains in F1 on the others."""
    half = len(case.same) // 2
    p = scores(model, case.same.X, "binary")[:, 1]
    y = case.same.y
    grid = np.unique(np.quantile(p[:half], np.linspace(0.02, 0.98, 60)))
    best = max(grid, key=lambda t: f1_score(y[:half], p[:half] >= t))
    return float(f1_score(y[half:], p[half:] >= best) - f1_score(y[half:], p[half:] >= 0.5))
