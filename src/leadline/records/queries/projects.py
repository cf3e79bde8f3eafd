"""A project's page: what stands in the sources and in the tables, read without git."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from leadline.findings import Finding
from leadline.practice.loop import LoopFacts, Standing, held_back_by, loop_of
from leadline.records.kept_work import while_same
from leadline.records.models import Source
from leadline.records.queries.experiments import (
    KeptClaim,
    KeptExperiments,
    KeptTotal,
    kept_experiments,
)
from leadline.records.queries.project_facts import ProjectFacts, order_of
from leadline.records.queries.repositories import RepositoryFacts, confirmations
from leadline.records.queries.watched import WatchedModel, models_in, models_of
from leadline.records.snapshots import KeptFindings, KeptWatch, load_facts


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
    confirmed_on: date | None = None


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
        What the newest diagnoses of it and of its models say.
    diagnosed : tuple of (str, date)
        What was diagnosed, and for which day.
    models : tuple of WatchedModel
        Its models in front of users, as they were last looked at.
    read_for : date
        The day its repository was read for.
    """

    row: ProjectRow
    claims: tuple[KeptClaim, ...]
    findings: tuple[Finding, ...]
    diagnosis: tuple[Finding, ...]
    diagnosed: tuple[tuple[str, date], ...]
    models: tuple[WatchedModel, ...]
    read_for: date


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What sources say of all projects, found by a project's name."""

    claims: Mapping[str, list[KeptClaim]]
    totals: Mapping[str, KeptTotal]
    plans: tuple[str, ...]
    diagnoses: Mapping[str, KeptFindings]
    models: tuple[WatchedModel, ...]


def project_rows() -> tuple[ProjectRow, ...]:
    """Return the inventory in reading order, as sources were last read."""
    confirmed = confirmations()
    return tuple(
        replace(row, confirmed_on=confirmed[row.facts.name])
        if row.facts.name in confirmed
        else row
        for row in _rows(load_facts(Source.Kind.GIT, RepositoryFacts), _known())
    )


@while_same
def _rows(repositories: Mapping[str, RepositoryFacts], known: _Known) -> tuple[ProjectRow, ...]:
    """Return the inventory but for what is written on the pages themselves."""
    rows = [
        _row(project, known)
        for repository in repositories.values()
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
    known = _known()
    diagnosed = _diagnosed(project, known)
    confirmed_on = confirmations().get(project.name)
    claims = sorted(
        _claims(project, known),
        key=lambda one: one.concluded_on or date.max,
        reverse=True,
    )
    prefixes = (f"area:{project.repository}", f"repository:{project.repository}")
    return ProjectPage(
        row=replace(_row(project, known), confirmed_on=confirmed_on),
        claims=tuple(claims),
        findings=tuple(
            found for found in repository.findings if found.subject.startswith(prefixes)
        ),
        diagnosis=tuple(found for kept in diagnosed.values() for found in kept.findings),
        diagnosed=tuple((name, kept.today) for name, kept in diagnosed.items()),
        models=models_of(project, known.models),
        read_for=repository.today,
    )


def _known() -> _Known:
    """Gather what is known of all projects."""
    return _gathered(
        kept_experiments(),
        load_facts(Source.Kind.DIAGNOSIS, KeptFindings),
        load_facts(Source.Kind.WATCH, KeptWatch),
    )


@while_same
def _gathered(
    experiments: Mapping[str, KeptExperiments],
    diagnoses: Mapping[str, KeptFindings],
    watched: Mapping[str, KeptWatch],
) -> _Known:
    """Gather it, each table gone through once."""
    claims: defaultdict[str, list[KeptClaim]] = defaultdict(list)
    totals: dict[str, KeptTotal] = {}
    for kept in experiments.values():
        for claim in kept.claims:
            claims[claim.project].append(claim)
        for total in kept.totals:
            totals.setdefault(total.group, total)
    return _Known(
        claims=claims,
        totals=totals,
        plans=tuple(kept.name for kept in experiments.values()),
        diagnoses=diagnoses,
        models=models_in(watched),
    )


def _row(project: ProjectFacts, known: _Known) -> ProjectRow:
    loop = loop_of(_loop_facts(project, known))
    return ProjectRow(
        facts=project,
        loop=loop,
        held_back_by=held_back_by(loop),
        total=known.totals.get(project.name),
    )


def _loop_facts(project: ProjectFacts, known: _Known) -> LoopFacts:
    concluded = [claim for claim in _claims(project, known) if claim.concluded_on]
    newest = max(concluded, key=lambda one: one.concluded_on or date.min, default=None)
    shipped = [claim for claim in concluded if claim.is_shipped]
    planned = next((name for name in known.plans if name.startswith(project.name)), "")
    return LoopFacts(
        charter=project.charter,
        baseline=project.baseline,
        evaluation=project.evaluation,
        diagnosis=", ".join(
            f"{name}, {kept.today}" for name, kept in _diagnosed(project, known).items()
        ),
        green_light=planned or (newest.experiment if newest else ""),
        in_use=project.evidence[0] if project.evidence else "",
        measured=f"{newest.experiment}, {newest.concluded_on}" if newest else "",
        in_ledger=f"{len(shipped)} shipped changes" if shipped else "",
        watched=project.watched
        or ", ".join(
            f"leadline watch --model {one.name}, {one.kept.today}"
            for one in models_of(project, known.models)
        ),
    )


def _diagnosed(project: ProjectFacts, known: _Known) -> dict[str, KeptFindings]:
    """Return the newest diagnoses of a project: of what is called like it, or is its model."""
    names = [project.name, *(one.name for one in models_of(project, known.models))]
    return {name: known.diagnoses[name] for name in names if name in known.diagnoses}


def _claims(project: ProjectFacts, known: _Known) -> tuple[KeptClaim, ...]:
    names = {project.name, project.repository} if not project.folder else {project.name}
    return tuple(claim for name in sorted(names) for claim in known.claims.get(name, ()))
