"""A client that asks a server on this machine as fast as it answers: raw sockets, bounded."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What came of a load: requests a second, and times in microseconds."""

    n_answers: int
    per_second: float
    p50_us: float
    p99_us: float
    n_failed: int

    @staticmethod
    def wait_for(port: int, *, seconds: float = 90.0) -> None:
        """Wait until somebody listens on a port of this machine."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                time.sleep(0.5)
                return
        raise TimeoutError(f"nobody listens on port {port}")


class _Asker(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, request: bytes, ends_at: float, times: list[float]) -> None:
        self._request = request
        self._ends_at = ends_at
        self._times = times
        self.n_failed = 0
        self.done = asyncio.get_running_loop().create_future()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        now = time.perf_counter()
        self._times.append(now - self._asked_at)
        self.n_failed += head[9:12] != b"200"
        self._buffer = b""
        if now < self._ends_at:
            self._ask()
        elif not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.n_failed += 1
            self.done.set_result(None)


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    return int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


async def _load(port: int, request: bytes, connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    started = time.perf_counter()
    pairs = [
        await loop.create_connection(
            lambda: _Asker(request, started + seconds, times), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.wait_for(asyncio.gather(*(one.done for _, one in pairs)), seconds + 30)
    took = time.perf_counter() - started
    for transport, _ in pairs:
        transport.close()
    p50, p99 = np.quantile(times, [0.5, 0.99]) * 1e6
    failed = sum(one.n_failed for _, one in pairs)
    return Load(
        n_answers=len(times),
        per_second=len(times) / took,
        p50_us=p50,
        p99_us=p99,
        n_failed=failed,
    )


def run_load(port: int, path: str, body: bytes, *, connections: int, seconds: float) -> Load:
    """Ask from a process of its own, so that the asker's work is not this one's."""
    code = "import sys; from benchmarks.load import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, str(port), path, str(connections), str(seconds)],
        input=body, capture_output=True, check=True,
    )  # fmt: skip
    values = done.stdout.split()
    return Load(
        per_second=float(values[0]), p50_us=float(values[1]), p99_us=float(values[2]),
        n_failed=int(values[3]), n_answers=int(values[4]),
    )  # fmt: skip


def main() -> None:
    """Read a body on standard input, ask, write the figures."""
    port, path, connections, seconds = sys.argv[1:]
    body = sys.stdin.buffer.read()
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    try:
        import uvloop  # noqa: PLC0415 (the asker should not be what is measured)

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    found = run(_load(int(port), request, int(connections), float(seconds)))
    print(found.per_second, found.p50_us, found.p99_us, found.n_failed, found.n_answers)
