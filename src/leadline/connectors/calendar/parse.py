"""The bytes of a calendar → its reading: events once, occurrences as numbers."""

from __future__ import annotations

from datetime import date, tzinfo

import icalendar

from leadline.connectors.calendar.events import (
    UNREADABLE,
    Parsed,
    learn_time_zones,
    parse,
    zone_named,
)
from leadline.connectors.calendar.expand import expand, seconds_of
from leadline.connectors.calendar.facts import Event, Flaw, Occurrence, Reading
from leadline.connectors.calendar.lines import Block, decode, split

_FREE_BUSY = {"BUSY-TENTATIVE": "tentative", "BUSY-UNAVAILABLE": "away"}


def parse_calendar(
    content: bytes, *, place: str, start: date, end: date, zone: tzinfo
) -> Reading:
    """Work out one calendar in one window.

    Parameters
    ----------
    content : bytes
        The calendar as it came.
    place : str
        How messages name it.
    start, end : date
        The window; `end` is not part of it.
    zone : tzinfo
        The lead's time zone.

    Raises
    ------
    ConnectorError
        The bytes are no calendar.
    """
    text, flaws = decode(content, place=place)
    found = split(text, place=place)
    flaws += found.flaws
    flaws += learn_time_zones(found.named("VTIMEZONE"))
    flaws += _unknown_calendar_zones(found.blocks)
    events: list[Parsed] = []
    for block in found.named("VEVENT"):
        parsed, trouble = parse(block)
        flaws += trouble
        if parsed is not None:
            events.append(parsed)
    occurrences, trouble = expand(events, start=start, end=end, zone=zone)
    flaws += trouble
    facts = [parsed.event for parsed in events]
    for block in found.named("VFREEBUSY"):
        flaws += _add_busy_times(block, events=facts, occurrences=occurrences, zone=zone)
    return Reading(
        name=found.header.get("X-WR-CALNAME", "") or found.header.get("NAME", ""),
        events=tuple(facts),
        occurrences=tuple(occurrences),
        flaws=tuple(sorted(flaws, key=lambda flaw: flaw.line)),
    )


def _unknown_calendar_zones(blocks: list[Block]) -> list[Flaw]:
    names = {block.zone for block in blocks if block.zone and zone_named(block.zone) is None}
    return [
        Flaw(0, "X-WR-TIMEZONE", f"time zone {name!r} is unknown; left aside")
        for name in sorted(names)
    ]


def _add_busy_times(
    block: Block, *, events: list[Event], occurrences: list[Occurrence], zone: tzinfo
) -> list[Flaw]:
    """Add the periods of a free-busy block, which has no titles and no people."""
    try:
        component = icalendar.FreeBusy.from_ical(block.text)
        periods = component.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            word = str(period.params.get("FBTYPE", "BUSY")).upper()
            if word != "FREE":
                occurrences.append(_busy_time(period, event=len(events), zone=zone))
                events.append(_busy_event(block, busy=_FREE_BUSY.get(word, "busy")))
    except UNREADABLE as error:
        return [Flaw(block.line, "VFREEBUSY", f"cannot be read: {error}; left out")]
    return []


def _busy_event(block: Block, *, busy: str) -> Event:
    return Event(
        uid=f"busy-{block.line}",
        title="Busy",
        line=block.line,
        recurs=False,
        all_day=False,
        organizer="",
        attendees=(),
        status="",
        busy=busy,
        has_agenda=False,
    )


def _busy_time(period: icalendar.vPeriod, *, event: int, zone: tzinfo) -> Occurrence:
    return Occurrence(
        event=event, start=seconds_of(period.start, zone), end=seconds_of(period.end, zone)
    )
