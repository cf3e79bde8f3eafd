"""Right or wrong, and how near: one answer against the oracle's gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.diagnosis.oracles import OF_METRIC

NEAR = 0.8
"""A cause is right when its gain is at least this share of the best."""


@dataclass(frozen=True, kw_only=True)
class Marked:
    """One answer, marked."""

    case: str
    table: str
    fault: str
    best: str
    verdict: str
    accepted: tuple[str, ...]
    top1: bool
    top2: bool
    grey: bool
    regret: float
    seconds: float
    n_train: int | None
    pairs: tuple[tuple[str, bool, float, float, float, float], ...]


def worth(truth: dict[str, Any]) -> dict[str, float]:
    """Return the gains per cause in units of ε."""
    found = {c: g["deploy"] / truth["epsilon"]["deploy"] for c, g in truth["gains"].items()}
    for cause, gain in truth["metric"].items():
        found[cause] = gain / OF_METRIC
    return found


def accepted(truth: dict[str, Any]) -> tuple[str, ...]:
    """Return the verdicts that are right, the best first."""
    found = worth(truth)
    for blocker in ("leakage", "data_quality"):  # no other gain means anything before it
        if found.get(blocker, 0.0) > 1:
            return (blocker,)
    best = max(found.values())
    if best <= 1:
        return ("healthy",)
    near = [c for c, g in found.items() if g >= NEAR * best]
    return tuple(sorted(near, key=lambda c: -found[c]))


def mark(case: dict[str, Any], truth: dict[str, Any], answer: dict[str, Any]) -> Marked:
    """Mark one answer: `answer` has verdict, findings and seconds."""
    right = accepted(truth)
    found = worth(truth)
    named = [f["cause"] for f in answer["findings"]] or [answer["verdict"]]
    best = max(*found.values(), 0.0)
    reached = found.get(answer["verdict"], 0.0)
    return Marked(
        case=case["name"],
        table=case["table"],
        fault=case["fault"],
        best=right[0],
        verdict=answer["verdict"],
        accepted=right,
        top1=answer["verdict"] in right,
        top2=bool(set(named[:2]) & set(right)),
        grey=0.7 < best < 2,
        regret=0.0 if best <= 1 else float(np.clip((best - reached) / best, 0, 1)),
        seconds=answer["seconds"],
        n_train=case.get("n_train"),  # files made earlier do not have it
        pairs=tuple(_pairs(truth, answer)),
    )


def _pairs(truth: dict[str, Any], answer: dict[str, Any]) -> Any:
    """Yield (cause, whether it was named, estimate, lower, upper, true gain) in units of ε."""
    for f in [*answer["findings"], *answer["tried"]]:
        true = truth["gains"].get(f["cause"])
        where = "deploy" if "production" in f["measured_on"] else "same"
        if f["cause"] in truth["metric"]:
            values, true_gain, unit = f, truth["metric"][f["cause"]], OF_METRIC
        elif true is not None and f["gain"] is not None:
            values, true_gain, unit = f, true[where], truth["epsilon"][where]
        else:
            continue
        if f["cause"] == "imbalance" and f["cause"] not in truth["metric"]:
            continue
        if f.get("times") and f["times"] != truth.get("times"):
            continue  # four times the rows are promised another gain than twice the rows bring
        yield (
            f["cause"], f["verdict"] in {"confirmed", "blocker"},
            *(values[k] / unit for k in ("gain", "gain_lower", "gain_upper")),
            true_gain / unit,
        )  # fmt: skip
