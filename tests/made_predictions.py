"""Predictions with a known truth, day by day, and their counts; no table is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from leadline.analysis.monitoring.counts import Counts, Key, Plan, Watched
from leadline.analysis.monitoring.edges import cut_category, cut_number
from leadline.analysis.monitoring.reference import Reference

START = date(2026, 1, 5)  # a Monday

Rows = dict[str, Any]


def plan_of(rows: Mapping[str, Any], **roles: Any) -> Plan:
    """Cut every column of a sample but the target, the fallback and the KPI."""
    taken = {roles.get(role, "") for role in ("target", "fallback", "kpi")}
    columns: list[Watched] = []
    for name, values in rows.items():
        if name in taken:
            continue
        if np.asarray(values).dtype.kind in "OU":
            columns.append(cut_category(name, [v for v in values if v is not None]))
        else:
            is_latency = name == roles.get("latency")
            with_ends = name not in {roles.get("latency"), roles.get("score")}
            columns.append(cut_number(name, values, is_latency=is_latency, with_ends=with_ends))
    return Plan(columns=tuple(columns), **roles)


def cell_of(plan: Plan, rows: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """Count rows in numpy: the second implementation of what SQL does."""
    n = len(next(iter(rows.values())))
    numbers: list[float] = []
    if plan.has_labels:
        score, target = (np.asarray(rows[c], float) for c in (plan.score, plan.target))
        known = np.isfinite(score) & np.isfinite(target)
        if plan.task == "classification":
            loss = (score - target) ** 2
        else:
            loss = np.minimum(np.abs(score - target) / plan.loss_scale, 1)
        loss, score, target = loss[known], score[known], target[known]
    for what, name, cut in plan.fields():
        if what == "rows":
            numbers.append(n)
        elif what in {"known", "cut"}:
            values = np.asarray(rows[name])
            if values.dtype.kind in "OU":
                there = np.array([v is not None for v in values], bool)
                levels = plan.column(name).levels
                at = there if what == "known" else values == levels[cut]
            else:
                at = np.isfinite(values)
                at = at if what == "known" else values <= plan.column(name).edges[cut]
            numbers.append(at.sum())
        elif what == "fallback":
            numbers.append(np.asarray(rows[plan.fallback]).astype(bool).sum())
        elif what.startswith("kpi"):
            values = np.asarray(rows[plan.kpi], float)
            values = values[np.isfinite(values)]
            power = {"kpi_known": 0, "kpi_sum": 1, "kpi_squares": 2}[what]
            numbers.append((values**power).sum())
        else:
            kind = what.removesuffix("_cut")
            values = {
                "labelled": np.ones(len(loss)),
                "positive": target,
                "loss": loss,
                "loss_squares": loss**2,
                "score_sum": score,
            }[kind]
            if kind != what:
                values = values[score <= plan.column(plan.score).edges[cut]]
            numbers.append(values.sum())
    return np.array(numbers, float)


def counts_of(plan: Plan, days: Mapping[date, Mapping[str, Any]]) -> Counts:
    """Count days of rows, and the plan's segments within them."""
    cells = {}
    for day, rows in days.items():
        cells[Key(day)] = cell_of(plan, rows)
        for segment in plan.segments:
            values = np.asarray(rows[segment])
            for level in np.unique(values):
                part = {
                    name: np.asarray(column)[values == level] for name, column in rows.items()
                }
                cells[Key(day, segment, str(level))] = cell_of(plan, part)
    return Counts(plan=plan, cells=cells)


def split_at(counts: Counts, n_reference: int) -> tuple[Reference, Counts]:
    """Take the first days as the reference, and return it with the counts of the rest."""
    accepted = counts.days[:n_reference]
    later = {key: cell for key, cell in counts.cells.items() if key.day not in accepted}
    first = {key: cell for key, cell in counts.cells.items() if key.day in accepted}
    reference = Reference(counts=Counts(plan=counts.plan, cells=first), days=accepted)
    return reference, Counts(plan=counts.plan, cells=later)


def days_from(n_days: int, draw: Callable[[int], Rows]) -> dict[date, Rows]:
    """Draw each day's rows from its number."""
    return {START + timedelta(days=i): draw(i) for i in range(n_days)}


def scored(rng: np.random.Generator, n: int, **changed: Any) -> Rows:
    """Draw rows of a calibrated model: it depends on x and z, not on noise.

    `changed` replaces a column, given the drawn one, before the score is made.
    """
    x, z, noise = rng.normal(size=(3, n))
    rows: Rows = {"x": x, "z": z, "noise": noise, "place": rng.choice(["de", "at"], n)}
    for name, change in changed.items():
        rows[name] = change(rows[name])
    score = 1 / (1 + np.exp(-(np.nan_to_num(rows["x"]) + rows["z"])))
    rows["score"] = score
    rows["y"] = (rng.random(n) < score).astype(float)
    return rows
