"""Everything that is held about one person, and where each piece came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q

from leadline.errors import InputError
from leadline.findings import LEAD, TEAM
from leadline.practice.meetings import Meeting
from leadline.records.access import Viewer, readers_of
from leadline.records.kept_work import while_same
from leadline.records.models import (
    BriefLine,
    IdentityDecision,
    Person,
    ProjectConfirmation,
    Reading,
    Response,
    Source,
)
from leadline.records.queries.experiments import kept_experiments
from leadline.records.queries.held import Held
from leadline.records.queries.held_records import from_records
from leadline.records.queries.mentions import may_mention, mentions
from leadline.records.queries.project_notes import notes_naming
from leadline.records.queries.repositories import Named, RepositoryFacts
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import load_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Under which addresses and which name somebody is looked for.

    Attributes
    ----------
    person : Person or None
        Their row, if they stand on the roster.
    addresses : tuple of str
        Theirs; the first is their key.
    name : str
    """

    person: Person | None
    addresses: tuple[str, ...]
    name: str


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
        return {
            "key": self.key,
            "name": self.name,
            "addresses": self.addresses,
            "held": [one.to_dict() for one in self.held],
        }


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
    known = known_by(address)
    held = tuple(pieces_about(known, asked_by=asked_by, most=most))
    if not held:
        raise InputError(
            f"nothing is held about {address!r}",
            hint="`leadline people` lists everybody with their addresses.",
        )
    return Mine(key=known.addresses[0], name=known.name, addresses=known.addresses, held=held)


def known_by(address: str) -> Known:
    """Return who uses an address, with every other one that the roster or commits know."""
    person = find_person(address)
    listed = tuple(person.emails) if person else (address.strip().lower(),)
    named = _named_on_commits(listed)
    aliases = {email for one in named for email in one.emails}
    return Known(
        person=person,
        addresses=(*listed, *sorted(aliases.difference(listed))),
        name=person.facts().name if person else next((one.name for one in named), ""),
    )


def pieces_about(
    known: Known, *, asked_by: Viewer | None = None, most: int | None = None
) -> Iterator[Held]:
    """Yield what is held about somebody as it is found: `everything_about`, piece by piece."""
    addresses, name = known.addresses, known.name
    readers = (LEAD, addresses[0])
    if known.person:
        yield from _from_roster(known.person, readers)
    yield from _from_calendars(addresses, name, readers)
    yield from _from_repositories(addresses)
    yield from _from_plans(addresses)
    yield from _from_decisions(addresses)
    yield from _from_briefs(addresses, name, readers, is_each=most is None)
    yield from _from_notes(addresses, name)
    yield from _from_project_notes(addresses, name)
    yield from from_records(addresses, name, asked_by=asked_by, most=most)


def find_person(address: str) -> Person | None:
    """Return whoever on the roster uses an address."""
    wanted = address.strip().lower()
    listed = Person.objects.values_list("pk", "emails")
    pk = next((pk for pk, emails in listed if wanted in emails), None)
    people = Person.objects.prefetch_related("changes", "corrections")
    return people.filter(pk=pk).first() if pk else None


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
    known = _indexed(load_facts(Source.Kind.CALENDAR, CalendarFacts))
    theirs = {n for address in addresses for n in known.by_address.get(address, ())}
    for title, places in known.by_title.items():
        if mentions(title, [name]):
            theirs.update(places)
    for calendar, meeting in (known.meetings[n] for n in sorted(theirs)):
        yield Held(
            what="calendar",
            text=f"{meeting.title} ({meeting.status.value})",
            on=meeting.starts_at.date(),
            place=f"{calendar} line {meeting.line}",
            readers=readers,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Calendars:
    """Every meeting with its calendar, and which of them have an address or a title."""

    meetings: list[tuple[str, Meeting]]
    by_address: Mapping[str, list[int]]
    by_title: Mapping[str, list[int]]


@while_same
def _indexed(calendars: Mapping[str, CalendarFacts]) -> _Calendars:
    meetings = [(name, one) for name, facts in calendars.items() for one in facts.meetings]
    by_address: defaultdict[str, list[int]] = defaultdict(list)
    by_title: defaultdict[str, list[int]] = defaultdict(list)
    for n, (_calendar, one) in enumerate(meetings):
        by_title[one.title].append(n)
        for address in {one.report, one.absent, one.organizer, *one.attendees}:
            by_address[address].append(n)
    return _Calendars(meetings=meetings, by_address=by_address, by_title=by_title)


def _named_on_commits(addresses: tuple[str, ...]) -> list[Named]:
    """Return the people on commits who use one of the addresses."""
    return [named for _repository, named in _on_commits(addresses)]


def _on_commits(addresses: tuple[str, ...]) -> list[tuple[str, Named]]:
    """Return the people on commits who use one of the addresses, each with the repository."""
    by_address = _by_address(load_facts(Source.Kind.GIT, RepositoryFacts))
    found = (one for address in addresses for one in by_address.get(address, ()))
    return sorted(dict.fromkeys(found), key=lambda one: one[0])


@while_same
def _by_address(
    repositories: Mapping[str, RepositoryFacts],
) -> Mapping[str, list[tuple[str, Named]]]:
    found: defaultdict[str, list[tuple[str, Named]]] = defaultdict(list)
    for repository, facts in repositories.items():
        for named in facts.named:
            one = (repository, named)
            for email in named.emails:
                found[email].append(one)
    return found


def _from_plans(addresses: tuple[str, ...]) -> Iterator[Held]:
    for place, plan in kept_experiments().items():
        if plan.owner in addresses:
            yield Held(
                what="experiment",
                text=f"{plan.name}: decides what comes of it",
                on=plan.ends_on,
                place=place,
                readers=readers_of("experiment"),
            )


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
    words = (*addresses, name)
    confirmed = ProjectConfirmation.objects.filter(may_mention(words, ["note"]))
    read = Reading.objects.filter(may_mention(words, ["summary", "notes"]))
    notes = [
        (row.on, row.note, f"leadline projects {row.project} --confirm") for row in confirmed
    ] + [
        (row.started_at.date(), text, f"leadline sync, {row.source.name}")
        for row in read.select_related("source")
        for text in (row.summary, *row.notes)
    ]
    for on, text, place in notes:
        if mentions(text, words):
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


def _from_repositories(addresses: tuple[str, ...]) -> Iterator[Held]:
    for repository, named in _on_commits(addresses):
        areas = ", ".join(f"{area}/" for area in named.areas) or "no folder"
        yield Held(
            what="git",
            text=f"{named.name} <{', '.join(named.emails)}>, an author of {areas}",
            on=named.last_on,
            place=f"the log of {repository}, and a copy of it in .leadline/cache",
            readers=(TEAM,),
        )


def _from_briefs(
    addresses: tuple[str, ...], name: str, readers: tuple[str, ...], *, is_each: bool
) -> Iterator[Held]:
    """Yield lines of briefs and the answers to them; the same line once, unless each counts."""
    for sentence, since, on, times in _lines_about(addresses, name, is_each=is_each):
        yield Held(
            what="brief",
            text=sentence,
            on=on,
            place=f"leadline brief --today {on}",
            readers=readers,
            since=since,
            times=times,
        )
    for row in answers_about(addresses, name):
        yield Held(
            what="answer to a brief",
            text=f"{row.rule}: {row.verdict} {row.reason}".rstrip(),
            on=row.on,
            place=f"leadline brief {row.verdict}",
            readers=readers,
        )


def _lines_about(
    addresses: tuple[str, ...], name: str, *, is_each: bool
) -> Iterator[tuple[str, date, date, int]]:
    """Yield the lines of briefs about a person, or naming them: first day, last day, times."""
    subjects = _subjects(addresses)
    about = Q(subject__in=subjects)
    if name:
        about |= may_mention([name], ["sentence"])
    apart = ("brief", "position") if is_each else ()
    lines = (
        BriefLine.objects.filter(about)
        .values("subject", "sentence", *apart)
        .annotate(since=Min("brief__on"), last=Max("brief__on"), times=Count("pk"))
        .order_by("-last", *apart)
    )
    for subject, sentence, *days in lines.values_list(
        "subject", "sentence", "since", "last", "times"
    ):
        if subject in subjects or mentions(sentence, [name]):
            since, last, times = days
            yield sentence, since, last, times


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
