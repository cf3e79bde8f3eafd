"""A project's page: what stands in the sources and in the tables, read without git."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from leadline.findings import Finding
from leadline.practice.loop import LoopFacts, Standing, held_back_by, loop_of
from leadline.records.models import Source
from leadline.records.queries.experiments import (
    KeptClaim,
    KeptExperiments,
    KeptTotal,
    kept_experiments,
)
from leadline.records.queries.project_facts import ProjectFacts, order_of
from leadline.records.queries.repositories import RepositoryFacts, confirmations
from leadline.records.snapshots import KeptFindings, load_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectRow:
    """A project as one line of the inventory.

    Attributes
    ----------
    facts : ProjectFacts
        As it was last read.
    loop : tuple of Standing
        The nine stages.
    held_back_by : Standing or None
        The first stage that nothing shows.
    total : KeptTotal or None
        What its experiments brought; None where none is known.
    confirmed_on : date or None
        When its owner last confirmed its brief.
    """

    facts: ProjectFacts
    loop: tuple[Standing, ...]
    held_back_by: Standing | None
    total: KeptTotal | None
    confirmed_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectPage:
    """Everything that one project's page shows from sources.

    Attributes
    ----------
    row : ProjectRow
        Its line of the inventory.
    claims : tuple of KeptClaim
        Its experiments, the newest first.
    findings : tuple of Finding
        What rules say of its code.
    diagnosis : tuple of Finding
        What the newest diagnosis of its model says.
    read_for : date
        The day its repository was read for.
    """

    row: ProjectRow
    claims: tuple[KeptClaim, ...]
    findings: tuple[Finding, ...]
    diagnosis: tuple[Finding, ...]
    read_for: date


def project_rows() -> tuple[ProjectRow, ...]:
    """Return the inventory in reading order, as sources were last read."""
    experiments = tuple(kept_experiments().values())
    diagnoses = load_facts(Source.Kind.DIAGNOSIS, KeptFindings)
    confirmed = confirmations()
    rows = [
        _row(project, experiments, diagnoses, confirmed.get(project.name))
        for repository in load_facts(Source.Kind.GIT, RepositoryFacts).values()
        for project in repository.projects
    ]
    return tuple(sorted(rows, key=lambda row: order_of(row.facts)))


def project_page(slug: str) -> ProjectPage | None:
    """Return one project's page; None where no project has that name."""
    repositories = load_facts(Source.Kind.GIT, RepositoryFacts).values()
    for repository in repositories:
        for project in repository.projects:
            if project.slug == slug:
                return _page(repository, project)
    return None


def _page(repository: RepositoryFacts, project: ProjectFacts) -> ProjectPage:
    experiments = tuple(kept_experiments().values())
    diagnoses = load_facts(Source.Kind.DIAGNOSIS, KeptFindings)
    claims = sorted(
        _claims(project, experiments),
        key=lambda one: one.concluded_on or date.max,
        reverse=True,
    )
    prefixes = (f"area:{project.repository}", f"repository:{project.repository}")
    return ProjectPage(
        row=_row(project, experiments, diagnoses, confirmations().get(project.name)),
        claims=tuple(claims),
        findings=tuple(
            found for found in repository.findings if found.subject.startswith(prefixes)
        ),
        diagnosis=diagnoses[project.name].findings if project.name in diagnoses else (),
        read_for=repository.today,
    )


def _row(
    project: ProjectFacts,
    experiments: Iterable[KeptExperiments],
    diagnoses: dict[str, KeptFindings],
    confirmed_on: date | None,
) -> ProjectRow:
    loop = loop_of(_loop_facts(project, tuple(experiments), diagnoses))
    totals = (total for kept in experiments for total in kept.totals)
    return ProjectRow(
        facts=project,
        loop=loop,
        held_back_by=held_back_by(loop),
        total=next((total for total in totals if total.group == project.name), None),
        confirmed_on=confirmed_on,
    )


def _loop_facts(
    project: ProjectFacts,
    experiments: tuple[KeptExperiments, ...],
    diagnoses: dict[str, KeptFindings],
) -> LoopFacts:
    claims = _claims(project, experiments)
    concluded = [claim for claim in claims if claim.concluded_on]
    newest = max(concluded, key=lambda one: one.concluded_on or date.min, default=None)
    shipped = [claim for claim in concluded if claim.is_shipped]
    planned = next(
        (kept.name for kept in experiments if kept.name.startswith(project.name)), ""
    )
    kept = diagnoses.get(project.name)
    return LoopFacts(
        charter=project.charter,
        baseline=project.baseline,
        evaluation=project.evaluation,
        diagnosis=f"diagnosis of {kept.today}" if kept else "",
        green_light=planned or (newest.experiment if newest else ""),
        in_use=project.evidence[0] if project.evidence else "",
        measured=f"{newest.experiment}, {newest.concluded_on}" if newest else "",
        in_ledger=f"{len(shipped)} shipped changes" if shipped else "",
        watched=project.watched,
    )


def _claims(
    project: ProjectFacts, experiments: Iterable[KeptExperiments]
) -> tuple[KeptClaim, ...]:
    names = {project.name, project.repository} if not project.folder else {project.name}
    return tuple(
        claim for kept in experiments for claim in kept.claims if claim.project in names
    )
