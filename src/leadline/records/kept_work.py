"""Work that is done once for as long as what it was done from is the very same.

Snapshots are decoded once (`records.snapshots`) and frozen, so whoever works on them can tell
by identity whether anything changed. A change lets go of the old work at the next call.

What a page reads several times, such as the roster, it reads once `while_reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

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


_read: ContextVar[dict[Callable[..., Any], Any] | None] = ContextVar("read", default=None)
"""What the page that is being answered has read; None where no page is."""


@contextmanager
def while_reading() -> Iterator[None]:
    """Let whoever answers one page, and changes nothing, read everything once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def read_once(read: Callable[[], Done]) -> Callable[[], Done]:
    """Read something from the database once a page; elsewhere, each time that it is asked.

    What it returns must never be changed in place.
    """

    @wraps(read)
    def inner() -> Done:
        known = _read.get()
        if known is None:
            return read()
        if read not in known:
            known[read] = read()
        found: Done = known[read]
        return found

    return inner
