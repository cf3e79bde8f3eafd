"""What is kept of a calendar between runs: events once, occurrences as numbers.

Nothing here depends on the roster or on the lead's rules, so that changing either
needs no second reading. Texts of events are not kept, only whether they say something.
"""

from __future__ import annotations

import msgspec


class Attendee(msgspec.Struct, frozen=True, array_like=True):
    """One invited address and what it answered; rooms and equipment are left out."""

    address: str
    answer: str


class Event(msgspec.Struct, frozen=True, array_like=True):
    """One VEVENT: a single event, a series, or the change of one occurrence.

    `busy` is the calendar's own word: "busy", "free", "tentative" or "away".
    `status` and `answer` are upper-case words of RFC 5545.
    """

    uid: str
    title: str
    line: int
    recurs: bool
    all_day: bool
    organizer: str
    attendees: tuple[Attendee, ...]
    status: str
    busy: str
    has_agenda: bool


class Occurrence(msgspec.Struct, frozen=True, array_like=True):
    """One occurrence: which event, seconds since 1970, and what befell it.

    `event` is the place in `Reading.events`; `moved_from` the start by the rule;
    `is_deleted` says that the series leaves this day out (EXDATE).
    """

    event: int
    start: int
    end: int
    moved_from: int | None = None
    is_deleted: bool = False


class Flaw(msgspec.Struct, frozen=True, array_like=True):
    """A place in the file that could not be read."""

    line: int
    part: str
    message: str


class Reading(msgspec.Struct, frozen=True):
    """All facts of one calendar in one window."""

    name: str
    events: tuple[Event, ...]
    occurrences: tuple[Occurrence, ...]
    flaws: tuple[Flaw, ...]
