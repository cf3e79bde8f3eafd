"""A shorthand for meetings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.practice.meetings import Meeting
from leadline.practice.people import Person

MIRA = Person(name="Mira Lund", emails=("mira@example.com",))
BO = Person(name="Bo Adeyemi", emails=("bo@example.com",))


def meeting(start: str, *, minutes: int = 30, **changes: Any) -> Meeting:
    """Return a meeting that starts at "2026-01-05 09:00" (UTC)."""
    starts_at = datetime.fromisoformat(start).replace(tzinfo=UTC)
    given: dict[str, Any] = {
        "uid": "one",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "title": "Meeting",
        "kind": "other",
        "line": 7,
        "source": "own.ics",
    }
    return Meeting(**(given | changes))


def with_report(start: str, person: Person = MIRA, **changes: Any) -> Meeting:
    """Return a one-on-one with a report."""
    given = {"kind": "one-on-one", "report": person.key, "attendees": person.emails[:1]}
    return meeting(start, minutes=15, **(given | changes))


def away(first: str, *, days: int, who: str = "lead") -> Meeting:
    """Return an all-day absence."""
    return meeting(first, minutes=days * 24 * 60, absent=who, all_day=True)
