"""Histories without git, for the rules: commits as tuples, parents first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from leadline.practice.knowledge import (
    ADDED,
    DELETED,
    MODIFIED,
    RENAMED,
    History,
    Identity,
    KnowledgeMap,
    Touches,
    knowledge_map,
)

START = date(2026, 1, 1)
TODAY = date(2026, 6, 1)
KINDS = {"A": ADDED, "M": MODIFIED, "D": DELETED, "R": RENAMED}

Commit = tuple[str, int, Sequence[tuple[str, ...]]]
"""Who ("mira" or "Mira Lund <m@x.org>"), days after `START`, touches ("A", path)…"""


def identity(who: str) -> Identity:
    """Return "Mira <m@x.org>" taken apart; a single word gets a name and an address."""
    if "<" not in who:
        return Identity(name=f"{who.capitalize()} Example", email=f"{who}@example.com")
    name, _, email = who.partition(" <")
    return Identity(name=name, email=email.rstrip(">"))


def made_history(commits: Sequence[Commit], **others: Any) -> History:
    """Return the history that consists of these commits, one after the other."""
    authors: dict[Identity, int] = {}
    paths: dict[str, int] = {}
    touches = Touches()
    alive: set[str] = set()
    for who, day, rows in commits:
        author = authors.setdefault(identity(who), len(authors))
        touches.author.append(author)
        touches.at.append(((START - date(1970, 1, 1)).days + day) * 86_400)
        for letter, *names in rows:
            touches.kind.append(KINDS[letter])
            for column, name in ((touches.source, names[0]), (touches.path, names[-1])):
                column.append(paths.setdefault(name, len(paths)))
            if letter in "DR":
                alive.discard(names[0])
        alive |= {row[-1] for row in rows if row[0] != "D"}
        touches.first.append(len(touches.kind))
    values = {
        "name": "ranking",
        "location": "/srv/ranking",
        "branch": "main",
        "head": "0123456789abcdef",
        "authors": tuple(authors),
        "paths": tuple(paths),
        "touches": touches,
        "files": tuple(sorted(alive)),
    }
    return History(**(values | others))


def made_map(commits: Sequence[Commit], *, today: date = TODAY, **options: Any) -> KnowledgeMap:
    """Return the knowledge map of these commits on that day."""
    return knowledge_map(made_history(commits), today=today, **options)


def day(number: int) -> date:
    """Return the day so many days after `START`."""
    return START + timedelta(days=number)
