"""The key that signs sessions and guest links: in a file that only the owner can read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def secret_key(state: Path) -> str:
    """Return the key of a workspace, made on first use; `LEADLINE_SECRET_KEY` wins.

    Parameters
    ----------
    state : Path
        The workspace's folder of Leadline's own files.
    """
    given = os.environ.get("LEADLINE_SECRET_KEY")
    if given:
        return given
    file = state / "secret-key"
    if not state.is_dir():
        return secrets.token_urlsafe(64)  # a check or a test without a workspace
    if not file.exists():
        _write(file, secrets.token_urlsafe(64))
    return file.read_text(encoding="ascii").strip()


def _write(file: Path, key: str) -> None:
    """Write the key whole or not at all; of two processes at once, one wins."""
    new = file.with_name(f"secret-key.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key)
    with suppress(FileExistsError):
        os.link(new, file)
    new.unlink()
