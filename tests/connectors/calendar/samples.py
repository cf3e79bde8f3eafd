"""Calendars as programs write them, and a shorthand for small ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from leadline.connectors.calendar import Calendar, read_calendar
from leadline.practice.people import Person

BERLIN = ZoneInfo("Europe/Berlin")
LEAD = "lead@example.com"
MIRA = Person(name="Mira Lund", emails=("mira@example.com", "mira.lund@example.org"))
BO = Person(name="Bo Adeyemi", emails=("bo@example.com",))
PEOPLE = (MIRA, BO)

WITH_MIRA = (
    "ORGANIZER:mailto:lead@example.com",
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lead@example.com",
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:mira@example.com",
)


def event(*lines: str, uid: str = "one@example.com") -> str:
    """Return a VEVENT from its content lines."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def calendar(*parts: str, header: tuple[str, ...] = ()) -> bytes:
    """Return a calendar of these blocks."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *header, *parts]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def read(folder: Path, content: bytes, **changes: Any) -> Calendar:
    """Write a calendar and read it as the lead in Berlin, all of 2026 unless changed."""
    path = folder / "own.ics"
    path.write_bytes(content)
    given: dict[str, Any] = {
        "lead": [LEAD],
        "people": PEOPLE,
        "start_on": date(2026, 1, 1),
        "end_on": date(2027, 1, 1),
        "zone": BERLIN,
    }
    return read_calendar(path, **(given | changes))
