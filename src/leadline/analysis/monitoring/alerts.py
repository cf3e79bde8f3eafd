"""From signals to alerts: how often they fired, and whether the model depends on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from leadline.analysis.monitoring.signals import Limits, Signal

Level = Literal["alert", "info", "undecided"]

HARMFUL_FROM = 0.1
"""A column matters from a tenth of the strongest column's dependence on."""

OUTSIDE_FROM = 0.02
"""Share of rows with values that the reference never held, from which they count."""

BROKEN_FROM = 1.0
"""Excess PSI from which a column is not the same any more, whatever depends on it."""

_OF_COLUMNS = {"drift", "nulls", "new-values"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A signal that fired often enough to stand.

    Attributes
    ----------
    signal : Signal
        As it fired last.
    since : date
        The first day of the run of days on which it fired.
    n_fired : int
        Days on which it fired, of the last m.
    level : "alert", "info" or "undecided"
        "info": nothing depends on the column, and its values are such as the reference
        held. "undecided": it is not known whether anything depends on it, or on values
        like these.
    weight : float
        Dependence on the column next to the strongest one's, within 0–1; nan where it
        is not known.
    """

    signal: Signal
    since: date
    n_fired: int
    level: Level
    weight: float

    @property
    def severity(self) -> float:
        """How many times over its floor the effect is, for ordering only."""
        effect = self.signal.effect / self.signal.floor if self.signal.floor > 0 else 1.0
        return effect * (1.0 if math.isnan(self.weight) else self.weight)


def standing(
    history: Mapping[date, Sequence[Signal]],
    *,
    limits: Limits,
    dependence: Mapping[str, float],
    certain: frozenset[str] = frozenset(),
) -> tuple[Standing, ...]:
    """Return what stands on the last day of a history, alerts first, worst first.

    Parameters
    ----------
    history : mapping of day to that day's signals
    dependence : mapping of column to how much the score depends on it
        Empty where that is not known.
    certain : frozenset of str
        Columns whose drift always matters: the score itself.
    """
    days = sorted(history)
    window = days[-limits.m :]
    fired: dict[tuple[str, str, str, str], dict[date, Signal]] = {}
    for day in days:
        for signal in history[day]:
            if signal.fired:
                fired.setdefault(signal.key, {})[day] = signal
    found = []
    for by_day in fired.values():
        recent = [day for day in window if day in by_day]
        signal = by_day[max(by_day)]
        if len(recent) < _needed(signal, limits):
            continue
        weight = weight_of(signal, dependence, certain)
        found.append(
            Standing(
                signal=signal,
                since=_since(days, by_day, m=limits.m),
                n_fired=len(recent),
                level=level_of(signal, weight),
                weight=weight,
            )
        )
    return _ordered(_without_echoes(found))


def within_budget(
    alerts: Sequence[str], *, sent: Mapping[str, date], today: date, budget: int
) -> tuple[str, ...]:
    """Return which alerts to send: those not sent in the last week, as far as it allows.

    Parameters
    ----------
    alerts : sequence of str
        Names of the alerts that stand, the worst first.
    sent : mapping of name to the day it was last sent
    budget : int
        Alerts a week; what exceeds it is listed, not sent.
    """
    week = today - timedelta(days=7)
    lately = {name for name, day in sent.items() if day > week}
    fresh = [name for name in alerts if name not in lately]
    return tuple(fresh[: max(0, budget - len(lately))])


def _needed(signal: Signal, limits: Limits) -> int:
    """Return on how many days it must have fired; what adds up evidence itself, on one."""
    return 1 if signal.rule == "risk-rise" else limits.k


def weight_of(
    signal: Signal, dependence: Mapping[str, float], certain: frozenset[str]
) -> float:
    """Return the dependence on a signal's column next to the strongest; nan if not known."""
    if signal.rule not in _OF_COLUMNS or signal.column in certain:
        return 1.0
    strongest = max(dependence.values(), default=0.0)
    if strongest <= 0 or signal.column not in dependence:
        return math.nan
    return dependence[signal.column] / strongest


def level_of(signal: Signal, weight: float) -> Level:
    """Return whether what stands does harm, none, or may.

    Dependence is measured on the values that the reference held, and says nothing of
    others: a model that is a line there goes on as one for ever. So a drift to such values
    is never benign, however little depended on the column before; it is an alert where the
    column is not the same any more and anything at all depended on it.
    """
    if weight >= HARMFUL_FROM:
        return "alert"
    is_broken = signal.rule != "drift" or signal.effect >= BROKEN_FROM
    if math.isnan(weight):
        return "alert" if is_broken else "undecided"
    if signal.rule == "new-values":
        return "undecided"
    if signal.outside < OUTSIDE_FROM:
        return "info"
    return "alert" if is_broken and weight > 0 else "undecided"


def _since(days: Sequence[date], fired: Mapping[date, Signal], *, m: int) -> date:
    """Return where the present run began; m quiet days end a run."""
    first, quiet = days[-1], 0
    for day in reversed(days):
        quiet = 0 if day in fired else quiet + 1
        if quiet >= m:
            break
        if day in fired:
            first = day
    return first


def _without_echoes(found: Sequence[Standing]) -> list[Standing]:
    """Leave out what a wider line already says: a segment's drift beside the whole's."""
    whole = {s.signal.column for s in found if not s.signal.segment}
    nulls = {s.signal.column for s in found if s.signal.rule in {"nulls", "new-values", "slow"}}
    return [
        s
        for s in found
        if not (s.signal.segment and s.signal.column in whole)
        and not (s.signal.rule == "drift" and s.signal.column in nulls)
    ]


def _ordered(found: Sequence[Standing]) -> tuple[Standing, ...]:
    rank = {"alert": 0, "undecided": 1, "info": 2}
    return tuple(sorted(found, key=lambda s: (rank[s.level], -s.severity, s.signal.key)))
