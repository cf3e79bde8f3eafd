"""What a lead reads of a repository: one small file, and its recent changes by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from leadline.connectors.git.command import run
from leadline.connectors.git.mirror import is_url, mirror_of
from leadline.findings import one_line
from leadline.practice.knowledge.facts import day_of
from leadline.practice.recent_changes import Change

_LARGEST = 1 << 16
_FORMAT = "%x1e%H%x1f%at%x1f%aN%x1f%aE%x1f%s"


def file_at(location: str, commit: str, path: str, *, cache_folder: Path) -> str | None:
    """Return the text of one small file at a commit; None where it does not stand there.

    Parameters
    ----------
    location : str
        A folder of a repository, or a URL that was mirrored into `cache_folder` before.
    commit : str
        Which state of it.
    path : str
        Within the repository.

    Raises
    ------
    ConnectorError
        git failed for another reason than that there is no such file.
    """
    if not commit:
        return None
    place = _place(location, cache_folder=cache_folder)
    listed = run(place, "ls-tree", "-z", "--full-tree", commit, "--", path)
    if not listed.startswith((b"100644 blob", b"100755 blob")):
        return None
    content = run(
        place, "cat-file", "blob", f"{commit}:{path}", network=is_url(location), refused=(128,)
    )
    return content[:_LARGEST].decode("utf-8", "replace")


def recent_changes(
    location: str, commit: str, *, name: str, since: date, cache_folder: Path, most: int = 80
) -> tuple[Change, ...]:
    """Return the latest commits up to one, newest first, with the paths they touch.

    Parameters
    ----------
    location, commit, cache_folder
        As in `file_at`.
    name : str
        The repository's short name.
    since : date
        The first day of interest.
    most : int
        Read at most so many; merges are left out.
    """
    if not commit:
        return ()
    place = _place(location, cache_folder=cache_folder)
    log = run(
        place,
        *("log", "--no-merges", "--no-renames", "--name-only", "-z", f"--max-count={most}"),
        *(f"--since={since.isoformat()}T00:00:00Z", f"--format={_FORMAT}", commit, "--"),
    )
    changes = (_change(record, name=name) for record in log.split(b"\x1e")[1:])
    return tuple(change for change in changes if change)


def _change(record: bytes, *, name: str) -> Change | None:
    """Return one commit; None for one whose subject imitates the format."""
    header, _, rest = record.partition(b"\0")
    fields = header.decode("utf-8", "replace").split("\x1f")
    if len(fields) != 5:
        return None
    commit, seconds, author, email, subject = fields
    paths = (path.strip(b"\n").decode("utf-8", "replace") for path in rest.split(b"\0"))
    return Change(
        repository=name,
        commit=commit,
        on=day_of(int(seconds)),
        author=one_line(author),
        email=email.strip().lower(),
        subject=one_line(subject),
        paths=tuple(path for path in paths if path),
    )


def _place(location: str, *, cache_folder: Path) -> Path:
    if is_url(location):
        return mirror_of(location, folder=cache_folder / "mirrors")
    return Path(location)
