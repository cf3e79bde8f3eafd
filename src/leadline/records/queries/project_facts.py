"""What is kept of a project between readings, so that its page needs no git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from leadline.errors import InputError
from leadline.practice.charter import Charter, read_charter
from leadline.practice.knowledge import KnowledgeMap
from leadline.practice.knowledge.areas import NONE, ONE, Area
from leadline.practice.knowledge.handover import successors
from leadline.practice.loop_evidence import (
    baseline_place,
    deciding_folders,
    evaluation_place,
    watch_place,
)
from leadline.practice.project_brief import purpose, questions, risks
from leadline.practice.projects import Project, reading_order
from leadline.practice.recent_changes import ReadingFacts
from leadline.records.queries.team import Team

MOST_AREAS = 24
NEW_DAYS = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Somebody who can answer about a project, and why.

    Attributes
    ----------
    name, email : str
        Who.
    reason : str
        What they know of it.
    """

    name: str
    email: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaFacts:
    """One folder of a project's knowledge map.

    Attributes
    ----------
    path : str
        Within the repository.
    state : str
        "shared", "one", "none" or "unknown".
    here, gone : tuple of str
        Names of its authors who can be asked, and of those who cannot.
    closest : str
        Where nobody is left: who is closest, and why.
    last_on : date or None
        The day it last moved.
    """

    path: str
    state: str
    here: tuple[str, ...]
    gone: tuple[str, ...]
    closest: str
    last_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFacts:
    """A project of the inventory as it was last read.

    Attributes
    ----------
    name, slug : str
        What people call it, and its name in addresses.
    repository, folder, location : str
        Where it lives.
    head : str
        The commit it was read at.
    owners : tuple of str
        Names of who can be asked, best first.
    state, reason : str
        "active", "in production" or "dormant", and why.
    is_fragile : bool
        Whether one person's leaving would leave most of it without an author, or has.
    last_on : date or None
        The day it last moved.
    decision_on : date or None
        When the next decision about it falls, where somebody said so.
    evidence : tuple of str
        What shows that users have it.
    purpose : str
        The README's first paragraph.
    asked : tuple of Asked
        Whom to ask, with reasons.
    areas : tuple of AreaFacts
        Its knowledge map, one level deep.
    risks, questions : tuple of str
        What its brief says.
    charter : Charter or None
        As it stands at the head; None where there is none, or it cannot be read.
    charter_problem : str
        Why it cannot be read.
    baseline, evaluation, watched : str
        Files that show these stages.
    """

    name: str
    owners: tuple[str, ...]
    state: str
    is_fragile: bool
    last_on: date | None
    decision_on: date | None = None
    slug: str = ""
    repository: str = ""
    folder: str = ""
    location: str = ""
    head: str = ""
    reason: str = ""
    evidence: tuple[str, ...] = ()
    purpose: str = ""
    asked: tuple[Asked, ...] = ()
    areas: tuple[AreaFacts, ...] = ()
    risks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    charter: Charter | None = None
    charter_problem: str = ""
    baseline: str = ""
    evaluation: str = ""
    watched: str = ""


def order_of(project: ProjectFacts) -> tuple[object, ...]:
    """Return the key that puts projects in the order to read them."""
    return reading_order(
        decision_on=project.decision_on,
        state=project.state,
        is_fragile=project.is_fragile,
        last_on=project.last_on,
        name=project.name,
    )


def slug_of(name: str) -> str:
    """Return a project's name as it stands in addresses."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "project"


def project_facts(project: Project, *, charter: str | None) -> ProjectFacts:
    """Return what is kept of a project.

    Parameters
    ----------
    project : Project
        One of the inventory.
    charter : str or None
        The text of its charter, where it has one.
    """
    knowledge, area = project.knowledge, project.area
    said = "" if area.path else purpose(knowledge.readme)
    read, problem = _read(charter)
    paths = [file.path for file in knowledge.files_in(area.path)]
    return ProjectFacts(
        name=project.name,
        slug=slug_of(project.name),
        repository=knowledge.name,
        folder=area.path,
        location=knowledge.location,
        head=knowledge.head[:10],
        owners=tuple(owner.name for owner in project.owners),
        state=project.state,
        reason=project.reason,
        is_fragile=project.is_fragile,
        last_on=area.last_on,
        decision_on=project.decision_on,
        evidence=project.evidence,
        purpose=said,
        asked=tuple(_asked(project)),
        areas=tuple(_areas(project)),
        risks=tuple(risks(project)),
        questions=tuple(questions(project, said=said)),
        charter=read,
        charter_problem=problem,
        baseline=baseline_place(paths),
        evaluation=evaluation_place(paths),
        watched=watch_place(paths),
    )


def reading_facts(knowledge: KnowledgeMap, facts: Team) -> ReadingFacts:
    """Return what makes a change of a repository worth reading."""
    since = knowledge.today - timedelta(days=NEW_DAYS)
    new = [person for person in facts.people if person.start_on and person.start_on >= since]
    return ReadingFacts(
        fragile={
            area.path: f"only {area.owner.name} knows most of it"
            if area.owner
            else "those who wrote most of it are gone"
            for area in knowledge.areas(depth=1)
            if area.state in (ONE, NONE)
        },
        newcomers=tuple(email for person in new for email in person.emails),
        decides=deciding_folders(file.path for file in knowledge.files),
    )


def _read(text: str | None) -> tuple[Charter | None, str]:
    if text is None:
        return None, ""
    try:
        return read_charter(text), ""
    except InputError as error:
        return None, str(error)


def _asked(project: Project) -> Iterator[Asked]:
    knowledge, area = project.knowledge, project.area
    for found in successors(knowledge, area.path, limit=5):
        member = found.member
        yield Asked(name=member.name, email=member.key, reason=found.reason)


def _areas(project: Project) -> Iterator[AreaFacts]:
    knowledge, top = project.knowledge, project.area.path
    depth = top.count("/") + 2 if top else 1
    inside = [
        area
        for area in knowledge.areas(depth=depth)
        if area.path.count("/") == depth - 1 and (not top or area.path.startswith(f"{top}/"))
    ]
    for area in (inside or [project.area])[:MOST_AREAS]:
        yield AreaFacts(
            path=area.path,
            state=area.state,
            here=tuple(member.name for member in area.here[:4]),
            gone=tuple(member.name for member in area.gone[:4]),
            closest="" if area.here else _closest(knowledge, area),
            last_on=area.last_on,
        )


def _closest(knowledge: KnowledgeMap, area: Area) -> str:
    nearest = successors(knowledge, area.path, limit=1)
    return f"{nearest[0].member.name} ({nearest[0].reason})" if nearest else ""
