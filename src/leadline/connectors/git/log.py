"""`git log --name-status -M100%`, read while git writes it, into columns.

Every field ends with a NUL byte, so names and paths may hold anything else. A commit is
one field, `@commit seconds name<US>address`; each touch is a status and one or two paths.
Exact renames (`-M100%`) need no file contents, so a blobless clone is enough. git starts to
print at once when it may begin with the newest commit, so the columns are turned round at
the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from leadline.connectors.git.command import streamed
from leadline.practice.knowledge.facts import ADDED, DELETED, MODIFIED, RENAMED, Touches

ARGUMENTS = (
    "log",
    "-z",
    "--no-ext-diff",
    "--no-diff-merges",
    "--name-status",
    "-M100%",
    "--encoding=UTF-8",
    "--format=@%H %at %an%x1f%ae",
)

_KINDS = {65: ADDED, 68: DELETED, 82: RENAMED}  # the letters A, D, R; all else modifies
_TWO_PATHS = (82, 67)  # R and C
_CHUNK = 1 << 18
_LATEST = 2**63 - 1
_EVERY = 1000


@dataclass(slots=True)
class Log:
    """Everything read so far; names and paths as the bytes that git gave."""

    authors: dict[bytes, int] = field(default_factory=dict)
    paths: dict[bytes, int] = field(default_factory=dict)
    touches: Touches = field(default_factory=Touches)


def read_log(
    repository: Path,
    log: Log,
    *,
    head: str,
    known: Sequence[str] = (),
    cut: frozenset[bytes] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> None:
    """Append to `log` every commit that `head` reaches and `known` do not, parents first.

    Parameters
    ----------
    repository : Path
        Any folder of it.
    log : Log
        What was read before; holds more afterwards.
    head : str
        Commit to read up to.
    known : sequence of str
        Commits that were read up to before.
    cut : frozenset of bytes
        Commits whose parents are missing (a shallow clone): what stands there was not
        written by their authors, so their touches are left out.
    progress : callable, optional
        Told the commits read, now and then.

    Raises
    ------
    ConnectorError
        git failed; `log` then holds a part only and must be thrown away.
    """
    revisions = [head, *(["--not", *known] if known else [])]
    with streamed(repository, *ARGUMENTS, *revisions, "--") as output:
        newest_first = _parse(_fields(output), log, cut=cut, progress=progress)
    _append_oldest_first(log.touches, newest_first)


def _fields(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _parse(
    fields: Iterator[bytes],
    log: Log,
    *,
    cut: frozenset[bytes],
    progress: Callable[[int], None] | None,
) -> Touches:
    """Return the commits in git's order; new names and paths go into `log`."""
    touches, paths = Touches(), log.paths
    kinds, targets, sources = touches.kind, touches.path, touches.source
    counts = False
    for text in fields:
        status = text.lstrip(b"\n")
        if status[:1] == b"@":
            touches.first[-1] = len(kinds)
            counts = _start_commit(status, log.authors, touches) not in cut
            if progress and len(touches) % _EVERY == 0:
                progress(len(touches))
            continue
        letter = status[0]
        source = target = next(fields)
        if letter in _TWO_PATHS:
            target = next(fields)
        if not counts:
            continue
        index = paths.setdefault(target, len(paths))
        kinds.append(_KINDS.get(letter, MODIFIED))
        targets.append(index)
        sources.append(paths.setdefault(source, len(paths)) if source is not target else index)
    touches.first[-1] = len(kinds)
    if progress:
        progress(len(touches))
    return touches


def _start_commit(header: bytes, authors: dict[bytes, int], touches: Touches) -> bytes:
    commit, at, author = header[1:].split(b" ", 2)
    touches.author.append(authors.setdefault(author, len(authors)))
    touches.at.append(_seconds(at))
    touches.first.append(0)  # set when the next commit starts
    return commit


def _append_oldest_first(touches: Touches, newest_first: Touches) -> None:
    before, added = len(touches.kind), len(newest_first.kind)
    for name in ("author", "at", "kind", "path", "source"):
        getattr(touches, name).extend(getattr(newest_first, name)[::-1])
    starts = newest_first.first[:-1]
    touches.first.extend(before + added - start for start in reversed(starts))


def _seconds(text: bytes) -> int:
    """Return git's seconds within what the column holds; a date that is no date is 0."""
    try:
        return max(-_LATEST, min(_LATEST, int(text)))
    except ValueError:
        return 0
