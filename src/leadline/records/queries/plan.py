"""The lead's first 90 days in a workspace, ticked by what the sources show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from leadline.practice.kinds import ONE_ON_ONE
from leadline.practice.onboarding import (
    Plan,
    PlanEvidence,
    PlanProject,
    PlanTemplate,
    first_90_days,
    tick,
)
from leadline.records.models import PlanChange
from leadline.records.queries.dates import holidays_in
from leadline.records.queries.repositories import confirmations
from leadline.records.queries.team import Team

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def first_days(
    workspace: Workspace,
    facts: Team,
    *,
    today: date,
    projects: Sequence[PlanProject],
    start_on: date | None = None,
    template: PlanTemplate | None = None,
    embargo_days: int | None = None,
) -> Plan | None:
    """Return the plan from the day the lead took the team; None when that day is not known.

    Parameters
    ----------
    workspace : Workspace
        `[lead] since` is the first day, unless `start_on` says another.
    facts : Team
        The roster and the calendar.
    today : date
        Decides whether the month of preparation still lies ahead.
    projects : sequence of PlanProject
        As they were last read, in reading order.
    start_on, template, embargo_days
        Instead of what the workspace says.
    """
    settings = workspace.configuration
    begins = start_on or settings.lead.since
    if begins is None:
        return None
    days = settings.feedback.embargo_days if embargo_days is None else embargo_days
    changes = list(PlanChange.objects.all())
    years = range(begins.year - 1, begins.year + 2)
    plan = first_90_days(
        start_on=begins,
        today=today,
        people=facts.people,
        projects=projects,
        lead=facts.lead,
        template=template,
        holidays=holidays_in(workspace, settings.lead.country, years=years),
        embargo_days=days,
    )
    evidence = PlanEvidence(
        one_on_ones=_first_talks(facts, since=begins, today=today),
        briefs=confirmations(),
        done={change.step: change.done_on for change in changes if change.done_on},
    )
    moved = {change.step: change.moved_to for change in changes if change.moved_to}
    return tick(_with_moves(plan, moved), evidence=evidence)


def by_hand() -> frozenset[str]:
    """Return the steps that somebody said are done; what a source shows is not among them."""
    done = PlanChange.objects.exclude(done_on=None)
    return frozenset(done.values_list("step", flat=True))


def _with_moves(plan: Plan, moved: Mapping[str, date]) -> Plan:
    """Put steps on the days they were moved to; a move of a step that is gone is nothing."""
    steps = (replace(step, on=moved.get(step.uid, step.on)) for step in plan.steps)
    return replace(plan, steps=tuple(sorted(steps, key=lambda step: step.on)))


def _first_talks(facts: Team, *, since: date, today: date) -> dict[str, date]:
    """Return the first one-on-one held with each report since a day, by the report's key."""
    first: dict[str, date] = {}
    for meeting in facts.meetings:
        on = meeting.starts_at.date()
        if meeting.kind == ONE_ON_ONE and meeting.takes_place and since <= on < today:
            first.setdefault(meeting.report, on)
    return first
