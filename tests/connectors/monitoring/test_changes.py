"""The last change before an alert, read off a real repository."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from leadline.connectors.monitoring.changes import last_change
from leadline.errors import ConnectorError


def commit(repository: Path, file: str, on: str, subject: str) -> None:
    path = repository / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{on} {subject}")
    who = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": f"{on}T12:00:00Z"}
    variables = {
        f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()
    }
    for arguments in (["add", "."], ["commit", "-qm", subject]):
        subprocess.run(
            ["git", "-C", str(repository), *arguments],
            check=True,
            env={"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", **variables},
        )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    commit(tmp_path, "churn/model.py", "2026-01-05", "First model")
    commit(tmp_path, "churn/model.py", "2026-02-10", "New features | of x")
    commit(tmp_path, "other/model.py", "2026-02-11", "Something else")
    commit(tmp_path, "churn/model.py", "2026-03-01", "Mended")
    return tmp_path


def test_it_is_the_last_commit_to_the_folder_up_to_that_day(repository: Path) -> None:
    found = last_change(repository / "churn", until=date(2026, 2, 12))
    assert found is not None
    assert (found.on, found.subject) == (date(2026, 2, 10), "New features | of x")
    assert str(found).startswith("2026-02-10 ")
    assert "Ada" not in str(found)  # work, not people
    on_the_day = last_change(repository / "churn", until=date(2026, 3, 1))
    assert on_the_day is not None
    assert on_the_day.subject == "Mended"


def test_before_the_first_commit_there_is_none(repository: Path) -> None:
    assert last_change(repository / "churn", until=date(2025, 1, 1)) is None


def test_a_folder_outside_of_git_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="not a git repository"):
        last_change(tmp_path, until=date(2026, 1, 1))
