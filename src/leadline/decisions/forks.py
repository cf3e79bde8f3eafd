"""After a fork, the child gets files, pipes and ids of its own."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """What holds something that two processes must not share."""

    def after_fork(self) -> None:
        """Let go of what belongs to the parent; runs in the child before anything else."""


_FORKABLE: WeakSet[Forkable] = WeakSet()


def watch(thing: Forkable) -> None:
    """Call `after_fork` of a thing in every child that is forked while it lives."""
    _FORKABLE.add(thing)


def _in_child() -> None:
    for thing in list(_FORKABLE):
        thing.after_fork()


os.register_at_fork(after_in_child=_in_child)
