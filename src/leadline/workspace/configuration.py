"""What a `leadline.toml` may say: one struct a table; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
RoleClass = Literal["manual", "employee", "technician", "professional", "manager", "executive"]
Address = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$")]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the file; unknown keys are refused, not ignored."""


class Lead(Section, frozen=True):
    """`[lead]`: whose workspace it is."""

    name: str
    emails: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1)]
    since: date | None = None
    timezone: str = "UTC"
    country: str = ""


class People(Section, frozen=True):
    """`[people]`: the people file."""

    file: str


class Calendar(Section, frozen=True):
    """`[[calendar]]`: the lead's own calendar, a file or a URL; nobody else's."""

    file: str = ""
    url: str = ""


class Repository(Section, frozen=True):
    """`[[repository]]`: a git repository, by path or URL."""

    path: str = ""
    url: str = ""
    name: str = ""
    in_production: bool | None = None
    owner: Address | None = None
    decision_on: date | None = None


class Project(Section, frozen=True):
    """`[[project]]`: a folder of a repository that is a project of its own."""

    name: str
    repository: str
    folder: str
    in_production: bool | None = None
    owner: Address | None = None
    decision_on: date | None = None


class Experiments(Section, frozen=True):
    """`[[experiments]]`: a table of experiments to audit, or the plan of one to follow."""

    file: str = ""
    plan: str = ""
    columns: dict[str, str] = {}
    metrics: tuple[str, ...] = ()
    control: str = ""
    missing: Literal["error", "exclude", "zero"] = "error"
    key_results: tuple[str, ...] = ()


class Watch(Section, frozen=True):
    """`[[watch]]`: a model in front of users, by the table of its predictions."""

    model: Annotated[str, msgspec.Meta(min_length=1)]
    source: Annotated[str, msgspec.Meta(min_length=1)]
    table: str = ""
    reference: str = ""
    owner: Annotated[str, msgspec.Meta(pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    code: str = ""
    day: str = ""
    columns: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    score: str = ""
    target: str = ""
    latency: str = ""
    fallback: str = ""
    kpi: str = ""
    dependence: dict[str, Annotated[float, msgspec.Meta(ge=0)]] = {}
    predictor: str = ""
    by_hand: tuple[str, ...] = ()
    reference_days: Positive = 28
    label_days: Annotated[int, msgspec.Meta(ge=0)] = 14
    grace_days: Annotated[int, msgspec.Meta(ge=0)] = 1


class OneOnOnes(Section, frozen=True):
    """`[one_on_ones]`: the cadence you mean to keep (default: weekly, 15 minutes)."""

    every_days: Positive = 7
    minutes: Positive = 15


class Hours(Section, frozen=True):
    """`[hours]`: your week, and the share of it you mean for each kind of meeting."""

    per_week: Positive = 40
    intended: dict[str, Share] = {}


class Span(Section, frozen=True):
    """`[span]`: from how many reports the brief speaks of growing a lead."""

    from_reports: Positive = 7


class Feedback(Section, frozen=True):
    """`[feedback]`: how long first impressions wait before they become feedback."""

    embargo_days: Annotated[int, msgspec.Meta(ge=0)] = 90


class Projects(Section, frozen=True):
    """`[projects]`: when a project counts as active, and when as dormant."""

    active_within_days: Positive = 90
    dormant_after_days: Positive = 365


class Probation(Section, frozen=True):
    """`[probation]`: what the law asks about your contracts; what is not said is asked."""

    role: RoleClass | None = None
    employer_size: Positive | None = None
    works_council: bool | None = None
    law: str = ""


class Brief(Section, frozen=True):
    """`[brief]`: how many lines a brief may have."""

    lines: Annotated[int, msgspec.Meta(ge=1, le=7)] = 7


class Access(Section, frozen=True):
    """`[access]`: who else may sign in to the workspace's pages, besides you and the roster."""

    head: tuple[Address, ...] = ()
    people_partner: tuple[Address, ...] = ()


class Configuration(Section, frozen=True):
    """A whole `leadline.toml`; it holds sources and settings, never a secret."""

    lead: Lead
    version: Literal[1] = 1
    people: People | None = None
    calendar: tuple[Calendar, ...] = ()
    repository: tuple[Repository, ...] = ()
    project: tuple[Project, ...] = ()
    experiments: tuple[Experiments, ...] = ()
    watch: tuple[Watch, ...] = ()
    one_on_ones: OneOnOnes = OneOnOnes()
    hours: Hours = Hours()
    kinds: dict[str, tuple[str, ...]] = {}
    span: Span = Span()
    feedback: Feedback = Feedback()
    projects: Projects = Projects()
    probation: Probation = Probation()
    brief: Brief = Brief()
    access: Access = Access()


def name_of(repository: Repository) -> str:
    """Return the name a repository goes by: the one given, else its folder's."""
    place = repository.path or repository.url
    return repository.name or Path(place.rstrip("/")).name.removesuffix(".git")
