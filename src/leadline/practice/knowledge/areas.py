"""What is known of one folder or file: who knows it, who is left, when it moved last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from leadline.practice.knowledge.authorship import Familiar
from leadline.practice.knowledge.members import Member
from leadline.practice.knowledge.truck_factor import COVERAGE

SHARED, ONE, NONE, UNKNOWN = "shared", "one", "none", "unknown"
"""State of an area: most of it has an author left whoever goes; one person's leaving would
end that; it has ended; the history does not say."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file and everyone who touched it, the highest degree of authorship first."""

    path: str
    source: bool
    familiar: tuple[Familiar, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """One folder or file of the map. Names, dates and places only.

    Attributes
    ----------
    path : str
        Within the repository; empty for all of it.
    authors : tuple of Member
        Its authors, the one who knows most of it first, whether still here or not.
    owner : Member or None
        In state `ONE`, whose leaving would leave most of it without an author.
    state : str
        `SHARED`, `ONE`, `NONE` or `UNKNOWN`.
    last_on : date or None
        The day it was last touched by a human being.
    last_by : Member or None
        Who touched it then.
    recent : tuple of Member
        Everyone who touched it within the map's recent days.
    """

    path: str
    authors: tuple[Member, ...]
    owner: Member | None
    state: str
    last_on: date | None
    last_by: Member | None
    recent: tuple[Member, ...]

    @property
    def here(self) -> tuple[Member, ...]:
        """The authors who can be asked, best first."""
        return tuple(member for member in self.authors if member.is_here)

    @property
    def gone(self) -> tuple[Member, ...]:
        """The authors who left or have not been seen for long."""
        return tuple(member for member in self.authors if not member.is_here)


def counted(files: Sequence[KnownFile]) -> Sequence[KnownFile]:
    """Return the source files among these, or all where none is one."""
    return [file for file in files if file.source] or files


def ranked(files: Iterable[KnownFile]) -> list[int]:
    """Return the authors of these files: of most first, then by the latest touch."""
    authored: dict[int, int] = {}
    latest: dict[int, date] = {}
    for file in files:
        for who, author, day in file.familiar:
            if author:
                authored[who] = authored.get(who, 0) + 1
                if who not in latest or day > latest[who]:
                    latest[who] = day
    return sorted(authored, key=lambda who: (-authored[who], -latest[who].toordinal(), who))


def area_of(
    path: str,
    files: Sequence[KnownFile],
    *,
    members: Sequence[Member],
    here: Collection[int],
    recent_since: date,
) -> Area:
    """Work out what is known of the files of one area.

    Parameters
    ----------
    path : str
        The area's path.
    files : sequence of KnownFile, at least one
        Every file in it.
    members : sequence of Member
        Everyone, by index.
    here : collection of int
        Who of them can be asked.
    recent_since : date
        A touch on or after this day is recent.
    """
    counting = counted(files)
    state, owner = _state(counting, here=here)
    touches = [familiar for file in files for familiar in file.familiar]
    last = max(touches, key=attrgetter("last_on", "author"), default=None)
    recent = {touch.contributor for touch in touches if touch.last_on >= recent_since}
    return Area(
        path=path,
        authors=tuple(members[who] for who in ranked(counting)),
        owner=None if owner is None else members[owner],
        state=state,
        last_on=None if last is None else last.last_on,
        last_by=None if last is None else members[last.contributor],
        recent=tuple(members[who] for who in sorted(recent)),
    )


def _state(files: Sequence[KnownFile], *, here: Collection[int]) -> tuple[str, int | None]:
    """Return the state and the one owner, by the stop rule of the truck factor."""
    enough = COVERAGE * len(files)
    holders = [[f.contributor for f in file.familiar if f.author] for file in files]
    if sum(1 for names in holders if names) < enough:
        return UNKNOWN, None
    left = [[who for who in names if who in here] for names in holders]
    covered = sum(1 for names in left if names)
    if covered < enough:
        return NONE, None
    alone = Counter(names[0] for names in left if len(names) == 1)
    owner = max(alone, key=lambda who: (alone[who], -who), default=None)
    if owner is not None and covered - alone[owner] < enough:
        return ONE, owner
    return SHARED, None
