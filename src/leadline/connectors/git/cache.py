"""A local copy of git's own log, so that a refresh reads only what is new.

It holds what `git log` printed (author, time, touched paths) and nothing derived; it may
be deleted at any time. A file is written beside its place and then moved there, so a kill
or a second process never leaves half of one. A digest finds whatever was damaged later.

Layout: a line with the format's version, the SHA-256 of all that follows, the length of a
JSON head (eight bytes, little-endian), the head, the columns in its order, then names and
paths, each ended by a NUL byte.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from leadline.connectors.git.log import Log
from leadline.connectors.whole_files import replace_file
from leadline.practice.knowledge.facts import Touches

_VERSION = b"leadline copy of git log, format 1\n"
_DIGEST_SIZE = hashlib.sha256().digest_size
_COLUMNS = ("author", "at", "first", "kind", "path", "source")


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a copy was read, and what the history was bounded by then.

    Attributes
    ----------
    head : str
        The commit read up to.
    bounds : str
        A digest of what changes a history without a new commit: the cut of a shallow
        clone, grafts and replacements.
    """

    head: str
    bounds: str


def load(file: Path) -> tuple[Mark, Log] | None:
    """Return what a copy holds; None where there is none, or it is damaged or too old."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    body = memoryview(content)[len(_VERSION) + _DIGEST_SIZE :]
    digest = content[len(_VERSION) : len(_VERSION) + _DIGEST_SIZE]
    if not content.startswith(_VERSION) or hashlib.sha256(body).digest() != digest:
        return None
    size = int.from_bytes(body[:8], "little")
    head = json.loads(bytes(body[8 : 8 + size]))
    rest = body[8 + size :]
    touches = Touches()
    for name in _COLUMNS:
        column: array[int] = getattr(touches, name)
        length = head["rows"][name] * column.itemsize
        del column[:]
        column.frombytes(rest[:length])
        if sys.byteorder == "big":
            column.byteswap()
        rest = rest[length:]
    texts = bytes(rest).split(b"\0")
    authors, paths = texts[: head["authors"]], texts[head["authors"] : -1]
    return Mark(head["head"], head["bounds"]), Log(
        authors={text: index for index, text in enumerate(authors)},
        paths={text: index for index, text in enumerate(paths)},
        touches=touches,
    )


def save(file: Path, *, mark: Mark, log: Log) -> None:
    """Write a copy in one step: a reader meanwhile finds the old one or the new one."""
    columns = [getattr(log.touches, name) for name in _COLUMNS]
    head = {
        "head": mark.head,
        "bounds": mark.bounds,
        "authors": len(log.authors),
        "rows": {name: len(column) for name, column in zip(_COLUMNS, columns, strict=True)},
    }
    encoded = json.dumps(head).encode()
    parts = [len(encoded).to_bytes(8, "little"), encoded]
    parts += [_little_endian(column) for column in columns]
    parts += [_ended(log.authors), _ended(log.paths)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    replace_file(file, [_VERSION, digest.digest(), *parts])


def _little_endian(column: array[int]) -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def _ended(texts: Iterable[bytes]) -> bytes:
    return b"".join(text + b"\0" for text in texts)
