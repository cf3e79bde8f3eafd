"""Occurrences by rule. Oracle: dateutil's own rrule, on the rule alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.connectors.calendar.parse import parse_calendar
from leadline.practice.meetings import Status
from tests.connectors.calendar.samples import BERLIN, calendar, event, read

START = datetime(2026, 1, 5, 9, 0)
WINDOW = {"start": date(2026, 1, 1), "end": date(2026, 7, 1)}

RULES = st.builds(
    "FREQ={};INTERVAL={};{}{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 4),
    st.sampled_from(["COUNT=7", "COUNT=40", "UNTIL=20260420T220000Z", "WKST=SU"]),
    st.sampled_from(["", ";BYDAY=MO", ";BYDAY=MO,WE,FR", ";BYDAY=TU,TH"]),
)


@settings(max_examples=60, deadline=None)
@given(rule=RULES, left_out=st.sets(st.integers(0, 12), max_size=4))
def test_held_and_cancelled_days_together_are_the_whole_rule(
    rule: str, left_out: set[int]
) -> None:
    dates = rrulestr(rule, dtstart=START.replace(tzinfo=BERLIN)).between(
        datetime(2026, 1, 1, tzinfo=BERLIN), datetime(2026, 7, 1, tzinfo=BERLIN)
    )
    # the first day belongs to a series even where its rule does not name it (RFC 5545)
    expected = sorted({START.replace(tzinfo=BERLIN), *dates})
    gone = [day for at, day in enumerate(expected) if at in left_out]
    lines = [f"EXDATE;TZID=Europe/Berlin:{day:%Y%m%dT%H%M%S}" for day in gone]
    one = event(
        f"DTSTART;TZID=Europe/Berlin:{START:%Y%m%dT%H%M%S}",
        "DURATION:PT15M",
        f"RRULE:{rule}",
        *lines,
    )
    reading = parse_calendar(calendar(one), place="made.ics", zone=BERLIN, **WINDOW)
    assert [it.start for it in reading.occurrences] == [int(d.timestamp()) for d in expected]
    assert [it.start for it in reading.occurrences if it.is_deleted] == [
        int(day.timestamp()) for day in gone
    ]
    assert reading.flaws == ()


def test_a_rule_without_an_end_stops_at_the_window(tmp_path: Path) -> None:
    weekly = event("DTSTART:20200106T090000Z", "RRULE:FREQ=WEEKLY")
    assert len(read(tmp_path, calendar(weekly)).meetings) == 52  # Mondays of 2026


def test_rdates_are_occurrences_too(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z", "RDATE:20260110T120000Z,20260111T120000Z")
    assert len(read(tmp_path, calendar(one)).meetings) == 3


def test_an_exdate_of_a_day_that_the_rule_does_not_give_cancels_nothing(tmp_path: Path) -> None:
    one = event(
        "DTSTART:20260105T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:20260107T090000Z"
    )
    assert {it.status for it in read(tmp_path, calendar(one)).meetings} == {Status.CONFIRMED}


def test_all_day_series_leave_days_out_by_date(tmp_path: Path) -> None:
    one = event(
        "DTSTART;VALUE=DATE:20260105",
        "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE;VALUE=DATE:20260106",
    )
    found = read(tmp_path, calendar(one)).meetings
    assert [it.status.value for it in found] == ["confirmed", "cancelled", "confirmed"]
    assert all(it.all_day and it.duration == timedelta(days=1) for it in found)


def test_one_cancelled_occurrence_keeps_its_place(tmp_path: Path) -> None:
    series = event("DTSTART:20260105T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3")
    off = event(
        "DTSTART:20260112T090000Z", "RECURRENCE-ID:20260112T090000Z", "STATUS:CANCELLED"
    )
    found = read(tmp_path, calendar(series, off)).meetings
    assert [it.status.value for it in found] == ["confirmed", "cancelled", "confirmed"]
    assert found[1].moved_from is None


def test_a_move_named_by_its_day_only_is_one_only_to_another_day(tmp_path: Path) -> None:
    series = event("DTSTART;VALUE=DATE:20260105", "RRULE:FREQ=WEEKLY;COUNT=2")
    same = event(
        "DTSTART;VALUE=DATE:20260105", "RECURRENCE-ID;VALUE=DATE:20260105", "SUMMARY:New"
    )
    moved = event("DTSTART;VALUE=DATE:20260113", "RECURRENCE-ID;VALUE=DATE:20260112")
    first, second = read(tmp_path, calendar(series, same, moved)).meetings
    assert first.moved_from is None
    assert second.moved_from == datetime(2026, 1, 12, tzinfo=BERLIN)


def test_a_moved_occurrence_shared_without_its_series_is_still_moved(tmp_path: Path) -> None:
    one = event(
        "DTSTART:20260114T090000Z",
        "RECURRENCE-ID:20260112T090000Z",
        "ORGANIZER:mailto:boss@example.com",
    )
    (meeting,) = read(tmp_path, calendar(one)).meetings
    assert meeting.moved_from is not None
    assert meeting.changed_by == "other"
