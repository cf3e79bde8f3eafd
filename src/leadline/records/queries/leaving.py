"""What only somebody who leaves knows, and who is familiar with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leadline.errors import ConnectorError
from leadline.practice.knowledge.areas import ONE
from leadline.practice.knowledge.handover import successors
from leadline.practice.leaving import Item, Leaver, OnlyTheirs
from leadline.practice.people import Person
from leadline.records.models import HandoverItem, Leaving
from leadline.records.queries.repositories import known_projects, read_map
from leadline.records.queries.team import Team

if TYPE_CHECKING:
    from leadline.workspace import Workspace

DEPTH = 2


def only_theirs(
    workspace: Workspace, facts: Team, person: Person, *, today: date
) -> tuple[OnlyTheirs, ...]:
    """Return areas of which somebody is the one author here, and projects they are asked about.

    A repository that cannot be read adds nothing; its failed reading is shown elsewhere.
    """
    found: list[OnlyTheirs] = []
    for repository in workspace.configuration.repository:
        try:
            known = read_map(workspace, repository, facts, today=today)
        except ConnectorError:
            continue
        member = known.member(person.key)
        if member is None:
            continue
        for area in (known.area(), *known.areas(depth=DEPTH)):
            if area.state != ONE or area.owner != member:
                continue
            found.append(
                OnlyTheirs(
                    kind=HandoverItem.Kind.AREA,
                    what=f"{known.name}/{area.path}".rstrip("/"),
                    why="the one author of most of it who is still here",
                    successors=tuple(
                        (_key(facts, next_.member.contributor.emails), next_.reason)
                        for next_ in successors(known, area.path, without=person.emails)
                    ),
                )
            )
    found += [
        OnlyTheirs(
            kind=HandoverItem.Kind.MODEL,
            what=project.name,
            why="the first to be asked about it",
            successors=tuple(
                (_named(facts, name), "asked next") for name in project.owners[1:]
            ),
        )
        for project in known_projects()
        if project.owners[:1] == (person.name,)
    ]
    return tuple(found)


def _key(facts: Team, emails: tuple[str, ...] | frozenset[str]) -> str:
    """Return the roster's address of somebody on commits; empty where it has none."""
    used = set(emails)
    if used & facts.lead:
        return facts.lead_key
    return next((one.key for one in facts.people if used.intersection(one.emails)), "")


def _named(facts: Team, name: str) -> str:
    return next((one.key for one in facts.people if one.name == name), "")


def leavers(people: tuple[Person, ...]) -> tuple[Leaver, ...]:
    """Return those who said that they leave, with their handover lists."""
    names = {person.key: person.name for person in people}
    rows = Leaving.objects.filter(about__in=names).prefetch_related("items")
    return tuple(
        Leaver(
            person=row.about,
            name=names[row.about],
            last_on=row.last_on,
            items=tuple(as_item(item) for item in row.items.all()),
        )
        for row in rows
    )


def as_item(row: HandoverItem) -> Item:
    """Return a line of the list as the rules know it."""
    return Item(
        kind=row.kind,
        what=row.what,
        why=row.why,
        successor=row.successor,
        done_on=row.done_at.date() if row.done_at else None,
    )
