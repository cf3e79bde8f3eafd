"""All trials together become findings: floors first, then false discovery, then rank."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.order import deciding, ranked, symptoms
from leadline.analysis.diagnosis.result import (
    BLOCKER,
    CONFIRMED,
    RULED_OUT,
    UNDECIDABLE,
    CauseFinding,
)
from leadline.analysis.multiplicity import benjamini_hochberg
from leadline.analysis.problem.intervals import metric_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.diagnosis.bench import Bench, Suspicion


def judge(bench: Bench, suspicions: Sequence[Suspicion]) -> list[CauseFinding]:
    """Return findings with their verdicts, ranked; ruled out ones last."""
    adjusted = benjamini_hochberg(np.array([deciding(s).pvalue for s in suspicions]))
    verdicts = [_verdict(s, float(p)) for s, p in zip(suspicions, adjusted, strict=True)]
    explained = symptoms(bench, suspicions, verdicts)
    order = ranked(bench, suspicions, verdicts, explained)
    return [
        _finding(bench, suspicions[i], verdicts[i], float(adjusted[i]), explained)
        for i in order
    ]


def _verdict(s: Suspicion, adjusted: float) -> str:
    gain = deciding(s)
    # the size of the gain comes first: an interval that lies above the floor needs no more
    certain = adjusted <= thresholds.FALSE_DISCOVERY_RATE or gain.lower >= s.floor
    if s.blocker:
        return _of_blocker(s, certain=certain)
    if s.undecidable:
        return UNDECIDABLE
    if not s.gate or np.isnan(gain.estimate):
        return RULED_OUT
    if gain.estimate >= s.floor and certain:
        return CONFIRMED
    if gain.estimate >= thresholds.UNDECIDED_FLOORS * s.floor:
        return UNDECIDABLE
    return RULED_OUT


def _of_blocker(s: Suspicion, *, certain: bool) -> str:
    if not s.gate:
        return RULED_OUT
    # a score that is not what it seems needs no gain; what is broken must cost something
    if certain or s.gain.estimate <= 0 or s.cause == "leakage":
        return BLOCKER
    much = s.gain.estimate >= thresholds.UNDECIDED_FLOORS * s.floor
    return UNDECIDABLE if much else RULED_OUT


def _finding(
    bench: Bench, s: Suspicion, verdict: str, adjusted: float, explained: set[str]
) -> CauseFinding:
    gain = deciding(s)
    late = s.cause in explained and not s.blocker and verdict == CONFIRMED
    finding = CauseFinding(
        cause=s.cause,
        verdict=verdict,
        gain=gain.estimate,
        gain_lower=gain.lower,
        gain_upper=gain.upper,
        unit=bench.unit if s.metric_gain is None else s.numbers["measure"],
        evidence=s.evidence + ("; a cause above may explain this one" if late else ""),
        remedy=s.remedy,
        question=s.question,
        measured_on=s.measured_on,
        pvalue=adjusted,
        numbers=s.numbers,
    )
    if verdict in {BLOCKER, CONFIRMED}:
        finding = replace(finding, value=_value(bench, s))
        return _with_metric(bench, finding, s)
    return finding


def _with_metric(bench: Bench, finding: CauseFinding, s: Suspicion) -> CauseFinding:
    """Say the gain in the user's metric too, where scores before and after are known."""
    told = s.metric_gain is not None  # the gain is in what the decisions are judged by
    if told or s.sample is None or s.before is None or s.after is None:
        return finding
    difference = metric_difference(
        bench.case.metric,
        s.sample.target,
        s.after,
        s.before,
        rng=bench.case.rng(f"metric {s.cause}"),
        groups=s.sample.groups,
        level=thresholds.LEVEL,
        repeats=100,
    )
    return replace(
        finding,
        metric=bench.case.metric.name,
        metric_gain=difference.estimate,
        metric_gain_lower=difference.lower,
        metric_gain_upper=difference.upper,
    )


def _value(bench: Bench, s: Suspicion) -> float | None:
    """Payoff gained per 1,000 decisions, each side at its own best threshold."""
    payoff = bench.case.payoff
    if payoff is None or s.sample is None or s.before is None or s.after is None:
        return None
    y = s.sample.target
    best = [
        max(
            float(payoff[y, (scores >= t).astype(int)].mean())
            for t in np.unique(np.quantile(scores, np.linspace(0, 1, 101)))
        )
        for scores in (s.before, s.after)
    ]
    if s.metric_gain is not None:
        return 1_000 * s.metric_gain.estimate
    return 1_000 * (best[1] - best[0])
