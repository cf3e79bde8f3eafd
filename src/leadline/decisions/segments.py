"""The files of a log: one open segment for each process, sealed ones for everybody.

An open segment is locked by the process that writes it. Whoever gets the lock of one
knows that its writer is gone, and seals it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

OPEN = ".open"
SEALED = ".log"


def create(folder: Path, *, at: float, token: str) -> tuple[int, Path]:
    """Create, lock and open a segment; return its descriptor and path.

    It gets its final name only once it is locked, so that nobody takes it for abandoned.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(at, tz=UTC).strftime("%Y%m%dT%H%M%S")
    path = folder / f"{stamp}-{os.getpid()}-{token}{OPEN}"
    born = path.with_suffix(".new")
    descriptor = os.open(born, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        born.rename(path)
        sync_folder(folder)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, path


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(path: Path) -> Path:
    """Give a segment that nobody writes any more its sealed name."""
    return path.rename(path.with_suffix(SEALED))


def seal_abandoned(folder: Path) -> list[Path]:
    """Seal the segments whose writers are gone; return them."""
    return [sealed for path in sorted(folder.glob(f"*{OPEN}")) for sealed in _take_over(path)]


def is_live(path: Path) -> bool:
    """Say whether a process still writes a segment."""
    if path.suffix != OPEN:
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # sealed just now
        return False
    return False


def _take_over(path: Path) -> Iterator[Path]:
    # Gone: another process was faster. Locked: its writer lives.
    with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield seal(path)
