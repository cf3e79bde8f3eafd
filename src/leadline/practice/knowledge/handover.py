"""Whom to ask next: successors by familiarity, the lead's own gaps, what a leave costs.

Abandoned files are mostly taken over by experienced people of the same project (Rigby,
Zhu, Donadelli, Mockus 2016, Quantifying and mitigating turnover-induced knowledge loss,
ICSE): so familiarity comes first, and it is for questions and handovers, not appraisal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from leadline.practice.knowledge.areas import NONE, ONE, Area, KnownFile
from leadline.practice.knowledge.map import KnowledgeMap
from leadline.practice.knowledge.members import Member


@dataclass(frozen=True, kw_only=True, slots=True)
class Successor:
    """Somebody here who could take questions about an area, and why."""

    member: Member
    reason: str


def successors(
    knowledge: KnowledgeMap, path: str, *, without: Collection[str] = (), limit: int = 3
) -> tuple[Successor, ...]:
    """Suggest who could answer for an area, the most familiar first.

    Parameters
    ----------
    knowledge : KnowledgeMap
        The repository's map.
    path : str
        Folder or file; empty for the whole repository.
    without : collection of str
        Addresses of people who are not to be suggested (those who leave, the owner).
    limit : int
        At most so many.

    Returns
    -------
    tuple of Successor
        Authors of files in the area first, then whoever changed it, the latest first,
        then authors of the folder around it. Empty where nobody here ever touched either.
    """
    away = {address.casefold() for address in without}
    found: dict[int, Successor] = {}
    for who, reason in _familiar(knowledge, path):
        member = knowledge.members[who]
        asked = member.is_here and away.isdisjoint(member.contributor.emails)
        if asked and who not in found:
            found[who] = Successor(member=member, reason=reason())
        if len(found) == limit:
            break
    return tuple(found.values())


def _familiar(knowledge: KnowledgeMap, path: str) -> Iterator[tuple[int, Callable[[], str]]]:
    """Yield who is familiar with an area, the most familiar first, and how to say why."""
    inside = knowledge.files_in(path)
    for who in knowledge.ranked_authors(path):
        yield who, partial(_author_of, inside, who=who)
    for who, day in _latest_touches(inside):
        yield who, partial(_changer_of, inside, who=who, day=day)
    while path:
        path = path.rpartition("/")[0]
        around = knowledge.files_in(path)
        nearness = ", close by" if path else ", in the same repository"
        for who in knowledge.ranked_authors(path):
            yield who, partial(_author_of, around, who=who, nearness=nearness)


def _author_of(files: Iterable[KnownFile], *, who: int, nearness: str = "") -> str:
    return f"author of {_latest_file(files, who=who, author=True).path}{nearness}"


def _changer_of(files: Iterable[KnownFile], *, who: int, day: date) -> str:
    return f"changed {_latest_file(files, who=who, author=False).path} on {day}"


def gaps(knowledge: KnowledgeMap, *, lead: str, depth: int = 1) -> tuple[Area, ...]:
    """Return the areas that moved lately and in which the lead never touched a file.

    Nobody knows everything; this is where the lead has a question to ask.
    """
    member = knowledge.member(lead)
    known = set()
    if member is not None:
        index = knowledge.members.index(member)
        known = {
            file.path
            for file in knowledge.files
            if any(familiar.contributor == index for familiar in file.familiar)
        }
    return tuple(
        area
        for area in knowledge.areas(depth=depth)
        if area.recent and not any(file.path in known for file in knowledge.files_in(area.path))
    )


def lost_without(
    knowledge: KnowledgeMap, absent: Collection[str], *, depth: int = 1
) -> tuple[Area, ...]:
    """Return the areas that nobody could answer for while these people are away.

    Parameters
    ----------
    knowledge : KnowledgeMap
        The repository's map.
    absent : collection of str
        Addresses of the people who are away at the same time.
    depth : int
        How many folder levels to look at.

    Returns
    -------
    tuple of Area
        As they would be: state `NONE`, where it is `SHARED` or `ONE` today. A folder inside
        one that is lost is not named again.
    """
    before = {area.path: area.state for area in knowledge.areas(depth=depth)}
    before[""] = knowledge.area().state if knowledge.files else NONE
    after = knowledge.areas(depth=depth, absent=absent)
    whole = (knowledge.area(absent=absent),) if knowledge.files else ()
    return outermost(
        area for area in (*whole, *after) if area.state == NONE and before[area.path] != NONE
    )


def outermost(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Leave out every area inside another of them that is in the same hands."""
    kept: dict[str, Area] = {}
    for area in areas:
        parts = area.path.split("/")
        parents = ["/".join(parts[:level]) for level in range(len(parts))]
        above = [kept[path] for path in parents if path in kept and path != area.path]
        if not any((a.state, a.owner) == (area.state, area.owner) for a in above):
            kept[area.path] = area
    return tuple(kept.values())


def at_risk(knowledge: KnowledgeMap, *, depth: int = 1) -> tuple[Area, ...]:
    """Return the areas with one or no author here, outermost first, none twice."""
    if not knowledge.files:
        return ()
    areas = (knowledge.area(), *knowledge.areas(depth=depth))
    return outermost(area for area in areas if area.state in (ONE, NONE))


def _latest_file(files: Iterable[KnownFile], *, who: int, author: bool) -> KnownFile:
    touched = (
        (familiar.last_on, file.source, file)
        for file in files
        for familiar in file.familiar
        if familiar.contributor == who and (familiar.author or not author)
    )
    return max(touched, key=lambda entry: entry[:2])[2]


def _latest_touches(files: Iterable[KnownFile]) -> list[tuple[int, date]]:
    latest: dict[int, date] = {}
    for file in files:
        for familiar in file.familiar:
            who = familiar.contributor
            latest[who] = max(familiar.last_on, latest.get(who, familiar.last_on))
    return sorted(latest.items(), key=lambda entry: (-entry[1].toordinal(), entry[0]))
