"""The knowledge map as plain values, ready for JSON: names, dates and places only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from leadline.practice.knowledge.areas import Area
from leadline.practice.knowledge.facts import Identity
from leadline.practice.knowledge.handover import at_risk, gaps, lost_without, successors
from leadline.practice.knowledge.map import KnowledgeMap
from leadline.practice.knowledge.members import Member
from leadline.practice.knowledge.truck_factor import TruckFactor


def as_plain(
    knowledge: KnowledgeMap,
    *,
    path: str = "",
    depth: int = 1,
    lead: str = "",
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Return the map, or one area of it and the folders below, as plain values.

    Parameters
    ----------
    knowledge : KnowledgeMap
        The repository's map.
    path : str
        The area to show; empty for all.
    depth : int
        Folder levels below it.
    lead : str
        Whose gaps to list; none when empty.
    without : collection of str
        Addresses of people taken as away.

    Returns
    -------
    dict
        Dates as `date`; nothing in it counts what anybody did.
    """
    inside = f"{path.strip('/')}/" if path.strip("/") else ""
    levels = depth + inside.count("/")
    wanted = [knowledge.area(path, absent=without)] if knowledge.files else []
    wanted += [
        area
        for area in knowledge.areas(depth=levels, absent=without)
        if area.path.startswith(inside)
    ]
    return {
        "repository": knowledge.name,
        "location": knowledge.location,
        "branch": knowledge.branch,
        "head": knowledge.head,
        "as_of": knowledge.today,
        "last_on": knowledge.last_on,
        "areas": [_area(knowledge, area, without=without) for area in wanted],
        "truck_factor": _factor(knowledge.truck_factor),
        "second_opinion": _factor(knowledge.second_opinion),
        "at_risk": [
            {"path": area.path, "state": area.state, "owner": area.owner and area.owner.name}
            for area in at_risk(knowledge, depth=levels)
            if f"{area.path}/".startswith(inside) or not area.path
        ],
        "lost_without": [area.path for area in lost_without(knowledge, without, depth=levels)],
        "gaps": [a.path for a in gaps(knowledge, lead=lead, depth=levels)] if lead else [],
        "joined": {
            m.name: list(m.contributor.joined)
            for m in knowledge.members
            if m.contributor.joined
        },
        "suggested_merges": [
            {"first": _who(s.first), "second": _who(s.second), "reason": s.reason}
            for s in knowledge.suggested_merges
        ],
        "left_out": [_who(bot) for bot in knowledge.bots],
        "not_known": list(knowledge.notes),
    }


def _area(knowledge: KnowledgeMap, area: Area, *, without: Collection[str]) -> dict[str, Any]:
    away = {address.casefold() for address in without}
    return {
        "path": area.path,
        "state": area.state,
        "owner": None if area.owner is None else area.owner.name,
        "here": [m.name for m in area.here if away.isdisjoint(m.contributor.emails)],
        "authors": [_member(member) for member in area.authors],
        "ask": [
            {"name": s.member.name, "email": s.member.key, "reason": s.reason}
            for s in successors(knowledge, area.path, without=without)
        ],
        "last_on": area.last_on,
        "last_by": None if area.last_by is None else area.last_by.name,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "email": member.key,
        "presence": member.presence,
        "last_on": member.last_on,
        "ends_on": member.ends_on,
    }


def _factor(factor: TruckFactor) -> dict[str, Any]:
    return {
        "number": factor.number,
        "key_people": [_member(member) for member in factor.key_people],
        "algorithm": factor.algorithm,
        "files": factor.files,
        "reason": factor.reason,
    }


def _who(identity: Identity) -> dict[str, str]:
    return {"name": identity.name, "email": identity.email}
