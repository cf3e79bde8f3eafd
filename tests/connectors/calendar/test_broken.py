"""Broken files: what is wrong is named by line, and nothing else is lost."""

from __future__ import annotations

import codecs
import time
from datetime import date
from pathlib import Path

import pytest

from leadline.connectors.calendar import Calendar
from leadline.errors import ConnectorError, InputError
from tests.connectors.calendar.samples import calendar, event, read

GOOD = event("DTSTART:20260105T090000Z", "SUMMARY:Good", uid="good")


def named(found: Calendar) -> list[tuple[int, str]]:
    return [(problem.line, problem.part) for problem in found.problems]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("SUMMARY:Bad",), "DTSTART is missing"),
        (("SUMMARY:Bad", "DTSTART:tomorrow"), "without DTSTART its times are not known"),
        (("SUMMARY:Bad", "DTSTART:20260230T090000Z"), "without DTSTART"),
        (("SUMMARY:Bad", "DTSTART:20260105", "RRULE:FREQ=SOMETIMES"), "without RRULE"),
        (("SUMMARY:Bad", "DTSTART:20260105", "EXDATE:never"), "without EXDATE"),
        (("SUMMARY:Bad", "DTSTART:20260105", "DTSTART:20260106"), "DTSTART stands there twice"),
        (("SUMMARY:Bad", "DTSTART:20260105", "RRULE:FREQ=WEEKLY;UNTL=2026"), "worked out"),
    ],
)
def test_one_bad_event_is_named_and_the_others_load(
    tmp_path: Path, lines: tuple[str, ...], says: str
) -> None:
    found = read(tmp_path, calendar(event(*lines, uid="bad"), GOOD))
    assert [one.title for one in found.meetings] == ["Good"]
    assert set(named(found)) == {(4, "Bad")}
    assert says in found.problems[-1].message


def test_an_unreadable_detail_is_named_and_the_event_loads(tmp_path: Path) -> None:
    found = read(tmp_path, calendar(event("DTSTART:20260105T090000Z", "PRIORITY:high")))
    assert len(found.meetings) == 1
    assert "PRIORITY cannot be read" in found.problems[0].message


def test_an_empty_exdate_is_nothing_said(tmp_path: Path) -> None:
    weekly = event("DTSTART:20260105T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:")
    found = read(tmp_path, calendar(weekly))
    assert len(found.meetings) == 2
    assert found.problems == ()


def test_a_file_cut_off_in_an_event_keeps_the_events_before(tmp_path: Path) -> None:
    whole = calendar(GOOD, event("DTSTART:20260106T090000Z", "SUMMARY:Cut", uid="cut"))
    found = read(tmp_path, whole[: whole.index(b"SUMMARY:Cut")])
    assert [one.title for one in found.meetings] == ["Good"]
    assert named(found) == [(9, "")]
    assert "END:VEVENT is missing" in found.problems[0].message


def test_an_event_that_is_not_closed_does_not_swallow_the_next(tmp_path: Path) -> None:
    found = read(tmp_path, calendar("BEGIN:VEVENT\r\nUID:open", GOOD))
    assert [one.title for one in found.meetings] == ["Good"]
    assert named(found) == [(4, "")]


def test_an_alarm_that_is_not_closed_stays_within_its_event(tmp_path: Path) -> None:
    alarm = event("DTSTART:20260106T090000Z", "BEGIN:VALARM", "ACTION:AUDIO", uid="alarm")
    found = read(tmp_path, calendar(alarm, GOOD))
    assert "good" in {one.uid for one in found.meetings}


def test_two_calendars_in_one_file_are_both_read(tmp_path: Path) -> None:
    two = event("DTSTART:20260106T090000Z", uid="two")
    found = read(
        tmp_path,
        calendar(GOOD, header=("X-WR-CALNAME:First",))
        + calendar(two, header=("X-WR-CALNAME:Second",)),
    )
    assert [one.uid for one in found.meetings] == ["good", "two"]
    assert found.name == "First"


def test_a_folded_name_is_joined(tmp_path: Path) -> None:
    found = read(tmp_path, calendar(header=("X-WR-CALNAME:Team\r\n  calendar", "broken line")))
    assert found.name == "Team calendar"


def test_bytes_that_are_not_utf_8_are_shown_as_such_and_named(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z", "SUMMARY:Café")
    found = read(tmp_path, calendar(one).decode().encode("latin-1"))
    assert found.meetings[0].title == "Caf\ufffd"
    assert [problem.line for problem in found.problems] == [7]
    assert "byte 0xE9 is not UTF-8" in found.problems[0].message


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(
    tmp_path: Path, mark: bytes, encoding: str
) -> None:
    one = event("DTSTART:20260105T090000Z", "SUMMARY:Café")
    found = read(tmp_path, mark + calendar(one).decode().encode(encoding))
    assert found.meetings[0].title == "Café"
    assert found.problems == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"name,emails\n", "begins with 'name,emails'"),
        (b"\n\n<html><head>", "is a web page"),
        (calendar().decode().encode("utf-16-le"), "holds zero bytes"),
        (b"PK\x03\x04\0\0\0\0", "holds zero bytes"),
    ],
)
def test_what_is_no_calendar_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ConnectorError, match=says) as caught:
        read(tmp_path, content)
    assert caught.value.permanent
    assert "export" in caught.value.hint.lower()


@pytest.mark.parametrize("ending", [b"\n", b"\r"])
def test_any_line_end_is_read(tmp_path: Path, ending: bytes) -> None:
    found = read(tmp_path, calendar(GOOD).replace(b"\r\n", ending))
    assert [one.title for one in found.meetings] == ["Good"]


OFTEN = "BYHOUR=9,10,11,12;BYMINUTE=0,10,20,30,40,50;BYSECOND=0,10,20"
"""Steps over days, and happens at 72 times of each."""


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("FREQ=SECONDLY", "takes more than 50,000 steps"),
        ("FREQ=MINUTELY;INTERVAL=5", "takes more than 50,000 steps"),
        ("FREQ=HOURLY;BYMONTH=2", "takes more than 50,000 steps"),
        (f"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{OFTEN}", "takes more than 50,000 steps"),
        (f"FREQ=WEEKLY;BYDAY=MO;{OFTEN}", "takes more than 50,000 steps"),
        (f"FREQ=HOURLY;{OFTEN.partition(';')[2]}", "takes more than 50,000 steps"),
        ("FREQ=SECONDLY;COUNT=1000000000", "takes more than 50,000 steps"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30,31", "names a day that no month has"),
        ("FREQ=DAILY;INTERVAL=0", "needs an INTERVAL of at least 1"),
    ],
)
def test_a_rule_without_sense_or_end_is_refused_at_once(
    tmp_path: Path, rule: str, says: str
) -> None:
    endless = event("DTSTART:19900105T090000Z", f"RRULE:{rule}", "SUMMARY:Bomb", uid="bomb")
    began = time.perf_counter()
    found = read(tmp_path, calendar(endless, GOOD))
    assert time.perf_counter() - began < 2
    assert [one.title for one in found.meetings] == ["Good"]
    assert says in found.problems[0].message


def test_a_daily_rule_from_the_year_one_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, calendar(event("DTSTART:00010101T090000", "RRULE:FREQ=DAILY"), GOOD))
    assert [one.title for one in found.meetings] == ["Good"]


@pytest.mark.parametrize("day", ["00010101", "99991231"])
def test_the_first_and_the_last_year_are_out_of_reach(tmp_path: Path, day: str) -> None:
    endless = event("DTSTART:20260105T090000Z", f"DTEND:{day}T235959Z", uid="endless")
    busy = f"BEGIN:VFREEBUSY\r\nFREEBUSY:20260105T090000Z/{day}T235959Z\r\nEND:VFREEBUSY"
    found = read(tmp_path, calendar(endless, busy, GOOD))
    assert [one.title for one in found.meetings] == ["Good"]
    assert len(found.problems) == 2


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=0"])
def test_a_zone_that_changes_all_the_time_is_refused_at_once(tmp_path: Path, rule: str) -> None:
    change = (
        f"DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:{rule}"
    )
    zone = f"TZID:Odd\r\nBEGIN:STANDARD\r\n{change}\r\nEND:STANDARD"
    found = read(tmp_path, calendar(f"BEGIN:VTIMEZONE\r\n{zone}\r\nEND:VTIMEZONE", GOOD))
    assert [one.title for one in found.meetings] == ["Good"]
    assert "a zone cannot change by" in found.problems[0].message


@pytest.mark.parametrize("name", ["Europe", "../../etc/passwd", "America/Argentina"])
def test_a_zone_that_is_a_folder_or_a_path_is_none(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, calendar(event(f"DTSTART;TZID={name}:20260105T090000"), GOOD))
    assert "good" in {one.uid for one in found.meetings}
    assert found.problems


def test_a_fine_rule_with_a_near_end_is_read(tmp_path: Path) -> None:
    hourly = event("DTSTART:20260105T090000Z", "RRULE:FREQ=HOURLY;COUNT=3")
    few = event("DTSTART:20260106T090000Z", "RRULE:FREQ=SECONDLY;INTERVAL=30;COUNT=2", uid="2")
    assert len(read(tmp_path, calendar(hourly, few)).meetings) == 5


def test_events_without_an_id_are_kept_apart_by_their_text(tmp_path: Path) -> None:
    bare = GOOD.replace("UID:good\r\n", "")
    found = read(tmp_path, calendar(bare, bare.replace("Good", "Other")))
    assert [one.title for one in found.meetings] == ["Good", "Other"]


def test_an_empty_window_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a window ends after it starts"):
        read(tmp_path, calendar(GOOD), end_on=date(2026, 1, 1))


def test_broken_time_zones_and_busy_times_are_named(tmp_path: Path) -> None:
    zone = "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    busy = "BEGIN:VFREEBUSY\r\nFREEBUSY:whenever\r\nEND:VFREEBUSY"
    found = read(tmp_path, calendar(zone, busy, GOOD))
    assert [one.title for one in found.meetings] == ["Good"]
    assert [part for _, part in named(found)] == ["VTIMEZONE", "VFREEBUSY"]
