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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from leadline.practice.knowledge.facts import (
    ADDED,
    DELETED,
    MODIFIED,
    RENAMED,
    SECONDS_A_DAY,
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
    """One file through all its names: which commits added it and which changed it.

    Lives only while the map is worked out.
    """

    __slots__ = ("added", "changed")

    def __init__(self) -> None:
        self.added: list[int] = []
        self.changed: list[int] = []

    def absorb(self, other: _Lineage) -> None:
        self.added += other.added
        self.changed += other.changed


class Lineages:
    """Walks a history once, oldest first, and knows each path's lineage at its end.

    A touch of a name that was renamed away (on a branch that did not know) belongs to
    where the file went; a file added under such a name is a new file. A file that leaves
    and another that comes in one commit under the same file name are one file that moved:
    exact renames alone miss those that were edited on the way.

    Parameters
    ----------
    history : History
        The repository's log.
    contributor_of : sequence of (int or None)
        For each identity on a commit, whose it is; None for a program, which is nobody.
    """

    def __init__(self, history: History, *, contributor_of: Sequence[int | None]) -> None:
        self._history = history
        self._who = [contributor_of[author] for author in history.touches.author]
        self._at: dict[int, _Lineage] = {}
        self._gone: set[int] = set()
        touches, at = history.touches, self._at
        kinds, first = touches.kind.tobytes(), 0
        for commit, last in enumerate(touches.first[1:]):
            inside = kinds[first:last]
            rows: Iterable[tuple[int, int]] = zip(inside, touches.path[first:last], strict=True)
            if RENAMED in inside or (DELETED in inside and ADDED in inside):
                rows = self._move(list(touches.rows(commit)), commit=commit)
            for kind, path in rows:
                if kind == MODIFIED:
                    (at.get(path) or self._known(path)).changed.append(commit)
                elif kind == ADDED:
                    self._added(path).added.append(commit)
            first = last

    def familiar_with(self, *, latest: date) -> dict[str, tuple[Familiar, ...]]:
        """Return for every file that stands today who touched it, by degree of authorship.

        Parameters
        ----------
        latest : date
            No day after it is shown.

        Returns
        -------
        dict of str to tuple of Familiar
            The highest degree first, then the latest; empty where nobody is known.
        """
        at = self._history.touches.at
        numbers = [seconds // SECONDS_A_DAY for seconds in at]
        shown = {n: min(day_of(n * SECONDS_A_DAY), latest) for n in set(numbers)}
        days = [shown[number] for number in numbers]
        return {path: self._familiar(line, days=days) for path, line in self._of_files()}

    def main_changers(self) -> dict[str, tuple[int, ...]]:
        """Return for every file whoever touched it most, the latest on a tie, if anybody."""
        return {path: self._most_often(line) for path, line in self._of_files()}

    def _familiar(self, lineage: _Lineage, *, days: Sequence[date]) -> tuple[Familiar, ...]:
        who = self._who
        added = {who[commit] for commit in lineage.added}
        changes = Counter(map(who.__getitem__, lineage.changed))
        total = sum(changes.values()) - changes.pop(None, 0)
        seen: dict[int | None, date] = {}
        for commit in (*lineage.added, *lineage.changed):
            person, day = who[commit], days[commit]
            if day > seen.get(person, date.min):
                seen[person] = day
        degree = {
            p: degree_of_authorship(
                added=p in added, changes=changes[p], changes_by_others=total - changes[p]
            )
            for p in seen
            if p is not None
        }
        best = max(degree.values(), default=0.0)
        ranked = sorted(degree, key=lambda p: (-degree[p], -seen[p].toordinal(), p))
        return tuple(
            Familiar(p, degree[p] > 0.75 * best and (degree[p] >= 3.293 or p in added), seen[p])
            for p in ranked
        )

    def _most_often(self, lineage: _Lineage) -> tuple[int, ...]:
        by = [
            (commit, who)
            for commit in {*lineage.added, *lineage.changed}
            if (who := self._who[commit]) is not None
        ]
        touches = Counter(who for _, who in by)
        most = max(touches.values(), default=0)
        return tuple(who for _, who in sorted(by, reverse=True) if touches[who] == most)[:1]

    def _of_files(self) -> Iterator[tuple[str, _Lineage]]:
        index = {path: number for number, path in enumerate(self._history.paths)}
        for path in self._history.files:
            yield path, self._at.get(index.get(path, -1)) or _Lineage()

    def _move(self, rows: list[tuple[int, int, int]], *, commit: int) -> list[tuple[int, int]]:
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
            lineage.changed.append(commit)
        self._at.update(moved)
        arrived = {path for path, _ in moved}
        self._gone -= arrived
        return [
            (kind, path)
            for kind, path, _ in rows
            if kind != RENAMED
            and not (kind == ADDED and path in arrived)
            and not (kind == DELETED and path in left)
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
