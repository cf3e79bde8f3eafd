"""Degree of authorship: who knows a file, with renames followed.

Of one person on one file, `3.293 + 1.098·FA + 0.164·DL − 0.321·ln(1 + AC)`: FA is 1 for
whoever added the file, DL counts the person's changes, AC everybody else's. An author has
more than 0.75 of the file's highest degree, and 3.293 or more or added the file.

References
----------
Fritz, Murphy, Murphy-Hill, Ou, Hill (2014), Degree-of-knowledge, ACM TOSEM 23(2).
Avelino, Passos, Hora, Valente (2016), A novel approach for estimating truck factors, ICPC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from leadline.practice.knowledge.facts import (
    ADDED,
    DELETED,
    MODIFIED,
    RENAMED,
    History,
    day_of,
)

_MOVE_DEPTHS = (4, 3, 2, 1)
"""Trailing parts of a path that tell where a file went; the longest are tried first."""


@dataclass(frozen=True, slots=True)
class Familiar:
    """Somebody who touched a file: whether as an author of it, and when last."""

    contributor: int
    author: bool
    last_on: date


def degree_of_authorship(*, added: bool, changes: int, changes_by_others: int) -> float:
    """Return how much one person is the author of one file; no unit, may be negative.

    Parameters
    ----------
    added : bool
        Whether the person added the file to the repository.
    changes, changes_by_others : int
        Commits that changed or renamed the file.
    """
    return 3.293 + 1.098 * added + 0.164 * changes - 0.321 * log(1 + changes_by_others)


class _Lineage:
    """One file through all its names. Lives only while the map is worked out."""

    __slots__ = ("added", "changes", "seen")

    def __init__(self) -> None:
        self.added: set[int] = set()
        self.changes: dict[int, int] = {}
        self.seen: dict[int, int] = {}

    def absorb(self, other: _Lineage) -> None:
        self.added |= other.added
        for who, count in other.changes.items():
            self.changes[who] = self.changes.get(who, 0) + count
        for who, at in other.seen.items():
            self.seen[who] = max(at, self.seen.get(who, at))

    def add(self, *, who: int | None, at: int) -> None:
        if who is not None:
            self.added.add(who)
            self.seen[who] = max(at, self.seen.get(who, at))

    def change(self, *, who: int | None, at: int) -> None:
        if who is not None:
            self.changes[who] = self.changes.get(who, 0) + 1
            self.seen[who] = max(at, self.seen.get(who, at))

    def familiar(self, *, latest: date) -> tuple[Familiar, ...]:
        """Return who touched the file, the highest degree first; no day after `latest`."""
        total = sum(self.changes.values())
        degree = {
            who: degree_of_authorship(
                added=who in self.added, changes=own, changes_by_others=total - own
            )
            for who in self.seen
            for own in (self.changes.get(who, 0),)
        }
        best = max(degree.values(), default=0.0)
        ranked = sorted(degree, key=lambda who: (-degree[who], -self.seen[who], who))
        return tuple(
            Familiar(
                who,
                degree[who] > 0.75 * best and (degree[who] >= 3.293 or who in self.added),
                min(day_of(self.seen[who]), latest),
            )
            for who in ranked
        )

    def main_changer(self) -> tuple[int, ...]:
        """Return who touched the file most, the latest on a tie; nobody where unknown."""
        touches = Counter(self.changes)
        touches.update(self.added)
        return tuple(sorted(touches, key=lambda who: (-touches[who], -self.seen[who], who))[:1])


class Lineages:
    """Walks a history once, parents first, and knows each path's lineage at its end.

    A touch of a name that was renamed away (on a branch that did not know) belongs to
    where the file went; a file added under such a name is a new file. A file that leaves
    and another that comes in one commit under the same file name are one file that moved:
    exact renames alone miss those that were edited on the way.
    """

    def __init__(self, history: History, *, contributor_of: Sequence[int | None]) -> None:
        self._history = history
        self._at: dict[int, _Lineage] = {}
        self._gone: set[int] = set()
        touches = history.touches
        for commit in range(len(touches)):
            first, last = touches.first[commit], touches.first[commit + 1]
            who, at = contributor_of[touches.author[commit]], touches.at[commit]
            kinds = touches.kind[first:last]
            rows: Iterable[tuple[int, int, int]] = touches.rows(commit)
            if RENAMED in kinds or (DELETED in kinds and ADDED in kinds):
                rows = self._move(list(rows), who=who, at=at)
            for kind, path, _ in rows:
                if kind == MODIFIED:
                    self._known(path).change(who=who, at=at)
                elif kind == ADDED:
                    self._added(path).add(who=who, at=at)

    def of_files(self) -> dict[str, _Lineage]:
        """Return the lineage of every file that stands today; a fresh one where unknown."""
        index = {path: number for number, path in enumerate(self._history.paths)}
        return {
            path: self._at.get(index.get(path, -1)) or _Lineage()
            for path in self._history.files
        }

    def _move(
        self, rows: list[tuple[int, int, int]], *, who: int | None, at: int
    ) -> list[tuple[int, int, int]]:
        """Carry renamed files over, and return the rows that are left."""
        pairs = [(source, path) for kind, path, source in rows if kind == RENAMED]
        pairs += self._edited_moves(rows)
        moved = [(path, self._known(source)) for source, path in pairs]
        left = {source for source, _ in pairs}
        self._gone |= left
        for path, lineage in moved:
            there = self._at.get(path)
            if there is not None and there is not lineage and path not in self._gone:
                lineage.absorb(there)
            lineage.change(who=who, at=at)
        self._at.update(moved)
        arrived = {path for path, _ in moved}
        self._gone -= arrived
        return [
            row
            for row in rows
            if row[0] != RENAMED
            and not (row[0] == ADDED and row[1] in arrived)
            and not (row[0] == DELETED and row[1] in left)
        ]

    def _edited_moves(self, rows: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
        gone = {path for kind, path, _ in rows if kind == DELETED and path in self._at}
        come = {path for kind, path, _ in rows if kind == ADDED}
        pairs = []
        for depth in _MOVE_DEPTHS:
            if not gone or not come:
                break
            there = self._by_ending(come, depth=depth)
            for ending, sources in self._by_ending(gone, depth=depth).items():
                targets = there.get(ending, [])
                if len(sources) == len(targets) == 1:
                    pairs.append((sources[0], targets[0]))
                    gone.discard(sources[0])
                    come.discard(targets[0])
        return pairs

    def _by_ending(self, paths: set[int], *, depth: int) -> dict[str, list[int]]:
        endings: dict[str, list[int]] = defaultdict(list)
        for path in sorted(paths):
            parts = self._history.paths[path].split("/")
            if len(parts) >= depth:
                endings["/".join(parts[-depth:])].append(path)
        return endings

    def _known(self, path: int) -> _Lineage:
        lineage = self._at.get(path)
        if lineage is None:
            lineage = self._at[path] = _Lineage()
        return lineage

    def _added(self, path: int) -> _Lineage:
        if path in self._gone:
            self._gone.discard(path)
            self._at[path] = _Lineage()
        return self._known(path)
