"""Where everything waits for the lead: what only the lead knows, or only they change."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.findings import LEAD, Citation, Finding
from leadline.practice.knowledge.areas import ONE, Area, counted
from leadline.practice.knowledge.handover import successors
from leadline.practice.knowledge.map import KnowledgeMap
from leadline.practice.knowledge.members import Member
from leadline.practice.knowledge.rules import SMALLEST_AREA, listed, receipt

NEVER_ON_IT = Citation(
    text="A lead who still codes stays off the critical path and suggests, never blocks",
    source="A head of data science on his own practice; see docs/explanation",
)


def critical_path(
    knowledge: KnowledgeMap, *, lead: str, depth: int = 1, people_file: str = ""
) -> tuple[Finding, ...]:
    """Say where the lead is the only author here, or alone in changing, what is active.

    Parameters
    ----------
    knowledge : KnowledgeMap
        The repository's map.
    lead : str
        The lead's address; any that the people file or the mailmap knows.
    depth : int
        How many folder levels to look at.
    people_file : str
        Path of the people file, for the receipts' commands.

    Returns
    -------
    tuple of Finding
        At most one, rule "lead-on-critical-path", for the lead's eyes alone.
    """
    member = knowledge.member(lead)
    if member is None or knowledge.last_on is None or not knowledge.files:
        return ()
    active = [
        area
        for area in (knowledge.area(), *knowledge.areas(depth=depth))
        if area.recent
        and (not area.path or len(counted(knowledge.files_in(area.path))) >= SMALLEST_AREA)
    ]
    owned = _outermost(a for a in active if a.state == ONE and a.owner == member)
    alone = _outermost(a for a in active if a.recent == (member,) and a not in owned)
    alone = [area for area in alone if not _inside(area, owned)]
    if not owned and not alone:
        return ()
    areas = [*owned, *alone]
    return (
        Finding(
            rule="lead-on-critical-path",
            subject=f"project:{knowledge.name}",
            sentence=_sentence(knowledge, member, owned=owned, alone=alone),
            receipts=tuple(
                receipt(knowledge, a.path, people_file=people_file) for a in areas[:4]
            ),
            magnitude=float(len(areas)),
            worth=0.6,
            readers=(LEAD,),
            question=_question(knowledge, member, areas[0]),
            citation=NEVER_ON_IT,
        ),
    )


def _sentence(
    knowledge: KnowledgeMap, member: Member, *, owned: list[Area], alone: list[Area]
) -> str:
    parts = []
    if owned:
        parts.append(f"is the one author still here of most of {_names(owned, knowledge)}")
    if alone:
        parts.append(
            f"has been the only one to change {_names(alone, knowledge)} "
            f"since {knowledge.recent_since}"
        )
    where = "" if knowledge.name in parts[0] else f" in {knowledge.name}"
    return f"{member.name} (you) {' and '.join(parts)}{where}."


def _names(areas: list[Area], knowledge: KnowledgeMap) -> str:
    return listed(f"{area.path}/" if area.path else knowledge.name for area in areas[:4])


def _question(knowledge: KnowledgeMap, member: Member, area: Area) -> str:
    candidates = successors(knowledge, area.path, without=member.contributor.emails)
    if not candidates:
        return "Who could take the next change there, with you beside them?"
    return f"Could {candidates[0].member.name} take the next change there?"


def _outermost(areas: Iterable[Area]) -> list[Area]:
    kept: list[Area] = []
    for area in areas:
        if not _inside(area, kept):
            kept.append(area)
    return kept


def _inside(area: Area, others: Iterable[Area]) -> bool:
    return any(not o.path or area.path.startswith(f"{o.path}/") for o in others)
