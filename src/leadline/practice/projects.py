"""The inventory of projects: whose they are, whether they move, whether they are in use.

Each repository is a project, or each folder of one that somebody declared to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leadline.errors import ConfigurationError
from leadline.practice.knowledge.areas import NONE, ONE, Area, KnownFile
from leadline.practice.knowledge.map import KnowledgeMap
from leadline.practice.knowledge.members import Member

ACTIVE, IN_PRODUCTION, DORMANT = "active", "in production", "dormant"
STATES = (ACTIVE, IN_PRODUCTION, DORMANT)

ACTIVE_DAYS = 90
"""A project that moved within so many days is active: a quarter, the rhythm of planning."""

DORMANT_DAYS = 365
"""What runs in production and has not moved for so long is called dormant: one year, after
Khondhu, Capiluppi, Stol (2013), Is it all lost? Inactive open source projects."""

_EVIDENCE = (
    (r"(^|/)dockerfile(\.[\w-]+)?$|\.dockerfile$", "builds a container image"),
    (r"(^|/)(docker-)?compose[\w.-]*\.ya?ml$", "describes running services"),
    (
        r"(^|/)(chart\.yaml|helmfile\.yaml|kustomization\.ya?ml|skaffold\.yaml)$",
        "deploys to a cluster",
    ),
    (r"(^|/)(k8s|kubernetes|helm|manifests)/.*\.ya?ml$", "deploys to a cluster"),
    (
        r"(^|/)(procfile|app\.ya?ml|fly\.toml|render\.yaml|vercel\.json|netlify\.toml|wrangler\.toml"
        r"|serverless\.ya?ml|template\.sam\.ya?ml|cloudbuild\.ya?ml|databricks\.yml)$",
        "is deployed to a platform",
    ),
    (r"\.tf$", "describes its infrastructure"),
    (
        r"^\.github/workflows/[^/]*(deploy|release|publish|ship)[^/]*\.ya?ml$",
        "is released by its CI",
    ),
    (r"(^|/)(mlproject|bentofile\.yaml|dags/.*\.py)$", "is scheduled or served"),
)
_PATTERNS = tuple((re.compile(pattern), meaning) for pattern, meaning in _EVIDENCE)
_VERSION = re.compile(r"^(.*[-_/@])?v?\d+\.\d+(\.\d+)*([-+.]?(post|r)?\d+)?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """What somebody said about a project because git cannot know it.

    Attributes
    ----------
    repository : str
        The repository's short name.
    folder : str
        The folder that is the project; empty for the whole repository.
    name : str
        What people call it; the folder's or repository's name when empty.
    state : str
        One of `STATES`, or empty to work it out.
    in_production : bool or None
        Whether users have it; None to go by what git shows.
    owner : str
        The owner's address, or empty to work it out.
    decision_on : date or None
        When the next decision about it falls; the earliest is read first.
    """

    repository: str
    folder: str = ""
    name: str = ""
    state: str = ""
    in_production: bool | None = None
    owner: str = ""
    decision_on: date | None = None

    def __post_init__(self) -> None:
        if self.state and self.state not in STATES:
            raise ConfigurationError(
                f"project {self.name or self.folder or self.repository}: got state "
                f"{self.state!r}; allowed are {', '.join(STATES)}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """One project of the inventory.

    Attributes
    ----------
    name : str
        What people call it.
    knowledge : KnowledgeMap
        The map of its repository.
    area : Area
        The folder that it is; the whole repository with an empty path.
    state : str
        `ACTIVE`, `IN_PRODUCTION` or `DORMANT`.
    reason : str
        Why it is in this state: dates and places.
    owners : tuple of Member
        Who can be asked about it, the one who knows most of it first; the declared owner
        leads.
    evidence : tuple of str
        What shows that it is used: places with their meaning. Empty when nothing does.
    decision_on : date or None
        When the next decision about it falls, where somebody said so.
    """

    name: str
    knowledge: KnowledgeMap
    area: Area
    state: str
    reason: str
    owners: tuple[Member, ...]
    evidence: tuple[str, ...]
    decision_on: date | None

    @property
    def is_fragile(self) -> bool:
        """Whether one person's leaving would leave most of it without an author, or has."""
        return self.area.state in (ONE, NONE)


def inventory(
    maps: Sequence[KnowledgeMap],
    *,
    declared: Sequence[Declared] = (),
    active_days: int = ACTIVE_DAYS,
    dormant_days: int = DORMANT_DAYS,
) -> tuple[Project, ...]:
    """List the projects in the order in which a newcomer best reads them.

    A repository with declared folders is those folders; any other is one project. Active
    is what a human being changed within `active_days`; in production what shows evidence
    of use and moved within `dormant_days`; dormant the rest. A declared state wins.

    Parameters
    ----------
    maps : sequence of KnowledgeMap
        One a repository; those without files are left out.
    declared : sequence of Declared
        What git cannot know.
    active_days, dormant_days : int
        The limits, in days before each map's day.

    Returns
    -------
    tuple of Project
        Reading order: the next decision first; then active, in production, dormant; within
        these what one person's leaving would orphan first, then what moved last.

    Raises
    ------
    ConfigurationError
        A declared project names a repository or folder that is not there.
    """
    by_name = {knowledge.name: knowledge for knowledge in maps}
    for entry in declared:
        if entry.repository not in by_name:
            raise ConfigurationError(
                f"project {entry.name or entry.folder!r} names repository "
                f"{entry.repository!r}; known are {', '.join(sorted(by_name)) or 'none'}"
            )
    said = {(entry.repository, entry.folder.strip("/")): entry for entry in declared}
    split = {repository for repository, folder in said if folder}
    places = [
        *said,
        *((m.name, "") for m in maps if m.name not in split and (m.name, "") not in said),
    ]
    projects = [
        _project(
            by_name[repository],
            said.get((repository, folder), Declared(repository=repository, folder=folder)),
            active_days=active_days,
            dormant_days=dormant_days,
        )
        for repository, folder in places
        if by_name[repository].files
    ]
    return tuple(sorted(projects, key=_reading_order))


def production_evidence(files: Iterable[KnownFile], *, tags: Sequence[str] = ()) -> list[str]:
    """Return what in git shows that something is used, as "place: meaning"; one a kind.

    Parameters
    ----------
    files : iterable of KnownFile
        The project's files at the head.
    tags : sequence of str
        The repository's tags, oldest first; only version tags count.
    """
    found: dict[str, str] = {}
    for file in files:
        lowered = file.path.casefold()
        for pattern, meaning in _PATTERNS:
            if meaning not in found and pattern.search(lowered):
                found[meaning] = f"{file.path}: {meaning}"
    versions = [tag for tag in tags if _VERSION.match(tag)]
    return [
        *found.values(),
        *(f"tag {tag}: a version was released" for tag in versions[-1:]),
    ]


def _project(
    knowledge: KnowledgeMap, entry: Declared, *, active_days: int, dormant_days: int
) -> Project:
    folder = entry.folder.strip("/")
    area = knowledge.area(folder)
    tags = () if folder else tuple(tag.name for tag in knowledge.tags)
    evidence = production_evidence(knowledge.files_in(folder), tags=tags)
    if entry.in_production is not None:
        evidence = ["the workspace file says so"] if entry.in_production else []
    last_on = area.last_on if folder else knowledge.last_on
    state, reason = _state(
        last_on,
        today=knowledge.today,
        evidence=evidence,
        active_days=active_days,
        dormant_days=dormant_days,
    )
    if entry.in_production and state == DORMANT:
        state, reason = IN_PRODUCTION, f"{reason}; {evidence[0]}"
    if entry.state:
        state, reason = entry.state, "declared"
    owner = knowledge.member(entry.owner) if entry.owner else None
    owners = [owner] if owner else []
    return Project(
        name=entry.name or folder.rpartition("/")[2] or knowledge.name,
        knowledge=knowledge,
        area=area,
        state=state,
        reason=reason,
        owners=(*owners, *(member for member in area.here[:3] if member is not owner)),
        evidence=tuple(evidence),
        decision_on=entry.decision_on,
    )


def _state(
    last_on: date | None,
    *,
    today: date,
    evidence: Sequence[str],
    active_days: int,
    dormant_days: int,
) -> tuple[str, str]:
    if last_on is None:
        return DORMANT, "no human being stands on a commit of it"
    moved = f"last moved on {last_on}"
    if today - last_on <= timedelta(days=active_days):
        return ACTIVE, moved
    if evidence and today - last_on <= timedelta(days=dormant_days):
        return IN_PRODUCTION, f"{moved}; {evidence[0]}"
    return DORMANT, moved


def reading_order(
    *, decision_on: date | None, state: str, is_fragile: bool, last_on: date | None, name: str
) -> tuple[object, ...]:
    """Return the key that sorts projects as `inventory` does."""
    last = last_on or date.min
    return (
        decision_on or date.max,
        STATES.index(state),
        not is_fragile,
        -last.toordinal(),
        name,
    )


def _reading_order(project: Project) -> tuple[object, ...]:
    return reading_order(
        decision_on=project.decision_on,
        state=project.state,
        is_fragile=project.is_fragile,
        last_on=project.area.last_on,
        name=project.name,
    )
