"""Files that are replaced in one step: a reader meanwhile finds the old one or the new one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


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
