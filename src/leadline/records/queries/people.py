"""The roster as the lead reads it: who, since when, and which dates come next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.errors import InputError
from leadline.practice.feedback import Embargo, embargo
from leadline.practice.one_on_ones import OneOnOne, one_on_ones
from leadline.practice.people import Person
from leadline.practice.probation import AskHR, Law, ProbationDates, ProbationFacts, dates_of
from leadline.records.models import RosterChange
from leadline.records.queries.dates import law_of, probation_facts
from leadline.records.queries.team import Team, team

if TYPE_CHECKING:
    from leadline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonReport:
    """One person on the roster with the dates that concern both sides.

    Attributes
    ----------
    person : Person
        The facts of the people file, corrections included.
    is_report : bool
        Whether they report to the lead on the day asked about.
    one_on_one : OneOnOne or None
        How the one-on-ones stand; None without a calendar, or for somebody else's report.
    probation : ProbationDates or AskHR or None
        None when the start or the country is not known.
    embargo : Embargo or None
        From when on first impressions may become feedback.
    history : tuple of str
        Changes of the people file, oldest first.
    """

    person: Person
    is_report: bool
    one_on_one: OneOnOne | None
    probation: ProbationDates | AskHR | None
    embargo: Embargo | None
    history: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        person = self.person
        talk = self.one_on_one
        return {
            "name": person.name,
            "emails": list(person.emails),
            "start_on": person.start_on,
            "ends_on": person.ends_on,
            "country": person.country,
            "role": person.role,
            "level": person.level,
            "reports_to_lead": self.is_report,
            "one_on_one": talk
            and {
                "last_held_at": talk.last_held_at,
                "next_planned_at": talk.next_planned_at,
                "due_on": talk.due_on,
                "days_overdue": talk.days_overdue,
                "moved_by_lead": [meeting.starts_at for meeting in talk.moved_by_lead],
                "cancelled_by_lead": [meeting.starts_at for meeting in talk.cancelled_by_lead],
            },
            "probation": self.probation and self.probation.to_dict(),
            "feedback_opens_on": self.embargo and self.embargo.opens_on,
            "history": list(self.history),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What was gathered once for several people."""

    reports: frozenset[str]
    talks: Mapping[str, OneOnOne]
    contracts: ProbationFacts
    law: Law
    history: Mapping[str, list[str]]


def people_reports(workspace: Workspace, *, today: date) -> tuple[PersonReport, ...]:
    """Return everybody in the people file who is not the lead, the lead's reports first."""
    facts = team(workspace, today=today)
    keys = {person.key for person in facts.reports}
    others = (p for p in facts.people if p.key not in keys and facts.lead.isdisjoint(p.emails))
    people = (*facts.reports, *sorted(others, key=lambda person: person.name))
    return reports_on(workspace, facts, people, today=today)


def person_report(workspace: Workspace, address: str, *, today: date) -> PersonReport:
    """Return one person's report.

    Raises
    ------
    InputError
        Nobody in the people file has that address.
    """
    wanted = address.strip().lower()
    facts = team(workspace, today=today)
    for person in facts.people:
        if wanted in person.emails:
            return reports_on(workspace, facts, [person], today=today)[0]
    known = ", ".join(person.key for person in facts.people) or "nobody yet"
    raise InputError(
        f"nobody in the people file has the address {address!r}", hint=f"It lists: {known}."
    )


def reports_on(
    workspace: Workspace, facts: Team, people: Sequence[Person], *, today: date
) -> tuple[PersonReport, ...]:
    """Return what is known of some of a team's people, in their order."""
    reports = {person.key for person in facts.reports}
    asked = [one for one in people if facts.knows_calendar and one.key in reports]
    talks = one_on_ones(facts.meetings, reports=asked, today=today, cadence=facts.cadence)
    known = _Known(
        reports=frozenset(reports),
        talks={talk.report.key: talk for talk in talks},
        contracts=probation_facts(workspace, people),
        law=law_of(workspace),
        history=_history(people),
    )
    return tuple(_report(workspace, person, known) for person in people)


def _history(people: Sequence[Person]) -> Mapping[str, list[str]]:
    history: defaultdict[str, list[str]] = defaultdict(list)
    changes = RosterChange.objects.filter(person__key__in=[one.key for one in people])
    for change in changes.select_related("person"):
        history[change.person.key].append(
            f"{change.noticed_at.date()} {change.field}: "
            f"{change.before or 'nothing'} → {change.after or 'nothing'}"
        )
    return history


def _report(workspace: Workspace, person: Person, known: _Known) -> PersonReport:
    since = workspace.configuration.lead.since
    is_report = person.key in known.reports
    return PersonReport(
        person=person,
        is_report=is_report,
        one_on_one=known.talks.get(person.key),
        probation=dates_of(person, facts=known.contracts, law=known.law),
        embargo=embargo(
            lead_since=since,
            person_since=person.start_on,
            days=workspace.configuration.feedback.embargo_days,
        )
        if since and is_report
        else None,
        history=tuple(known.history.get(person.key, ())),
    )
