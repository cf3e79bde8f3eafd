"""One entry of a list of readers: how it is printed, and whom it lets in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from django.db.models import Manager, Model, Q

from leadline.records.access.viewers import Role, Viewer


@dataclass(frozen=True, kw_only=True)
class Who:
    """Some readers or changers of a kind of record.

    Attributes
    ----------
    words : str
        As it is printed: "the lead", "the person it is about".
    roles : frozenset of Role
        Whoever has one of them is let in.
    path : str
        A lookup from the record to the address of whoever is let in: "person__key",
        "author", "readers__address". Empty when `roles` says it all.
    only : Q
        Which records it speaks of; all of them by default. "What was shared" is a `Q`.
    is_subject : bool
        Whether `path` leads to whom the record is about.
    """

    words: str
    roles: frozenset[Role] = frozenset()
    path: str = ""
    only: Q = field(default_factory=Q)
    is_subject: bool = False

    def condition(self, viewer: Viewer) -> Q | None:
        """Return which records of the kind it lets the viewer see; None for none."""
        if self.roles & viewer.roles:
            return self.only
        if self.path and viewer.addresses:
            return self.only & Q(**{f"{self.path}__in": sorted(viewer.addresses)})
        return None

    def may_ever(self, viewer: Viewer) -> bool:
        """Whether there may be a record that it lets the viewer see."""
        return self.condition(viewer) is not None

    def addresses(self, record: Model) -> list[str]:
        """Return the addresses that its path leads to; none where it has no path."""
        return sorted(set(_at(record, self.path.split("__")))) if self.path else []

    def printed(self, record: Model | None) -> str:
        """Return its entry of the list: the words, and the address where it is one person."""
        if record is None or not self.path:
            return self.words
        addresses = self.addresses(record)
        return f"{', '.join(addresses)} ({self.words})" if addresses else ""


def about(path: str = "person__key", *, only: Q | None = None) -> Who:
    """Return the person that a record is about, found by a lookup to their address."""
    return Who(words="the person it is about", path=path, only=only or Q(), is_subject=True)


def written_by(path: str = "author", *, only: Q | None = None) -> Who:
    """Return whoever wrote a record, found by a lookup to their address."""
    return Who(words="who wrote it", path=path, only=only or Q())


LEAD = Who(words="the lead", roles=frozenset({Role.LEAD}))
TEAM = Who(words="everyone on the team", roles=frozenset({Role.LEAD, Role.MEMBER}))
HEAD = Who(words="the lead's lead", roles=frozenset({Role.HEAD}))
PARTNER = Who(words="the people partner", roles=frozenset({Role.PARTNER}))
GUEST = Who(words="whoever was given a link to it", roles=frozenset({Role.GUEST}))
NOBODY: tuple[Who, ...] = ()


def any_of(entries: Iterable[Who], viewer: Viewer) -> Q | None:
    """Return which records a list lets the viewer see; None for none at all."""
    conditions = [one for entry in entries if (one := entry.condition(viewer)) is not None]
    if not conditions:
        return None
    if any(not condition for condition in conditions):
        return Q()
    return reduce(lambda one, other: one | other, conditions)


def _at(record: Any, steps: list[str]) -> list[str]:
    """Return the values at the end of a lookup, through relations of either direction."""
    if not steps:
        return [str(record)] if record else []
    value = getattr(record, steps[0], None)
    rows = value.all() if isinstance(value, Manager) else [value]
    return [found for row in rows if row is not None for found in _at(row, steps[1:])]
