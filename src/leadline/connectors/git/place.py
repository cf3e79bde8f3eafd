"""A repository on this machine, and which of its commits is read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from leadline.connectors.git.command import run
from leadline.errors import ConnectorError


@dataclass(frozen=True, slots=True)
class Place:
    """A repository on this machine and what of it is read."""

    path: Path
    shared: Path  # where its objects are, the same for all its worktrees
    branch: str
    head: str
    notes: tuple[str, ...]


def find_place(path: Path, *, revision: str) -> Place:
    """Return a folder's repository and the commit to read: `revision`, or what is checked out.

    Where HEAD points to no commit the branch that moved last is taken, and a note says so.

    Raises
    ------
    ConnectorError
        No folder, no repository, or no such revision.
    """
    if not path.is_dir():
        raise ConnectorError(
            f"{path} is no folder on this machine and no URL",
            permanent=True,
            hint="give the path of a git repository, or its URL (https://…, git@…)",
        )
    shared = shared_folder(path)
    if revision:
        found = run(path, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        return Place(path, shared, revision, found.decode().strip(), ())
    head = run(path, "rev-parse", "--verify", "--quiet", "HEAD", refused=(1,)).decode().strip()
    branch = run(path, "symbolic-ref", "--quiet", "--short", "HEAD", refused=(1, 128))
    if head:
        return Place(path, shared, branch.decode().strip() or "detached", head, ())
    refs = run(
        path,
        *("for-each-ref", "--sort=-committerdate", "--count=1"),
        "--format=%(objectname) %(refname:short)",
        *("refs/heads", "refs/remotes"),
    )
    if not refs:
        return Place(path, shared, branch.decode().strip(), "", ())
    head, _, latest = refs.decode("utf-8", "replace").strip().partition(" ")
    note = f"HEAD points to no commit; the branch that moved last, {latest}, was read instead."
    return Place(path, shared, latest, head, (note,))


def shared_folder(path: Path) -> Path:
    """Return where a repository's objects are: one folder for all its worktrees."""
    answer = run(path, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(answer.decode("utf-8", "surrogateescape").removesuffix("\n")).resolve()


def named_after(shared: Path) -> str:
    """Return the folder whose name a repository has: without the `.git` inside it."""
    return str(shared.parent if shared.name == ".git" else shared)


def cuts_in(place: Place) -> list[bytes]:
    """Return the commits at which a shallow clone was cut."""
    file = place.shared / "shallow"
    return file.read_bytes().split() if file.exists() else []


def cut_note(place: Place) -> str:
    """Return what a reader of a shallow clone has to know."""
    return (
        "The history is cut (a shallow clone): who wrote what is older is unknown, and there "
        f"is no truck factor; `git -C {place.path} fetch --unshallow` brings the rest."
    )


def bounds_of(place: Place) -> str:
    """Digest what changes a history without a new commit: cuts, grafts, replacements."""
    grafts = place.shared / "info" / "grafts"
    parts = [
        b" ".join(sorted(cuts_in(place))),
        grafts.read_bytes() if grafts.exists() else b"",
        run(place.path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/replace"),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
