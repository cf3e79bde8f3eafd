"""What a page about a watched model shows: plain numbers, kept without what worked them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from leadline.analysis.monitoring.test_score import MLTestScore

State = Literal["does harm", "benign", "not known", "one day so far", "as usual"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskDay:
    """The mean loss of a day's rows with an outcome."""

    on: date
    loss: float
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeDay:
    """The rows of a day."""

    on: date
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Drifted:
    """How far a column has moved on the last day, and what depends on it.

    Attributes
    ----------
    column : str
    excess : float
        Excess PSI, in nats, at least 0.
    weight : float or None
        Dependence next to the strongest column's, within 0–1; None where it is not known.
    outside : float
        Share of rows with values that the reference never held.
    state : str
        What stands; "one day so far" where it was seen too seldom to stand, "as usual"
        where it is not seen.
    """

    column: str
    excess: float
    weight: float | None
    outside: float
    state: State

    @property
    def weighted(self) -> float:
        """Excess PSI times dependence; an unknown dependence counts in full."""
        return self.excess * (1.0 if self.weight is None else self.weight)


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchSeries:
    """A look at a model, day by day.

    Attributes
    ----------
    model, owner, place, verdict : str
    today : date
    reference_until : date
        The last accepted day.
    failures, alerts, benign, undecided, unanswered : tuple of str
        Sentences.
    target : str
        The outcome; empty without one.
    risk : tuple of RiskDay
        Empty where there are no outcomes.
    usual, bound : float or None
        The reference's mean loss, and the largest that is no rise.
    drift_on : date or None
    drift : tuple of Drifted
        The heaviest first.
    volume : tuple of VolumeDay
    test_score : MLTestScore
    command : str
        What gives the numbers again.
    """

    model: str
    owner: str
    place: str
    verdict: str
    today: date
    reference_until: date
    failures: tuple[str, ...]
    alerts: tuple[str, ...]
    benign: tuple[str, ...]
    undecided: tuple[str, ...]
    unanswered: tuple[str, ...]
    target: str
    risk: tuple[RiskDay, ...]
    usual: float | None
    bound: float | None
    drift_on: date | None
    drift: tuple[Drifted, ...]
    volume: tuple[VolumeDay, ...]
    test_score: MLTestScore
    command: str
