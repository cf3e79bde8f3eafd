"""Recent changes worth reading: a lead who reads code suggests, and blocks nobody.

Three to five a morning, chosen by what they touch, never by who wrote how much.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

MOST = 5
"""Changes suggested at a time."""

EACH = 2
"""At most so many of one repository, so that the others are seen as well."""

WIDE = 8
"""A change that touches so many files is about how things hang together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One commit, as git has it.

    Attributes
    ----------
    repository : str
        The repository's short name.
    commit : str
        Its name, 40 hex digits.
    on : date
        The day it was written.
    author, email : str
        Who stands on it; empty where they asked to be forgotten.
    subject : str
        Its first line.
    paths : tuple of str
        What it touches.
    """

    repository: str
    commit: str
    on: date
    author: str
    email: str
    subject: str
    paths: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A change worth reading, and why.

    Attributes
    ----------
    change : Change
        The commit.
    reasons : tuple of str
        Why it may be worth the minutes; at least one.
    """

    change: Change
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingFacts:
    """What makes a change of one repository worth reading.

    Attributes
    ----------
    fragile : mapping of str to str
        Folder → why few know it: "only Ines knows it", "those who wrote it are gone".
    newcomers : collection of str
        Addresses of people in their first 90 days.
    decides : collection of str
        Folders where a model's behaviour is decided: evaluation, features, objective.
    """

    fragile: Mapping[str, str]
    newcomers: Collection[str]
    decides: Collection[str]


def worth_reading(
    changes: Sequence[Change],
    *,
    facts: Mapping[str, ReadingFacts],
    without: Collection[str] = (),
    most: int = MOST,
) -> tuple[Suggestion, ...]:
    """Choose the changes to read.

    Parameters
    ----------
    changes : sequence of Change
        Recent ones of every repository, in any order.
    facts : mapping of str to ReadingFacts
        By repository; a repository without facts suggests nothing.
    without : collection of str
        Addresses whose changes are left out: one's own.
    most : int
        How many at most.

    Returns
    -------
    tuple of Suggestion
        More reasons first, then the latest; at most `EACH` of one repository.
    """
    found = [
        Suggestion(change=change, reasons=reasons)
        for change in changes
        if change.email not in without
        and change.repository in facts
        and (reasons := tuple(_reasons(change, facts[change.repository])))
    ]
    found.sort(
        key=lambda one: (-len(one.reasons), -one.change.on.toordinal(), one.change.commit)
    )
    chosen: list[Suggestion] = []
    for one in found:
        same = [each for each in chosen if each.change.repository == one.change.repository]
        if len(chosen) < most and len(same) < EACH:
            chosen.append(one)
    return tuple(chosen)


def _reasons(change: Change, facts: ReadingFacts) -> Iterator[str]:
    for folder, why in facts.fragile.items():
        if _touches(change, folder):
            yield f"touches {folder}/: {why}"
            break
    if change.email in facts.newcomers:
        yield f"{change.author} is new: a good hour to say what is good about it"
    for folder in facts.decides:
        if _touches(change, folder):
            yield f"changes what is decided, in {folder}/"
            break
    if len(change.paths) >= WIDE:
        yield "touches many files: how things hang together"


def _touches(change: Change, folder: str) -> bool:
    return any(path.startswith(f"{folder}/") for path in change.paths)
