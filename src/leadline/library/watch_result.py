"""What a look at a model answers, and its words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from leadline.analysis.baseline.wording import number
from leadline.analysis.monitoring.alerts import OUTSIDE_FROM, Standing
from leadline.analysis.monitoring.counts import Counts
from leadline.analysis.monitoring.health import Failure
from leadline.analysis.monitoring.look import RECENT, Look
from leadline.analysis.monitoring.performance import Performance, realised
from leadline.analysis.monitoring.reference import Reference
from leadline.analysis.monitoring.signals import Limits, Signal, latency_quantile
from leadline.errors import NotEnoughDataError
from leadline.library.wording import number_in_words

Verdict = Literal["monitor failed", "alert", "quiet"]

ASSUMPTION = "if a score still means what it meant in the reference; blind to concept drift"
"""What an estimate without outcomes takes for granted."""

QUANTILES = (0.5, 0.95, 0.99)
"""Of the latency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InSegment:
    """How good a model is on a part of the rows: in the reference, and on the last days."""

    segment: str
    level: str
    before: Performance
    now: Performance

    @property
    def rise(self) -> float:
        """By how much the loss has risen, relative to the reference's."""
        return self.now.loss / self.before.loss - 1 if self.before.loss else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """One look at a model.

    Attributes
    ----------
    model, owner, place : str
    today : date
    reference : Reference
    current : Counts
        The days after it.
    dependence : mapping of column to float
    sent : mapping of an alert's name to the day it was last sent
    failures : tuple of Failure
        Why silence would mean nothing; said first.
    look : Look
    limits : Limits
        From where on a difference counted.
    own_reference : str
        Where the reference is, if it is a table of its own.
    is_decision_log : bool
    changes : tuple of str
        What changed last before the alerts began.
    new_values : mapping of column to tuple of str
        The names of values that the reference seldom had, where they stand.
    """

    model: str
    owner: str
    place: str
    today: date
    reference: Reference
    current: Counts
    dependence: Mapping[str, float]
    sent: Mapping[str, date]
    failures: tuple[Failure, ...]
    look: Look
    limits: Limits = field(default_factory=Limits)
    own_reference: str = ""
    is_decision_log: bool = False
    changes: tuple[str, ...] = ()
    new_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def alerts(self) -> tuple[Standing, ...]:
        """What stands and does harm, the worst first."""
        return tuple(s for s in self.look.standing if s.level == "alert")

    @property
    def verdict(self) -> Verdict:
        """The one word; a monitor that fails comes before an alert."""
        if self.failures:
            return "monitor failed"
        return "alert" if self.alerts else "quiet"

    @property
    def since(self) -> date | None:
        """The day on which the first alert that stands began."""
        return min((s.since for s in self.alerts), default=None)

    @property
    def latencies(self) -> dict[float, tuple[float, float]]:
        """Quantiles of the latency, in its unit: of the reference, and of the last days.

        Interpolated between edges; infinite beyond the last edge.
        Empty without a latency, or without days after the reference.
        """
        days = self.current.days[-RECENT:]
        if not (self.current.plan.latency and days):
            return {}
        base, recent = self.reference.whole(), self.current.over(days)
        return {q: (latency_quantile(base, q), latency_quantile(recent, q)) for q in QUANTILES}

    @property
    def by_segment(self) -> tuple[InSegment, ...]:
        """Performance by segment, the largest rise of the loss first.

        Segments with too few outcomes, in the reference or on the last days with any, are
        left out.
        """
        if not self.current.plan.has_labels:
            return ()
        found = []
        for segment, level in self.current.groups:
            try:
                if segment:
                    before = realised(self.reference.whole(segment, level))
                    now = realised(self.current.over(self._labelled_days, segment, level))
                    found.append(
                        InSegment(segment=segment, level=level, before=before, now=now)
                    )
            except NotEnoughDataError:
                continue
        return tuple(sorted(found, key=lambda one: -one.rise))

    @property
    def _labelled_days(self) -> list[date]:
        with_any = [d for d in self.current.days if self.current.over([d]).number("labelled")]
        return with_any[-RECENT:]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        look = self.look
        days = self.current.days
        return {
            "model": self.model,
            "owner": self.owner,
            "place": self.place,
            "today": self.today,
            "verdict": self.verdict,
            "failures": [asdict(failure) for failure in self.failures],
            "alerts": [_plain(s) for s in self.alerts],
            "benign": [_plain(s) for s in look.standing if s.level == "info"],
            "undecided": [_plain(s) for s in look.standing if s.level == "undecided"],
            "last_changes": list(self.changes),
            "new_values": {name: list(values) for name, values in self.new_values.items()},
            "reference": {
                "first": self.reference.days[0],
                "last": self.reference.days[-1],
                "rows": self.reference.whole().rows,
                "seasonal": self.reference.is_seasonal,
            },
            "current": {
                "first": days[0] if days else None,
                "last": days[-1] if days else None,
                "rows": self.current.over(days).rows,
            },
            "performance": {
                "reference": look.before and asdict(look.before),
                "realised": look.realised and asdict(look.realised),
                "labels_until": look.labels_until,
                "estimated": look.estimated and asdict(look.estimated),
                "estimate_assumes": ASSUMPTION,
                "rise": look.split and asdict(look.split),
                "log_evidence_of_rise": look.evidence,
                "by_segment": [asdict(one) for one in self.by_segment],
            },
            "latency": {
                f"p{100 * q:g}": {"reference": _finite(before), "now": _finite(now)}
                for q, (before, now) in self.latencies.items()
            },
            "dependence": dict(self.dependence),
            "unanswered": dict(look.unanswered),
        }


def _finite(value: float) -> float | None:
    """Return a number for JSON; nothing where it lies beyond the last edge."""
    return value if math.isfinite(value) else None


def _plain(found: Standing) -> dict[str, Any]:
    return {
        **asdict(found.signal),
        "since": found.since,
        "n_fired": found.n_fired,
        "weight": found.weight,
        "sentence": sentence(found),
    }


def name_of(found: Standing) -> str:
    """Return the name under which an alert is kept."""
    return "/".join(part for part in found.signal.key if part)


def sentence(found: Standing) -> str:
    """Return what stands in one sentence with its number, without a full stop."""
    signal = found.signal
    where = f" in {signal.segment} = {signal.level}" if signal.segment else ""
    return f"{_what(signal)}{where}, since {found.since}"


def _what(signal: Signal) -> str:
    column, now, before = signal.column, signal.value, signal.reference
    if signal.rule == "drift":
        chance = number_in_words(before, digits=1)
        said = f"{column} drifts: PSI {number_in_words(now)}, where chance alone makes {chance}"
        if signal.outside >= OUTSIDE_FROM:
            said += f", {signal.outside:.0%} of rows lie outside what the reference held"
        return said
    shares = {
        "nulls": f"{column} is missing in",
        "new-values": f"{column} has values that the reference seldom had in",
        "slow": f"{column} is as slow as the slowest twentieth of the reference in",
        "fallback": "the rule answers in place of the model in",
    }
    if signal.rule in shares:
        return f"{shares[signal.rule]} {now:.1%} of rows, {before:.1%} in the reference"
    if signal.rule == "volume":
        rows, usual = math.exp(now), math.exp(before)
        return f"{rows:,.0f} rows on {signal.day}, {usual:,.0f} are usual"
    if signal.rule == "kpi":
        return f"{column} is {number(now)} a row, {number(before)} in the reference"
    return f"the loss on {column} has risen to {number(now)} from {number(before)}"


def performance_text(performance: Performance) -> str:
    """Return a performance in a few words."""
    parts = [f"loss {number(performance.loss)}"]
    if not math.isnan(performance.auc):
        parts.append(f"AUC {performance.auc:.3f}")
    if not math.isnan(performance.calibration):
        parts.append(f"positives / scores {performance.calibration:.2f}")
    return f"{', '.join(parts)} on {performance.n:,.0f} rows"
