"""The workspace that this process serves; its file is read again when it changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings

from leadline.workspace import FILE_NAME, Workspace, find_workspace

_one_at_a_time = Lock()
"""msgspec crashes the process where two threads meet a type for the first time together."""


def current_workspace() -> Workspace:
    """Return the workspace that `leadline up` was started in.

    Raises
    ------
    ConfigurationError
        Its file is gone, or says something that is not allowed.
    """
    folder = Path(settings.LEADLINE_WORKSPACE)
    file = folder / FILE_NAME
    changed_at = file.stat().st_mtime_ns if file.exists() else 0
    with _one_at_a_time:
        return _read(folder, changed_at)


@lru_cache(maxsize=4)
def _read(folder: Path, changed_at: int) -> Workspace:  # noqa: ARG001 - a change is another key
    return find_workspace(folder)
