"""Every calendar in the test suites of icalendar and recurring-ical-events.

Both pinned packages carry their collections of real and broken files. Oracle for every
occurrence: recurring_ical_events on the whole file, by its front door.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events
from icalendar.timezone import tzp

from leadline.connectors.calendar.parse import parse_calendar
from leadline.errors import ConnectorError
from tests.connectors.calendar.samples import BERLIN, PEOPLE, read

CORPORA = [
    path
    for package, folder in (("icalendar", "tests"), ("recurring_ical_events", "test"))
    for path in sorted(Path(str(files(package).joinpath(folder))).rglob("*.ics"))
]
if not CORPORA:  # a distribution may leave them out
    CORPORA = [
        pytest.param(None, marks=pytest.mark.skip("the packages carry no test calendars"))
    ]

LIBRARY_REFUSES = (AttributeError, LookupError, TypeError, ValueError)


def window(content: bytes) -> tuple[date, date]:
    """Return up to four years from the file's first event on."""
    found = {int(year) for year in re.findall(rb"DTSTART[^\r\n]*:(\d{4})", content)}
    years = sorted(year for year in found if 1975 < year < 2090) or [2020]
    return date(years[0], 1, 1), date(min(years[-1] + 2, years[0] + 4), 1, 1)


def seconds(moment: date) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)).timestamp())


def by_the_library(content: bytes, *, start: date, end: date) -> Counter[tuple[int, int]]:
    tzp.use_default()
    span = [datetime.combine(day, time(), BERLIN) for day in (start, end)]
    return Counter(
        (seconds(one["DTSTART"].dt), seconds(one["DTEND"].dt))
        for calendar in icalendar.Calendar.from_ical(content, multiple=True)
        for one in recurring_ical_events.of(calendar).between(*span)
    )


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path and path.name)
def test_occurrences_agree_with_recurring_ical_events(path: Path) -> None:
    content = path.read_bytes()
    start, end = window(content)
    try:
        reading = parse_calendar(content, place=path.name, start=start, end=end, zone=BERLIN)
    except ConnectorError as error:
        assert path.name in error.message
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = by_the_library(content, start=start, end=end)
        except LIBRARY_REFUSES:
            # The library gives the whole file up; here what is wrong is named instead,
            # if it lies within an event.
            assert reading.flaws or reading.occurrences
            return
    titles = {place for place, one in enumerate(reading.events) if one.uid.startswith("busy-")}
    found = Counter(
        (one.start, one.end)
        for one in reading.occurrences
        if not one.is_deleted and one.event not in titles
    )
    assert found == expected


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path and path.name)
def test_every_file_gives_meetings_or_a_clear_error(path: Path, tmp_path: Path) -> None:
    start, end = window(path.read_bytes())
    try:
        calendar = read(tmp_path, path.read_bytes(), people=PEOPLE, start_on=start, end_on=end)
    except ConnectorError as error:
        assert error.permanent
        assert error.hint
        return
    for meeting in calendar.meetings:
        assert meeting.starts_at.tzinfo is BERLIN
        assert meeting.starts_at <= meeting.ends_at
        assert meeting.title.isprintable()
    assert all(problem.message for problem in calendar.problems)
