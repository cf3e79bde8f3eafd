"""One root of one function, without loading an optimisation library for it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def find_root(
    function: Callable[[float], float], low: float, high: float, *, xtol: float = 1e-12
) -> float:
    """Return where a continuous function changes its sign between two ends.

    Parameters
    ----------
    function : callable
        Its values at `low` and `high` have opposite signs.
    low, high : float
    xtol : float
        Width at which to stop.

    Raises
    ------
    InputError
        Both ends have the same sign.

    References
    ----------
    Ridders (1979), "A new algorithm for computing a single root of a real continuous
    function", IEEE Transactions on Circuits and Systems 26(11).
    """
    at_low, at_high = function(low), function(high)
    if at_low * at_high > 0:
        raise InputError(
            f"no change of sign between {low:g} ({at_low:g}) and {high:g} ({at_high:g})"
        )
    previous = math.inf
    guess = low
    while high - low > xtol:
        middle = (low + high) / 2
        at_middle = function(middle)
        bend = math.sqrt(at_middle * at_middle - at_low * at_high)
        if bend == 0:
            return middle
        side = math.copysign(1.0, at_low - at_high)
        guess = middle + (middle - low) * side * at_middle / bend
        if abs(guess - previous) <= xtol:
            break
        previous = guess
        points = sorted(
            [(low, at_low), (middle, at_middle), (guess, function(guess)), (high, at_high)]
        )
        (low, at_low), (high, at_high) = next(
            pair for pair in pairwise(points) if pair[0][1] * pair[1][1] <= 0
        )
    return guess
