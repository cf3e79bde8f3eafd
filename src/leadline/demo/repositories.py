"""Writing a history as a git repository, in one stream to `git fast-import`."""

from __future__ import annotations

import os
import subprocess  # histories are written by git itself
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from leadline.demo.commits import Commit
from leadline.demo.histories import History, Tag
from leadline.errors import ConnectorError
from leadline.practice.people import Person

_BRANCH = "refs/heads/main"


def write_repository(history: History, *, folder: Path) -> None:
    """Make `folder` a git repository with this history, its files checked out.

    Nothing of the machine's git settings enters, so the commits are the same everywhere.

    Raises
    ------
    ConnectorError
        git is not there, or refused.
    """
    folder.mkdir(parents=True)
    _git("init", "--quiet", "--template=", "--initial-branch=main", folder=folder)
    stream = b"".join(_stream(history))
    _git("fast-import", "--quiet", "--date-format=raw", folder=folder, stream=stream)
    _git("reset", "--quiet", "--hard", folder=folder)


def _git(*arguments: str, folder: Path, stream: bytes = b"") -> None:
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    try:
        subprocess.run(  # a list, nothing of the user's in it
            ["git", "-c", "core.logAllRefUpdates=false", *arguments],
            cwd=folder,
            input=stream,
            env=kept | alone,
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        raise ConnectorError(
            "the demo's histories need git, and there is none on the PATH",
            permanent=True,
            hint="Install git and run this again.",
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise ConnectorError(
            f"git {arguments[0]} in {folder} failed: {said}", permanent=True
        ) from None


def _stream(history: History) -> Iterator[bytes]:
    tags = sorted(history.tags, key=lambda tag: tag.at)
    for mark, commit in enumerate(history.commits, start=1):
        while tags and tags[0].at < commit.at:
            yield _tag(tags.pop(0), mark=mark - 1)
        yield from _commit(commit, mark=mark)
    for tag in tags:
        yield _tag(tag, mark=len(history.commits))


def _commit(commit: Commit, *, mark: int) -> Iterator[bytes]:
    who = _signature(commit.author, commit.at)
    yield f"commit {_BRANCH}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
    yield _data(commit.message.encode())
    for old, new in commit.renames:
        yield f'R "{old}" "{new}"\n'.encode()
    for path, content in commit.files.items():
        yield f"M 100644 inline {path}\n".encode() + _data(content)


def _tag(tag: Tag, *, mark: int) -> bytes:
    who = _signature(tag.tagger, tag.at)
    return f"tag {tag.name}\nfrom :{mark}\ntagger {who}\n".encode() + _data(b"Release")


def _signature(person: Person, at: datetime) -> str:
    return f"{person.name} <{person.key}> {int(at.timestamp())} {at:%z}"


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
