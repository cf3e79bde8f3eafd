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


class Leadline:
    """`leadline` in one folder, in processes of its own, on a database of its own."""

    def __init__(self, folder: Path, *, variables: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.variables = variables or environment()

    def __call__(self, *arguments: str, code: int | None = 0) -> str:
        """Run a command, expect its exit code (None: yes or no), return what it printed."""
        end = run(*arguments, folder=self.folder, variables=self.variables)
        assert "Traceback" not in end.stderr, end.stderr
        assert end.returncode in ({0, 1} if code is None else {code}), end.stderr
        return end.stdout + (end.stderr if code else "")


@pytest.fixture(scope="session")
def read_source(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Leadline:
    """The demo after its sources were read, which takes seconds; to be copied."""
    folder = tmp_path_factory.mktemp("read") / "team"
    place = Leadline(Path(shutil.copytree(demo_source, folder)))
    place("brief", "--today", TODAY.isoformat())  # a sync would read as of the real day
    return place


@pytest.fixture
def new_team(demo_source: Path, tmp_path: Path) -> Path:
    """A copy of the demo's files, of which nothing was read yet."""
    return Path(shutil.copytree(demo_source, tmp_path / "team"))


@pytest.fixture
def team(read_source: Leadline, tmp_path: Path) -> Path:
    """A copy of the demo, read once, for one test to change."""
    return Path(shutil.copytree(read_source.folder, tmp_path / "team"))


@pytest.fixture
def leadline(team: Path, read_source: Leadline) -> Leadline:
    """`leadline` in the made-up workspace, whose sources were read once."""
    return Leadline(team, variables=environment(copied=read_source.variables))
