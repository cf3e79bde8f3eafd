"""Finding what a folder already has, so that nobody types it."""

from __future__ import annotations

import csv
import json
import os
import subprocess  # git is asked for the lead's own name
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "venv", ".venv", ".tox"})
PEOPLE_COLUMNS = frozenset({"name", "emails"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """What stands in and below a folder.

    Attributes
    ----------
    repositories, calendars, people_files : tuple of Path
        Git repositories, `.ics` files and people files, in order of their paths.
    name, email : str
        Who git says you are; empty where it does not say.
    timezone : str
        This machine's IANA time zone; empty where it does not say.
    """

    repositories: tuple[Path, ...]
    calendars: tuple[Path, ...]
    people_files: tuple[Path, ...]
    name: str
    email: str
    timezone: str


def discover(folder: Path, *, depth: int = 4) -> Discovery:
    """Look through a folder for repositories, calendars and people files.

    Parameters
    ----------
    folder : Path
        Where to start.
    depth : int
        How many levels of folders to look through; hidden folders and what is inside
        a repository are not looked at.
    """
    repositories: list[Path] = []
    calendars: list[Path] = []
    people_files: list[Path] = []
    for where, folders, files in os.walk(folder):
        here = Path(where)
        if _is_repository(here):
            repositories.append(here)
        inside = _is_repository(here) and here != folder
        too_deep = len(here.relative_to(folder).parts) >= depth
        folders[:] = (
            [] if inside or too_deep else sorted(f for f in folders if _is_looked_at(f))
        )
        if inside:
            continue
        calendars += [here / file for file in sorted(files) if file.lower().endswith(".ics")]
        people_files += [here / file for file in sorted(files) if _is_people_file(here / file)]
    return Discovery(
        repositories=tuple(repositories),
        calendars=tuple(calendars),
        people_files=tuple(people_files),
        name=_git_setting("user.name", folder),
        email=_git_setting("user.email", folder),
        timezone=_machine_timezone(),
    )


def configuration_text(
    *,
    name: str,
    email: str,
    since: date | None = None,
    timezone: str = "UTC",
    people: str = "",
    calendars: tuple[str, ...] = (),
    repositories: tuple[str, ...] = (),
) -> str:
    """Return the text of a `leadline.toml` that names these sources."""
    since_line = (
        f"since = {since}" if since else "# since = 2026-10-01  # when you took the team"
    )
    blocks = [
        "# What Leadline reads, and how. Every key: docs/reference/settings.md\nversion = 1",
        f"[lead]\nname = {_quoted(name)}\nemails = [{_quoted(email)}]\n{since_line}\n"
        f"timezone = {_quoted(timezone)}",
    ]
    if people:
        blocks.append(f"[people]\nfile = {_quoted(people)}")
    blocks += [_table("calendar", "file", place) for place in calendars]
    blocks += [_table("repository", "path", place) for place in repositories]
    return "\n\n".join(blocks) + "\n"


def _table(table: str, local_key: str, place: str) -> str:
    key = "url" if "://" in place else local_key
    return f"[[{table}]]\n{key} = {_quoted(place)}"


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_looked_at(folder: str) -> bool:
    return not folder.startswith(".") and folder not in SKIPPED


def _is_repository(folder: Path) -> bool:
    bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir()
    return (folder / ".git").exists() or bare


def _is_people_file(path: Path) -> bool:
    """Whether a CSV's first line has the columns a people file must have."""
    if path.suffix.lower() != ".csv":
        return False
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            header = stream.readline(2_000)  # whoever reads the file names a wrong letter
    except OSError:
        return False
    cells = next(csv.reader([header.replace(";", ",").replace("\t", ",")]), [])
    return {cell.strip().lower() for cell in cells} >= PEOPLE_COLUMNS


def _git_setting(key: str, folder: Path) -> str:
    try:
        answer = subprocess.run(
            ["git", "config", "--get", key],
            cwd=folder, capture_output=True, text=True, check=False, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def _machine_timezone() -> str:
    """Return the zone's name from where Unix keeps it."""
    if zone := os.environ.get("TZ", "").removeprefix(":"):
        return zone
    target = str(Path("/etc/localtime").resolve())
    return target.partition("/zoneinfo/")[2]
