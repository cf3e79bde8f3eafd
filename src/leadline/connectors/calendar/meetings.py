"""A reading and a roster → meetings: kinds, who is away, what became of each, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from leadline.connectors.calendar.facts import Event, Occurrence, Reading
from leadline.practice.kinds import (
    ABSENCE_WORDS,
    Kind,
    KindRule,
    first_word,
    kind_of,
    named_in,
)
from leadline.practice.meetings import Actor, Meeting, Status
from leadline.practice.people import Person
from leadline.practice.roster import direct_reports, lead_addresses

LEAD_KEY = "lead"


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """Whose calendar it is, and who reports to them."""

    lead: frozenset[str]
    reports: tuple[Person, ...]

    @classmethod
    def of(cls, *, lead: Sequence[str], people: Sequence[Person]) -> Self:
        """Gather the lead's addresses and the direct reports, those who left included."""
        return cls(
            lead=lead_addresses(people, lead=lead),
            reports=direct_reports(people, lead=lead),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What is the same for every occurrence of one event."""

    event: Event
    kind: Kind
    others: tuple[str, ...]
    maker: Actor
    status: Status
    changed_by: Actor | None
    absent: str


def to_meetings(
    reading: Reading,
    *,
    roster: Roster,
    rules: Sequence[KindRule],
    zone: tzinfo,
    place: str,
) -> Iterable[Meeting]:
    """Yield a meeting for each occurrence, in the reading's order."""
    names_organizers = any(event.organizer for event in reading.events)
    told: dict[int, _Told] = {}
    for occurrence in reading.occurrences:
        one = told.get(occurrence.event)
        if one is None:
            one = told[occurrence.event] = _tell(
                reading.events[occurrence.event],
                roster=roster,
                rules=rules,
                names_organizers=names_organizers,
            )
        yield _meeting(occurrence, told=one, zone=zone, place=place)


def _tell(
    event: Event, *, roster: Roster, rules: Sequence[KindRule], names_organizers: bool
) -> _Told:
    named = {attendee.address for attendee in event.attendees} | {event.organizer} - {""}
    others = tuple(sorted(named - roster.lead))
    kind = kind_of(
        title=event.title,
        attendees=others,
        names_attendees=bool(event.attendees),
        includes_lead=bool(named & roster.lead),
        all_day=event.all_day,
        reports=roster.reports,
        rules=rules,
    )
    maker = _maker(event, lead=roster.lead, names_organizers=names_organizers)
    status, changed_by = _outcome(event, lead=roster.lead, maker=maker)
    return _Told(
        event=event,
        kind=kind,
        others=others,
        maker=maker,
        status=status,
        changed_by=changed_by,
        absent=_absent(event, others=others, reports=roster.reports),
    )


def _maker(event: Event, *, lead: frozenset[str], names_organizers: bool) -> Actor:
    """Tell who may move or cancel the event: its organizer, as far as the file says."""
    if event.organizer:
        return Actor.LEAD if event.organizer in lead else Actor.OTHER
    return Actor.LEAD if names_organizers or event.attendees else Actor.UNKNOWN


def _outcome(
    event: Event, *, lead: frozenset[str], maker: Actor
) -> tuple[Status, Actor | None]:
    own = {one.answer for one in event.attendees if one.address in lead} - {""}
    others = {one.answer for one in event.attendees if one.address not in lead}
    if event.status == "CANCELLED":
        return Status.CANCELLED, maker
    if "DECLINED" in own:
        return Status.DECLINED, Actor.LEAD
    if others == {"DECLINED"}:
        return Status.CANCELLED, Actor.OTHER
    if event.status == "TENTATIVE" or "TENTATIVE" in own:
        return Status.TENTATIVE, None
    if event.busy == "tentative" and "ACCEPTED" not in own:
        return Status.TENTATIVE, None
    return Status.CONFIRMED, None


def _absent(event: Event, *, others: Sequence[str], reports: Sequence[Person]) -> str:
    """Tell who is away: the lead, or the one report whom an entry names."""
    word = (
        first_word(event.title, ABSENCE_WORDS) if event.all_day or event.busy == "away" else ""
    )
    if not word and event.busy != "away":
        return ""
    named = named_in(event.title, reports)
    if len(named) == 1:
        return named[0].key
    invited = [one for one in reports if set(others) & set(one.emails)]
    if len(others) == 1 and invited:
        return invited[0].key
    return "" if others or named else LEAD_KEY


def _meeting(occurrence: Occurrence, *, told: _Told, zone: tzinfo, place: str) -> Meeting:
    event = told.event
    status, changed_by = told.status, told.changed_by
    if occurrence.is_deleted and status is not Status.DECLINED:
        # An organizer who deletes a day cancels it. For others the file cannot tell a
        # day that was called off from one that the lead took out of their own calendar.
        status = Status.CANCELLED
        changed_by = Actor.LEAD if told.maker is Actor.LEAD else Actor.UNKNOWN
    elif occurrence.moved_from is not None and changed_by is None:
        changed_by = told.maker
    moved_from = occurrence.moved_from
    return Meeting(
        uid=event.uid,
        series=event.uid if event.recurs else "",
        starts_at=datetime.fromtimestamp(occurrence.start, zone),
        ends_at=datetime.fromtimestamp(occurrence.end, zone),
        title=event.title,
        kind=told.kind.name,
        kind_reason=told.kind.reason,
        report=told.kind.report,
        attendees=told.others,
        organizer=event.organizer,
        organizer_is_lead=told.maker is Actor.LEAD,
        status=status,
        changed_by=changed_by,
        moved_from=None if moved_from is None else datetime.fromtimestamp(moved_from, zone),
        all_day=event.all_day,
        is_busy=event.busy != "free",
        has_agenda=event.has_agenda,
        absent=told.absent,
        source=place,
        line=event.line,
    )
