"""What `leadline init` finds by itself."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from leadline.workspace import read_configuration
from leadline.workspace.discovery import configuration_text, discover


def git_repository(folder: Path, *options: str) -> Path:
    subprocess.run(["git", "init", "--quiet", *options, str(folder)], check=True)
    return folder


def test_repositories_calendars_and_people_files_below_are_found(tmp_path: Path) -> None:
    work = git_repository(tmp_path / "code" / "search")
    bare = git_repository(tmp_path / "code" / "ads.git", "--bare")
    (work / "fixtures.ics").write_text("BEGIN:VCALENDAR")
    (tmp_path / "lead.ics").write_text("BEGIN:VCALENDAR")
    (tmp_path / "people.csv").write_text("\ufeffname;emails;start_on\n")
    (tmp_path / "sales.csv").write_text("name,amount\n")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    git_repository(tmp_path / "node_modules" / "left")
    found = discover(tmp_path)
    assert found.repositories == (bare, work)
    assert found.calendars == (tmp_path / "lead.ics",)
    assert found.people_files == (tmp_path / "people.csv",)
    (tmp_path / "old.csv").write_bytes("name,emails\nMüller,m@x.example\n".encode("cp1252"))
    assert discover(tmp_path).people_files == (tmp_path / "old.csv", tmp_path / "people.csv")


def test_a_folder_that_is_a_repository_itself_is_found(tmp_path: Path) -> None:
    git_repository(tmp_path)
    assert discover(tmp_path).repositories == (tmp_path,)


def test_the_name_is_taken_from_git_and_empty_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_repository(tmp_path)
    subprocess.run(["git", "-C", str(tmp_path), "config", "user.name", "Ines"], check=True)
    assert discover(tmp_path).name == "Ines"
    monkeypatch.setenv("PATH", "")
    assert discover(tmp_path).name == ""


def test_the_time_zone_is_the_one_the_machine_is_set_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    assert discover(tmp_path).timezone == "Europe/Berlin"
    monkeypatch.delenv("TZ")
    assert "zoneinfo" not in discover(tmp_path).timezone


def test_a_written_file_reads_back_as_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    text = configuration_text(
        name='Inés "the lead" \\ Marlow\x7f',
        email="ines@harbour.example",
        since=date(2026, 10, 5),
        timezone="Europe/Berlin",
        people="people.csv",
        calendars=("lead.ics", "https://calendar.example/lead.ics"),
        repositories=("code/search",),
    )
    path.write_text(text, encoding="utf-8")
    configuration = read_configuration(path)
    assert configuration.lead.name == 'Inés "the lead" \\ Marlow\x7f'
    assert configuration.lead.since == date(2026, 10, 5)
    assert configuration.people is not None
    assert configuration.people.file == "people.csv"
    assert configuration.calendar[1].url == "https://calendar.example/lead.ics"
    assert configuration.repository[0].path == "code/search"
