"""The ML Test Score of a watched model, ticked by what watching shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from leadline.analysis.monitoring.test_score import MLTestScore, score_tests
from leadline.library.watch_result import Watch


def score_of(watch: Watch, *, by_hand: Collection[str] = ()) -> MLTestScore:
    """Tick the tests that run by themselves for this model, and those done by hand."""
    return score_tests(evidence_of(watch), by_hand)


def evidence_of(watch: Watch) -> dict[str, str]:
    """Return which tests watching runs by itself, with what shows it.

    Nothing is ticked while the monitor itself fails.
    """
    if watch.failures:
        return {}
    plan = watch.reference.counts.plan
    days, columns = len(watch.current.days), len(plan.columns)
    found = {
        "data-1": f"edges and values of {columns} columns, kept from the reference",
        "monitoring-2": f"{columns} columns checked on each of {days} days",
    }
    if watch.own_reference:
        found["monitoring-3"] = f"each day is held against {watch.own_reference}"
    if plan.score:
        found["monitoring-5"] = f"{plan.score} that is missing or NaN is counted on each day"
    if plan.latency:
        found["monitoring-6"] = f"{plan.latency} is held against the reference on each day"
    if watch.look.before is not None:
        until = watch.look.labels_until
        found["monitoring-7"] = f"the loss on {plan.target} is bet on, outcomes until {until}"
    if watch.is_decision_log:
        found["infrastructure-7"] = "the rule answers for the model, by budget or kill switch"
    return found


def plain(score: MLTestScore) -> dict[str, Any]:
    """Return a score as plain values."""
    return {
        "score": score.score,
        "weakest": score.weakest,
        "points": dict(score.points),
        "tests": [
            {"name": t.name, "test": t.test, "points": t.points, "evidence": t.evidence}
            for ticks in score.sections.values()
            for t in ticks
        ],
    }
