"""A repository's history as facts, read through the git command line."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from leadline.connectors.git import cache
from leadline.connectors.git.command import run
from leadline.connectors.git.log import Log, read_log
from leadline.connectors.git.mirror import is_url, mirrored, short_name
from leadline.connectors.git.place import (
    Place,
    bounds_of,
    cut_note,
    cuts_in,
    find_place,
    named_after,
    shared_folder,
)
from leadline.connectors.git.standing import as_text, identities, standing_at
from leadline.practice.knowledge.facts import History


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
        place = find_place(path, revision=revision)
        return _read(
            place,
            name=name or short_name(named_after(place.shared)),
            location=str(location),
            cache_folder=cache_folder,
            progress=progress,
        )


def copy_of(location: str | Path, *, cache_folder: Path) -> list[Path]:
    """Return the files in `cache_folder` about a location, to be deleted on request."""
    key = str(location) if is_url(str(location)) else str(shared_folder(Path(location)))
    start = f"{short_name(key if is_url(key) else named_after(Path(key)))}-"
    return sorted(cache_folder.glob(f"{start}*.history"))


def _read(
    place: Place,
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
        today = beside.submit(standing_at, place)
        log, note = _read_or_append(place, file=file, progress=progress)
        standing = today.result()
    cut = cut_note(place) if cuts_in(place) else ""
    return History(
        name=name,
        location=location,
        branch=place.branch,
        head=place.head,
        authors=identities(place, log.authors, mailmap=standing.mailmap),
        paths=tuple(as_text(path) for path in log.paths),
        touches=log.touches,
        files=standing.files,
        tags=standing.tags,
        readme=standing.readme,
        cut=bool(cut),
        notes=(*place.notes, *(text for text in (note, standing.lacking, cut) if text)),
    )


def _copy_name(place: Place, *, name: str) -> str:
    digest = hashlib.sha256(
        f"{place.shared}\0{place.branch}".encode("utf-8", "surrogateescape")
    )
    return f"{name}-{digest.hexdigest()[:12]}.history"


def _read_or_append(
    place: Place, *, file: Path | None, progress: Callable[[int], None] | None
) -> tuple[Log, str]:
    """Return the log up to the head, from the stored copy where it still holds."""
    mark = cache.Mark(place.head, bounds_of(place))
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
    cut = frozenset(cuts_in(place))
    read_log(place.path, log, head=place.head, known=known, cut=cut, progress=progress)
    if file:
        cache.save(file, mark=mark, log=log)
    return log, note


def _reaches(place: Place, commit: str) -> bool:
    """Whether the head has a commit among its ancestors; false where it is gone."""
    answer = run(
        place.path,
        *("rev-list", "--count", "--max-count=1", f"{commit}", "--not", place.head, "--"),
        refused=(128,),
    )
    return answer.strip() == b"0"
