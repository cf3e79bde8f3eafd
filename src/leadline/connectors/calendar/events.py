"""One block of text → one event: what it says, and the component that knows its rule."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeAlias

import icalendar
import x_wr_timezone
from icalendar.timezone import tzp

from leadline.connectors.calendar.agenda import has_agenda
from leadline.connectors.calendar.facts import Attendee, Event, Flaw
from leadline.connectors.calendar.lines import Block

Component: TypeAlias = Any
"""An `icalendar.Event`, whose values are of thirty types and none; told apart at run time."""

UNREADABLE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    OSError, TypeError, ValueError,
)  # fmt: skip
"""What the parsers raise on texts that break the standard; they document no closed set."""

LONGEST_TITLE = 300

_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_ONCE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
_NOTHING_SAID = re.compile(
    r"^(EXDATE|RDATE)[^:\r\n]*:[ \t]*\r?\n(?![ \t])", re.IGNORECASE | re.MULTILINE
)
_NOT_PEOPLE = {"ROOM", "RESOURCE"}
_NOT_PEOPLE_DOMAINS = ("@resource.calendar.google.com", "@group.calendar.google.com")
_BUSY = {"FREE": "free", "TENTATIVE": "tentative", "OOF": "away", "BUSY": "busy"}
_CANCELLED_TITLE = re.compile(
    r"^(cancell?ed|abgesagt|annulé|cancelado|annullato|geannuleerd)\s*:\s*", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """An event's facts, and the component from which its occurrences are worked out."""

    event: Event
    component: Component


def learn_time_zones(blocks: Iterable[Block]) -> list[Flaw]:
    """Teach the parser the file's own time zones, and forget those of other files."""
    tzp.use_default()
    flaws = []
    for block in blocks:
        try:
            zone: Component = icalendar.Timezone.from_ical(block.text)
            _refuse_odd_changes(zone)
            tzp.cache_timezone_component(zone)
        except UNREADABLE as error:
            flaws.append(Flaw(block.line, "VTIMEZONE", f"cannot be read: {error}"))
    return flaws


def _refuse_odd_changes(zone: Component) -> None:
    """Clocks change once a year; a finer or endless rule would be worked out to 2038."""
    for change in zone.subcomponents:
        for rule in all_of(change, "RRULE"):
            if str(rule.get("FREQ", [""])[0]).upper() != "YEARLY" or interval(rule) < 1:
                raise ValueError(f"a zone cannot change by {rule.to_ical().decode()}")


def all_of(component: Component, name: str) -> list[Any]:
    """Return every value of a property that may stand there once, often or never."""
    value = component.get(name, [])
    return value if isinstance(value, list) else [value]


def interval(rule: Any) -> int:
    """Return a rule's INTERVAL, 1 where it says nothing."""
    return int(rule.get("INTERVAL", [1])[0])


def zone_named(name: str) -> tzinfo | None:
    """Return the zone of a name as calendars write it: IANA, Windows, or from the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "/vendor/Europe/Berlin" is guessed, rightly
        try:
            return tzp.timezone(name) if name else None
        except UNREADABLE:  # "Europe" is a folder of zones and no zone
            return None


def parse(block: Block) -> tuple[Parsed | None, list[Flaw]]:
    """Parse one VEVENT.

    Returns
    -------
    tuple of (Parsed or None, list of Flaw)
        None where a time or a rule of the event cannot be read: half a rule would be
        a wrong calendar. Other unreadable properties are named and left out.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            component: Component = icalendar.Event.from_ical(_NOTHING_SAID.sub("", block.text))
    except UNREADABLE as error:
        return None, [Flaw(block.line, "", f"the event cannot be read: {error}; left out")]
    if not isinstance(component, icalendar.Event):
        return None, [Flaw(block.line, "", "the event cannot be read; left out")]
    title = _title(component)
    flaws = [
        Flaw(block.line, title, f"{name or 'a line'} cannot be read: {reason}")
        for name, reason in component.errors
    ]
    fault = _fault_of_times(component)
    if fault:
        return None, [*flaws, Flaw(block.line, title, f"{fault}; the event is left out")]
    flaws.extend(_unknown_zones(component, block=block, title=title))
    try:
        component = _in_calendar_zone(component, block.zone)
        event = _event(component, block=block, title=title)
    except UNREADABLE as error:
        return None, [*flaws, Flaw(block.line, title, f"cannot be read: {error}; left out")]
    return Parsed(event=event, component=component), flaws


def _fault_of_times(component: Component) -> str:
    """Say what is wrong with the event's times, or "" where all can be read."""
    broken = sorted({str(name) for name, _ in component.errors} & _TIMES)
    if broken:
        return f"without {' and '.join(broken)} its times are not known"
    twice = [name for name in _ONCE if isinstance(component.get(name), list)]
    if twice:
        return f"{twice[0]} stands there twice"
    return "" if "DTSTART" in component else "DTSTART is missing"


def _event(component: Component, *, block: Block, title: str) -> Event:
    status = str(component.get("STATUS", "")).upper()
    if block.method == "CANCEL" or _CANCELLED_TITLE.match(title):
        status = "CANCELLED"
    elif block.method == "COUNTER":
        status = "TENTATIVE"
    return Event(
        uid=str(component.get("UID") or _made_up_uid(block)),
        title=_CANCELLED_TITLE.sub("", title),
        line=block.line,
        recurs=any(name in component for name in ("RRULE", "RDATE", "RECURRENCE-ID")),
        all_day=not isinstance(component["DTSTART"].dt, datetime),
        organizer=_address(component.get("ORGANIZER", "")),
        attendees=tuple(_attendees(component)),
        status=status,
        busy=_busy(component),
        has_agenda=has_agenda(_text(component)),
    )


def _made_up_uid(block: Block) -> str:
    return "no-uid-" + hashlib.sha256(block.text.encode()).hexdigest()[:16]


def _title(component: Component) -> str:
    text = "".join(
        letter if letter.isprintable() else " " for letter in _first(component, "SUMMARY")
    )
    return unicodedata.normalize("NFC", " ".join(text.split()))[:LONGEST_TITLE]


def _text(component: Component) -> str:
    texts = (_first(component, name) for name in ("DESCRIPTION", "X-ALT-DESC", "URL"))
    return next((text for text in texts if text.strip()), "") or _first(component, "ATTACH")


def _first(component: Component, name: str) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value)


def _attendees(component: Component) -> Iterable[Attendee]:
    for entry in all_of(component, "ATTENDEE"):
        parameters = getattr(entry, "params", {})
        address = _address(entry)
        if address and str(parameters.get("CUTYPE", "")).upper() not in _NOT_PEOPLE:
            yield Attendee(address, str(parameters.get("PARTSTAT", "")).upper())


def _address(value: Any) -> str:
    """Return a lower-case address, from "MAILTO:…", the EMAIL parameter, or ""."""
    text = str(value).strip()
    if text.lower().startswith("mailto:"):
        text = text[7:]
    if "@" not in text:  # Exchange and Apple write a directory name, and the address beside it
        text = str(getattr(value, "params", {}).get("EMAIL", ""))
    text = text.strip().strip("<>").lower()
    return "" if text.endswith(_NOT_PEOPLE_DOMAINS) or "@" not in text else text


def _busy(component: Component) -> str:
    word = _first(component, "X-MICROSOFT-CDO-BUSYSTATUS").upper()
    if word in _BUSY:
        return _BUSY[word]
    return "free" if str(component.get("TRANSP", "")).upper() == "TRANSPARENT" else "busy"


def _unknown_zones(component: icalendar.Event, *, block: Block, title: str) -> Sequence[Flaw]:
    names = {
        str(getattr(component.get(name), "params", {}).get("TZID", ""))
        for name in ("DTSTART", "DTEND")
    } - {""}
    return [
        Flaw(block.line, title, f"time zone {name!r} is unknown; read as the lead's own zone")
        for name in sorted(names)
        if zone_named(name) is None
    ]


def _in_calendar_zone(component: Component, name: str) -> Component:
    """Read times without a zone, and in UTC, in the calendar's X-WR-TIMEZONE.

    Google writes series in UTC and names the zone once: a weekly meeting at nine stays
    at nine when the clocks change only if its rule runs in that zone.
    """
    zone = zone_named(name)
    if zone is None:
        return component
    changed: Component = x_wr_timezone.UTCChangingWalker(zone).walk_event(component)
    return changed
