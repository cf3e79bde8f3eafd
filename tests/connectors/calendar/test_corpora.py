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

from leadline.connectors.calendar.facts import Reading
from leadline.connectors.calendar.parse import parse_calendar
from leadline.errors import ConnectorError
from tests.connectors.calendar.samples import BERLIN, read

CORPORA = [
    path
    for package, folder in (("icalendar", "tests"), ("recurring_ical_events", "test"))
    for path in sorted(Path(str(files(package).joinpath(folder))).rglob("*.ics"))
]
if not CORPORA:  # a distribution may leave them out
    CORPORA = [
        pytest.param(None, marks=pytest.mark.skip("the packages carry no test calendars"))
    ]


def window(content: bytes) -> tuple[date, date]:
    """Return up to four years from the file's first event on."""
    found = {int(year) for year in re.findall(rb"DTSTART[^\r\n]*:(\d{4})", content)}
    years = sorted(year for year in found if 1975 < year < 2090) or [2020]
    return date(years[0], 1, 1), date(min(years[-1] + 2, years[0] + 4), 1, 1)


def seconds(moment: date) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return int((moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)).timestamp())


def reading_of(path: Path) -> Reading | ConnectorError:
    start, end = window(path.read_bytes())
    try:
        return parse_calendar(
            path.read_bytes(), place=path.name, start=start, end=end, zone=BERLIN
        )
    except ConnectorError as error:
        return error


def by_the_library(content: bytes) -> Counter[tuple[int, int]] | None:
    """Return starts and ends, or None where the library gives the whole file up."""
    tzp.use_default()
    span = [datetime.combine(day, time(), BERLIN) for day in window(content)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Counter(
                (seconds(one["DTSTART"].dt), seconds(one["DTEND"].dt))
                for calendar in icalendar.Calendar.from_ical(content, multiple=True)
                for one in recurring_ical_events.of(calendar).between(*span)
            )
        except (AttributeError, LookupError, TypeError, ValueError):
            return None


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path and path.name)
def test_occurrences_agree_with_recurring_ical_events(path: Path) -> None:
    reading = reading_of(path)
    if isinstance(reading, ConnectorError):
        assert path.name in reading.message
        return
    expected = by_the_library(path.read_bytes())
    if expected is None:
        # Here what is wrong is named instead, or lies outside every event.
        assert reading.flaws or reading.occurrences
        return
    found = Counter(
        (one.start, one.end)
        for one in reading.occurrences
        if not one.is_deleted and not reading.events[one.event].uid.startswith("busy-")
    )
    assert found == expected


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path and path.name)
def test_every_file_gives_meetings_or_a_clear_error(path: Path, tmp_path: Path) -> None:
    reading = reading_of(path)
    if isinstance(reading, ConnectorError):
        assert reading.permanent
        assert reading.hint
        return
    start, end = window(path.read_bytes())
    calendar = read(tmp_path, path.read_bytes(), start_on=start, end_on=end)
    for meeting in calendar.meetings:
        assert meeting.starts_at.tzinfo is BERLIN
        assert meeting.starts_at <= meeting.ends_at
        assert meeting.title.isprintable()
    assert all(problem.message for problem in calendar.problems)
