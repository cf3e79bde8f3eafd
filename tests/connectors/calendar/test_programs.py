"""Calendars in the style of the programs that write them, hostile text included.

Every expected time is read off the file's own lines by hand.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from leadline.connectors.calendar import Calendar
from leadline.practice.meetings import Actor, Meeting, Status
from leadline.practice.people import Person
from tests.connectors.calendar.samples import BERLIN, calendar, event, read

GOOGLE = ("METHOD:PUBLISH", "X-WR-CALNAME:lead@example.com", "X-WR-TIMEZONE:Europe/Berlin")


def only(found: Calendar) -> Meeting:
    assert len(found.meetings) == 1, found
    return found.meetings[0]


def test_google_writes_a_series_in_utc_and_it_stays_at_nine_in_summer(tmp_path: Path) -> None:
    weekly = event(
        "DTSTART:20260105T080000Z",
        "DTEND:20260105T081500Z",
        "RRULE:FREQ=WEEKLY;UNTIL=20260501T215959Z",
        "SUMMARY:Alex / Mira",
    )
    found = read(tmp_path, calendar(weekly, header=GOOGLE))
    assert {one.starts_at.strftime("%H:%M") for one in found.meetings} == {"09:00"}
    assert {one.starts_at.utcoffset() for one in found.meetings} == {
        datetime(2026, 1, 5, tzinfo=BERLIN).utcoffset(),
        datetime(2026, 4, 6, tzinfo=BERLIN).utcoffset(),
    }
    assert found.name == "lead@example.com"


def test_google_moves_one_occurrence_with_a_recurrence_id(tmp_path: Path) -> None:
    series = event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000",
        "DTEND;TZID=Europe/Berlin:20260105T091500",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "ORGANIZER;CN=lead@example.com:mailto:lead@example.com",
        "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;CN=M:mailto:mira@example.com",
        "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED:mailto:lead@example.com",
        "ATTENDEE;CUTYPE=RESOURCE;PARTSTAT=ACCEPTED:mailto:room@resource.calendar.google.com",
        "SUMMARY:Weekly",
    )
    moved = event(
        "DTSTART;TZID=Europe/Berlin:20260114T160000",
        "DTEND;TZID=Europe/Berlin:20260114T161500",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260112T090000",
        "ORGANIZER:mailto:lead@example.com",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:mira@example.com",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lead@example.com",
        "SUMMARY:Weekly",
    )
    first, second, third = read(tmp_path, calendar(series, moved, header=GOOGLE)).meetings
    assert (first.moved_from, third.moved_from) == (None, None)
    assert second.starts_at == datetime(2026, 1, 14, 16, 0, tzinfo=BERLIN)
    assert second.moved_from == datetime(2026, 1, 12, 9, 0, tzinfo=BERLIN)
    assert second.changed_by is Actor.LEAD
    assert {one.kind for one in (first, second, third)} == {"one-on-one"}
    assert first.attendees == ("mira@example.com",)


def test_a_deleted_day_of_the_leads_own_series_is_cancelled_by_the_lead(tmp_path: Path) -> None:
    series = event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000",
        "DURATION:PT15M",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=Europe/Berlin:20260112T090000",
        "ORGANIZER:mailto:lead@example.com",
        "ATTENDEE:mailto:mira@example.com",
    )
    _, second, _ = read(tmp_path, calendar(series)).meetings
    assert second.starts_at == datetime(2026, 1, 12, 9, 0, tzinfo=BERLIN)
    assert (second.status, second.changed_by) == (Status.CANCELLED, Actor.LEAD)


def test_who_deleted_a_day_of_somebody_elses_series_is_not_known(tmp_path: Path) -> None:
    series = event(
        "DTSTART:20260105T090000Z",
        "DURATION:PT30M",
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "EXDATE:20260112T090000Z",
        "ORGANIZER:mailto:boss@example.com",
        "ATTENDEE:mailto:lead@example.com",
    )
    _, second = read(tmp_path, calendar(series)).meetings
    assert (second.status, second.changed_by) == (Status.CANCELLED, Actor.UNKNOWN)


@pytest.mark.parametrize(
    ("lines", "status", "changed_by"),
    [
        (("STATUS:CANCELLED",), Status.CANCELLED, Actor.OTHER),
        (("ATTENDEE;PARTSTAT=DECLINED:mailto:LEAD@example.com",), Status.DECLINED, Actor.LEAD),
        (("ATTENDEE;PARTSTAT=TENTATIVE:mailto:lead@example.com",), Status.TENTATIVE, None),
        (("STATUS:TENTATIVE",), Status.TENTATIVE, None),
        (
            ("ATTENDEE;PARTSTAT=DECLINED:mailto:mira@example.com",),
            Status.CANCELLED,
            Actor.OTHER,
        ),
        (("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:lead@example.com",), Status.CONFIRMED, None),
    ],
)
def test_what_became_of_it_and_by_whom(
    tmp_path: Path, lines: tuple[str, ...], status: Status, changed_by: Actor | None
) -> None:
    one = event("DTSTART:20260105T090000Z", "ORGANIZER:mailto:boss@example.com", *lines)
    meeting = only(read(tmp_path, calendar(one)))
    assert (meeting.status, meeting.changed_by) == (status, changed_by)


def test_outlook_names_zones_in_windows_words_and_rooms_as_attendees(tmp_path: Path) -> None:
    one = event(
        "DTSTART;TZID=W. Europe Standard Time:20260706T140000",
        "DTEND;TZID=W. Europe Standard Time:20260706T150000",
        'ORGANIZER;CN="Lund, Mira":MAILTO:Mira@Example.com',
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:MAILTO:lead@example.com",
        "ATTENDEE;CUTYPE=ROOM:MAILTO:room.1@example.com",
        "SUMMARY;LANGUAGE=en-us:Catch up",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "DESCRIPTION:\\n________________________________________\\nMicrosoft Teams meeting"
        "\\nJoin on your computer\\nMeeting ID: 123 456",
    )
    meeting = only(read(tmp_path, calendar(one)))
    assert meeting.starts_at == datetime(2026, 7, 6, 12, 0, tzinfo=UTC)
    assert (meeting.kind, meeting.report) == ("one-on-one", "mira@example.com")
    assert meeting.organizer == "mira@example.com"
    assert not meeting.organizer_is_lead
    assert not meeting.has_agenda


def test_outlook_brings_zones_of_its_own_making(tmp_path: Path) -> None:
    zone = "\r\n".join([
        "BEGIN:VTIMEZONE", "TZID:Customized Time Zone",
        "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0530",
        "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE",
    ])  # fmt: skip
    one = event("DTSTART;TZID=Customized Time Zone:20260105T143000", "DURATION:PT1H")
    meeting = only(read(tmp_path, calendar(zone, one)))
    assert meeting.starts_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_a_zone_of_one_file_does_not_leak_into_the_next(tmp_path: Path) -> None:
    def with_offset(offset: str) -> bytes:
        zone = "\r\n".join([
            "BEGIN:VTIMEZONE", "TZID:Office",
            "BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}",
            f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
        ])  # fmt: skip
        return calendar(zone, event("DTSTART;TZID=Office:20260105T120000"))

    starts = [only(read(tmp_path, with_offset(it))).starts_at for it in ("+0100", "+0900")]
    assert starts[0] == datetime(2026, 1, 5, 11, 0, tzinfo=UTC)
    assert starts[1] == datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def test_outlook_marks_a_cancelled_meeting_in_its_title(tmp_path: Path) -> None:
    one = event(
        "DTSTART:20260105T090000Z",
        "SUMMARY:Canceled: Ranking sync",
        "ORGANIZER:mailto:boss@example.com",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    )
    meeting = only(read(tmp_path, calendar(one)))
    assert (meeting.title, meeting.status) == ("Ranking sync", Status.CANCELLED)


def test_a_whole_file_of_cancellations_is_cancelled(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z", "ORGANIZER:mailto:lead@example.com")
    meeting = only(read(tmp_path, calendar(one, header=("METHOD:CANCEL",))))
    assert (meeting.status, meeting.changed_by) == (Status.CANCELLED, Actor.LEAD)


def test_a_counter_proposal_is_not_agreed(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z")
    found = read(tmp_path, calendar(one, header=("METHOD:COUNTER",)))
    assert only(found).status is Status.TENTATIVE


def test_apple_writes_addresses_beside_directory_names(tmp_path: Path) -> None:
    one = event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000",
        "DTEND;TZID=Europe/Berlin:20260105T093000",
        'ORGANIZER;CN="Alex";EMAIL="lead@example.com":/aMTU2MzY2/principal/',
        'ATTENDEE;CN="Bo";EMAIL="bo@example.com";PARTSTAT=ACCEPTED:urn:uuid:8B4F',
        'ATTENDEE;CN="Alex";EMAIL="lead@example.com";PARTSTAT=ACCEPTED:/aMTU2MzY2/principal/',
        "SUMMARY:Bo",
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC",
        "BEGIN:VALARM", "ACTION:NONE", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "END:VALARM",
    )  # fmt: skip
    meeting = only(read(tmp_path, calendar(one)))
    assert (meeting.kind, meeting.report) == ("one-on-one", "bo@example.com")
    assert meeting.organizer_is_lead


def test_a_feed_without_attendees_tells_one_on_ones_by_title_only(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z", "SUMMARY:1:1 Mira / Alex", "DURATION:PT15M")
    two = event("DTSTART:20260106T090000Z", "SUMMARY:1:1 workshop", "DURATION:PT15M", uid="two")
    found = read(tmp_path, calendar(one, two)).meetings
    assert [(it.kind, it.report, it.kind_reason) for it in found] == [
        ("one-on-one", "mira@example.com", "title: 1:1"),
        ("project", "", "title: workshop*"),
    ]
    assert not found[0].organizer_is_lead  # the feed names no organizer anywhere


def test_a_name_is_found_however_its_accents_are_written(tmp_path: Path) -> None:
    zoe = Person(name="Zoë Ek", emails=("zoe@example.com",))
    one = event("DTSTART:20260105T090000Z", "SUMMARY:1:1 Zoe\u0308 / Alex")
    assert only(read(tmp_path, calendar(one), people=[zoe])).report == "zoe@example.com"


def test_nextcloud_writes_this_and_future_as_a_permanent_change(tmp_path: Path) -> None:
    series = event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000",
        "DURATION:PT15M",
        "RRULE:FREQ=WEEKLY;COUNT=4",
    )
    later = event(
        "DTSTART;TZID=Europe/Berlin:20260119T110000",
        "DURATION:PT15M",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260119T090000",
    )
    found = read(tmp_path, calendar(series, later)).meetings
    assert [f"{one.starts_at:%d %H}" for one in found] == ["05 09", "12 09", "19 11", "26 11"]
    assert all(one.moved_from is None for one in found)


def test_all_day_absences_say_who_is_away(tmp_path: Path) -> None:
    own = event("DTSTART;VALUE=DATE:20260706", "DTEND;VALUE=DATE:20260711", "SUMMARY:Urlaub")
    mira = event("DTSTART;VALUE=DATE:20260713", "SUMMARY:Mira vacation", uid="mira")
    away = event(
        "DTSTART:20260720T070000Z", "DURATION:PT8H", "SUMMARY:Conference",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF", uid="away",
    )  # fmt: skip
    bos = event(
        "DTSTART;VALUE=DATE:20260727", "SUMMARY:OOO", "ORGANIZER:mailto:bo@example.com",
        "ATTENDEE:mailto:lead@example.com", uid="bo",
    )  # fmt: skip
    team = event("DTSTART;VALUE=DATE:20260803", "SUMMARY:Mira and Bo on leave", uid="team")
    found = read(tmp_path, calendar(own, mira, away, bos, team)).meetings
    assert [one.absent for one in found] == [
        "lead", "mira@example.com", "lead", "bo@example.com", "",
    ]  # fmt: skip
    assert found[0].all_day
    assert found[0].starts_at == datetime(2026, 7, 6, tzinfo=BERLIN)
    assert found[0].ends_at == datetime(2026, 7, 11, tzinfo=BERLIN)


def test_a_busy_only_feed_says_so(tmp_path: Path) -> None:
    busy = "\r\n".join([
        "BEGIN:VFREEBUSY",
        "FREEBUSY:20260105T090000Z/PT1H,20260105T120000Z/20260105T123000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260106T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20260107T090000Z/PT1H",
        "END:VFREEBUSY",
    ])  # fmt: skip
    found = read(tmp_path, calendar(busy))
    assert found.shows_busy_times_only
    assert [one.status.value for one in found.meetings] == [
        "confirmed", "confirmed", "tentative",
    ]  # fmt: skip
    assert sum(one.duration.total_seconds() for one in found.meetings) == 9000


def test_titles_hidden_as_busy_are_a_busy_only_feed(tmp_path: Path) -> None:
    found = read(tmp_path, calendar(event("DTSTART:20260105T090000Z", "SUMMARY:Busy")))
    assert found.shows_busy_times_only


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    one = event(
        "DTSTART:20260105T090000Z",
        "SUMMARY:<script>alert(1)</script> \x1b[31m\\; DROP TABLE x\\; --\\n=cmd|' /C calc'!A0",
        "DESCRIPTION:" + "x" * 100_000,
        'ATTENDEE;CN="<img src=x onerror=alert(1)>":mailto:mira@example.com',
    )
    meeting = only(read(tmp_path, calendar(one)))
    assert meeting.title.startswith("<script>alert(1)</script>")
    assert meeting.title.isprintable()
    assert meeting.attendees == ("mira@example.com",)


def test_floating_times_are_read_in_the_leads_zone(tmp_path: Path) -> None:
    meeting = only(read(tmp_path, calendar(event("DTSTART:20260105T090000", "DURATION:PT1H"))))
    assert meeting.starts_at == datetime(2026, 1, 5, 9, 0, tzinfo=BERLIN)


def test_an_unknown_zone_is_named_and_read_as_the_leads_own(tmp_path: Path) -> None:
    found = read(tmp_path, calendar(event("DTSTART;TZID=Mars/Olympus:20260105T090000")))
    assert only(found).starts_at == datetime(2026, 1, 5, 9, 0, tzinfo=BERLIN)
    assert ["Mars/Olympus" in problem.message for problem in found.problems] == [True]


def test_an_unknown_zone_of_the_whole_calendar_is_named_once(tmp_path: Path) -> None:
    one = event("DTSTART:20260105T090000Z")
    two = event("DTSTART:20260106T090000Z", uid="two")
    found = read(tmp_path, calendar(one, two, header=("X-WR-TIMEZONE:Mars/Olympus",)))
    assert [(it.line, it.part) for it in found.problems] == [(0, "X-WR-TIMEZONE")]
    assert found.meetings[0].starts_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_the_window_holds_what_touches_it_and_nothing_else(tmp_path: Path) -> None:
    before = event("DTSTART:20260309T090000Z", "DURATION:PT1H", uid="before")
    across = event("DTSTART:20260309T220000Z", "DURATION:PT4H", uid="across")
    inside = event("DTSTART:20260310T090000Z", uid="inside")
    after = event("DTSTART:20260311T000000Z", uid="after")
    found = read(
        tmp_path,
        calendar(before, across, inside, after),
        start_on=date(2026, 3, 10),
        end_on=date(2026, 3, 11),
    )
    assert [one.uid for one in found.meetings] == ["across", "inside"]
