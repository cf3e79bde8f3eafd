"""A made-up workspace that every test of the command line may read, and one to change."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from leadline.demo import build
from tests.processes import environment, run

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def demo_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's files, before Leadline read them."""
    return build(tmp_path_factory.mktemp("demo") / "team", today=TODAY)


@pytest.fixture
def team(demo_source: Path, tmp_path: Path) -> Path:
    """A copy of the demo's files, for one test to change."""
    return Path(shutil.copytree(demo_source, tmp_path / "team"))


class Leadline:
    """`leadline` in one folder, in processes of its own, on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables = environment()

    def __call__(self, *arguments: str, code: int | None = 0) -> str:
        """Run a command, expect its exit code (None: yes or no), return what it printed."""
        end = run(*arguments, folder=self.folder, variables=self.variables)
        assert "Traceback" not in end.stderr, end.stderr
        assert end.returncode in ({0, 1} if code is None else {code}), end.stderr
        return end.stdout + (end.stderr if code else "")


@pytest.fixture
def leadline(team: Path) -> Leadline:
    """`leadline` in the made-up workspace."""
    return Leadline(team)
