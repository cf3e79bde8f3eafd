"""The page of one-on-ones with one report, and what all of them leave to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from leadline.practice import talks
from leadline.practice.one_on_ones import OneOnOne, one_on_ones
from leadline.practice.people import Person
from leadline.practice.talks import Action, Occurrence, WorkFact
from leadline.records.models import (
    AgendaPoint,
    AgreedAction,
    PrivateNote,
    Source,
)
from leadline.records.queries.repositories import RepositoryFacts
from leadline.records.queries.team import Team, corrections
from leadline.records.snapshots import load_facts

PAST, COMING = 8, 2
"""How many one-on-ones are on the page."""

LATELY = 5
"""How many closed points, and how many finished actions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkPage:
    """Everything for one talk: the same for both, but for the notes to oneself.

    Attributes
    ----------
    person : Person
        With whom.
    stands : OneOnOne or None
        Last, next, due; None without a calendar.
    facts : tuple of WorkFact
        At most two, about their work.
    question : str
        One human question before it.
    agenda, closed : tuple of AgendaPoint
        Open points, the report's own first; those closed last, the newest first.
    actions, done : tuple of AgreedAction
        What is open; what was done last, the newest first.
    occurrences : tuple of Occurrence
        What became of each planned talk.
    n_notes : int
        How many private notes the other side keeps about this person; nothing of them.
    """

    person: Person
    stands: OneOnOne | None
    facts: tuple[WorkFact, ...]
    question: str
    agenda: tuple[AgendaPoint, ...]
    closed: tuple[AgendaPoint, ...]
    actions: tuple[AgreedAction, ...]
    done: tuple[AgreedAction, ...]
    occurrences: tuple[Occurrence, ...]
    n_notes: int


def talk_page(facts: Team, person: Person, *, today: date) -> TalkPage:
    """Gather the page before a talk with one report."""
    points = AgendaPoint.objects.filter(about=person.key)
    ordered = sorted(
        points.filter(closed_at=None), key=lambda one: (one.author != person.key, one.at)
    )
    agreed = AgreedAction.objects.filter(about=person.key)
    stands = one_on_ones(
        facts.meetings, reports=[person], today=today, cadence=facts.cadence
    ) if facts.knows_calendar else ()  # fmt: skip
    return TalkPage(
        person=person,
        stands=stands[0] if stands else None,
        facts=talks.two_facts(work_facts(person)),
        question=talks.human_question(report=person.key, on=today),
        agenda=tuple(ordered),
        closed=tuple(points.exclude(closed_at=None).order_by("-closed_at", "-pk")[:LATELY]),
        actions=tuple(agreed.filter(done_at=None)),
        done=tuple(agreed.exclude(done_at=None).order_by("-done_at", "-pk")[:LATELY]),
        occurrences=_lately(facts, person, today=today),
        n_notes=PrivateNote.objects.filter(about__in=person.emails).count(),
    )


def _lately(facts: Team, person: Person, *, today: date) -> tuple[Occurrence, ...]:
    """Return the next one-on-ones and the last ones, the newest first."""
    found = talks.occurrences(
        facts.meetings, report=person.key, today=today, corrections=corrections(), n_past=PAST
    )
    coming = [one for one in found if one.starts_at.date() >= today]
    return (*coming[-COMING:], *found[len(coming) :])


def work_facts(person: Person) -> list[WorkFact]:
    """Return facts about the projects that somebody is asked about, never about them."""
    found = []
    for facts in load_facts(Source.Kind.GIT, RepositoryFacts).values():
        for project in facts.projects:
            if person.name not in project.owners:
                continue
            fragile = ", and hangs on one person" if project.is_fragile else ""
            moved = f", last moved on {project.last_on}" if project.last_on else ""
            text = f"{project.name} is {project.state}{moved}{fragile}."
            subject = f"project:{project.name}"
            found.append(WorkFact(subject=subject, text=text, on=project.last_on))
        found += [
            WorkFact(subject=one.subject, text=one.sentence, on=facts.today)
            for one in facts.findings
            if person.name in one.sentence and one.subject.startswith(("area:", "project:"))
        ]
    return found


def agreed_actions(people: Collection[Person]) -> tuple[Action, ...]:
    """Return what was agreed with these people and is open, as the rules need it."""
    names = {person.key: person.name for person in people}
    rows = AgreedAction.objects.filter(about__in=names, done_at=None)
    return tuple(
        Action(
            text=row.text,
            report=row.about,
            name=names[row.about],
            owner=row.owner,
            agreed_on=row.at.date(),
            due_on=row.due_on,
            done_on=None,
        )
        for row in rows
    )
