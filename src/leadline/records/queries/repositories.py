"""The workspace's repositories: their knowledge maps, and what they say about projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from leadline.connectors.git import file_at, read_history, recent_changes
from leadline.errors import ConnectorError
from leadline.findings import Finding
from leadline.practice import charter, critical_path, knowledge
from leadline.practice.knowledge import KnowledgeMap, Merge, knowledge_map
from leadline.practice.onboarding import PlanProject
from leadline.practice.projects import Declared, Project, inventory
from leadline.practice.recent_changes import Change, ReadingFacts
from leadline.records.erasure import erased_addresses
from leadline.records.models import IdentityDecision, ProjectConfirmation, Source
from leadline.records.queries.project_facts import (
    ProjectFacts,
    order_of,
    project_facts,
    reading_facts,
)
from leadline.records.queries.team import Team
from leadline.records.snapshots import load_facts
from leadline.workspace import name_of

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Repository


READ_BACK_DAYS = 45
"""How far back the changes go that are kept to be suggested for reading."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Somebody who stands on commits of a repository, and the folders they wrote.

    Attributes
    ----------
    name : str
        As commits write it.
    emails : tuple of str
        Addresses on commits.
    areas : tuple of str
        Folders of which they are an author.
    last_on : date or None
        The last day they stand on a commit.
    """

    name: str
    emails: tuple[str, ...]
    areas: tuple[str, ...]
    last_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RepositoryFacts:
    """What is kept of one repository between readings.

    Attributes
    ----------
    today : date
        The day it was worked out for.
    findings : tuple of Finding
        What the rules said on that day.
    named : tuple of Named
        Who is named in it, so that everybody can see what is held about them.
    projects : tuple of ProjectFacts
        Its projects.
    changes : tuple of Change
        Its latest commits, for somebody who reads code in the morning.
    reading : ReadingFacts or None
        What makes one of them worth reading.
    """

    today: date
    findings: tuple[Finding, ...]
    named: tuple[Named, ...]
    projects: tuple[ProjectFacts, ...]
    changes: tuple[Change, ...] = ()
    reading: ReadingFacts | None = None


def read_map(
    workspace: Workspace, repository: Repository, facts: Team, *, today: date
) -> KnowledgeMap:
    """Read one repository's history and work out who knows what in it.

    Raises
    ------
    ConnectorError
        git could not read it.
    """
    place = repository.url or str(workspace.locate(repository.path))
    history = replace(
        read_history(place, cache_folder=workspace.cache),
        name=name_of(repository),
        location=repository.url or repository.path,
    )
    return knowledge_map(
        history,
        today=today,
        people=facts.people,
        merges=_merges(),
        left_out=erased_addresses(),
    )


def repository_facts(workspace: Workspace, known: KnowledgeMap, facts: Team) -> RepositoryFacts:
    """Ask the rules about a map, and note who is named in it."""
    people = workspace.configuration.people
    people_file = people.file if people else ""
    return RepositoryFacts(
        today=known.today,
        findings=(
            *knowledge.findings(known, lead=facts.lead_key, people_file=people_file),
            *critical_path.critical_path(known, lead=facts.lead_key, people_file=people_file),
        ),
        named=tuple(
            Named(
                name=member.name,
                emails=tuple(sorted(member.contributor.emails)),
                areas=tuple(area.path for area in known.areas() if member in area.authors),
                last_on=member.last_on,
            )
            for member in known.members
        ),
        projects=tuple(
            project_facts(project, charter=_charter(workspace, project))
            for project in _inventory(workspace, [known], only=known.name)
        ),
        changes=_changes(workspace, known),
        reading=reading_facts(known, facts),
    )


def _changes(workspace: Workspace, known: KnowledgeMap) -> tuple[Change, ...]:
    """Return what changed lately; whoever was purged stands on none of it."""
    gone = erased_addresses()
    changes = recent_changes(
        str(_location(workspace, known.name)),
        known.head,
        name=known.name,
        since=known.today - timedelta(days=READ_BACK_DAYS),
        cache_folder=workspace.cache,
    )
    return tuple(
        replace(change, author="", email="") if change.email in gone else change
        for change in changes
    )


def _location(workspace: Workspace, name: str) -> str:
    """Return the path or URL of a repository by its short name."""
    found = next(one for one in workspace.configuration.repository if name_of(one) == name)
    return found.url or str(workspace.locate(found.path))


def _charter(workspace: Workspace, project: Project) -> str | None:
    """Return the text of a project's charter at the head; None where it has none."""
    folder = f"{project.area.path}/" if project.area.path else ""
    return file_at(
        _location(workspace, project.knowledge.name),
        project.knowledge.head,
        f"{folder}{charter.FILE_NAME}",
        cache_folder=workspace.cache,
    )


def repository_findings(
    workspace: Workspace, facts: Team, *, today: date
) -> tuple[Finding, ...]:
    """Return what the rules say about the repositories on a day.

    What was worked out when they were last read is used for that day; another day is
    worked out anew. A repository that cannot be read says nothing here: its failed
    reading is shown instead.
    """
    kept = load_facts(Source.Kind.GIT, RepositoryFacts)
    findings: list[Finding] = []
    for repository in workspace.configuration.repository:
        known = kept.get(name_of(repository))
        if known is not None and known.today != today:
            try:
                read = read_map(workspace, repository, facts, today=today)
                known = repository_facts(workspace, read, facts)
            except ConnectorError:
                known = None
        findings += known.findings if known else ()
    return tuple(findings)


def projects(workspace: Workspace, facts: Team, *, today: date) -> tuple[Project, ...]:
    """Return the inventory of projects in reading order.

    Raises
    ------
    ConnectorError
        A repository cannot be read: an inventory with a hole would mislead.
    """
    settings = workspace.configuration
    maps = [read_map(workspace, one, facts, today=today) for one in settings.repository]
    return _inventory(workspace, maps)


def known_projects() -> tuple[PlanProject, ...]:
    """Return the projects as they were last read, in reading order, without reading git."""
    kept = load_facts(Source.Kind.GIT, RepositoryFacts).values()
    projects = sorted((one for facts in kept for one in facts.projects), key=order_of)
    return tuple(PlanProject(name=project.name, owners=project.owners) for project in projects)


def _inventory(
    workspace: Workspace, maps: Sequence[KnowledgeMap], *, only: str = ""
) -> tuple[Project, ...]:
    settings = workspace.configuration.projects
    return inventory(
        maps,
        declared=_declared(workspace, only=only),
        active_days=settings.active_within_days,
        dormant_days=settings.dormant_after_days,
    )


def _declared(workspace: Workspace, *, only: str = "") -> list[Declared]:
    """Return what the workspace file says of projects, of one repository where named."""
    settings = workspace.configuration
    declared = [
        *(
            Declared(
                repository=name_of(one),
                in_production=one.in_production,
                owner=one.owner or "",
                decision_on=one.decision_on,
            )
            for one in settings.repository
        ),
        *(
            Declared(
                repository=one.repository,
                folder=one.folder,
                name=one.name,
                in_production=one.in_production,
                owner=one.owner or "",
                decision_on=one.decision_on,
            )
            for one in settings.project
        ),
    ]
    split = {one.repository for one in settings.project}
    return [
        one
        for one in declared
        if (one.folder or one.repository not in split) and only in ("", one.repository)
    ]


def _merges() -> tuple[Merge, ...]:
    return tuple(
        Merge(first=row.first, second=row.second, same=row.same)
        for row in IdentityDecision.objects.all()
    )


def confirmations() -> dict[str, date]:
    """Return the day on which each project's brief was last confirmed, by project."""
    return dict(ProjectConfirmation.objects.order_by("on").values_list("project", "on"))
