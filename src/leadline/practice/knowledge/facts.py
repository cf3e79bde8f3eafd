"""What the knowledge map is worked out from: who touched which path, when. Facts only.

A connector fills a `History`; the rules beside this module read it. It is a copy of
what the version-control system itself records (author, time, paths touched): it holds
nothing derived, and no number about a person.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

ADDED, MODIFIED, DELETED, RENAMED = range(4)
"""What a commit did to a path."""

_EPOCH = date(1970, 1, 1).toordinal()
SECONDS_A_DAY = 86_400
_LATEST = date.max.toordinal() - _EPOCH


def day_of(seconds: int) -> date:
    """Return the day in UTC of a count of seconds since 1970, kept within 1970–9999."""
    return date.fromordinal(_EPOCH + min(max(seconds // SECONDS_A_DAY, 0), _LATEST))


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """A name and an address as they stand on commits, after the repository's mailmap."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A tag of the repository and the day it was made."""

    name: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Touches:
    """Every touch of every commit, in columns: the oldest first, as `git log` orders them.

    Commit `i` was written by `authors[author[i]]` at `at[i]`; its touches are the rows
    `first[i]` to `first[i + 1]` of `kind`, `path` and `source`.

    Attributes
    ----------
    author : array of "I", shape (n_commits,)
        Index of the author's identity.
    at : array of "q", shape (n_commits,)
        When it was written, in seconds since 1970 (UTC).
    first : array of "I", shape (n_commits + 1,)
        Row of the commit's first touch.
    kind : array of "B", shape (n_touches,)
        `ADDED`, `MODIFIED`, `DELETED` or `RENAMED`.
    path : array of "I", shape (n_touches,)
        Index of the path touched; of the new path where it was renamed.
    source : array of "I", shape (n_touches,)
        Index of the old path where it was renamed, else of the path itself.
    """

    author: array[int] = field(default_factory=lambda: array("I"))
    at: array[int] = field(default_factory=lambda: array("q"))
    first: array[int] = field(default_factory=lambda: array("I", [0]))
    kind: array[int] = field(default_factory=lambda: array("B"))
    path: array[int] = field(default_factory=lambda: array("I"))
    source: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.author)

    def rows(self, commit: int) -> Iterator[tuple[int, int, int]]:
        """Yield (kind, path, source) of one commit's touches."""
        rows = slice(self.first[commit], self.first[commit + 1])
        return zip(self.kind[rows], self.path[rows], self.source[rows], strict=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What a repository says about itself, as far as it can.

    Attributes
    ----------
    name : str
        The repository's short name, e.g. "search-ranking".
    location : str
        The path or URL it was read from.
    branch : str
        What was read, e.g. "main".
    head : str
        The commit read up to; empty in a repository without commits.
    authors : tuple of Identity
        Every identity on a commit.
    paths : tuple of str
        Every path ever touched.
    touches : Touches
        Who touched what, when.
    files : tuple of str
        The files that stand at `head` (submodules are not files).
    tags : tuple of Tag
        Every tag, oldest first.
    readme : str
        The text of the top folder's README, empty where there is none at hand.
    cut : bool
        Whether the history is incomplete (a shallow clone): the authors of what is
        older than the cut are unknown.
    notes : tuple of str
        What could not be known and what was unusual, each one sentence.
    """

    name: str
    location: str
    branch: str
    head: str
    authors: tuple[Identity, ...]
    paths: tuple[str, ...]
    touches: Touches
    files: tuple[str, ...]
    tags: tuple[Tag, ...] = ()
    readme: str = ""
    cut: bool = False
    notes: tuple[str, ...] = ()
