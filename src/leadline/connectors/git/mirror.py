"""A URL as a local repository: a bare clone without file contents, kept up to date."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.connectors.git.command import run

_WANTED = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_SMALL_FILES = re.compile(r"(?i)^(\.mailmap|readme(\.\w+)?)$")


def is_url(location: str) -> bool:
    """Whether a location is for git to reach rather than a path on this machine."""
    scp_like = re.match(r"^[\w.-]+@[\w.-]+:", location)
    return not Path(location).exists() and ("://" in location or bool(scp_like))


def short_name(location: str) -> str:
    """Return the last part of a path or URL without ".git"."""
    return re.split(r"[/:]", location.rstrip("/"))[-1].removesuffix(".git") or "repository"


def mirrored(url: str, *, folder: Path) -> Path:
    """Clone a URL into `folder`, or fetch what is new there, and return the repository.

    Only commits and folders are fetched, no file contents (`--filter=blob:none`), but for
    the `.mailmap` and the README at the top. A remote that cannot filter sends them all.

    Raises
    ------
    ConnectorError
        The remote did not answer or refused; what was mirrored before stays as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mirror = mirror_of(url, folder=folder)
    with _locked(folder / f"{mirror.name}.lock"):
        if mirror.exists():
            run(
                mirror,
                "fetch",
                "--quiet",
                "--prune",
                "--",
                "origin",
                *_WANTED,
                network=True,
            )
        else:
            _clone(url, mirror)
        _follow_default_branch(mirror)
        _fetch_small_files(mirror)
    return mirror


def mirror_of(url: str, *, folder: Path) -> Path:
    """Return where the mirror of a URL is or would be, without asking the network."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:12]
    return folder / f"{short_name(url)}-{digest}.git"


def _clone(url: str, mirror: Path) -> None:
    part = Path(tempfile.mkdtemp(dir=mirror.parent, prefix=mirror.name, suffix=".part"))
    try:
        run(
            None,
            *("clone", "--quiet", "--bare", "--filter=blob:none", "--", url, str(part)),
            network=True,
        )
        part.rename(mirror)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _follow_default_branch(mirror: Path) -> None:
    answer = run(mirror, "ls-remote", "--symref", "origin", "HEAD", network=True)
    branch = re.match(rb"ref: (refs/heads/\S+)\tHEAD", answer)
    if branch:
        run(mirror, "symbolic-ref", "HEAD", branch[1].decode())


def _fetch_small_files(mirror: Path) -> None:
    """Fetch the two small files at the top that are read, by asking for them."""
    names = run(mirror, "ls-tree", "-z", "--name-only", "HEAD", refused=(128,)).split(b"\0")
    for name in names:
        text = name.decode("utf-8", "replace")
        if _SMALL_FILES.match(text):
            run(mirror, "cat-file", "blob", f"HEAD:{text}", network=True, refused=(128,))


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
