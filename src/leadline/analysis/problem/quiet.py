"""Keep a model's prints and warnings off the screen, from any number of threads."""

from __future__ import annotations

import io
import threading
import warnings
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Silence:
    """The first that enters mends the streams, the last that leaves gives them back.

    Streams and warning filters belong to the whole process: were each thread to put back
    what it found, one could put back the silence of another for ever.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = 0
        self.undo = ExitStack()

    def enter(self) -> None:
        with self.lock:
            if self.inside == 0:
                self.undo.enter_context(redirect_stdout(io.StringIO()))
                self.undo.enter_context(redirect_stderr(io.StringIO()))
                # Libraries put filters back from threads of their own: what slips through
                # is kept here and thrown away.
                self.undo.enter_context(warnings.catch_warnings(record=True))
                warnings.simplefilter("ignore")
            self.inside += 1

    def leave(self) -> None:
        with self.lock:
            self.inside = max(self.inside - 1, 0)  # one that hung was given up before
            if self.inside == 0:
                self.undo.close()


_silence = _Silence()


def speak() -> None:
    """Give the streams back while a model that hangs still holds them."""
    _silence.leave()


@contextmanager
def quiet() -> Iterator[None]:
    """Swallow what a model prints and warns."""
    _silence.enter()
    try:
        yield
    finally:
        _silence.leave()
