"""A circuit breaker: a model that keeps failing is not asked for a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from leadline.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerRules:
    """When a model is left alone, and for how long.

    Attributes
    ----------
    memory : float
        Weight of the newest call in the moving share of failures, 0–1.
    opens_above : float
        The share of failures above which the model is not asked any more.
    min_calls : int
        Calls before that share counts.
    pause : float
        Seconds until one call is let through as a probe; doubles with each failed probe.
    longest_pause : float
        Seconds.
    """

    memory: float = 0.1
    opens_above: float = 0.5
    min_calls: int = 10
    pause: float = 1.0
    longest_pause: float = 60.0

    def __post_init__(self) -> None:
        if not (0 < self.memory <= 1 and 0 < self.opens_above < 1 and self.min_calls >= 1):
            raise InputError(
                "a breaker needs 0 < memory ≤ 1, 0 < opens_above < 1 and min_calls ≥ 1, got "
                f"{self.memory}, {self.opens_above} and {self.min_calls}"
            )
        if not 0 < self.pause <= self.longest_pause:
            raise InputError(
                f"needs 0 < pause ≤ longest_pause, got {self.pause} and {self.longest_pause}"
            )


class Breaker:
    """Closed (calls pass), open (none passes), or half open (one probe is on its way)."""

    def __init__(self, rules: BreakerRules) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self._failing = 0.0
        self._calls = 0
        self._pause = rules.pause
        self._opened_at: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the model is being left alone, a probe apart."""
        return self._opened_at is not None

    def allows(self, now: float) -> bool:
        """Say whether a call may pass; each yes is owed a `note` or a `release`.

        Parameters
        ----------
        now : float
            Seconds on a clock that should not step back; if it does, the pause starts
            again from there.
        """
        if not self.is_open:
            return True
        with self._lock:
            opened_at = self._opened_at
            if opened_at is None:  # a probe of another thread has just closed it
                return True
            self._opened_at = min(opened_at, now)
            if self._probing or now - opened_at < self._pause:
                return False
            self._probing = True
            return True

    def release(self) -> None:
        """Take back a call that was allowed and told nothing about the model."""
        self._probing = False

    def note(self, *, ok: bool, now: float) -> bool:
        """Count a call that was allowed; return whether this one opened the breaker."""
        if ok and self._opened_at is None and self._failing < 1e-9:
            self._calls += 1  # a lost count between threads only delays the opening
            return False
        with self._lock:
            if self._opened_at is not None:
                return self._end_probe(ok=ok, now=now)
            self._calls += 1
            self._failing += self._rules.memory * ((not ok) - self._failing)
            if self._calls < self._rules.min_calls or self._failing <= self._rules.opens_above:
                return False
            self._opened_at = now
            return True

    def _end_probe(self, *, ok: bool, now: float) -> bool:
        if not self._probing:  # it was on its way when the breaker opened
            return False
        self._probing = False
        if ok:
            self._opened_at = None
            self._failing = 0.0
            self._calls = 0
            self._pause = self._rules.pause
            return False
        self._opened_at = now
        self._pause = min(2 * self._pause, self._rules.longest_pause)
        return False
