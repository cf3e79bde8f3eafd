"""Everything that is held about one person, and where each piece came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from leadline.errors import InputError
from leadline.findings import LEAD, TEAM
from leadline.records.models import BriefLine, Person, Response, Source
from leadline.records.queries.repositories import RepositoryFacts
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import load_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One piece that is held about a person.

    Attributes
    ----------
    what : str
        The kind of piece: "roster", "roster history", "calendar" …
    text : str
        The piece itself.
    on : date or None
        The day it is about or was noticed, where it has one.
    place : str
        Where it came from, and so where a mistake is mended.
    readers : tuple of str
        Who can read it in Leadline.
    """

    what: str
    text: str
    on: date | None
    place: str
    readers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mine:
    """Everything held about one person.

    Attributes
    ----------
    key, name : str
        Who it is about.
    addresses : tuple of str
        The addresses that were looked for.
    held : tuple of Held
        Every piece, by kind.
    """

    key: str
    name: str
    addresses: tuple[str, ...]
    held: tuple[Held, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: the export that a person is given."""
        return asdict(self)


def everything_about(address: str) -> Mine:
    """Return all that any table or snapshot holds about whoever uses an address.

    Raises
    ------
    InputError
        Nothing at all is held under that address.
    """
    person = find_person(address)
    addresses = tuple(person.emails) if person else (address.strip().lower(),)
    name = person.facts().name if person else ""
    readers = (LEAD, addresses[0])
    held = (
        *(_from_roster(person, readers) if person else ()),
        *_from_calendars(addresses, readers),
        *_from_repositories(addresses),
        *_from_briefs(addresses, name, readers),
    )
    if not held:
        raise InputError(
            f"nothing is held about {address!r}",
            hint="`leadline people` lists everybody with their addresses.",
        )
    return Mine(key=addresses[0], name=name, addresses=addresses, held=held)


def find_person(address: str) -> Person | None:
    """Return whoever on the roster uses an address."""
    wanted = address.strip().lower()
    return next((row for row in Person.objects.all() if wanted in row.emails), None)


def _from_roster(person: Person, readers: tuple[str, ...]) -> Iterator[Held]:
    fields = (
        ("name", person.name),
        ("addresses", ", ".join(person.emails)),
        ("first day", person.start_on),
        ("last day", person.ends_on),
        ("country", person.country),
        ("role", person.role),
        ("level", person.level),
        ("lead", person.lead),
        ("probation ends", person.probation_ends_on),
    )
    for label, value in fields:
        if value:
            yield Held(
                what="roster",
                text=f"{label}: {value}",
                on=None,
                place=person.place,
                readers=readers,
            )
    for change in person.changes.all():
        text = f"{change.field}: {change.before or 'nothing'} → {change.after or 'nothing'}"
        yield Held(
            what="roster history",
            text=text,
            on=change.noticed_at.date(),
            place=change.place,
            readers=readers,
        )
    for correction in person.corrections.all():
        value = correction.value or "not known"
        yield Held(
            what="correction",
            text=f"{correction.field} is {value}",
            on=correction.at.date(),
            place="leadline mine --correct",
            readers=readers,
        )


def _from_calendars(addresses: tuple[str, ...], readers: tuple[str, ...]) -> Iterator[Held]:
    for calendar, facts in load_facts(Source.Kind.CALENDAR, CalendarFacts).items():
        for meeting in facts.meetings:
            named = {meeting.report, meeting.absent, meeting.organizer, *meeting.attendees}
            if named.intersection(addresses):
                yield Held(
                    what="calendar",
                    text=f"{meeting.title} ({meeting.status.value})",
                    on=meeting.starts_at.date(),
                    place=f"{calendar} line {meeting.line}",
                    readers=readers,
                )


def _from_repositories(addresses: tuple[str, ...]) -> Iterator[Held]:
    for repository, facts in load_facts(Source.Kind.GIT, RepositoryFacts).items():
        for named in facts.named:
            if set(named.emails).intersection(addresses):
                areas = ", ".join(f"{area}/" for area in named.areas) or "no folder"
                yield Held(
                    what="git",
                    text=f"{named.name} <{', '.join(named.emails)}>, an author of {areas}",
                    on=named.last_on,
                    place=f"the log of {repository}, and a copy of it in .leadline/cache",
                    readers=(TEAM,),
                )


def _from_briefs(
    addresses: tuple[str, ...], name: str, readers: tuple[str, ...]
) -> Iterator[Held]:
    about = lines_about(addresses, name)
    for line in BriefLine.objects.filter(about).select_related("brief"):
        yield Held(
            what="brief",
            text=line.sentence,
            on=line.brief.on,
            place=f"leadline brief --today {line.brief.on}",
            readers=readers,
        )
    for row in Response.objects.filter(lines_about(addresses)):
        yield Held(
            what="answer to a brief",
            text=f"{row.rule}: {row.verdict} {row.reason}".rstrip(),
            on=row.on,
            place=f"leadline brief {row.verdict}",
            readers=readers,
        )


def lines_about(addresses: tuple[str, ...], name: str = "") -> Q:
    """Return the condition on lines of briefs that are about a person or name them."""
    about = Q(subject__in=[f"person:{address}" for address in addresses])
    return about | Q(sentence__contains=name) if name else about
