"""One look at a model: what stands, how good it is, and what cannot be said."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

import numpy as np

from leadline.analysis.monitoring.alerts import Standing, standing
from leadline.analysis.monitoring.counts import Counts, Numbers, Slice
from leadline.analysis.monitoring.performance import (
    Performance,
    Split,
    estimated,
    realised,
    split_rise,
)
from leadline.analysis.monitoring.reference import Reference
from leadline.analysis.monitoring.risk import risk_evidence
from leadline.analysis.monitoring.signals import Limits, Signal, signals_on
from leadline.errors import NotEnoughDataError

LOOKED_BACK = 14
"""Last days whose signals are worked out; more where something stood on the first of them."""

RECENT = 7
"""Last days over which performance is said."""

Answer = TypeVar("Answer")
History = dict[date, tuple[Signal, ...]]
"""Signals by day, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What the counts say of a model on its last day.

    Attributes
    ----------
    standing : tuple of Standing
        Alerts first, the worst first.
    before, realised, estimated : Performance or None
        Of the reference; of the last days with outcomes; of the last days by scores
        alone. None where it cannot be said, and then `unanswered` says why.
    split : Split or None
        Of the difference in loss between the reference and the last days with outcomes.
    evidence : float
        Log of the evidence that the loss has risen, after the last day; 0 is none.
    labels_until : date or None
        The last day with outcomes.
    unanswered : dict of question to what would answer it
    """

    standing: tuple[Standing, ...]
    before: Performance | None
    realised: Performance | None
    estimated: Performance | None
    split: Split | None
    evidence: float
    labels_until: date | None
    unanswered: dict[str, str]


def look(
    current: Counts,
    *,
    reference: Reference,
    dependence: Mapping[str, float],
    limits: Limits,
) -> Look:
    """Work out everything that counts can say.

    Parameters
    ----------
    current : Counts
        Of the days after the reference; may be empty.
    dependence : mapping of column to dependence of the score on it
        Empty where it is not known.
    """
    unanswered: dict[str, str] = {}
    if not dependence:
        unanswered["which drift does harm"] = "name a score, or say the dependence on columns"
    base = reference.whole()
    labelled = [day for day in current.days if current.over([day]).number("labelled") > 0]
    lately = current.over(labelled[-RECENT:])
    before = now = guess = split = None
    evidence = np.zeros(1)
    if not current.plan.has_labels:
        unanswered["performance"] = "name a score and a target; outcomes may come later"
    else:
        before = _ask("performance in the reference", unanswered, lambda: realised(base))
        recent = current.over(current.days[-RECENT:])
        guess = _ask("estimate without outcomes", unanswered, lambda: estimated(base, recent))
        now = _ask("performance now", unanswered, lambda: realised(lately))
    risk = None
    if before is not None and current.days:
        evidence, limit = _evidence(current, base, limits=limits)
        risk = partial(
            _with_risk, evidence=evidence, lately=lately, base=base, limit=limit, limits=limits
        )
    if before is not None and now is not None:
        split = split_rise(base, lately, floor=limits.loss * before.loss)
    return Look(
        standing=_standing(
            current, reference=reference, dependence=dependence, limits=limits, risk=risk
        ),
        before=before,
        realised=now,
        estimated=guess,
        split=split,
        evidence=float(evidence[-1]),
        labels_until=labelled[-1] if labelled else None,
        unanswered=unanswered,
    )


def _standing(
    current: Counts,
    *,
    reference: Reference,
    dependence: Mapping[str, float],
    limits: Limits,
    risk: Callable[[History], History] | None,
) -> tuple[Standing, ...]:
    """Return what stands, and look back until the day on which each of it began."""
    certain = frozenset({current.plan.score})
    n_days = LOOKED_BACK
    history: History = {}
    while True:
        days = current.days[-n_days:]
        for day in days[: len(days) - len(history)]:
            signals = signals_on(day, current=current, reference=reference, limits=limits)
            history[day] = signals
        history = dict(sorted(history.items()))
        told = risk(history) if risk else history
        found = standing(told, limits=limits, dependence=dependence, certain=certain)
        if len(days) == len(current.days) or all(one.since > days[0] for one in found):
            return found
        n_days *= 2


def risk_limit(base: Slice, *, limits: Limits) -> float:
    """Return the largest mean loss that is no rise: the reference's, its error and the floor.

    Within 0–1, in units of the plan's `loss_scale`.
    """
    n = base.number("labelled")
    usual = base.number("loss") / n
    spread = max(0.0, base.number("loss_squares") / n - usual**2)
    return usual * (1 + limits.loss) + 2 * math.sqrt(spread / n)


def _evidence(current: Counts, base: Slice, *, limits: Limits) -> tuple[Numbers, float]:
    by_day = [current.over([day]) for day in current.days]
    n, sums, squares = (
        np.array([rows.number(what) for rows in by_day])
        for what in ("labelled", "loss", "loss_squares")
    )
    limit = risk_limit(base, limits=limits)
    start = base.number("loss") / base.number("labelled")
    return risk_evidence(n, sums, squares, limit=limit, start=start), limit


def _with_risk(
    history: History,
    *,
    evidence: Numbers,
    lately: Slice,
    base: Slice,
    limit: float,
    limits: Limits,
) -> History:
    """Add the signal of a risen loss to each day."""
    scale = base.plan.loss_scale
    usual = base.number("loss") / base.number("labelled")
    value = lately.number("loss") / max(lately.number("labelled"), 1.0)
    found = dict(history)
    for day, log_evidence in zip(reversed(history), evidence[::-1], strict=False):
        signal = Signal(
            rule="risk-rise",
            column=base.plan.target,
            day=day,
            value=value * scale,
            reference=usual * scale,
            effect=(value - usual) * scale,
            floor=(limit - usual) * scale,
            pvalue=float(min(1.0, math.exp(-log_evidence))),
            fired=bool(log_evidence >= -math.log(limits.alpha)),
        )
        found[day] = (*history[day], signal)
    return found


def _ask(question: str, unanswered: dict[str, str], ask: Callable[[], Answer]) -> Answer | None:
    try:
        return ask()
    except NotEnoughDataError as error:
        unanswered[question] = error.message
        return None
