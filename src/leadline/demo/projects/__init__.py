"""The made-up projects, as data: who worked on what, and when.

Each `.toml` beside this file is one project. A stint says that somebody worked on an
area between two days; `histories` makes commits of it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

Knobs = dict[str, list[float]]
"""Settings that files have, and the values that commits give them."""

NAMES = ("search-ranking", "ad-geo-match", "listing-quality")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stint:
    """Somebody's time with an area: from so many days before today until so many."""

    who: str
    from_days_ago: int
    until_days_ago: int
    commits: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A folder ("" is the top), its files with what each is for, and their settings."""

    folder: str
    files: dict[str, str]
    knobs: Knobs
    stints: tuple[Stint, ...]

    def path(self, file: str) -> str:
        """Return the path of one of the area's files in the repository."""
        return f"{self.folder}/{file}" if self.folder else file


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """A file, or a folder (ends in "/"), that got another name."""

    who: str
    days_ago: int
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """One repository of the story.

    Attributes
    ----------
    name, purpose, readme : str
        The folder's name, one sentence, and the rest of its README.
    founder, born_days_ago
        Who made the first commit, and when.
    charter : str
        The text of its charter; empty where it has none.
    areas, renames
        What is in it, and what was called otherwise.
    tagger, tags_days_ago
        Who made the releases v1.0, v1.1 …, and when; empty where there were none.
    """

    name: str
    purpose: str
    readme: str
    founder: str
    born_days_ago: int
    areas: tuple[Area, ...]
    renames: tuple[Rename, ...]
    tagger: str
    tags_days_ago: tuple[int, ...]
    charter: str = ""


def load(name: str) -> Project:
    """Read one project's story."""
    text = files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    story = tomllib.loads(text)
    tags = story.get("tags", {"who": "", "days_ago": []})
    return Project(
        name=name,
        purpose=story["purpose"],
        readme=story["readme"].strip(),
        founder=story["founder"],
        born_days_ago=story["born"],
        areas=tuple(_area(table, knobs=story["knobs"]) for table in story["area"]),
        renames=tuple(
            Rename(
                who=table["who"],
                days_ago=table["days_ago"],
                old=table["from"],
                new=table["to"],
            )
            for table in story.get("rename", ())
        ),
        tagger=tags["who"],
        tags_days_ago=tuple(tags["days_ago"]),
        charter=story.get("charter", "").lstrip(),
    )


def _area(table: dict[str, Any], *, knobs: Knobs) -> Area:
    stints = (
        Stint(
            who=stint["who"],
            from_days_ago=stint["from"],
            until_days_ago=stint["until"],
            commits=stint["commits"],
        )
        for stint in table["stints"]
    )
    return Area(
        folder=table["folder"],
        files=table["files"],
        knobs=table.get("knobs", knobs),
        stints=tuple(stints),
    )
