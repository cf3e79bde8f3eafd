"""What Leadline costs its people: minutes of typing a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Sum

from leadline.records.models import TypedInput

CHARACTERS_PER_MINUTE = 200
"""Forty words a minute: slower than the mean of 52 in a study of 168,000 typists
(Dhakal, Feit, Kristensson & Oulasvirta 2018), so the cost is not made small."""

IDLE_AFTER_DAYS = 60
"""What nobody has typed into for this long is named, so that it can go."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Idle:
    """A place to type into that nobody has used for a while: it could go.

    Attributes
    ----------
    where : str
        The command or page.
    last_on : date
        The last day on which something was typed there.
    """

    where: str
    last_on: date

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {"where": self.where, "last_on": self.last_on.isoformat()}


def idle(*, today: date, after_days: int = IDLE_AFTER_DAYS) -> tuple[Idle, ...]:
    """Return what was typed into once and not since, the longest unused first."""
    last = TypedInput.objects.filter(on__lte=today).values("where").annotate(last_on=Max("on"))
    return tuple(
        Idle(where=row["where"], last_on=row["last_on"])
        for row in last.order_by("last_on", "where")
        if (today - row["last_on"]).days >= after_days
    )


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
