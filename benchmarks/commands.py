"""How long the commands that people wait for take, beside an empty Python and Django.

Processor time of fresh processes, the best of several. Run: python -m benchmarks.commands
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from leadline.demo import build

RESULTS = Path(__file__).parent / "results" / "commands.md"
RUNS = 7
_DJANGO = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
django.setup()
from django.db import models
"""


def seconds(*arguments: str, folder: Path) -> float:
    """Return the processor time of one fresh process and of what it started."""
    before = os.times()
    subprocess.run(
        [sys.executable, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def best(*arguments: str, folder: Path) -> float:
    """Return the best of several runs."""
    return min(seconds(*arguments, folder=folder) for _ in range(RUNS))


def main() -> None:
    """Measure, print and write the table."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = build(Path(temporary) / "team", today=date.today())
        seconds("-m", "leadline", "sync", folder=folder)
        floor = best("-c", "pass", folder=folder)
        rows = [
            ("python -c pass (the floor)", floor, ""),
            ("django.setup() and its models", best("-c", _DJANGO, folder=folder), ""),
            ("import leadline", best("-c", "import leadline", folder=folder), "< 0.1 s"),
            ("leadline --help", best("-m", "leadline", "--help", folder=folder), "< 0.25 s"),
            ("leadline brief, synced", best("-m", "leadline", "brief", folder=folder), "< 1 s"),
            ("leadline sync, nothing new", best("-m", "leadline", "sync", folder=folder), ""),
        ]
    lines = [
        "# Commands",
        "",
        "The made-up team of `leadline demo`: three repositories, 1,272 commits, 678 calendar "
        "entries. Processor time of fresh processes, best of "
        f"{RUNS}.",
        f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        "Again: `python -m benchmarks.commands`",
        "",
        "| what | time | beside the floor | aim |",
        "| --- | --- | --- | --- |",
        *(f"| {what} | {t:.2f} s | {t / floor:.1f} × | {aim} |" for what, t, aim in rows),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
