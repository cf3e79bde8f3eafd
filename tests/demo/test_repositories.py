"""What was planted, found again by brute force on what git prints.

Nothing of the generator is used but `build`; the oracle is `git log`.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from leadline.demo import build
from leadline.errors import InputError
from leadline.workspace import read_configuration
from tests.demo.conftest import TODAY, Git

NAMES = ("search-ranking", "ad-geo-match", "listing-quality")
BOT = "41+harbour-updates[bot]@users.harbour.example"


def authors(git: Git, name: str, folder: str, *, since: date | None = None) -> set[str]:
    """Return the addresses of everyone who touched a folder, under any of its names."""
    window = [f"--since={since.isoformat()}T00:00:00Z"] if since else []
    return set(git(name, "log", "--format=%ae", *window, "--", folder))


@pytest.mark.parametrize("name", NAMES)
def test_git_finds_nothing_wrong(git: Git, name: str) -> None:
    assert git(name, "fsck", "--strict", "--full") == []
    assert git(name, "status", "--porcelain") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_history_has_the_size_of_two_years_of_work(git: Git, name: str) -> None:
    days = [date.fromisoformat(day) for day in git(name, "log", "--format=%as")]
    assert 250 <= len(days) <= 600
    assert 700 <= (TODAY - min(days)).days <= 760
    assert max(days) < TODAY
    assert all(day.weekday() < 5 for day in days)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_commits_before_they_start_or_after_they_leave(
    git: Git, name: str, workspace: Path
) -> None:
    with (workspace / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    for line in git(name, "log", "--format=%as%x09%an"):
        day, author = line.split("\t")
        row = rows.get({"jonas": "Jonas Klüver"}.get(author, author))
        if row:
            assert row["start_on"] <= day
            assert day <= (row["ends_on"] or "9999")


def test_only_the_leaver_knew_query_intent(git: Git) -> None:
    assert authors(git, "search-ranking", "query_intent") == {"rafael@harbour.example"}


def test_only_carmen_knows_matching_and_only_piet_knows_pacing(git: Git) -> None:
    assert authors(git, "ad-geo-match", "matching") == {"carmen@harbour.example"}
    assert authors(git, "ad-geo-match", "pacing") == {"piet@harbour.example"}


def test_only_the_lead_has_touched_evaluation_lately_and_others_began_it(git: Git) -> None:
    since = TODAY - timedelta(days=180)
    lately = authors(git, "search-ranking", "evaluation", since=since)
    assert lately == {"ines@harbour.example"}
    assert len(authors(git, "search-ranking", "evaluation")) > 1


def test_the_lead_is_in_nobody_elses_way_anywhere_else(git: Git) -> None:
    touched = git("search-ranking", "log", "--author=ines@", "--name-only", "--format=")
    assert {path.split("/")[0] for path in touched} == {"evaluation"}
    assert "ines@harbour.example" not in authors(git, "ad-geo-match", ".")


def test_listing_quality_sleeps_while_its_bot_does_not(git: Git) -> None:
    half_a_year_ago = TODAY - timedelta(days=180)
    assert authors(git, "listing-quality", ".", since=half_a_year_ago) == {BOT}
    assert git("listing-quality", "tag") == []
    tops = {path.split("/")[0] for path in git("listing-quality", "ls-files")}
    assert tops.isdisjoint({"Dockerfile", "dags", "deploy", "serving"})


@pytest.mark.parametrize("name", ["search-ranking", "ad-geo-match"])
def test_what_runs_in_production_has_an_image_a_manifest_and_releases(
    git: Git, name: str
) -> None:
    assert {"Dockerfile", "deploy/deployment.yaml", "README.md"} <= set(git(name, "ls-files"))
    assert len(git(name, "tag")) >= 8
    kinds = git(name, "for-each-ref", "--format=%(objecttype)", "refs/tags")
    assert set(kinds) == {"tag"}


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_says_what_the_project_is_for(workspace: Path, name: str) -> None:
    text = (workspace / "repositories" / name / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert {"## Purpose", "## Data", "## Metric"} <= set(text.splitlines())


def test_a_folder_and_two_files_were_renamed_without_other_changes(git: Git) -> None:
    log = ("log", "--format=", "--name-status", "-M100%", "--diff-filter=R")
    search = [line.split("\t") for line in git("search-ranking", *log)]
    ads = [line.split("\t") for line in git("ad-geo-match", *log)]
    assert {status for status, _, _ in search + ads} == {"R100"}
    assert ["R100", "models/train.py", "training/train.py"] in search
    assert ["R100", "features/ctr_history.py", "features/click_history.py"] in search
    assert ads == [["R100", "features/city_density.py", "features/place_density.py"]]
    assert not [path for path in git("search-ranking", "ls-files") if "models/" in path]


def test_one_person_signs_with_two_addresses_and_one_with_an_unknown_one(git: Git) -> None:
    signed = set(git("search-ranking", "log", "--format=%an <%ae>"))
    assert {
        "Mira Tideway <mira@harbour.example>",
        "Mira Tideway <mira.tideway@lab.harbour.example>",
        "Jonas Klüver <jonas@harbour.example>",
        "jonas <jonas@laptop.harbour.example>",
    } <= signed


def test_the_same_day_and_seed_give_the_same_commits(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stranger's git settings must not reach the commits.
    (tmp_path / "gitconfig").write_text("[user]\nname = X\n[core]\nautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    again = build(tmp_path / "again", today=TODAY)
    assert contents(again) == contents(workspace)


def test_another_seed_gives_other_commits_and_keeps_what_is_planted(
    workspace: Path, tmp_path: Path
) -> None:
    other = contents(build(tmp_path / "other", today=TODAY, seed=8))
    here = contents(workspace)
    assert other["people.csv"] == here["people.csv"]
    for name in NAMES:
        assert other[f"{name}/head"] != here[f"{name}/head"]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file outside `.git`, and where each branch points."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    for name in NAMES:
        head = folder / "repositories" / name / ".git" / "refs" / "heads" / "main"
        found[f"{name}/head"] = head.read_bytes()
    return found


def test_the_workspace_file_is_valid_and_names_what_is_there(workspace: Path) -> None:
    configuration = read_configuration(workspace / "leadline.toml")
    assert configuration.lead.since == date(2026, 10, 5)
    assert [source.file for source in configuration.calendar] == ["lead.ics"]
    assert len(configuration.repository) == 3
    for repository in configuration.repository:
        assert (workspace / repository.path / ".git").is_dir()
    assert sum(configuration.hours.intended.values()) == pytest.approx(1)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        build(tmp_path, today=TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
