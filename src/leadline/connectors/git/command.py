"""Running git so that neither the user's configuration nor a prompt changes an answer."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

from leadline.errors import ConnectorError

_KEPT = (
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_CONFIG_GLOBAL",
    "GIT_EXEC_PATH",
)
"""Variables of git's that say how to reach something, not what to answer."""

_SETTINGS = {
    "core.quotepath": "off",
    "core.fsmonitor": "false",
    "color.ui": "false",
    "diff.renames": "true",
    "diff.renameLimit": "0",
    "diff.relative": "false",
    "diff.ignoreSubmodules": "none",
    "log.showSignature": "false",
    "log.showRoot": "true",
    "log.follow": "false",
    "log.mailmap": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "i18n.logOutputEncoding": "UTF-8",
}

_PASSING = ("could not resolve host", "timed out", "connection", "early eof", "temporarily")
"""What git says when trying again may help."""

_HINTS = (
    (
        ("dubious ownership",),
        "the folder belongs to somebody else: git config --global --add safe.directory PATH",
    ),
    (("not a git repository",), "give the path of a git repository, or its URL"),
    (
        ("promisor", "not allowed"),
        "the clone lacks folders (a treeless clone): clone it again with --filter=blob:none",
    ),
    (
        ("authentication", "terminal prompts", "permission denied (publickey"),
        "git may not ask here: set up a credential helper or an SSH key",
    ),
    (
        ("unable to read", "corrupt", "bad object", "missing", "could not read", "loose"),
        "an object is missing or broken: `git fsck` names it; a fresh clone mends it",
    ),
)
"""What git says, and what to do then; the first that fits."""


def environment(*, network: bool = False) -> dict[str, str]:
    """Return the environment for git: no prompts, plain English, nothing inherited.

    Without `network`, git may use no transport at all, so a partial clone cannot fetch
    the file contents that it lacks behind our back (the first variable says so to git
    2.45 and newer, the second to any).
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    quiet = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ASKPASS": "true",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }
    reach = {} if network else {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    return kept | quiet | reach


def command_line(
    repository: Path | None,
    arguments: Sequence[str],
    *,
    settings: Mapping[str, str] = _SETTINGS,
) -> list[str]:
    """Return the full command line, with every setting that could change an answer."""
    where = ["-C", str(repository)] if repository else []
    options = [part for item in settings.items() for part in ("-c", "=".join(item))]
    return ["git", *where, "--no-pager", *options, *arguments]


def run(
    repository: Path | None,
    *arguments: str,
    given: bytes = b"",
    network: bool = False,
    refused: Sequence[int] = (),
    settings: Mapping[str, str] | None = None,
) -> bytes:
    """Run one git command to its end and return what it printed.

    Parameters
    ----------
    repository : Path or None
        Where to run it.
    *arguments : str
        The git command and its arguments.
    given : bytes
        Its standard input.
    network : bool
        Whether it may reach another machine.
    refused : sequence of int
        Exit codes that mean "no" rather than "failed": they give empty output.
    settings : mapping of str to str, optional
        Git settings for this command alone.

    Raises
    ------
    ConnectorError
        git is not installed or left with any other code; carries git's own message.
    """
    try:
        done = subprocess.run(
            command_line(repository, arguments, settings=_SETTINGS | dict(settings or {})),
            input=given,
            capture_output=True,
            env=environment(network=network),
            check=False,
        )
    except FileNotFoundError as error:
        raise _no_git() from error
    if done.returncode in refused:
        return b""
    if done.returncode:
        raise failure(arguments[0], repository, stderr=done.stderr, code=done.returncode)
    return done.stdout


@contextmanager
def streamed(repository: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Run one git command and give its output while it is written.

    Raises
    ------
    ConnectorError
        When the block is done and git left with an error: whatever was read until then
        is part of an answer only, and must not be used.
    """
    with TemporaryFile() as stderr:
        try:
            process = subprocess.Popen(
                command_line(repository, arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment(),
            )
        except FileNotFoundError as error:
            raise _no_git() from error
        with process:
            try:
                yield cast("IO[bytes]", process.stdout)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            stderr.seek(0)
            raise failure(
                arguments[0], repository, stderr=stderr.read(), code=process.returncode
            )


def failure(command: str, place: object, *, stderr: bytes, code: int) -> ConnectorError:
    """Return the error for a git command that failed, with git's own words."""
    said = stderr.decode("utf-8", "replace").strip()
    passing = any(sign in said.casefold() for sign in _PASSING)
    return ConnectorError(
        f"git {command} failed on {place or 'this machine'} (exit code {code}), "
        f"so there is no number: {said or 'git said nothing'}",
        permanent=not passing,
        hint=_hint(said),
    )


def _hint(said: str) -> str:
    lowered = said.casefold()
    return next((hint for signs, hint in _HINTS if any(s in lowered for s in signs)), "")


def _no_git() -> ConnectorError:
    return ConnectorError(
        "git is not installed, or not on the PATH",
        permanent=True,
        hint="install git 2.31 or newer",
    )
