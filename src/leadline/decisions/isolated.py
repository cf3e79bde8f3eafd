"""A model in a process of its own, which can be killed while it hangs."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import msgspec

from leadline.decisions import forks
from leadline.decisions.record import Choice
from leadline.errors import ConnectorError, InputError

LENGTH = struct.Struct("<I")
START_WITHIN = 60.0
ANSWER_FIRST = 0.02
"""Seconds before a process that hangs is killed: its end would cost the answer's time."""


class WorkerUnavailableError(Exception):
    """The process is starting, busy or gone; the text says why it did not start, if so."""


class ModelError(Exception):
    """The model raised; carries what it said."""


class Isolated:
    """A model that answers from a process of its own.

    Parameters
    ----------
    place : str
        `module:object`, or a model's file: skops, or with `trust` a pickle.
    columns : sequence of str, optional
        For an object with `predict`: the features in the order of its columns. Without
        them the object is called with the features.
    trust : bool
        Whether a pickle, which runs whatever it holds, may be loaded.
    sha256 : str, optional
        The hash the file must have; a file that was changed or swapped is refused.
    memory_mb : int, optional
        Address space the process may take; beyond it the model gets a `MemoryError`.
    warm_up : dict, optional
        Features to ask once before the process counts as ready.

    Raises
    ------
    ConnectorError
        The file is absent, or is not the one whose hash was given.
    """

    def __init__(
        self,
        place: str,
        *,
        columns: tuple[str, ...] = (),
        trust: bool = False,
        sha256: str = "",
        memory_mb: int | None = None,
        warm_up: dict[str, Any] | None = None,
    ) -> None:
        if memory_mb is not None and memory_mb <= 0:
            raise InputError(f"memory_mb is above 0, got {memory_mb}")
        self.place = place
        self.sha256 = _checked_hash(place, expected=sha256)
        self._options = {
            "place": place,
            "columns": list(columns),
            "trust": trust,
            "sha256": self.sha256,
            "memory_mb": memory_mb,
            "warm_up": warm_up,
        }
        self._encoder = msgspec.msgpack.Encoder(enc_hook=_plain)
        self._start_afresh()
        forks.watch(self)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._one_starts = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._starting: threading.Thread | None = None
        self._replacing: threading.Thread | None = None
        self._failure = ""
        self._retry_at = 0.0
        self._is_closed = False

    def start(self, *, timeout: float = START_WITHIN) -> None:
        """Start the process and wait until it is warm.

        Raises
        ------
        ConnectorError
            It did not start; says what the model said.
        """
        self._restart()
        starting = self._starting
        if starting is not None:
            starting.join(timeout)
        if self._process is None:
            raise ConnectorError(
                f"the process of {self.place} did not start: {self._failure or 'no answer'}",
                permanent=bool(self._failure),
                hint="Its own messages are on standard error.",
            )

    def ask(self, features: dict[str, Any], *, timeout: float) -> Any:
        """Return the model's answer.

        Parameters
        ----------
        features : dict
        timeout : float
            Seconds, waiting for another caller's answer included.

        Raises
        ------
        WorkerUnavailableError
            The process is starting or busy.
        TimeoutError
            No answer in time; the process is killed and another one started.
        ModelError
            The model raised, or its process died.
        """
        ends_at = time.monotonic() + timeout
        if not self._lock.acquire(timeout=max(timeout, 0)):
            raise WorkerUnavailableError
        try:
            process = self._process
            if process is None:
                self._restart()
                raise WorkerUnavailableError(self._failure)
            request = self._encoder.encode(features)
            try:
                kind, value = _exchange(process, request, ends_at=ends_at)
            except (TimeoutError, OSError, EOFError, msgspec.MsgspecError) as error:
                self._process = None
                self._replacing = threading.Thread(
                    target=self._replace, args=(process,), daemon=True
                )
                self._replacing.start()
                if isinstance(error, TimeoutError):
                    raise
                raise ModelError(f"its process died: {error}") from error
        finally:
            self._lock.release()
        if kind == "raised":
            raise ModelError(value)
        return Choice(*value) if kind == "choice" else value

    def close(self) -> None:
        """End the process."""
        with self._one_starts:
            self._is_closed = True
        for thread in (self._replacing, self._starting):
            if thread is not None:
                thread.join(START_WITHIN)
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                _end(process)

    def _replace(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that failed, after the rule has answered, and start another."""
        time.sleep(ANSWER_FIRST)
        _end(process)
        self._restart()

    def _restart(self) -> None:
        """Start a process in the background, one at a time and not too often."""
        with self._one_starts:
            is_starting = self._starting is not None and self._starting.is_alive()
            too_soon = time.monotonic() < self._retry_at
            if self._is_closed or self._process is not None or is_starting or too_soon:
                return
            self._starting = threading.Thread(target=self._launch, daemon=True)
            self._starting.start()

    def _launch(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "leadline.decisions.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        try:
            request = msgspec.msgpack.encode(self._options)
            kind, value = _exchange(process, request, ends_at=time.monotonic() + START_WITHIN)
        except (TimeoutError, OSError, EOFError, msgspec.MsgspecError) as error:
            kind, value = "failed", str(error) or "it ended at once"
        if kind == "ready":
            self._failure = ""
            self._process = process
            return
        self._failure = str(value)
        self._retry_at = time.monotonic() + 1.0
        _end(process)

    def after_fork(self) -> None:
        """Leave the process to the parent; the child starts one of its own when asked."""
        if self._process is not None:
            _close_pipes(self._process)
        self._start_afresh()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _checked_hash(place: str, *, expected: str) -> str:
    path = Path(place)
    if not path.is_file():
        if ":" in place and not expected:
            return ""
        raise ConnectorError(
            f"there is no file {place}", permanent=True, hint="Pass a file or module:object."
        )
    found = file_sha256(path)
    if expected and found != expected.lower():
        raise ConnectorError(
            f"{place} is not the file that was registered: its SHA-256 is {found}, "
            f"expected {expected}",
            permanent=True,
            hint="Put the registered file back, or register the new one.",
        )
    return found


def _pipes(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [pipe for pipe in (process.stdin, process.stdout) if pipe is not None]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in _pipes(process):
        with contextlib.suppress(OSError):
            pipe.close()


def _exchange(
    process: subprocess.Popen[bytes], request: bytes, *, ends_at: float
) -> tuple[str, Any]:
    target, source = (pipe.fileno() for pipe in _pipes(process))
    _send(target, LENGTH.pack(len(request)) + request, ends_at=ends_at)
    (length,) = LENGTH.unpack(_read(source, LENGTH.size, ends_at=ends_at))
    kind, value = msgspec.msgpack.decode(_read(source, length, ends_at=ends_at))
    return kind, value


def _send(target: int, message: bytes, *, ends_at: float) -> None:
    """Write without ever waiting longer: the pipe to a hanging model fills up."""
    os.set_blocking(target, False)
    while message:
        try:
            message = message[os.write(target, message) :]
        except BlockingIOError:
            left = ends_at - time.monotonic()
            if left <= 0 or not select.select([], [target], [], left)[1]:
                raise TimeoutError from None


def _read(source: int, n_bytes: int, *, ends_at: float) -> bytes:
    parts = []
    while n_bytes:
        left = ends_at - time.monotonic()
        if left <= 0 or not select.select([source], [], [], left)[0]:
            raise TimeoutError
        part = os.read(source, n_bytes)
        if not part:
            raise EOFError("it closed its pipe")
        parts.append(part)
        n_bytes -= len(part)
    return b"".join(parts)


def _plain(value: object) -> object:
    for name in ("tolist", "item"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    raise InputError(f"a feature of type {type(value).__name__} cannot be sent to a model")
