"""One small file at a commit, and recent changes: git itself is the oracle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leadline.connectors.git import file_at, recent_changes
from leadline.connectors.git.mirror import mirrored
from leadline.errors import ConnectorError
from tests.made_repository import DAY, NOON, MadeRepository, git


@pytest.fixture
def repository(tmp_path: Path) -> MadeRepository:
    made = MadeRepository(tmp_path / "made")
    made.commit(write={"charter.toml": 'user = "A"\n', "a/b.py": "1"})
    made.commit(write={"a/b.py": "2", "ä ö.md": "x"}, by="Jürgen <J@Example.com>")
    made.commit(write={"c.py": "3"}, at=NOON - 90 * DAY)
    return made


def test_a_file_is_read_as_it_stood_at_a_commit(
    repository: MadeRepository, tmp_path: Path
) -> None:
    first = git(repository.path, "rev-list", "--max-parents=0", "main")
    last = git(repository.path, "rev-parse", "main")
    repository.commit(write={"charter.toml": 'user = "B"\n'})
    place = str(repository.path)
    for commit in (first, last):
        assert file_at(place, commit, "charter.toml", cache_folder=tmp_path) == 'user = "A"\n'
    assert file_at(place, last, "nothing.toml", cache_folder=tmp_path) is None
    assert file_at(place, last, "a", cache_folder=tmp_path) is None
    assert file_at(place, "", "charter.toml", cache_folder=tmp_path) is None


def test_a_file_of_a_mirror_is_fetched_when_it_is_read(
    repository: MadeRepository, tmp_path: Path
) -> None:
    git(repository.path, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.path}"
    mirrored(url, folder=tmp_path / "cache" / "mirrors")
    commit = git(repository.path, "rev-parse", "main")
    cache = tmp_path / "cache"
    assert file_at(url, commit, "charter.toml", cache_folder=cache) == 'user = "A"\n'


def test_a_commit_that_is_not_there_is_an_error(
    repository: MadeRepository, tmp_path: Path
) -> None:
    with pytest.raises(ConnectorError):
        file_at(str(repository.path), "f" * 40, "charter.toml", cache_folder=tmp_path)


def test_changes_are_what_git_log_says(repository: MadeRepository, tmp_path: Path) -> None:
    git(repository.path, "update-ref", "refs/heads/main", "main~1")
    head = git(repository.path, "rev-parse", "main")
    found = recent_changes(
        str(repository.path), head, name="made", since=date(2025, 1, 1), cache_folder=tmp_path
    )
    assert [one.commit for one in found] == git(repository.path, "rev-list", "main").split()
    assert found[0].author == "Jürgen"
    assert found[0].email == "j@example.com"
    assert found[0].paths == ("a/b.py", "ä ö.md")
    assert found[0].on == date(2026, 1, 3)


def test_older_changes_merges_and_no_commit_are_left_out(
    repository: MadeRepository, tmp_path: Path
) -> None:
    place = str(repository.path)
    head = git(repository.path, "rev-parse", "main~1")
    recent = recent_changes(
        place, head, name="made", since=date(2026, 1, 3), cache_folder=tmp_path
    )
    assert len(recent) == 1
    none = recent_changes(place, "", name="made", since=date(2026, 1, 1), cache_folder=tmp_path)
    assert none == ()
