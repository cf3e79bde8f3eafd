"""Files that are replaced in one step: a reader meanwhile finds the old one or the new one.

What can be worked out again is kept as JSON: a file that is missing, damaged or cannot be
written costs time only.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

Kept = TypeVar("Kept")


def replace_file(file: Path, parts: Iterable[bytes]) -> None:
    """Write a file beside its place, then move it there; a kill never leaves half of one.

    Two writers at once, in one process or in several, each leave a whole file.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as target:
            target.writelines(parts)
            target.flush()
            os.fsync(target.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_kept(file: Path, kind: type[Kept]) -> Kept | None:
    """Return what `keep` wrote there, or None if there is nothing that can be used."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def keep(file: Path, value: object) -> None:
    """Write a value for `read_kept`; a folder that cannot be written is no error."""
    with contextlib.suppress(OSError):
        replace_file(file, [msgspec.json.encode(value)])
