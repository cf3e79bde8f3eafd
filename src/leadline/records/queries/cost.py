"""What Leadline costs its people: minutes of typing a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from leadline.records.models import TypedInput

CHARACTERS_PER_MINUTE = 200
"""Forty words a minute: slower than the mean of 52 in a study of 168,000 typists
(Dhakal, Feit, Kristensson & Oulasvirta 2018), so the cost is not made small."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week of typing.

    Attributes
    ----------
    starts_on : date
        Its Monday.
    minutes : float
        Characters typed, over `CHARACTERS_PER_MINUTE`.
    by_command : tuple of (str, float)
        Minutes by where they were typed, most first.
    """

    starts_on: date
    minutes: float
    by_command: tuple[tuple[str, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "starts_on": self.starts_on.isoformat(),
            "minutes": self.minutes,
            "by_command": dict(self.by_command),
        }


def typed_weeks(*, today: date, weeks: int = 8) -> tuple[Week, ...]:
    """Return the last weeks, the running one last; a week without typing is there with 0."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    return tuple(_week(monday) for monday in mondays)


def _week(monday: date) -> Week:
    typed = (
        TypedInput.objects.filter(on__gte=monday, on__lt=monday + timedelta(weeks=1))
        .values_list("where")
        .annotate(total=Sum("characters"))
        .order_by("-total", "where")
    )
    by_command = tuple((where, total / CHARACTERS_PER_MINUTE) for where, total in typed)
    return Week(
        starts_on=monday,
        minutes=sum(minutes for _, minutes in by_command),
        by_command=by_command,
    )
