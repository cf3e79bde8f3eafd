"""A repository's history as facts, read through the git command line."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from leadline.connectors.git import cache
from leadline.connectors.git.command import run
from leadline.connectors.git.log import Log, read_log
from leadline.connectors.git.mirror import is_url, mirrored, short_name
from leadline.errors import ConnectorError
from leadline.practice.knowledge.facts import History, Identity, Tag, day_of

_README = re.compile(r"(?i)^readme(\.(md|rst|txt|markdown|adoc))?$")
_README_SIZE = 1 << 16
_SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True)
class _Place:
    """A repository on this machine and what of it is read."""

    path: Path
    shared: Path  # where its objects are, the same for all its worktrees
    branch: str
    head: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands in a repository at the commit that is read."""

    files: tuple[str, ...]
    tags: tuple[Tag, ...]
    readme: str
    mailmap: bytes
    lacking: str  # why there is no mailmap, where a clone lacks it


def read_history(
    location: str | Path,
    *,
    cache_folder: Path | None = None,
    revision: str = "",
    progress: Callable[[int], None] | None = None,
) -> History:
    """Read who touched which path when, and what stands in the repository today.

    Parameters
    ----------
    location : str or Path
        A folder of a repository (with files, bare, a worktree), or a URL.
    cache_folder : Path, optional
        Where the copy of the log and the mirrors of URLs are kept, so that the next call
        reads only what is new. Without it nothing is stored.
    revision : str
        Branch, tag or commit; the branch that is checked out when empty.
    progress : callable, optional
        Told the commits read so far, now and then.

    Returns
    -------
    History
        Facts, with one sentence in `notes` for whatever could not be known.

    Raises
    ------
    ConnectorError
        git left with an error; carries its message. There is never a part of a history.
    """
    with ExitStack() as stack:
        path, name = Path(location), ""
        if is_url(str(location)):
            folder = cache_folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            path = mirrored(str(location), folder=folder / "mirrors")
            name = short_name(str(location))
        place = _find(path, revision=revision)
        return _read(
            place,
            name=name or short_name(_named_after(place.shared)),
            location=str(location),
            cache_folder=cache_folder,
            progress=progress,
        )


def copy_of(location: str | Path, *, cache_folder: Path) -> list[Path]:
    """Return the files in `cache_folder` about a location, to be deleted on request."""
    key = str(location) if is_url(str(location)) else str(_shared_folder(Path(location)))
    start = f"{short_name(key if is_url(key) else _named_after(Path(key)))}-"
    return sorted(cache_folder.glob(f"{start}*.history"))


def _read(
    place: _Place,
    *,
    name: str,
    location: str,
    cache_folder: Path | None,
    progress: Callable[[int], None] | None,
) -> History:
    if not place.head:
        return History(
            name=name,
            location=location,
            branch=place.branch,
            head="",
            authors=(),
            paths=(),
            touches=Log().touches,
            files=(),
            notes=(*place.notes, f"{name} has no commits yet."),
        )
    file = cache_folder / _copy_name(place, name=name) if cache_folder else None
    with ThreadPoolExecutor(max_workers=1) as beside:  # git answers these while its log runs
        today = beside.submit(_standing, place)
        log, note = _read_or_append(place, file=file, progress=progress)
        standing = today.result()
    cut = _cut_note(place) if _cut(place) else ""
    return History(
        name=name,
        location=location,
        branch=place.branch,
        head=place.head,
        authors=_identities(place, log.authors, mailmap=standing.mailmap),
        paths=tuple(_text(path) for path in log.paths),
        touches=log.touches,
        files=standing.files,
        tags=standing.tags,
        readme=standing.readme,
        cut=bool(cut),
        notes=(*place.notes, *(text for text in (note, standing.lacking, cut) if text)),
    )


def _find(path: Path, *, revision: str) -> _Place:
    if not path.is_dir():
        raise ConnectorError(
            f"{path} is no folder on this machine and no URL",
            permanent=True,
            hint="give the path of a git repository, or its URL (https://…, git@…)",
        )
    shared = _shared_folder(path)
    if revision:
        found = run(path, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        return _Place(path, shared, revision, found.decode().strip(), ())
    head = run(path, "rev-parse", "--verify", "--quiet", "HEAD", refused=(1,)).decode().strip()
    branch = run(path, "symbolic-ref", "--quiet", "--short", "HEAD", refused=(1, 128))
    if head:
        return _Place(path, shared, branch.decode().strip() or "detached", head, ())
    refs = run(
        path,
        *("for-each-ref", "--sort=-committerdate", "--count=1"),
        "--format=%(objectname) %(refname:short)",
        *("refs/heads", "refs/remotes"),
    )
    if not refs:
        return _Place(path, shared, branch.decode().strip(), "", ())
    head, _, latest = refs.decode("utf-8", "replace").strip().partition(" ")
    note = f"HEAD points to no commit; the branch that moved last, {latest}, was read instead."
    return _Place(path, shared, latest, head, (note,))


def _shared_folder(path: Path) -> Path:
    answer = run(path, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(answer.decode("utf-8", "surrogateescape").removesuffix("\n")).resolve()


def _named_after(shared: Path) -> str:
    return str(shared.parent if shared.name == ".git" else shared)


def _copy_name(place: _Place, *, name: str) -> str:
    digest = hashlib.sha256(
        f"{place.shared}\0{place.branch}".encode("utf-8", "surrogateescape")
    )
    return f"{name}-{digest.hexdigest()[:12]}.history"


def _read_or_append(
    place: _Place, *, file: Path | None, progress: Callable[[int], None] | None
) -> tuple[Log, str]:
    """Return the log up to the head, from the stored copy where it still holds."""
    mark = cache.Mark(place.head, _bounds(place))
    stored = cache.load(file) if file else None
    note = ""
    log, known = Log(), []
    if stored and stored[0].bounds == mark.bounds:
        if stored[0] == mark:
            return stored[1], note
        if _reaches(place, stored[0].head):
            log, known = stored[1], [stored[0].head]
        else:
            note = (
                f"Commit {stored[0].head[:10]}, read last time, is no longer part of "
                f"{place.branch}: its history was rewritten, and all of it was read again."
            )
    cut = frozenset(_cut(place))
    read_log(place.path, log, head=place.head, known=known, cut=cut, progress=progress)
    if file:
        cache.save(file, mark=mark, log=log)
    return log, note


def _reaches(place: _Place, commit: str) -> bool:
    """Whether the head has a commit among its ancestors; false where it is gone."""
    answer = run(
        place.path,
        *("rev-list", "--count", "--max-count=1", f"{commit}", "--not", place.head, "--"),
        refused=(128,),
    )
    return answer.strip() == b"0"


def _cut(place: _Place) -> list[bytes]:
    """Return the commits at which a shallow clone was cut."""
    file = place.shared / "shallow"
    return file.read_bytes().split() if file.exists() else []


def _cut_note(place: _Place) -> str:
    return (
        "The history is cut (a shallow clone): who wrote what is older is unknown, and there "
        f"is no truck factor; `git -C {place.path} fetch --unshallow` brings the rest."
    )


def _bounds(place: _Place) -> str:
    grafts = place.shared / "info" / "grafts"
    parts = [
        b" ".join(sorted(_cut(place))),
        grafts.read_bytes() if grafts.exists() else b"",
        run(place.path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/replace"),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _standing(place: _Place) -> _Standing:
    entries = _entries(place)
    mailmap, lacking = _mailmap(place, entries)
    return _Standing(
        files=tuple(_text(path) for path, _ in entries),
        tags=_tags(place),
        readme=_readme(place, entries),
        mailmap=mailmap,
        lacking=lacking,
    )


def _entries(place: _Place) -> list[tuple[bytes, bytes]]:
    """Return (path, object) of every file at the head; a submodule is no file of ours."""
    entries = []
    listing = run(place.path, "ls-tree", "-r", "-z", "--full-tree", place.head)
    for line in listing.split(b"\0")[:-1]:
        facts, _, path = line.partition(b"\t")
        mode, _, name = facts.split(b" ")
        if mode != _SUBMODULE:
            entries.append((path, name))
    return entries


def _identities(
    place: _Place, authors: Iterable[bytes], *, mailmap: bytes
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


def _mailmap(place: _Place, entries: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, str]:
    """Return the object of the mailmap if a clone has it, else why it was not read."""
    name = dict(entries).get(b".mailmap", b"")
    if not name or run(place.path, "cat-file", "-s", name.decode(), refused=(1, 128)):
        return name, ""
    return b"", "The clone has no file contents, so its .mailmap could not be read."


def _split_contact(contact: bytes) -> tuple[bytes, bytes]:
    name, _, email = contact.rpartition(b"<")
    return name, email.removesuffix(b">")


def _tags(place: _Place) -> tuple[Tag, ...]:
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
        Tag(name=_text(name), on=day_of(int(seconds))) for seconds, name in pairs if seconds
    )


def _readme(place: _Place, entries: Sequence[tuple[bytes, bytes]]) -> str:
    """Return the README at the top; empty where there is none or a clone lacks it."""
    for path, name in sorted(entries):
        if _README.match(_text(path)):
            content = run(place.path, "cat-file", "blob", name.decode(), refused=(1, 128))
            return content[:_README_SIZE].decode("utf-8", "replace")
    return ""


def _text(path: bytes) -> str:
    """Return a path as text; bytes that are no UTF-8 are written as escapes."""
    return path.decode("utf-8", "backslashreplace")


def _name(text: bytes) -> str:
    """Return a name as text: UTF-8, else Latin-1; without control characters."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        decoded = text.decode("latin-1")
    return " ".join("".join(c if c.isprintable() else " " for c in decoded).split())
