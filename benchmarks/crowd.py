"""Fifty people at once for a bounded time on the loopback address: what is lost, how long.

Each opens a page, reads for two to five seconds and opens the next; every fifth time they write
something. A second crowd does not read: each asks again as soon as there is an answer. What
the server said it kept is looked for in the database afterwards.
"""

# ruff: noqa: PLC0415 - Django is set up between the imports

from __future__ import annotations

import asyncio
import os
import re
import resource
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

READS = (2.0, 5.0)
"""Seconds that somebody looks at a page, at least and at most."""

IN_A_ROW = (0.0, 0.0)
"""Nobody reads anything."""

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
    sessions = _sessions()
    before = _processor_of_children()
    with _served(folder) as port:
        reading, at_once = (
            asyncio.run(_all(sessions, port=port, seconds=seconds, pause=pause, kind=kind))
            for pause, kind in ((READS, "reads"), (IN_A_ROW, "row"))
        )
    spent = _processor_of_children() - before
    n_answers = len(reading.times) + len(at_once.times)
    return "\n".join(
        [
            f"{len(sessions)} people for {seconds:.0f} s, times as their browsers see them "
            "(the crowd and the server share the cores):\n",
            "| each of them | answers | p50 ms | p95 ms | failed | texts kept | lost |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            _row("reads a page for 2–5 s (aim: p95 < 300)", reading),
            _row("asks again at once, without reading", at_once),
            "",
            f"The server took {1e3 * spent / n_answers:.0f} ms of processor an answer.",
            "",
        ]
    )


def _processor_of_children() -> float:
    """Return the seconds of processor of every server that has ended, workers included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(who: str, crowd: Crowd) -> str:
    p50, p95 = np.percentile(crowd.times, [50, 95])
    why = f" ({', '.join(sorted(set(crowd.failed))[:5])})" if crowd.failed else ""
    return (
        f"| {who} | {len(crowd.times):,} | {p50:.0f} | {p95:.0f} | {len(crowd.failed)}{why} | "
        f"{len(crowd.kept)} | {len(crowd.kept - _texts())} |"
    )


def _texts() -> set[str]:
    from leadline.records.models import AgendaPoint, Idea

    return {
        *AgendaPoint.objects.filter(text__startswith="crowd ").values_list("text", flat=True),
        *Idea.objects.filter(text__startswith="crowd ").values_list("text", flat=True),
    }


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


SERVE = """
import sys, django
django.setup()
from leadline.cli.serving import serve_pages
serve_pages("127.0.0.1", int(sys.argv[1]), ready=lambda: None)
"""


@contextmanager
def _served(folder: Path) -> Iterator[int]:
    """Serve as `leadline up` does."""
    from django.db import connections

    connections.close_all()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", SERVE, str(port)]
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


async def _all(
    sessions: dict[str, str],
    *,
    port: int,
    seconds: float,
    pause: tuple[float, float],
    kind: str,
) -> Crowd:
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
            one = _Reader(
                client=client,
                who=who,
                n=n,
                ends_at=ends_at,
                pause=pause,
                kind=kind,
                crowd=crowd,
            )
            people.create_task(_use(one))
    return crowd


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    """Somebody in a crowd: who, until when, how long they read, and what came of all."""

    client: httpx.AsyncClient
    who: str
    n: int
    ends_at: float
    pause: tuple[float, float]
    kind: str
    crowd: Crowd


async def _use(one: _Reader) -> None:
    from benchmarks.full_size import LEAD, N_REPORTS, address

    chance = np.random.default_rng(one.n)
    own = f"/one-on-ones/{address(1) if one.who == LEAD else one.who}/"
    has_talks = one.n <= N_REPORTS
    async with one.client as client:
        own = (await client.get(own)).headers.get("location", own)  # its address by a code
        pages = [
            "/projects/",
            f"/projects/work-{10 + one.n:03d}/",
            "/experiments/",
            "/waiting/",
        ]
        pages += [own, "/brief/"] if one.who == LEAD else [own] if has_talks else []
        turn = 0
        await asyncio.sleep(chance.uniform(0, one.pause[1]))
        while time.monotonic() < one.ends_at:
            turn += 1
            if turn % WRITES:
                await _ask(client, pages[turn % len(pages)], one.crowd)
            else:
                text = f"crowd {one.kind} {one.n} {turn}"
                page = own if has_talks else f"/projects/work-{10 + one.n:03d}/"
                await _write(client, page, text, "points" if has_talks else "ideas", one.crowd)
            await asyncio.sleep(chance.uniform(*one.pause))


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


async def _write(
    client: httpx.AsyncClient, page: str, text: str, form: str, crowd: Crowd
) -> None:
    import httpx

    found = TOKEN.search(await _ask(client, page, crowd))
    if not found:
        crowd.failed.append(f"{page} has no form")
        return
    data = {"text": text, "condition": "the table has it", "csrfmiddlewaretoken": found[1]}
    start = time.perf_counter()
    try:
        answer = await client.post(f"{page}{form}/", data=data)
    except httpx.HTTPError as error:
        crowd.failed.append(f"POST {page} {type(error).__name__}")
        return
    crowd.times.append((time.perf_counter() - start) * 1e3)
    if answer.status_code == 302:
        crowd.kept.add(text)
    else:
        crowd.failed.append(f"POST {page} {answer.status_code}")
