"""Which arm a unit belongs to: a hash that anybody can compute again, in SQL too.

A unit's bucket is the first 13 hex digits of `md5("salt:unit")`, a whole number below
2⁵². Whether it is held out, whether the ramp has reached it, and which arm it has are
three buckets with three salts, so a growing ramp adds units and moves nobody.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from leadline.errors import InputError

try:  # Python's own takes a third of the time of OpenSSL's for a few bytes
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:  # some builds leave it out
    from hashlib import md5

BUCKETS = 1 << 52

HOLDOUT = "holdout"
"""Assigned to units that no experiment ever reaches, so that its total can be measured."""

OUTSIDE = "outside"
"""Assigned to units that the ramp has not reached yet."""


def bucket(*, salt: str, unit: str) -> int:
    """Return the bucket of a unit, at least 0 and below 2⁵²."""
    digest = md5(f"{salt}:{unit}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:7], "big") >> 4


def unit_text(unit: str | int) -> str:
    """Return a unit as the text that is hashed: a whole number as its decimal digits.

    Raises
    ------
    InputError
        Anything else than text or a whole number, whose text could differ between
        systems; or empty text.
    """
    if isinstance(unit, str) and unit:
        return unit
    if isinstance(unit, int) and not isinstance(unit, bool):
        return str(unit)
    raise InputError(
        f"a unit is text or a whole number, got {unit!r}",
        hint="Pass the same id of a user or session each time, so that its arm is kept.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """How units are divided among arms.

    Attributes
    ----------
    salt : str
        Names the experiment; another salt shuffles all units anew.
    weights : dict of arm to weight
        In any unit, the rule's arm included; shares are weights over their sum.
    ramp : float
        Share of units that take part, 0–1. Raising it adds units and moves none.
    holdout : float
        Share of units that never take part, 0–1.
    holdout_salt : str
        The same for all decisions, so that the same units are held out from all.
    """

    salt: str
    weights: Mapping[str, float]
    ramp: float = 1.0
    holdout: float = 0.0
    holdout_salt: str = HOLDOUT
    bounds: tuple[tuple[str, int], ...] = field(init=False, repr=False)
    arms: tuple[str, ...] = field(init=False, repr=False)
    ends: tuple[int, ...] = field(init=False, repr=False)
    ramp_below: int = field(init=False, repr=False)
    holdout_below: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._check()
        total = math.fsum(self.weights.values())
        ends = [round(part / total * BUCKETS) for part in accumulate(self.weights.values())]
        ends[-1] = BUCKETS
        bounds = tuple(zip(self.weights, ends, strict=True))
        object.__setattr__(self, "bounds", bounds)
        object.__setattr__(self, "arms", tuple(self.weights))
        object.__setattr__(self, "ends", tuple(ends))
        object.__setattr__(self, "ramp_below", round(self.ramp * BUCKETS))
        object.__setattr__(self, "holdout_below", round(self.holdout * BUCKETS))

    def _check(self) -> None:
        if not self.salt:
            raise InputError(
                "a split needs a salt, got none", hint="Use its experiment's name."
            )
        weights = self.weights.values()
        if not self.weights or not all(0 <= weight < math.inf for weight in weights):
            raise InputError(f"weights are finite and at least 0, got {dict(self.weights)}")
        if not any(weights):
            raise InputError(f"one weight at least is above 0, got {dict(self.weights)}")
        for name in (HOLDOUT, OUTSIDE):
            if name in self.weights:
                raise InputError(f"no arm can be named {name!r}", hint="Choose another name.")
        for name in ("ramp", "holdout"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} is a share within 0–1, got {getattr(self, name)}")

    def assign(self, unit: str) -> str:
        """Return the unit's arm, `HOLDOUT` or `OUTSIDE`; the same on every call."""
        if self.holdout_below and (
            bucket(salt=self.holdout_salt, unit=unit) < self.holdout_below
        ):
            return HOLDOUT
        if self.ramp_below < BUCKETS and (
            bucket(salt=self.ramp_salt, unit=unit) >= self.ramp_below
        ):
            return OUTSIDE
        place = bucket(salt=self.salt, unit=unit)
        return self.arms[bisect_right(self.ends, place)]

    @property
    def ramp_salt(self) -> str:
        """The salt of the hash that says whether the ramp has reached a unit."""
        return f"{self.salt}/ramp"

    def propensities(self) -> dict[str, float]:
        """Return how likely a unit gets each arm, `HOLDOUT` and `OUTSIDE`; they add up to 1."""
        reached = (1 - self.holdout) * self.ramp
        starts = [0, *(end for _, end in self.bounds)]
        shares = {
            arm: reached * (end - start) / BUCKETS
            for (arm, end), start in zip(self.bounds, starts, strict=False)
        }
        return shares | {HOLDOUT: self.holdout, OUTSIDE: (1 - self.holdout) * (1 - self.ramp)}
