"""One demo workspace for all tests that only read it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leadline.demo import build

TODAY = date(2026, 11, 24)

Git = Callable[..., list[str]]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("demo") / "team", today=TODAY)


@pytest.fixture(scope="session")
def git(workspace: Path) -> Git:
    """Return the lines that git itself prints about one of the repositories."""

    def run(name: str, *arguments: str) -> list[str]:
        done = subprocess.run(
            ["git", *arguments],
            cwd=workspace / "repositories" / name,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return done.stdout.splitlines()

    return run
