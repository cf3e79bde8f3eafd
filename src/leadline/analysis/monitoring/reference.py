"""The accepted period, as a day of now is held against it: the same weekday where it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

import numpy as np

from leadline.analysis.monitoring.counts import Counts, Numbers, Slice
from leadline.analysis.monitoring.drift import usual_excess
from leadline.analysis.monitoring.rates import Change, Rate, change

WEEKS = 3
"""How often a weekday must stand in the reference before it is compared with itself."""

Answer = TypeVar("Answer")

Measure = Callable[[Slice], Rate | None]
"""Reads a rate off a day; None where the day has too little for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Counts of the accepted period.

    Attributes
    ----------
    counts : Counts
    days : tuple of date
        The days that count as accepted, in order.
    """

    counts: Counts
    days: tuple[date, ...]
    _kept: dict[object, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def weekdays(self) -> frozenset[int]:
        """On which weekdays the reference has rows at all."""
        return frozenset(day.weekday() for day in self.days)

    @property
    def is_seasonal(self) -> bool:
        """Whether each weekday that occurs stands there often enough."""
        return self._once(
            "seasonal", lambda: all(len(self._same(day)) >= WEEKS for day in self.days)
        )

    def whole(self, segment: str = "", level: str = "") -> Slice:
        """Return all accepted days added up."""
        return self.counts.over(self.days, segment, level)

    def bins(self, name: str, day: date, segment: str = "", level: str = "") -> Numbers:
        """Return the counts by bin that a day is held against."""
        like = self._like(day)
        whole = self._once(
            ("over", like, segment, level), lambda: self.counts.over(like, segment, level)
        )
        return whole.bins(name)

    def usual(self, name: str, segment: str = "", level: str = "") -> float:
        """Return how much drift the reference's own days show against each other."""
        return self._once(
            ("usual", name, segment, level), lambda: self._usual(name, segment, level)
        )

    def _usual(self, name: str, segment: str, level: str) -> float:
        by_day = {d: self.counts.over([d], segment, level).bins(name) for d in self.days}
        pairs = []
        for day, bins in by_day.items():
            rest = [by_day[other] for other in self._like(day) if other != day]
            if rest:
                pairs.append((np.sum(rest, axis=0), bins))
        return usual_excess(pairs)

    def change(self, name: object, measure: Measure, day: date, current: Rate) -> Change | None:
        """Hold a rate of a day against the reference's; None where that has too little.

        `name` stands for the measure: what it says of the reference is worked out once.
        """
        known = self._once(("rate", name), lambda: self._rates(measure))
        if not known:
            return None
        weekdays = {d.weekday() for d in known}
        if not self.is_seasonal or day.weekday() not in weekdays:
            return change(list(known.values()), current)
        level = {w: _mean([r for d, r in known.items() if d.weekday() == w]) for w in weekdays}
        here = level[day.weekday()]
        moved = [
            replace(rate, value=rate.value - level[d.weekday()] + here)
            for d, rate in known.items()
        ]
        return change(moved, current, n_fitted=len(weekdays))

    def _rates(self, measure: Measure) -> dict[date, Rate]:
        found = {
            d: measure(self._once(("day", d), partial(self.counts.over, [d])))
            for d in self.days
        }
        return {d: rate for d, rate in found.items() if rate is not None}

    def _once(self, key: object, ask: Callable[[], Answer]) -> Answer:
        if key not in self._kept:
            self._kept[key] = ask()
        kept: Answer = self._kept[key]
        return kept

    def _same(self, day: date) -> tuple[date, ...]:
        return tuple(d for d in self.days if d.weekday() == day.weekday())

    def _like(self, day: date) -> tuple[date, ...]:
        """Return the same weekdays where there are enough of them, else all days."""
        same = self._same(day)
        return same if self.is_seasonal and same else self.days


def _mean(rates: Sequence[Rate]) -> float:
    return float(np.average([r.value for r in rates], weights=[r.n for r in rates]))
