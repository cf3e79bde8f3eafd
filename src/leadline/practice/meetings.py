"""Meetings in the lead's own calendar: the facts that rules of practice need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """What became of one occurrence, as far as the calendar says."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    """The lead said no; the meeting may have taken place without them."""


class Actor(StrEnum):
    """Who moved or cancelled an occurrence."""

    LEAD = "lead"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """One occurrence of one event in the lead's calendar.

    Attributes
    ----------
    uid : str
        The event's own id; all occurrences of a series share it.
    series : str
        The id of the series it belongs to; empty for an event that happens once.
    starts_at, ends_at : datetime
        Aware, in the lead's time zone; an all-day event runs from midnight to midnight.
    title : str
        As the calendar writes it; text from outside, never to be trusted as markup.
    kind : str
        "one-on-one", "project", "hiring", "status", "focus", "other", or what the
        lead's own rules say.
    kind_reason : str
        Why it is of that kind, for the receipt: "attendees", "title: stand-up", "".
    report : str
        Key of the report in a one-on-one; empty otherwise.
    attendees : tuple of str
        Addresses of everyone but the lead, lower-case, rooms and equipment left out.
    organizer : str
        The organizer's address, lower-case; empty where the file names none.
    organizer_is_lead : bool
        True also for an event without an organizer: the lead made it.
    status : Status
        What became of it.
    changed_by : Actor or None
        Who moved or cancelled it; None where it was neither.
    moved_from : datetime or None
        The start it had by its rule, where this one occurrence was moved.
    all_day : bool
        Whether it has dates and no times.
    is_busy : bool
        False for events that the calendar shows as free time.
    has_agenda : bool
        Whether its text says more than how to dial in. The text itself is not kept.
    absent : str
        Key of who is away by this entry ("lead" for the lead); empty for a meeting.
    source : str
        The calendar's path or host, for the receipt; never a secret address in full.
    line : int
        Line of the file on which the event begins, from 1.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    series: str = ""
    kind_reason: str = ""
    report: str = ""
    attendees: tuple[str, ...] = ()
    organizer: str = ""
    organizer_is_lead: bool = True
    status: Status = Status.CONFIRMED
    changed_by: Actor | None = None
    moved_from: datetime | None = None
    all_day: bool = False
    is_busy: bool = True
    has_agenda: bool = False
    absent: str = ""
    source: str = ""
    line: int = 0

    @property
    def duration(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at

    @property
    def takes_place(self) -> bool:
        """Whether the lead attends it, as far as the calendar says."""
        return self.status is Status.CONFIRMED

    @property
    def planned_at(self) -> datetime:
        """The start it had before anybody moved it; with `uid`, what names an occurrence."""
        return self.moved_from or self.starts_at


def unique(meetings: Iterable[Meeting]) -> tuple[Meeting, ...]:
    """Merge several calendars of one lead: each occurrence once, by start.

    Parameters
    ----------
    meetings : iterable of Meeting
        Of all calendars, the most trusted calendar first: where two hold the same
        occurrence, the first one stands.

    Returns
    -------
    tuple of Meeting
        In the order of their starts.
    """
    found: dict[tuple[str, datetime], Meeting] = {}
    for one in meetings:
        found.setdefault((one.uid, one.planned_at), one)
    return tuple(sorted(found.values(), key=lambda one: (one.starts_at, one.uid)))
