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
from datetime import date
from math import log
from typing import NamedTuple

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


class Familiar(NamedTuple):
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


class _Known(dict[int, _Lineage]):
    """Path → lineage; one that is asked for and not there begins."""

    __slots__ = ()

    def __missing__(self, path: int) -> _Lineage:
        lineage = self[path] = _Lineage()
        return lineage


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
        self._at = _Known()
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
                    at[path].changed.append(commit)
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
        # Sorted by day, so that the last one that a dict keeps of each person is the latest.
        touched = sorted(lineage.added + lineage.changed, key=days.__getitem__)
        seen = dict(
            zip(map(who.__getitem__, touched), map(days.__getitem__, touched), strict=True)
        )
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
        who, commits = self._who, {*lineage.added, *lineage.changed}
        touches = Counter(map(who.__getitem__, commits))
        touches.pop(None, None)
        most = max(touches.values(), default=0)
        leading = {person for person, times in touches.items() if times == most}
        if len(leading) > 1:
            leading = {who[max(commit for commit in commits if who[commit] in leading)]}
        return tuple(person for person in leading if person is not None)

    def _of_files(self) -> Iterator[tuple[str, _Lineage]]:
        index = {path: number for number, path in enumerate(self._history.paths)}
        for path in self._history.files:
            yield path, self._at.get(index.get(path, -1)) or _Lineage()

    def _move(self, rows: list[tuple[int, int, int]], *, commit: int) -> list[tuple[int, int]]:
        """Carry renamed files over, and return the rows that are left."""
        pairs = [(source, path) for kind, path, source in rows if kind == RENAMED]
        pairs += self._edited_moves(rows)
        moved = [(path, self._at[source]) for source, path in pairs]
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

    def _added(self, path: int) -> _Lineage:
        if path in self._gone:
            self._gone.discard(path)
            self._at[path] = _Lineage()
        return self._at[path]
