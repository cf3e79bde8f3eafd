"""The knowledge map beside bare git and beside PyPI `truckfactor`, on one repository.

Makes a history of 70,000 commits (seeded, `benchmarks/made_history.py`), then measures in
one run, each in a process of its own: bare `git log --name-status -M100%`; the map from
nothing; the map after one new commit; and the peer. The best of several runs counts: other
work on the machine only ever adds time. Run: python -m benchmarks.knowledge
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.made_history import make_history

RESULTS = Path(__file__).parent / "results" / "knowledge.md"
PEER = "truckfactor==0.3.2"
PEER_LIMIT = 900

_MAP = """
import contextlib, json, os, resource, sys
from leadline.cli.main import main
cache = ["--cache", sys.argv[2]] if len(sys.argv) > 2 else []
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    main(["knowledge", sys.argv[1], "--json", "--today", "2026-01-01", *cache])
peak = [resource.getrusage(who).ru_maxrss for who in
        (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"peak_kb": max(peak)}))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one measurement, and what it printed."""

    seconds: float
    printed: str


def timed(command: list[str], *, limit: float = 600) -> Measured:
    """Run a command to its end and time it from start to exit."""
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit)
    return Measured(time.perf_counter() - start, done.stdout[-4_000:])


def bare_git(repository: Path) -> Measured:
    """Time git's own log, printed to nowhere."""
    script = 'git -C "$1" log --name-status -M100% > /dev/null'
    return timed(["sh", "-c", script, "sh", str(repository)])


def mapped(repository: Path, *, cache: Path | None = None) -> Measured:
    """Time the map in a fresh Python, imports included."""
    return timed(
        [sys.executable, "-c", _MAP, str(repository), *([str(cache)] if cache else [])]
    )


def peer() -> Path:
    """Return the peer's command, installed in an environment of its own."""
    home = Path(tempfile.gettempdir()) / "peers" / "truckfactor"
    command = home / "bin" / "truckfactor"
    if not command.exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", PEER], check=True)
    return command


def peer_seconds(repository: Path, work: Path) -> float | None:
    """Time the peer on a clone with a work tree, which it insists on; None if it gave up."""
    clone = work / f"{repository.name}-clone"
    subprocess.run(
        ["git", "clone", "--quiet", "--no-checkout", "--shared", str(repository), str(clone)],
        check=True,
    )
    try:
        return timed([str(peer()), str(clone)], limit=PEER_LIMIT).seconds
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None


def one_more_commit(repository: Path) -> None:
    """Add a commit that changes one file."""
    stream = (
        "commit refs/heads/main\ncommitter Person 1 <person1@example.com> "
        f"{int(time.time())} +0000\ndata 1\nc\nfrom refs/heads/main^0\n"
        "M 644 inline api/new.py\ndata 1\nx\n\n"
    )
    subprocess.run(
        ["git", "-C", str(repository), "fast-import", "--quiet"],
        input=stream.encode(),
        check=True,
    )


def table(work: Path, *, commits: int, runs: int) -> list[str]:
    """Measure everything and return the table's rows."""
    repository = make_history(work / "made", commits=commits)
    pairs = [(bare_git(repository), mapped(repository)) for _ in range(runs)]
    git, cold = (
        min(side)
        for side in zip(*((one.seconds, two.seconds) for one, two in pairs), strict=True)
    )
    facts = json.loads(pairs[-1][1].printed)
    cache = work / "cache"
    mapped(repository, cache=cache)
    refreshed = []
    for _ in range(runs):
        one_more_commit(repository)
        refreshed.append(mapped(repository, cache=cache).seconds)
    refresh = min(refreshed)
    other = peer_seconds(repository, work)
    theirs = f"{other:.1f} s" if other else f"gave up or over {PEER_LIMIT} s"
    ratio = (other or PEER_LIMIT) / cold
    return [
        "| what | figure | wanted |",
        "| --- | --- | --- |",
        f"| commits | {commits:,} | 70,000 |",
        f"| bare `git log --name-status -M100%` | {git:.2f} s | |",
        f"| knowledge map from nothing | {cold:.2f} s | |",
        f"| … as a ratio to bare git | {cold / git:.2f} × | ≤ 1.3 × |",
        f"| … commits a second | {commits / cold:,.0f} | ≥ 7,000 |",
        f"| … peak memory of any process | {facts['peak_kb'] / 1024:.0f} MB | < 300 MB |",
        f"| knowledge map after one new commit | {refresh:.2f} s | < 1 s |",
        f"| PyPI `{PEER}` on the same repository | {theirs} | |",
        f"| … as a ratio to the map | {'' if other else '> '}{ratio:.1f} × | ≥ 5 × |",
    ]


def main() -> None:
    """Measure, print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=70_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = table(Path(folder), commits=options.commits, runs=options.runs)
    version = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True)
    text = [
        "# Knowledge map: speed",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, {version.stdout.strip()}. Best of {options.runs} "
        "runs, git and the map in turn, each a whole command from its start to its exit.",
        "",
        *rows,
        "",
        "Run: `python -m benchmarks.knowledge`",
    ]
    print("\n".join(text))
    if options.commits >= 70_000:
        RESULTS.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
