"""Ids that two processes never share and one never repeats."""

from __future__ import annotations

import random
from itertools import count

from leadline.decisions import forks


class Ids:
    """Eight random bytes of this process, then a number.

    Parameters
    ----------
    rng : random.Random
        Drawn from once, and once more after a fork.
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng or random.SystemRandom()
        self._begin()
        forks.watch(self)

    def _begin(self) -> None:
        self._prefix = f"{self._rng.getrandbits(64):016x}-"
        self._numbers = count()

    def __call__(self) -> str:
        """Return an id."""
        return f"{self._prefix}{next(self._numbers):x}"

    def after_fork(self) -> None:
        """Draw another beginning; the parent's state of `rng` is the child's, too."""
        self._rng = random.SystemRandom()
        self._begin()
