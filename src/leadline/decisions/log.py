"""An append-only log: written before the reply, synced to disk in groups.

What `write()` took survives the death of the process; what was synced survives a loss of
power. A log that does not wait for its disk can lose at most the last `sync_every`
seconds to the latter, and nothing to the former.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from leadline.decisions import forks, segments
from leadline.decisions.frames import frame, scan
from leadline.decisions.problems import Problems
from leadline.errors import InputError


class DecisionLog:
    """A folder of segments to which this process appends one of its own.

    Parameters
    ----------
    folder : path
        Created if needed. Any number of processes may share it.
    sync_every : float
        Seconds between syncs to disk.
    strict : bool
        `append` waits until its record is on disk, and decisions raise if that fails.
    segment_bytes : int
        A segment that has reached this size is sealed, and another begun.
    problems : Problems, optional
        Hears of torn tails, full disks and failed syncs.
    clock, timer : callable
        Seconds since 1970, for names; seconds on a clock that does not step back.
    """

    RETRY_EVERY = 1.0
    """Seconds that a log which could not be written is left alone."""

    def __init__(
        self,
        folder: str | Path,
        *,
        sync_every: float = 0.1,
        strict: bool = False,
        segment_bytes: int = 64_000_000,
        problems: Problems | None = None,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        if sync_every <= 0 or segment_bytes <= 0:
            raise InputError(
                "sync_every and segment_bytes are above 0, got "
                f"{sync_every} and {segment_bytes}"
            )
        self.folder = Path(folder)
        self.strict = strict
        self.problems = problems or Problems()
        self._sync_every = sync_every
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._timer = timer
        self._start_afresh()
        self._recover()
        forks.watch(self)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._syncer: threading.Thread | None = None
        self._descriptor = -1
        self._path: Path | None = None
        self._size = 0
        self._written = 0
        self._synced = 0
        self._lost_upto = 0
        self._failed_at: float | None = None
        self._is_closed = False

    @property
    def is_down(self) -> bool:
        """Whether the last append failed, and it is too soon to try again."""
        failed_at = self._failed_at
        return failed_at is not None and 0 <= self._timer() - failed_at < self.RETRY_EVERY

    def append(self, payload: bytes) -> None:
        """Append one record; in a strict log, wait until it is on disk.

        Raises
        ------
        OSError
            The record is not in the log, or in a strict log perhaps not on disk.
        """
        if self._failed_at is not None and self.is_down:
            raise OSError(f"{self.folder} could not be written a moment ago")
        framed = frame(payload)
        with self._lock:  # the condition's own, which takes it several times slower
            try:
                self._write(framed)
            except OSError:
                self._failed_at = self._timer()
                self._leave_segment()
                self._drop_empty_segment()
                raise
            self._failed_at = None
            self._written += 1
            number = self._written
            if self._synced == number - 1:  # the syncer sleeps while all is on disk
                self._wake_syncer()
            if self.strict:
                self._wait_for(number)

    def _write(self, framed: bytes) -> None:
        if self._is_closed:
            raise OSError(f"the log in {self.folder} is closed")
        if self._size >= self._segment_bytes:
            self._finish_segment()
        if self._descriptor < 0:
            self._descriptor, self._path = segments.create(
                self.folder, at=self._clock(), token=secrets.token_hex(4)
            )
            self._size = 0
        n_written = os.write(self._descriptor, framed)
        if n_written < len(framed):
            with contextlib.suppress(OSError):  # a reader steps over half a record, too
                os.ftruncate(self._descriptor, self._size)
            raise OSError(f"only {n_written} of {len(framed)} bytes could be written")
        self._size += n_written

    def _wait_for(self, number: int) -> None:
        self._changed.wait_for(lambda: self._synced >= number)
        if number <= self._lost_upto:
            raise OSError(f"a record may not be on the disk of {self.folder}")

    def _wake_syncer(self) -> None:
        if self._syncer is None:
            self._syncer = threading.Thread(
                target=self._sync_on, name="leadline-log-sync", daemon=True
            )
            self._syncer.start()
        self._changed.notify_all()

    def _sync_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._written > self._synced or self._is_closed)
                if self._is_closed:
                    return
                if not self.strict:
                    self._changed.wait_for(lambda: self._is_closed, timeout=self._sync_every)
                if self._written == self._synced:  # sealed, and so synced, in the meantime
                    continue
                upto = self._written
                descriptor = os.dup(self._descriptor)
            self._sync(descriptor, upto=upto)

    def _sync(self, descriptor: int, *, upto: int) -> None:
        """Sync without holding the lock: a sync takes milliseconds, an append must not."""
        try:
            os.fdatasync(descriptor)
        except OSError as error:
            self.problems.say("sync_failed", f"{self.folder}: {error}")
            with self._changed:
                self._lost_upto = self._written
                self._leave_segment()
        finally:
            os.close(descriptor)
            with self._changed:
                self._synced = max(self._synced, upto)
                self._changed.notify_all()

    def sync(self) -> None:
        """Wait until all that was appended is on disk.

        Raises
        ------
        OSError
            Some of it may not be.
        """
        with self._changed:
            if self._written > self._synced:
                self._wait_for(self._written)

    def close(self) -> None:
        """Sync and seal the segment of this process; nothing can be appended any more."""
        with self._changed:
            self._is_closed = True
            if self._descriptor >= 0:
                self._finish_segment()
            self._changed.notify_all()
        if self._syncer is not None:
            self._syncer.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _finish_segment(self) -> None:
        os.fdatasync(self._descriptor)
        self._synced = self._written
        if self._path is not None:
            segments.seal(self._path)
        self._leave_segment()
        segments.sync_folder(self.folder)

    def _leave_segment(self) -> None:
        """Let go of the segment; whoever opens or rotates the log next seals it."""
        if self._descriptor < 0:
            return
        try:
            if self._synced < self._written:
                os.fdatasync(self._descriptor)
        except OSError:
            self._lost_upto = self._written
        os.close(self._descriptor)
        self._descriptor = -1
        self._synced = self._written

    def _drop_empty_segment(self) -> None:
        """Remove a segment that holds nothing: a full disk would get one each second."""
        if self._path is not None and self._size == 0:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _recover(self) -> None:
        """Seal what processes left that are gone, and say what is torn."""
        try:
            for path in segments.seal_abandoned(self.folder):
                for gap in scan(path.read_bytes()).gaps:
                    where = "the last record" if gap.is_tail else "a record"
                    self.problems.say(
                        "torn",
                        f"{path}: {where} is not whole; {gap.n_bytes} bytes from byte "
                        f"{gap.start} on are left out",
                    )
        except OSError as error:
            self.problems.say("log_unreadable", f"{self.folder}: {error}")

    def after_fork(self) -> None:
        """Close the parent's segment, and begin one of this process with its next record."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._start_afresh()
