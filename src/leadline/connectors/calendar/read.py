"""The lead's own calendar → meetings, with their kinds and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

from leadline.connectors.calendar import cache
from leadline.connectors.calendar.facts import Reading
from leadline.connectors.calendar.meetings import Roster, to_meetings
from leadline.connectors.calendar.source import MAX_BYTES, TIMEOUT_SECONDS, load
from leadline.connectors.problems import Problem
from leadline.errors import InputError
from leadline.practice.kinds import DEFAULT_RULES, KindRule
from leadline.practice.meetings import Meeting
from leadline.practice.people import Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """What one calendar holds in a window.

    Attributes
    ----------
    place : str
        The path, or the host of the address; safe to print.
    name : str
        The name the calendar gives itself; may be empty.
    start_on, end_on : date
        The window; `end_on` is not part of it.
    meetings : tuple of Meeting
        Everything that touches the window, cancelled and declined included, by start.
    problems : tuple of Problem
        Events that could not be read, or only in part.
    shows_busy_times_only : bool
        The calendar hides titles and attendees: hours can be told, kinds cannot.
    """

    place: str
    name: str
    start_on: date
    end_on: date
    meetings: tuple[Meeting, ...]
    problems: tuple[Problem, ...]
    shows_busy_times_only: bool


def read_calendar(
    source: str | Path,
    *,
    lead: Sequence[str],
    people: Sequence[Person],
    start_on: date,
    end_on: date,
    zone: tzinfo,
    rules: Sequence[KindRule] = DEFAULT_RULES,
    cache_folder: Path | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Calendar:
    """Read the lead's own calendar; nothing is ever written to it.

    Parameters
    ----------
    source : str or Path
        An `.ics` file, or an https, http or webcal address.
    lead : sequence of str
        Every address of the lead. Without them nobody can tell who moved a meeting.
    people : sequence of Person
        The people file; those who report to the lead make one-on-ones.
    start_on, end_on : date
        The window, from the first day up to, not including, the last. Rules without an
        end are worked out within it.
    zone : tzinfo
        The lead's time zone: times without a zone and all-day events are read in it,
        and every meeting is given in it.
    rules : sequence of KindRule
        Kinds by words in the title; `DEFAULT_RULES` where the lead set none.
    cache_folder : Path, optional
        Where worked-out occurrences are kept between runs.
    timeout_seconds : float
        How long to wait for each answer of the network.
    max_bytes : int
        The largest calendar that is read.

    Returns
    -------
    Calendar
        Meetings and problems. The same bytes, window, zone, people and rules always
        give the same meetings.

    Raises
    ------
    ConnectorError
        The source cannot be had or is no calendar.
    InputError
        The window is empty.

    References
    ----------
    RFC 5545 (iCalendar), RFC 7986, RFC 5546 (METHOD).
    """
    if end_on <= start_on:
        raise InputError(f"a window ends after it starts; got {start_on} up to {end_on}")
    got = load(source, timeout_seconds=timeout_seconds, max_bytes=max_bytes)
    first, last = _whole_weeks(start_on, end_on)
    reading = _reading(
        got.content,
        place=got.place,
        start=first,
        end=last,
        zone=zone,
        cache_folder=cache_folder,
    )
    roster = Roster.of(lead=lead, people=people)
    meetings = to_meetings(reading, roster=roster, rules=rules, zone=zone, place=got.place)
    begin = datetime(start_on.year, start_on.month, start_on.day, tzinfo=zone)
    stop = datetime(end_on.year, end_on.month, end_on.day, tzinfo=zone)
    return Calendar(
        place=got.place,
        name=reading.name,
        start_on=start_on,
        end_on=end_on,
        meetings=tuple(one for one in meetings if _touches(one, begin=begin, stop=stop)),
        problems=tuple(
            Problem(place=got.place, line=flaw.line, part=flaw.part, message=flaw.message)
            for flaw in reading.flaws
        ),
        shows_busy_times_only=_shows_busy_times_only(reading),
    )


def _whole_weeks(start: date, end: date) -> tuple[date, date]:
    """Widen a window to whole weeks, so that a cached reading lasts until Monday."""
    return (
        start - timedelta(days=start.weekday()),
        end + timedelta(days=-end.weekday() % 7),
    )


def _touches(meeting: Meeting, *, begin: datetime, stop: datetime) -> bool:
    if meeting.starts_at == meeting.ends_at:
        return begin <= meeting.starts_at < stop
    return meeting.starts_at < stop and meeting.ends_at > begin


def _reading(
    content: bytes,
    *,
    place: str,
    start: date,
    end: date,
    zone: tzinfo,
    cache_folder: Path | None,
) -> Reading:
    if cache_folder is None:
        return _work_out(content, place=place, start=start, end=end, zone=zone)
    name = cache.key(content=content, window=f"{start} {end} {zone!r}")
    reading = cache.fetch(cache_folder, name)
    if reading is None:
        reading = _work_out(content, place=place, start=start, end=end, zone=zone)
        cache.keep(cache_folder, name, reading)
    return reading


def _work_out(content: bytes, *, place: str, start: date, end: date, zone: tzinfo) -> Reading:
    from leadline.connectors.calendar.parse import (  # noqa: PLC0415 - a cached reading does
        parse_calendar,  # without the parser, which takes a tenth of a second to import
    )

    return parse_calendar(content, place=place, start=start, end=end, zone=zone)


def _shows_busy_times_only(reading: Reading) -> bool:
    return bool(reading.events) and all(
        not event.attendees and event.title.lower() in _BUSY_TITLES for event in reading.events
    )


_BUSY_TITLES = {"", "busy", "free", "tentative", "private", "beschäftigt", "occupé", "ocupado",
                "away", "out of office", "private appointment"}  # fmt: skip
