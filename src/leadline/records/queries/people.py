"""The roster as the lead reads it: who, since when, and which dates come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.errors import InputError
from leadline.practice.feedback import Embargo, embargo
from leadline.practice.one_on_ones import OneOnOne, one_on_ones
from leadline.practice.people import Person
from leadline.practice.probation import AskHR, ProbationDates, dates_of
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
                "last_held_at": talk.last_held and talk.last_held.starts_at,
                "next_planned_at": talk.next_planned and talk.next_planned.starts_at,
                "due_on": talk.due_on,
                "days_overdue": talk.days_overdue,
                "moved_by_lead": [meeting.starts_at for meeting in talk.moved_by_lead],
                "cancelled_by_lead": [meeting.starts_at for meeting in talk.cancelled_by_lead],
            },
            "probation": self.probation and self.probation.to_dict(),
            "feedback_opens_on": self.embargo and self.embargo.opens_on,
            "history": list(self.history),
        }


def people_reports(workspace: Workspace, *, today: date) -> tuple[PersonReport, ...]:
    """Return everybody in the people file who is not the lead, the lead's reports first."""
    facts = team(workspace, today=today)
    keys = {person.key for person in facts.reports}
    others = (p for p in facts.people if p.key not in keys and facts.lead.isdisjoint(p.emails))
    return tuple(
        _report(workspace, facts, person, today=today)
        for person in (*facts.reports, *sorted(others, key=lambda person: person.name))
    )


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
            return _report(workspace, facts, person, today=today)
    known = ", ".join(person.key for person in facts.people) or "nobody yet"
    raise InputError(
        f"nobody in the people file has the address {address!r}", hint=f"It lists: {known}."
    )


def _report(workspace: Workspace, facts: Team, person: Person, *, today: date) -> PersonReport:
    since = workspace.configuration.lead.since
    is_report = person in facts.reports
    talks = one_on_ones(
        facts.meetings if facts.knows_calendar and is_report else (),
        reports=[person] if facts.knows_calendar and is_report else [],
        today=today,
        cadence=facts.cadence,
    )
    return PersonReport(
        person=person,
        is_report=is_report,
        one_on_one=talks[0] if talks else None,
        probation=dates_of(
            person, facts=probation_facts(workspace, [person]), law=law_of(workspace)
        ),
        embargo=embargo(
            lead_since=since,
            person_since=person.start_on,
            days=workspace.configuration.feedback.embargo_days,
        )
        if since and is_report
        else None,
        history=tuple(
            f"{change.noticed_at.date()} {change.field}: "
            f"{change.before or 'nothing'} → {change.after or 'nothing'}"
            for change in RosterChange.objects.filter(person__key=person.key)
        ),
    )
