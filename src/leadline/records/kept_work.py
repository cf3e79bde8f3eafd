"""Work that is done once for as long as what it was done from is the very same.

Snapshots are decoded once (`records.snapshots`) and frozen, so whoever works on them can tell
by identity whether anything changed. A change lets go of the old work at the next call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Done = TypeVar("Done")


def while_same(work: Callable[Given, Done]) -> Callable[Given, Done]:
    """Keep the last result of a function while it is given the very same objects.

    What it is given must never be changed in place, and what it returns neither. The objects
    are kept with the result, so that no other one can come to have their identity.
    """
    kept: list[tuple[tuple[object, ...], Done]] = []

    @wraps(work)
    def inner(*args: Given.args, **kwargs: Given.kwargs) -> Done:
        given = (*args, *kwargs.values())
        for known, done in kept:
            if len(known) == len(given) and all(map(_is, known, given)):
                return done
        done = work(*args, **kwargs)
        kept[:] = [(given, done)]
        return done

    return inner


def _is(one: object, other: object) -> bool:
    return one is other
