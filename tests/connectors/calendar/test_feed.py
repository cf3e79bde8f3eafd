"""Plans as calendars. Oracle: icalendar reads back what was written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from leadline.connectors.calendar import Dated, to_ics
from tests.connectors.calendar.samples import read

ITEM = Dated(
    uid="meet-everyone@leadline",
    on=date(2026, 3, 2),
    title="Meet everyone; a one-on-one with each, 15 minutes",
    description="First line\nsecond \\ line",
)
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Cf", "Zl", "Zp"]), max_size=200
)


def test_an_item_reads_back_as_it_was() -> None:
    (one,) = icalendar.Calendar.from_ical(to_ics([ITEM], name="90 days")).events
    assert one["SUMMARY"] == ITEM.title
    assert one["DESCRIPTION"] == ITEM.description
    assert one.decoded("DTSTART") == ITEM.on
    assert one.decoded("DTEND") == date(2026, 3, 3)
    assert one["TRANSP"] == "TRANSPARENT"


@given(title=TEXT, description=TEXT, name=TEXT)
def test_any_text_survives_and_lines_stay_short(
    title: str, description: str, name: str
) -> None:
    written = to_ics(
        [Dated(uid="x", on=date(2026, 3, 2), title=title, description=description)], name=name
    )
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(written)
    shown = {letter for letter in title + description + name if not letter.isprintable()}
    assert not shown & set(written.decode()) - {" "}
    (one,) = calendar.events
    assert one["SUMMARY"] == "".join(letter for letter in title if letter.isprintable())


def test_a_long_title_is_folded_between_characters_and_read_back_whole() -> None:
    title = "Zoë meets 李 — " * 30
    written = to_ics([Dated(uid="x", on=date(2026, 3, 2), title=title)], name="x")
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert icalendar.Calendar.from_ical(written).events[0]["SUMMARY"] == title


def test_no_text_can_begin_a_component_of_its_own() -> None:
    hostile = "x\r\nEND:VEVENT\rBEGIN:VEVENT\nUID:evil\x00"
    written = to_ics(
        [Dated(uid=hostile, on=date(2026, 3, 2), title=hostile, description=hostile)],
        name=hostile,
    )
    assert len(icalendar.Calendar.from_ical(written).events) == 1


def test_the_same_items_in_any_order_give_the_same_bytes() -> None:
    other = Dated(uid="a", on=date(2026, 3, 2), title="Other")
    assert to_ics([ITEM, other], name="x") == to_ics([other, ITEM], name="x")


def test_a_plan_can_be_read_by_the_calendar_connector(tmp_path: Path) -> None:
    found = read(tmp_path, to_ics([ITEM], name="90 days"))
    assert found.name == "90 days"
    assert found.problems == ()
    (meeting,) = found.meetings
    assert meeting.title == ITEM.title
    assert (meeting.all_day, meeting.is_busy, meeting.has_agenda) == (True, False, True)


def test_a_plan_without_items_is_an_empty_calendar() -> None:
    assert icalendar.Calendar.from_ical(to_ics([], name="empty")).events == []
