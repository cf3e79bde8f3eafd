"""What the knowledge map has to say to the lead, as findings."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import date

from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt
from leadline.practice.knowledge.areas import Area, counted
from leadline.practice.knowledge.handover import (
    Successor,
    at_risk,
    lost_without,
    successors,
)
from leadline.practice.knowledge.map import KnowledgeMap
from leadline.practice.knowledge.members import Member

TRUCK_FACTOR = Citation(
    text=(
        "Developers of 67 systems found the key people right in 84 % of them, the number "
        "in 53 %: read the names first"
    ),
    source="Avelino et al. (2016), A novel approach for estimating truck factors, ICPC",
)
TURNOVER = Citation(
    text="Abandoned files are mostly taken over by people who already know the project",
    source="Rigby et al. (2016), Mitigating turnover-induced knowledge loss, ICSE",
)
SMALLEST_AREA = 3
"""Folders with fewer counted files are not worth a line."""


def findings(
    knowledge: KnowledgeMap,
    *,
    lead: str = "",
    horizon_days: int = 90,
    depth: int = 1,
    people_file: str = "",
) -> tuple[Finding, ...]:
    """Say what is at risk in one repository.

    Parameters
    ----------
    knowledge : KnowledgeMap
        The repository's map.
    lead : str
        The lead's address; what only the lead knows is `critical_path`'s to say.
    horizon_days : int
        How many days ahead a last day counts.
    depth : int
        How many folder levels to look at.
    people_file : str
        Path of the people file, for the receipts' commands.

    Returns
    -------
    tuple of Finding
        Rules "handover-before-leave", "no-living-owner" and "one-living-owner".
    """
    leaving = sorted(
        (
            member
            for member in knowledge.members
            if member.is_here and _leaves_within(member, knowledge.today, horizon_days)
        ),
        key=lambda member: (member.ends_on or knowledge.today, member.key),
    )
    handovers = [
        _handover(knowledge, member, lost, people_file=people_file)
        for member in leaving
        if (
            lost := _worth_a_line(knowledge, lost_without(knowledge, [member.key], depth=depth))
        )
    ]
    said_of = {member.key for member in leaving} | {lead.casefold()}
    risky = _worth_a_line(knowledge, at_risk(knowledge, depth=depth))
    areas = [
        _no_owner(knowledge, area, people_file=people_file)
        if area.owner is None
        else _one_owner(knowledge, area, area.owner, people_file=people_file)
        for area in risky
        if area.owner is None or said_of.isdisjoint(area.owner.contributor.emails)
    ]
    return (*handovers, *areas)


def place(knowledge: KnowledgeMap, path: str) -> str:
    """Return how to write an area: "features/ in search-ranking", "search-ranking"."""
    if not path:
        return knowledge.name
    is_file = any(file.path == path for file in knowledge.files)
    return f"{path}{'' if is_file else '/'} in {knowledge.name}"


def receipt(knowledge: KnowledgeMap, path: str, *, people_file: str = "") -> Receipt:
    """Return the receipt of what is said about an area."""
    command = ["leadline", "knowledge", knowledge.location]
    command += ["--area", path] if path else []
    command += ["--people", people_file] if people_file else []
    command += ["--today", knowledge.today.isoformat()]
    return Receipt(
        source="git",
        place=f"{knowledge.name}@{knowledge.head[:10]}:{path or '/'}",
        as_of=knowledge.today,
        command=shlex.join(command),
    )


def listed(words: Iterable[str]) -> str:
    """Join words as in a sentence: "a", "a and b", "a, b and c"."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


def _leaves_within(member: Member, today: date, days: int) -> bool:
    return member.ends_on is not None and (member.ends_on - today).days <= days


def _worth_a_line(knowledge: KnowledgeMap, areas: Sequence[Area]) -> list[Area]:
    return [
        area
        for area in areas
        if not area.path or len(counted(knowledge.files_in(area.path))) >= SMALLEST_AREA
    ]


def _next_question(candidates: Sequence[Successor], *, otherwise: str) -> str:
    if not candidates:
        return otherwise
    first = candidates[0]
    return f"Could {first.member.name} ({first.reason}) learn it next?"


def _handover(
    knowledge: KnowledgeMap, member: Member, lost: Sequence[Area], *, people_file: str
) -> Finding:
    where = listed(area.path + "/" if area.path else "all of it" for area in lost[:4])
    return Finding(
        rule="handover-before-leave",
        subject=f"person:{member.key}",
        sentence=(
            f"{member.name}'s last day is {member.ends_on}; after it under half of the "
            f"files in {where} ({knowledge.name}) have an author who is here."
        ),
        receipts=tuple(
            receipt(knowledge, area.path, people_file=people_file) for area in lost[:4]
        ),
        magnitude=float(len(lost)),
        worth=0.95,
        due_on=member.ends_on,
        readers=(LEAD, member.key),
        question=_next_question(
            successors(knowledge, lost[0].path, without=member.contributor.emails),
            otherwise="Who should sit with them before then?",
        ),
        citation=TURNOVER,
    )


def _no_owner(knowledge: KnowledgeMap, area: Area, *, people_file: str) -> Finding:
    files = counted(knowledge.files_in(area.path))
    gone = listed(member.name for member in area.gone[:3])
    return Finding(
        rule="no-living-owner",
        subject=f"area:{knowledge.name}/{area.path}".rstrip("/"),
        sentence=(
            f"Under half of the {len(files)} files in {place(knowledge, area.path)} have "
            f"an author who is here; those who wrote most of it ({gone}) are gone."
        ),
        receipts=(receipt(knowledge, area.path, people_file=people_file),),
        magnitude=float(len(files)),
        worth=0.7 if area.recent else 0.3,
        readers=(TEAM,),
        question=_next_question(
            successors(knowledge, area.path), otherwise="Does anybody still need it?"
        ),
        citation=TRUCK_FACTOR,
    )


def _one_owner(
    knowledge: KnowledgeMap, area: Area, owner: Member, *, people_file: str
) -> Finding:
    files = counted(knowledge.files_in(area.path))
    return Finding(
        rule="one-living-owner",
        subject=f"area:{knowledge.name}/{area.path}".rstrip("/"),
        sentence=(
            f"Without {owner.name} under half of the {len(files)} files in "
            f"{place(knowledge, area.path)} would have an author who is here."
        ),
        receipts=(receipt(knowledge, area.path, people_file=people_file),),
        magnitude=float(len(files)),
        worth=0.5 if area.recent else 0.2,
        readers=(LEAD, owner.key),
        question=_next_question(
            successors(knowledge, area.path, without=owner.contributor.emails),
            otherwise=f"Who could {owner.name} show it to?",
        ),
        citation=TRUCK_FACTOR,
    )
