"""Everything that is true today: each part of practice asked about the team's facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from leadline.findings import Finding
from leadline.practice import hours, onboarding, one_on_ones, probation, series, span
from leadline.practice.onboarding import PlanProject
from leadline.records.models import Source
from leadline.records.queries.dates import law_of, probation_facts
from leadline.records.queries.plan import first_days
from leadline.records.queries.probation import probation_pages, with_records
from leadline.records.queries.project_notes import note_findings
from leadline.records.queries.records_findings import findings_from_records
from leadline.records.queries.repositories import known_projects, repository_findings
from leadline.records.queries.team import Team, team
from leadline.records.snapshots import KeptFindings, load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def all_findings(workspace: Workspace, *, today: date) -> tuple[Finding, ...]:
    """Return what every rule has to say on a day, unranked, each for its own readers."""
    facts = team(workspace, today=today)
    projects = known_projects()
    return (
        *_about_time(workspace, facts, projects=projects, today=today),
        *_about_people(workspace, facts, projects=projects, today=today),
        *repository_findings(workspace, facts, today=today),
        *note_findings(today=today),
        *_about_models(),
    )


def _about_models() -> Iterator[Finding]:
    """Return what experiments, diagnoses and watching said when they were last read."""
    for kind in (Source.Kind.EXPERIMENTS, Source.Kind.DIAGNOSIS, Source.Kind.WATCH):
        for kept in load_facts(kind, KeptFindings).values():
            yield from kept.findings


def _about_people(
    workspace: Workspace, facts: Team, *, projects: Sequence[PlanProject], today: date
) -> tuple[Finding, ...]:
    """Ask about probation and about the lead's own first 90 days."""
    plan = first_days(workspace, facts, today=today, projects=projects)
    records = probation_pages(workspace, facts.reports)
    people = [page.person for page in records]
    return (
        *probation.findings(
            people=people,
            today=today,
            facts=with_records(probation_facts(workspace, people), records),
            law=law_of(workspace),
        ),
        *findings_from_records(facts, records, today=today),
        *(onboarding.findings(plan=plan, today=today) if plan else ()),
    )


def _about_time(
    workspace: Workspace, facts: Team, *, projects: Sequence[PlanProject], today: date
) -> tuple[Finding, ...]:
    """Ask about one-on-ones, hours, series and span; without a calendar only about span."""
    settings = workspace.configuration
    wide = span.findings(
        reports=facts.reports,
        today=today,
        led_by={project.name: project.owners for project in projects},
        cadence=facts.cadence,
        hours_per_week=settings.hours.per_week,
        band_from=settings.span.from_reports,
    )
    if not facts.knows_calendar:
        return wide
    return (
        *wide,
        *one_on_ones.findings(
            facts.meetings, reports=facts.reports, today=today, cadence=facts.cadence
        ),
        *hours.findings(facts.meetings, today=today, intended=settings.hours.intended),
        *series.findings(facts.meetings, today=today),
    )
