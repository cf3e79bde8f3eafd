"""Real git repositories for tests, written commit by commit through `git fast-import`."""

from __future__ import annotations

import subprocess
from pathlib import Path

NOON = 1_767_268_800  # 2026-01-01 12:00 UTC
DAY = 86_400


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    """Run git the plain way, as an oracle and to prepare odd repositories."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=given, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "surrogateescape").strip()


class MadeRepository:
    """A repository that grows by `commit`; nothing is checked out unless asked for."""

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self.path = path
        path.mkdir(parents=True)
        git(path, "init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []))
        self.commits = 0

    def commit(
        self,
        *,
        write: dict[str | bytes, str] | None = None,
        rename: dict[str | bytes, str | bytes] | None = None,
        delete: tuple[str | bytes, ...] = (),
        by: str | bytes = "Mira Lund <mira@example.com>",
        at: int | str | None = None,
        branch: str = "main",
        start: str = "",
        merge: tuple[str, ...] = (),
    ) -> str:
        """Add one commit and return its name."""
        self.commits += 1
        when = at if at is not None else NOON + self.commits * DAY
        who = by if isinstance(by, bytes) else by.encode()
        stamp = b" %s +0000" % str(when).encode()
        parts = [f"commit refs/heads/{branch}".encode(), b"author " + who + stamp]
        parts += [b"committer Someone <someone@example.com>" + stamp, b"data 1", b"c"]
        parent = start or self._tip(branch)
        parts += [f"from {parent}".encode()] if parent else []
        parts += [f"merge {other}".encode() for other in merge]
        parts += [b"D " + _quoted(path) for path in delete]
        parts += [b"R " + _quoted(a) + b" " + _quoted(b) for a, b in (rename or {}).items()]
        for path, text in (write or {}).items():
            content = text.encode()
            parts += [b"M 644 inline " + _quoted(path), b"data %d" % len(content), content]
        stream = b"\n".join(parts) + b"\n\n"
        git(
            self.path,
            "fast-import",
            "--quiet",
            "--force",
            "--date-format=raw-permissive",
            given=stream,
        )
        return self._tip(branch)

    def _tip(self, branch: str) -> str:
        return git(self.path, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def _quoted(path: str | bytes) -> bytes:
    raw = path if isinstance(path, bytes) else path.encode()
    escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'
