from __future__ import annotations

from pathlib import Path

import pytest

from leadline.connectors.git import read_history
from leadline.connectors.git.mirror import is_url, short_name
from leadline.errors import ConnectorError
from tests.made_repository import MadeRepository, git


@pytest.fixture
def served(tmp_path: Path) -> MadeRepository:
    made = MadeRepository(tmp_path / "served")
    made.commit(
        write={
            "a.py": "secret source",
            ".mailmap": "Right <mira@example.com>\n",
            "README.md": "# Served\n\nIt serves.\n",
        }
    )
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git(made.path, "config", key, "true")
    return made


def test_a_url_is_mirrored_without_file_contents_and_kept_up_to_date(
    served: MadeRepository, tmp_path: Path
) -> None:
    url, cache = f"file://{served.path}", tmp_path / "cache"
    first = read_history(url, cache_folder=cache)
    assert (first.name, first.authors[0].name) == ("served", "Right")
    assert first.readme.startswith("# Served")
    (mirror,) = (cache / "mirrors").glob("*.git")
    missing = git(mirror, "rev-list", "--objects", "--missing=print", "HEAD")
    assert missing.count("?") == 1  # a.py's contents; the mailmap and the README are here
    served.commit(write={"b.py": "1"})
    assert "b.py" in read_history(url, cache_folder=cache).files


def test_the_mirror_follows_the_remotes_default_branch(
    served: MadeRepository, tmp_path: Path
) -> None:
    url, cache = f"file://{served.path}", tmp_path / "cache"
    read_history(url, cache_folder=cache)
    served.commit(write={"b.py": "1"}, branch="trunk", start="refs/heads/main^0")
    git(served.path, "symbolic-ref", "HEAD", "refs/heads/trunk")
    git(served.path, "update-ref", "-d", "refs/heads/main")
    later = read_history(url, cache_folder=cache)
    assert (later.branch, "b.py" in later.files) == ("trunk", True)


def test_without_a_cache_folder_nothing_is_kept(served: MadeRepository) -> None:
    assert read_history(f"file://{served.path}").files == (".mailmap", "README.md", "a.py")


def test_an_empty_remote_is_an_empty_history(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "empty", bare=True)
    history = read_history(f"file://{made.path}", cache_folder=tmp_path / "cache")
    assert history.notes[-1] == "empty has no commits yet."


def test_a_remote_that_is_gone_is_an_error_and_leaves_no_half_mirror(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="git clone failed") as caught:
        read_history(f"file://{tmp_path}/nothing.git", cache_folder=tmp_path / "cache")
    assert caught.value.permanent
    assert list((tmp_path / "cache" / "mirrors").glob("*.git*")) == [
        *(tmp_path / "cache" / "mirrors").glob("*.lock")
    ]


def test_a_host_that_cannot_be_found_may_be_asked_again(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError) as caught:
        read_history("https://nowhere.invalid/x.git", cache_folder=tmp_path / "cache")
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://git.example/team/ranking.git", "ranking"),
        ("git@git.example:team/ranking.git", "ranking"),
        ("ssh://git@git.example/ranking/", "ranking"),
    ],
)
def test_urls_are_told_from_paths(location: str, expected: str) -> None:
    assert is_url(location)
    assert short_name(location) == expected
    assert not is_url("/srv/ranking")
