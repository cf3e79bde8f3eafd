"""Watching a decision log that is still being written: its segments, read from a copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.decisions import segments
from leadline.errors import LeadlineError


@contextmanager
def as_table(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give a place that can be read as a table, and what could not be read of it.

    A folder with segments of a decision log is copied and the copy turned to Parquet,
    beside the Parquet that is there already, so that each decision counts once; the log
    itself may be in use and stays as it is. Anything else is given as it is.
    """
    folder = Path(source)
    found = [*folder.glob(f"*{segments.SEALED}"), *folder.glob(f"*{segments.OPEN}")]
    if "://" in source or not folder.is_dir() or not found:
        yield source, ()
        return
    from leadline.decisions import rotate

    with tempfile.TemporaryDirectory(prefix="leadline-watch-") as place:
        copies, target = Path(place) / "segments", Path(place) / "parquet"
        copies.mkdir()
        target.mkdir()
        for path in found:
            sealed = path.with_suffix(segments.SEALED)
            shutil.copy(path if path.exists() else sealed, copies / sealed.name)
        for path in folder.glob("*.parquet"):
            (target / path.name).symlink_to(path.resolve())
        problems = rotate(copies, target).problems
        try:
            yield str(target), tuple(p.replace(str(copies), source) for p in problems)
        except LeadlineError as error:
            error.message = error.message.replace(str(target), source)
            raise
