"""Whether a model's answer is one that may be given."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

from leadline.errors import InputError

Allowed = type | Collection[Any] | None
"""A type, the actions themselves, or anything but nothing and nan."""


def checker(allowed: Allowed) -> Callable[[Any], bool]:
    """Return a function that says whether an action may be given.

    Parameters
    ----------
    allowed : type, collection of actions, or None
        `float` takes whole numbers too; no number may be a bool unless the type is `bool`.
        nan and infinite numbers, alone or in a list, are never allowed, nor is None.
    """
    if allowed is None:
        return _is_sound
    if isinstance(allowed, type):
        kinds = (int, float) if allowed is float else (allowed,)
        refuses_bool = allowed in (int, float)
        return lambda action: (
            isinstance(action, kinds)
            and not (refuses_bool and isinstance(action, bool))
            and _is_sound(action)
        )
    if isinstance(allowed, str) or not allowed:
        raise InputError(
            f"actions are a type or a collection of allowed actions, got {allowed!r}",
            hint='For example actions={"popular", "similar"}, or actions=float.',
        )
    kind_and_value = {(type(action), action) for action in allowed}
    return lambda action: _is_among(action, kind_and_value)


def _is_among(action: object, allowed: set[tuple[type, Any]]) -> bool:
    try:
        return (type(action), action) in allowed  # True == 1, and yet is another action
    except TypeError:  # what cannot be hashed is not in a set
        return False


_SOUND = (str, int, bool)


def _is_sound(action: object) -> bool:
    if type(action) in _SOUND:
        return True
    if isinstance(action, float):
        return math.isfinite(action)
    if isinstance(action, list | tuple):
        return all(_is_sound(part) for part in action)
    if isinstance(action, dict):
        return all(_is_sound(part) for part in action.values())
    return action is not None


def plain_scalar(action: Any) -> Any:
    """Return a scalar of an array library as Python's own; leave everything else."""
    if type(action) not in _SOUND and getattr(action, "ndim", None) == 0:
        return action.item()
    return action
