"""What changed last in a model's folder before something went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from leadline.connectors.git.command import run
from leadline.findings import one_line


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A commit, without its author: an alert asks about work, not about people."""

    on: date
    commit: str
    subject: str

    def __str__(self) -> str:
        return f"{self.on} {self.commit} {self.subject}"


def last_change(folder: Path, *, until: date) -> Change | None:
    """Return the last commit, up to a day and that day included, that touched a folder.

    Raises
    ------
    ConnectorError
        The folder lies in no git repository.
    """
    before = (until + timedelta(days=1)).isoformat()
    said = run(
        folder,
        "log",
        "-1",
        f"--before={before}T00:00:00Z",
        "--format=%cd%x00%h%x00%s",
        "--date=short-local",
        "--",
        ".",
    ).decode("utf-8", errors="replace")
    if not said.strip():
        return None
    day, commit, subject = said.strip("\n").split("\0")
    return Change(on=date.fromisoformat(day), commit=commit, subject=one_line(subject))
