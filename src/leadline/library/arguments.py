"""Arguments that `baseline` and `diagnose` share, checked before any work."""

from __future__ import annotations

from typing import Any

import numpy as np

from leadline.errors import InputError


def checked_budget(seconds: Any, *, hint: str) -> float:
    """Return a number of seconds above 0.

    Raises
    ------
    InputError
        It is no number, or none above 0.
    """
    is_number = isinstance(seconds, int | float | np.number)
    if not is_number or not seconds > 0:
        told = f"{seconds:g}" if is_number else repr(seconds)
        raise InputError(f"budget_seconds must be a number above 0, got {told}", hint=hint)
    return float(seconds)


def checked_seed(seed: Any) -> int:
    """Return a whole number of at least 0: the same one gives the same answer.

    Raises
    ------
    InputError
        It is anything else.
    """
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(
            f"random_state must be a whole number of at least 0, got {seed!r}",
            hint="The same number gives the same answer: 0 is as good as any.",
        )
    return int(seed)
