"""The lead's calendar, read back by icalendar and unrolled by recurring_ical_events."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import recurring_ical_events
from icalendar import Calendar

from tests.demo.conftest import TODAY

LEAD = "ines@harbour.example"


@pytest.fixture(scope="module")
def calendar(workspace: Path) -> Any:
    return Calendar.from_ical((workspace / "lead.ics").read_bytes())


@pytest.fixture(scope="module")
def occurrences(calendar: Any) -> list[Any]:
    first, last = TODAY - timedelta(weeks=27), TODAY + timedelta(weeks=13)
    return list(recurring_ical_events.of(calendar).between(first, last))


def invited(event: Any) -> dict[str, str]:
    """Return who is invited, and what they answered."""
    attendees = event.get("attendee", [])
    return {
        str(one).removeprefix("mailto:"): one.params["PARTSTAT"]
        for one in (attendees if isinstance(attendees, list) else [attendees])
    }


def day(event: Any) -> date:
    start = event["dtstart"].dt
    return start.date() if isinstance(start, datetime) else start


def held_with(occurrences: list[Any]) -> dict[str, list[date]]:
    """Return the days on which the lead met one other person, and nobody said no."""
    days = defaultdict(list)
    for event in occurrences:
        people = invited(event)
        others = [address for address in people if address != LEAD]
        if (
            len(others) == 1
            and event["status"] != "CANCELLED"
            and "DECLINED" not in people.values()
        ):
            days[others[0]].append(day(event))
    return days


def test_no_part_of_the_file_is_broken(calendar: Any) -> None:
    assert calendar.errors == []
    assert [error for event in calendar.walk("VEVENT") for error in event.errors] == []
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_it_reaches_from_six_months_back_to_three_ahead(occurrences: list[Any]) -> None:
    days = [day(event) for event in occurrences]
    assert min(days) < TODAY - timedelta(days=180)
    assert max(days) > TODAY + timedelta(days=85)


def test_everyone_is_met_weekly_but_one_not_for_five_weeks_and_one_never(
    occurrences: list[Any],
) -> None:
    days = held_with(occurrences)
    since = {
        address.partition("@")[0]: (TODAY - max(day for day in held if day <= TODAY)).days
        for address, held in days.items()
    }
    assert 35 <= since.pop("otto") <= 41
    assert since.pop("renate") <= 14  # her own lead, every other week
    assert set(since) == {"mira", "carmen", "jonas", "nuria", "selma", "piet"}
    assert all(gap <= 7 for gap in since.values())


def test_everyone_who_is_met_has_a_next_one(occurrences: list[Any]) -> None:
    for held in held_with(occurrences).values():
        assert any(day > TODAY for day in held)


def test_the_lead_moved_carmens_three_times(calendar: Any) -> None:
    moved = [
        event
        for event in calendar.walk("VEVENT")
        if event["uid"] == "one-on-one-carmen@harbour.example"
        and "recurrence-id" in event
        and event["recurrence-id"].dt != event["dtstart"].dt
    ]
    assert len(moved) == 3


def test_one_was_declined_by_the_report_and_not_by_the_lead(calendar: Any) -> None:
    declined = [
        invited(event) for event in calendar.walk("VEVENT")
        if invited(event).get("mira@harbour.example") == "DECLINED"
    ]  # fmt: skip
    assert len(declined) == 1
    assert declined[0][LEAD] == "ACCEPTED"


def test_a_large_weekly_series_has_no_agenda(calendar: Any) -> None:
    status = next(
        event for event in calendar.walk("VEVENT")
        if event["uid"] == "weekly-status@harbour.example"
    )  # fmt: skip
    assert "description" not in status
    assert len(invited(status)) >= 15
    assert status["rrule"]["FREQ"] == ["WEEKLY"]


def test_vacations_are_all_day_and_one_on_ones_pause_in_them(
    occurrences: list[Any],
) -> None:
    vacations = [event for event in occurrences if event["summary"] == "Vacation"]
    assert len(vacations) == 2
    for event in vacations:
        assert not isinstance(event["dtstart"].dt, datetime)
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(days=5)
    coming = vacations[-1]
    days = [one for held in held_with(occurrences).values() for one in held]
    reports = [one for one in days if coming["dtstart"].dt <= one < coming["dtend"].dt]
    assert len(reports) <= 1  # her own lead's series goes on


def test_nobody_outside_the_made_up_company_is_invited(calendar: Any) -> None:
    addresses = {one for event in calendar.walk("VEVENT") for one in invited(event)}
    assert len(addresses) > 20
    assert all(address.endswith("@harbour.example") for address in addresses)
