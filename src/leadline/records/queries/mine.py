"""Everything that is held about one person, and where each piece came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from leadline.errors import InputError
from leadline.findings import LEAD, TEAM
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.models import (
    BriefLine,
    IdentityDecision,
    Person,
    ProjectConfirmation,
    Reading,
    Response,
    Source,
)
from leadline.records.personal import KINDS
from leadline.records.queries.mentions import may_mention, mentions
from leadline.records.queries.project_notes import notes_naming
from leadline.records.queries.repositories import Named, RepositoryFacts
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


def everything_about(
    address: str, *, asked_by: Viewer | None = None, most: int | None = None
) -> Mine:
    """Return all that any table or snapshot holds about whoever uses an address.

    Parameters
    ----------
    address : str
        Any address of the person.
    asked_by : Viewer, optional
        Who will see it. A record that they or the person may not read, such as a private
        note of somebody else, is counted and not shown. Without it, nobody in particular
        asks, and only what the person and the lead both read is shown.
    most : int, optional
        How many records of a kind are wanted; the others are counted. All by default.

    Raises
    ------
    InputError
        Nothing at all is held under that address.
    """
    person = find_person(address)
    listed = tuple(person.emails) if person else (address.strip().lower(),)
    named = _named_on_commits(listed)
    aliases = {email for one in named for email in one.emails}
    addresses = (*listed, *sorted(aliases.difference(listed)))
    name = person.facts().name if person else next((one.name for one in named), "")
    readers = (LEAD, addresses[0])
    held = (
        *(_from_roster(person, readers) if person else ()),
        *_from_calendars(addresses, name, readers),
        *_from_repositories(addresses),
        *_from_decisions(addresses),
        *_from_briefs(addresses, name, readers),
        *_from_notes(addresses, name),
        *_from_project_notes(addresses, name),
        *_from_records(addresses, name, asked_by=asked_by, most=most),
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


def _from_calendars(
    addresses: tuple[str, ...], name: str, readers: tuple[str, ...]
) -> Iterator[Held]:
    theirs = frozenset(addresses)
    for calendar, facts in load_facts(Source.Kind.CALENDAR, CalendarFacts).items():
        for meeting in facts.meetings:
            named = {meeting.report, meeting.absent, meeting.organizer, *meeting.attendees}
            if not theirs.isdisjoint(named) or mentions(meeting.title, [name]):
                yield Held(
                    what="calendar",
                    text=f"{meeting.title} ({meeting.status.value})",
                    on=meeting.starts_at.date(),
                    place=f"{calendar} line {meeting.line}",
                    readers=readers,
                )


def _named_on_commits(addresses: tuple[str, ...]) -> list[Named]:
    """Return the people on commits who use one of the addresses."""
    return [
        named
        for facts in load_facts(Source.Kind.GIT, RepositoryFacts).values()
        for named in facts.named
        if set(named.emails).intersection(addresses)
    ]


def _from_decisions(addresses: tuple[str, ...]) -> Iterator[Held]:
    about = Q(first__in=addresses) | Q(second__in=addresses)
    for decision in IdentityDecision.objects.filter(about):
        yield Held(
            what="who is who on commits",
            text=str(decision),
            on=decision.at.date(),
            place="leadline people --same, --different",
            readers=(LEAD,),
        )


def _from_notes(addresses: tuple[str, ...], name: str) -> Iterator[Held]:
    """Return what a lead noted on projects and what readings of sources said by name."""
    notes = [
        (row.on, row.note, f"leadline projects {row.project} --confirm")
        for row in ProjectConfirmation.objects.exclude(note="")
    ] + [
        (row.started_at.date(), text, f"leadline sync, {row.source.name}")
        for row in Reading.objects.select_related("source")
        for text in (row.summary, *row.notes)
    ]
    for on, text, place in notes:
        if mentions(text, (*addresses, name)):
            yield Held(what="note", text=text, on=on, place=place, readers=(LEAD,))


def _from_project_notes(addresses: tuple[str, ...], name: str) -> Iterator[Held]:
    for row, readers in notes_naming(addresses, name):
        kind = row._meta.verbose_name  # noqa: SLF001 - Django's documented name for it
        yield Held(
            what="note on a project",
            text=f"{kind}: {row}",
            on=None,
            place="the project's page",
            readers=readers,
        )


def _from_records(
    addresses: tuple[str, ...], name: str, *, asked_by: Viewer | None, most: int | None
) -> Iterator[Held]:
    """Return records that were written here: those both may read, and how many others."""
    role = frozenset({access.Role.MEMBER})
    person = access.Viewer(
        email=addresses[0], name=name, addresses=frozenset(addresses), roles=role
    )
    lead = access.Viewer(
        email="", name="", addresses=frozenset(), roles=frozenset({access.Role.LEAD})
    )
    for kind in KINDS:
        rows = kind.concerning(addresses)
        n_rows = rows.count()
        if not n_rows:
            continue
        shown = access.visible(asked_by or lead, access.visible(person, rows))
        some = list(shown.select_related()[:most])
        for row, readers in zip(some, access.readers_of_each(kind.model, some), strict=True):
            yield Held(
                what=kind.what,
                text=kind.text(row),
                on=kind.on(row),
                place=f"written in Leadline; deleted {kind.until}",
                readers=readers,
            )
        n_shown = shown.count() if len(some) == most else len(some)
        if most is not None and n_shown > most:
            yield Held(
                what=kind.what,
                text=f"{n_shown - most} more, which stand in the export",
                on=None,
                place=f"written in Leadline; deleted {kind.until}",
                readers=access.readers_of(access.rule_of_model(kind.model.__name__).kind),
            )
        if n_others := n_rows - n_shown:
            few = access.readers_of(access.rule_of_model(kind.model.__name__).kind)
            whose = "more, which can be read only by who is named here"
            yield Held(
                what=kind.what,
                text=f"{n_others} {whose if few else 'which no page shows to anybody'}",
                on=None,
                place=f"written in Leadline; deleted {kind.until}",
                readers=few or ("nobody",),
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
    for sentence, on in _lines_about(addresses, name):
        yield Held(
            what="brief",
            text=sentence,
            on=on,
            place=f"leadline brief --today {on}",
            readers=readers,
        )
    for row in answers_about(addresses, name):
        yield Held(
            what="answer to a brief",
            text=f"{row.rule}: {row.verdict} {row.reason}".rstrip(),
            on=row.on,
            place=f"leadline brief {row.verdict}",
            readers=readers,
        )


def _lines_about(addresses: tuple[str, ...], name: str) -> Iterator[tuple[str, date]]:
    """Yield the lines of briefs that are about a person or name them, each with its day."""
    subjects = _subjects(addresses)
    about = Q(subject__in=subjects)
    if name:
        about |= may_mention([name], ["sentence"])
    lines = BriefLine.objects.filter(about).order_by("-brief__on", "position")
    for subject, sentence, on in lines.values_list("subject", "sentence", "brief__on"):
        if subject in subjects or mentions(sentence, [name]):
            yield sentence, on


def lines_naming(addresses: tuple[str, ...], name: str) -> list[BriefLine]:
    """Return the lines about a person, and those that name them in a question or receipt."""
    subjects, words = _subjects(addresses), (*addresses, name)
    lines = BriefLine.objects.all()
    return [one for one in lines if one.subject in subjects or mentions(_said(one), words)]


def _said(line: BriefLine) -> str:
    """Return all that a line of a brief says: sentence, question, receipts and readers."""
    found = line.found
    receipts = [text for receipt in found.get("receipts", ()) for text in receipt.values()]
    texts = (line.sentence, found.get("question", ""), *receipts, *found.get("readers", ()))
    return "\n".join(texts)


def answers_about(addresses: tuple[str, ...], name: str) -> list[Response]:
    """Return what the lead answered to lines about a person, or naming them."""
    subjects = _subjects(addresses)
    words = (*addresses, name)
    return [
        row
        for row in Response.objects.filter(
            Q(subject__in=subjects) | may_mention(words, ["reason"])
        )
        if row.subject in subjects or mentions(row.reason, words)
    ]


def _subjects(addresses: tuple[str, ...]) -> list[str]:
    return [f"person:{address}" for address in addresses]
