"""Said loudly and not a thousand times a second: counted always, told once a while."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

LOGGER = logging.getLogger("leadline.decisions")

Hook = Callable[[str, str], None]
"""Called with the kind of a problem and a sentence about it."""


def tell_logger(kind: str, message: str) -> None:
    """Write a problem to the logger `leadline.decisions`, as an error."""
    LOGGER.error("%s: %s", kind, message)


class Problems:
    """Counts of what went wrong, and a hook that hears of each kind now and then.

    Parameters
    ----------
    hook : callable
        Called with kind and sentence; what it raises is counted and goes no further.
    quiet : float
        Seconds until the hook hears of the same kind again.
    timer : callable
        Seconds on a clock that does not step back.
    """

    def __init__(
        self,
        *,
        hook: Hook = tell_logger,
        quiet: float = 60.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._hook = hook
        self._quiet = quiet
        self._timer = timer
        self._told_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def say(self, kind: str, message: str) -> None:
        """Count a problem, and tell the hook unless it heard of this kind just now."""
        now = self._timer()
        with self._lock:
            self.counts[kind] += 1
            told_at = self._told_at.get(kind)
            if told_at is not None and 0 <= now - told_at < self._quiet:
                return
            self._told_at[kind] = now
            n = self.counts[kind]
        try:
            self._hook(kind, message if n == 1 else f"{message} ({n} so far)")
        except Exception:  # noqa: BLE001 (a hook may raise anything, and a user waits for the answer)
            with self._lock:
                self.counts["hook_failed"] += 1
