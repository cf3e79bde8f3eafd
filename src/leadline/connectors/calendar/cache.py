"""A reading kept on disk, so that an unchanged calendar is not worked out twice.

JSON, one file per content and window. It is a cache and nothing else: deleting it, or
any fault in it, costs time only. Calendars are personal: the file is for its owner only.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from leadline.connectors import whole_files
from leadline.connectors.calendar.facts import Reading

FORMAT = 1
"""Raised whenever `facts` or what goes into them changes."""

KEEP = 8
"""Readings kept in a folder; the oldest make room."""

_PATTERN = "calendar-*.json"


def key(*, content: bytes, window: str) -> str:
    """Name what a reading depends on: the bytes, the window with its zone, the format."""
    digest = hashlib.sha256(content)
    digest.update(f"\0{FORMAT}\0{window}".encode())
    return digest.hexdigest()[:32]


def fetch(folder: Path, name: str) -> Reading | None:
    """Return the reading kept under a name, or None if there is none that can be used."""
    return whole_files.read_kept(_path(folder, name), Reading)


def keep(folder: Path, name: str, reading: Reading) -> None:
    """Write a reading in one step; a folder that cannot be written only costs time."""
    whole_files.keep(_path(folder, name), reading)
    with contextlib.suppress(OSError):
        _make_room(folder)


def _path(folder: Path, name: str) -> Path:
    return folder / f"calendar-{name}.json"


def _make_room(folder: Path) -> None:
    kept = sorted(folder.glob(_PATTERN), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[KEEP:]:
        path.unlink(missing_ok=True)
