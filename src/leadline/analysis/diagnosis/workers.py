"""Trainings side by side: as many threads as cores, each computing with one thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

MOST = 4
"""More threads than this hold more copies of the rows than their speed is worth."""


class Workers:
    """Run tasks side by side; results come in the order of the tasks.

    Trials are small: libraries that open threads of their own for each of them mostly
    wait, so every worker holds them to one. scikit-learn and the boosting libraries let
    go of the interpreter while they train.
    """

    def __init__(self, n: int | None = None) -> None:
        self.n = n or min(MOST, cores())
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.n, initializer=hold_to_one_thread)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """Return what each task returns; the first error ends all."""
        if self._pool is None or len(tasks) < 2:
            return [task() for task in tasks]
        return [future.result() for future in [self._pool.submit(task) for task in tasks]]


_held = threading.local()


def hold_to_one_thread() -> None:
    """Let libraries in this thread open no threads of their own."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (comes with scikit-learn)

    limits: Any = threadpool_limits(1)
    _held.limits = limits  # undone when the thread ends, not before


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
