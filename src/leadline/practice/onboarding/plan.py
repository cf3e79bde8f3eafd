"""A lead's first 90 days as dated steps, from a template, a roster and projects."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from leadline.errors import InputError
from leadline.practice.dates import is_working_day, next_working_day
from leadline.practice.feedback import EMBARGO_DAYS, embargo
from leadline.practice.onboarding.template import (
    Evidence,
    PlanTemplate,
    TemplateStep,
    load_template,
)
from leadline.practice.people import Person
from leadline.practice.roster import direct_reports

MODE = timedelta(days=90)
"""After so many days the plan falls silent: the new lead is a lead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanProject:
    """A project to get to know, and whom to ask about it, the best first."""

    name: str
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStep:
    """One dated step.

    Attributes
    ----------
    uid : str
        Stable on every run, so that moves, ticks and calendar entries find it again.
    on : date
        Its day: a working day, unless somebody moved it.
    template_id : str
        The template's step it comes from.
    title, description : str
        Filled in.
    evidence : str
        What ticks it; empty for a step that people tick themselves.
    subject : str
        "person:KEY", "project:NAME" or empty.
    done_on : date or None
        When the evidence says it happened.
    """

    uid: str
    on: date
    template_id: str
    title: str
    description: str
    evidence: Evidence = ""
    subject: str = ""
    done_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All steps by day, their template, and the names that no export may carry."""

    start_on: date
    template: PlanTemplate
    steps: tuple[PlanStep, ...]
    names: tuple[str, ...]
    project_names: tuple[str, ...]

    @property
    def ends_on(self) -> date:
        """The last day on which the plan speaks up: day 90, or the working day after."""
        common = (step.on for step in self.steps if not step.subject)
        return max([self.start_on + MODE, *common])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, dates in ISO format."""
        return {
            "name": self.template.name,
            "start_on": self.start_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "steps": [
                {
                    **asdict(step),
                    "on": step.on.isoformat(),
                    "done_on": step.done_on and step.done_on.isoformat(),
                }
                for step in self.steps
            ],
        }


def first_90_days(
    *,
    start_on: date,
    today: date,
    people: Sequence[Person],
    projects: Sequence[PlanProject] = (),
    lead: Collection[str] = (),
    template: PlanTemplate | None = None,
    holidays: frozenset[date] = frozenset(),
    moved: Mapping[str, date] | None = None,
    embargo_days: int = EMBARGO_DAYS,
) -> Plan:
    """Work out the plan; the same facts always give the same plan.

    Parameters
    ----------
    start_on : date
        The lead's first day: day 0.
    today : date
        Decides whether the month of preparation still lies ahead.
    people : sequence of Person
        The people file; the lead's direct reports are met, those included who join
        within the 90 days.
    projects : sequence of PlanProject
        In the order in which they are best read.
    lead : collection of str
        Addresses of the lead, who may stand in the people file.
    template : PlanTemplate, optional
        The packaged one by default.
    holidays : frozenset of date
        Public holidays where the lead works.
    moved : mapping from uid to date, optional
        Steps that somebody put on another day.
    embargo_days : int
        Days together before the first feedback.

    Raises
    ------
    InputError
        `moved` names a step that is not in the plan.
    """
    template = template or load_template()
    reports = [
        person
        for person in direct_reports(people, lead=lead)
        if not person.has_left(on=start_on)
        and (person.start_on is None or person.start_on <= start_on + MODE)
    ]
    days = _Days(start_on=start_on, today=today, holidays=holidays)
    steps: list[PlanStep] = []
    for step in template.steps:
        if step.last_day < 0 and today >= start_on:
            continue
        if step.each == "person":
            steps += _for_people(step, reports, days, embargo_days=embargo_days)
        elif step.each == "project":
            steps += _for_projects(step, projects, days)
        else:
            steps.append(_filled(step, on=days.spread(step, 1)[0]))
    return Plan(
        start_on=start_on,
        template=template,
        steps=_ordered(_moved(steps, moved or {})),
        names=_longest_first(
            [
                *(person.name for person in people),
                *(owner for project in projects for owner in project.owners),
            ]
        ),
        project_names=_longest_first([project.name for project in projects]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Days:
    """Turns days of a template into working days."""

    start_on: date
    today: date
    holidays: frozenset[date]

    def spread(self, step: TemplateStep, count: int) -> list[date]:
        """Return `count` working days, evenly over the days of the step."""
        first = self.start_on + timedelta(days=step.first_day)
        if first < self.start_on:
            first = max(first, self.today)
        length = (self.start_on + timedelta(days=step.last_day) - first).days + 1
        window = [first + timedelta(days=day) for day in range(length)]
        working = [day for day in window if is_working_day(day, holidays=self.holidays)]
        working = working or [self.working(first)]
        return [working[number * len(working) // count] for number in range(count)]

    def working(self, day: date) -> date:
        """Return the day, or the next working day."""
        return next_working_day(day, holidays=self.holidays)


def _for_people(
    step: TemplateStep, people: Sequence[Person], days: _Days, *, embargo_days: int
) -> list[PlanStep]:
    """One step a report: never before they begin, and feedback never in the embargo."""
    steps = []
    for person, day in zip(people, days.spread(step, len(people)), strict=True):
        earliest = person.start_on or day
        if step.evidence == "feedback":
            wait = embargo(
                lead_since=days.start_on, person_since=person.start_on, days=embargo_days
            )
            earliest = wait.opens_on
        on = days.working(max(day, earliest))
        steps.append(_filled(step, on=on, subject=f"person:{person.key}", person=person.name))
    return steps


def _for_projects(
    step: TemplateStep, projects: Sequence[PlanProject], days: _Days
) -> list[PlanStep]:
    return [
        _filled(
            step,
            on=day,
            subject=f"project:{project.name}",
            project=project.name,
            owner=project.owners[0] if project.owners else "whoever knows it best",
        )
        for project, day in zip(projects, days.spread(step, len(projects)), strict=True)
    ]


def _filled(step: TemplateStep, *, on: date, subject: str = "", **names: str) -> PlanStep:
    digest = hashlib.sha256(f"{step.id}\0{subject}".encode()).hexdigest()[:12]
    return PlanStep(
        uid=f"{digest}@first-90-days.leadline",
        on=on,
        template_id=step.id,
        title=step.title.format(**names),
        description=step.text.format(**names),
        evidence=step.evidence,
        subject=subject,
    )


def _moved(steps: Sequence[PlanStep], moved: Mapping[str, date]) -> list[PlanStep]:
    uids = {step.uid for step in steps}
    if unknown := sorted(moved.keys() - uids):
        raise InputError(
            f"the plan has no step {unknown[0]!r}",
            hint="The uid of each step stands in `leadline start --json`.",
        )
    return [replace(step, on=moved.get(step.uid, step.on)) for step in steps]


def _ordered(steps: Sequence[PlanStep]) -> tuple[PlanStep, ...]:
    """By day; steps of one day keep the template's order."""
    return tuple(sorted(steps, key=lambda step: step.on))


def _longest_first(names: Collection[str]) -> tuple[str, ...]:
    """So that "Ana Ruiz" is replaced before "Ana"."""
    return tuple(sorted(set(names), key=lambda name: (-len(name), name)))
