"""The calendar keeps every connector's promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from leadline.connectors.calendar import Calendar, read_calendar
from leadline.practice.meetings import Meeting
from tests.connectors.calendar.samples import BERLIN, LEAD, PEOPLE, WITH_MIRA, calendar, event
from tests.connectors.contract import ConnectorContract


class TestCalendar(ConnectorContract):
    def read(self, source: Path) -> Calendar:
        return read_calendar(
            source,
            lead=[LEAD],
            people=PEOPLE,
            start_on=date(2026, 1, 1),
            end_on=date(2027, 1, 1),
            zone=BERLIN,
        )

    def facts(self, result: Calendar) -> Sequence[Meeting]:
        return result.meetings

    def good(self, folder: Path) -> Path:
        weekly = event(
            "DTSTART;TZID=Europe/Berlin:20260105T090000",
            "DTEND;TZID=Europe/Berlin:20260105T091500",
            "RRULE:FREQ=WEEKLY",
            "SUMMARY:Mira / Alex",
            *WITH_MIRA,
        )
        path = folder / "own.ics"
        path.write_bytes(calendar(weekly))
        return path

    def empty(self, folder: Path) -> Path:
        path = folder / "empty.ics"
        path.write_bytes(calendar())
        return path

    def unusable(self, folder: Path) -> Path:
        path = folder / "login.ics"
        path.write_bytes(b"<!DOCTYPE html><html><body>Please sign in</body></html>")
        return path
