"""What stands in a repository at one commit: files, tags, README; and who is who there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadline.connectors.git.command import run
from leadline.connectors.git.place import Place
from leadline.practice.knowledge.facts import Identity, Tag, day_of

_README = re.compile(r"(?i)^readme(\.(md|rst|txt|markdown|adoc))?$")
_README_SIZE = 1 << 16
_SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a repository at the commit that is read."""

    files: tuple[str, ...]
    tags: tuple[Tag, ...]
    readme: str
    mailmap: bytes
    lacking: str  # why there is no mailmap, where a clone lacks it


def standing_at(place: Place) -> Standing:
    """Read what stands in a repository at the commit of its place."""
    entries = _entries(place)
    mailmap, lacking = _mailmap(place, entries)
    return Standing(
        files=tuple(as_text(path) for path, _ in entries),
        tags=_tags(place),
        readme=_readme(place, entries),
        mailmap=mailmap,
        lacking=lacking,
    )


def _entries(place: Place) -> list[tuple[bytes, bytes]]:
    """Return (path, object) of every file at the head; a submodule is no file of ours."""
    entries = []
    listing = run(place.path, "ls-tree", "-r", "-z", "--full-tree", place.head)
    for line in listing.split(b"\0")[:-1]:
        facts, _, path = line.partition(b"\t")
        mode, _, name = facts.split(b" ")
        if mode != _SUBMODULE:
            entries.append((path, name))
    return entries


def identities(
    place: Place, authors: Iterable[bytes], *, mailmap: bytes
) -> tuple[Identity, ...]:
    """Return names and addresses, as the repository's mailmap corrects them.

    git reads a mailmap among the files that are checked out by itself; the one at the
    commit that is read is named here, so that bare repositories have theirs as well.
    """
    raw = [author.rpartition(b"\x1f")[::2] for author in authors]
    answers = run(
        place.path,
        *("check-mailmap", "--stdin"),
        given=b"".join(b"%s <%s>\n" % pair for pair in raw),
        settings={"mailmap.blob": mailmap.decode() or "HEAD:.mailmap/none"},
    )
    pairs = [_split_contact(answer) for answer in answers.split(b"\n")[:-1]]
    return tuple(Identity(name=_name(name), email=_name(email)) for name, email in pairs)


def _mailmap(place: Place, entries: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, str]:
    """Return the object of the mailmap if a clone has it, else why it was not read."""
    name = dict(entries).get(b".mailmap", b"")
    if not name or run(place.path, "cat-file", "-s", name.decode(), refused=(1, 128)):
        return name, ""
    return b"", "The clone has no file contents, so its .mailmap could not be read."


def _split_contact(contact: bytes) -> tuple[bytes, bytes]:
    name, _, email = contact.rpartition(b"<")
    return name, email.removesuffix(b">")


def _tags(place: Place) -> tuple[Tag, ...]:
    lines = run(
        place.path,
        *(
            "for-each-ref",
            "--sort=creatordate",
            "--format=%(creatordate:unix) %(refname:strip=2)",
        ),
        "refs/tags",
    )
    pairs = (line.partition(b" ")[::2] for line in lines.splitlines())
    return tuple(
        Tag(name=as_text(name), on=day_of(int(seconds))) for seconds, name in pairs if seconds
    )


def _readme(place: Place, entries: Sequence[tuple[bytes, bytes]]) -> str:
    """Return the README at the top; empty where there is none or a clone lacks it."""
    for path, name in sorted(entries):
        if _README.match(as_text(path)):
            content = run(place.path, "cat-file", "blob", name.decode(), refused=(1, 128))
            return content[:_README_SIZE].decode("utf-8", "replace")
    return ""


def as_text(path: bytes) -> str:
    """Return a path as text; bytes that are no UTF-8 are written as escapes."""
    return path.decode("utf-8", "backslashreplace")


def _name(text: bytes) -> str:
    """Return a name as text: UTF-8, else Latin-1; without control characters."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        decoded = text.decode("latin-1")
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())
