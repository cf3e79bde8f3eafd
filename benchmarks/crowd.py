"""Fifty people at once for a bounded time on the loopback address: what is lost, how long.

Each opens a page about every two seconds, and every fifth time writes something. What the
server said it kept is looked for in the database afterwards.
"""

# ruff: noqa: PLC0415 - Django is set up between the imports

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

PAUSE = 2.0
"""Mean seconds between two pages of one person."""

WRITES = 5
"""Every so many pages, one writes."""

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(kw_only=True, slots=True)
class Crowd:
    """What came of it.

    Attributes
    ----------
    times : list of float
        Milliseconds of each answer, as its reader saw them.
    kept : set of str
        Texts that the server said it kept.
    failed : list of str
        Answers that were none.
    """

    times: list[float] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)


def crowd_of(folder: Path, *, seconds: float) -> str:
    """Serve a workspace as `leadline up` does, let fifty people use it, and report."""
    from leadline.records.models import AgendaPoint, Idea

    sessions = _sessions()
    with _served(folder) as port:
        crowd = asyncio.run(_all(sessions, port=port, seconds=seconds))
    texts = {
        *AgendaPoint.objects.filter(text__startswith="crowd ").values_list("text", flat=True),
        *Idea.objects.filter(text__startswith="crowd ").values_list("text", flat=True),
    }
    p50, p95 = np.percentile(crowd.times, [50, 95])
    failed = f": {', '.join(sorted(set(crowd.failed))[:5])}" if crowd.failed else ""
    return (
        f"{len(sessions)} people for {seconds:.0f} s, each a page about every {PAUSE:.0f} s "
        f"and every fifth time a text: {len(crowd.times):,} answers, p50 {p50:.0f} ms, "
        f"p95 {p95:.0f} ms as their browsers see it (aim < 300; the crowd and the server share "
        f"the cores); {len(crowd.failed)} failed{failed}; of {len(crowd.kept)} texts that the "
        f"server said it kept, {len(crowd.kept - texts)} are lost.\n"
    )


def _sessions() -> dict[str, str]:
    """Return a signed-in session of each person, by address."""
    from django.conf import settings
    from django.test import Client

    from benchmarks.full_size import LEAD, N_PEOPLE, address
    from leadline.web.adapters import account_of

    sessions = {}
    for who in (LEAD, *(address(n) for n in range(N_PEOPLE - 1))):
        client = Client()
        client.force_login(account_of(who))
        sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return sessions


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """Serve with the settings of `leadline up`: two workers, eight threads each."""
    from django.db import connections

    connections.close_all()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "leadline.web.wsgi:application", "--bind",
        f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--worker-class", "gthread",
        "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "LEADLINE_WORKSPACE": str(folder)}
    with subprocess.Popen(command, env=environment) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nobody listens on port {port}")


async def _all(sessions: dict[str, str], *, port: int, seconds: float) -> Crowd:
    import httpx

    crowd = Crowd()
    certificates = ssl.create_default_context()  # slow to make, and here never used
    clients = [
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            cookies={"leadline_session": session},
            timeout=60,
            verify=certificates,
            limits=httpx.Limits(max_keepalive_connections=0),  # browsers ask again themselves
        )
        for session in sessions.values()
    ]
    ends_at = time.monotonic() + seconds
    async with asyncio.TaskGroup() as people:
        for n, (who, client) in enumerate(zip(sessions, clients, strict=True)):
            people.create_task(_one(client, who, n, ends_at=ends_at, crowd=crowd))
    return crowd


async def _one(
    client: httpx.AsyncClient, who: str, n: int, *, ends_at: float, crowd: Crowd
) -> None:
    from benchmarks.full_size import LEAD, N_REPORTS, address

    chance = np.random.default_rng(n)
    own = f"/one-on-ones/{address(1) if who == LEAD else who}/"
    has_talks = n <= N_REPORTS
    async with client:
        own = (await client.get(own)).headers.get("location", own)  # its address by a code
        pages = ["/projects/", f"/projects/work-{10 + n:03d}/", "/experiments/", "/waiting/"]
        pages += [own, "/brief/"] if who == LEAD else [own] if has_talks else []
        turn = 0
        await asyncio.sleep(chance.uniform(0, PAUSE))
        while time.monotonic() < ends_at:
            turn += 1
            if turn % WRITES:
                await _ask(client, pages[turn % len(pages)], crowd)
            else:
                await _write(client, own if has_talks else "", n, turn, crowd)
            await asyncio.sleep(chance.exponential(PAUSE))


async def _ask(client: httpx.AsyncClient, url: str, crowd: Crowd) -> str:
    import httpx

    start = time.perf_counter()
    try:
        answer = await client.get(url)
    except httpx.HTTPError as error:
        crowd.failed.append(f"{url} {type(error).__name__}")
        return ""
    crowd.times.append((time.perf_counter() - start) * 1e3)
    if answer.status_code != 200:
        crowd.failed.append(f"{url} {answer.status_code}")
    return answer.text


async def _write(client: httpx.AsyncClient, talk: str, n: int, turn: int, crowd: Crowd) -> None:
    import httpx

    page = talk or f"/projects/work-{10 + n:03d}/"
    found = TOKEN.search(await _ask(client, page, crowd))
    if not found:
        crowd.failed.append(f"{page} has no form")
        return
    text = f"crowd {n} {turn}"
    data = {"text": text, "condition": "the table has it", "csrfmiddlewaretoken": found[1]}
    start = time.perf_counter()
    try:
        answer = await client.post(f"{page}{'points' if talk else 'ideas'}/", data=data)
    except httpx.HTTPError as error:
        crowd.failed.append(f"POST {page} {type(error).__name__}")
        return
    crowd.times.append((time.perf_counter() - start) * 1e3)
    if answer.status_code == 302:
        crowd.kept.add(text)
    else:
        crowd.failed.append(f"POST {page} {answer.status_code}")
