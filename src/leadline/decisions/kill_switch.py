"""A file whose existence sends every user back to the rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class KillSwitch:
    """Looks for a file, at most once a second.

    Parameters
    ----------
    path : path or None
        None: the switch is turned by `turn` alone.
    timer : callable
        Seconds on a clock that does not step back.
    """

    LOOK_EVERY = 1.0

    def __init__(self, path: str | Path | None, *, timer: Callable[[], float]) -> None:
        self._path = None if path is None else Path(path)
        self._timer = timer
        self._is_there = False
        self._looked_at: float | None = None
        self._is_turned = False

    def turn(self, *, on: bool) -> None:
        """Turn the switch of this process; the file counts besides."""
        self._is_turned = on

    def is_on(self, now: float) -> bool:
        """Say whether only the rule may answer."""
        if self._path is None or self._is_turned:
            return self._is_turned
        looked_at = self._looked_at
        if looked_at is None or not 0 <= now - looked_at < self.LOOK_EVERY:
            self._looked_at = now
            try:
                self._path.stat()
                self._is_there = True
            except FileNotFoundError:
                self._is_there = False
            except OSError:  # who cannot look must not take risks with users
                self._is_there = True
        return self._is_there
