"""Give up what hangs: a thread cannot be ended, only left alone."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def within(task: Callable[[], T], *, seconds: float) -> T:
    """Return what a task returns, or leave it alone.

    Raises
    ------
    TimeoutError
        It took longer.
    """
    found: list[tuple[T | None, BaseException | None]] = []

    def run() -> None:
        try:
            found.append((task(), None))
        except BaseException as error:  # noqa: BLE001 - raised again below
            found.append((None, error))

    thread = threading.Thread(target=run, daemon=True)  # a program may end without it
    thread.start()
    thread.join(min(seconds, threading.TIMEOUT_MAX))
    if not found:
        raise TimeoutError
    value, error = found[0]
    if error is not None:
        raise error
    return cast("T", value)
