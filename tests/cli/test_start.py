"""`leadline start` without a workspace: plan, calendar, Markdown, template."""

from __future__ import annotations

import contextlib
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

from leadline.cli.main import main

PEOPLE = """name,emails,start_on,country,ends_on
Mira Stone,mira@harbour.example,2024-01-01,DE,
Ana Ruiz,ana@harbour.example,2025-03-01,ES,
"Holm; Ben, \"\"the quick\"\"",ben@harbour.example,2026-12-01,SE,
Carl Bad,carl@harbour.example,next week,DE,
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "ranking"

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)

    folder.mkdir()
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.name", "Ana Ruiz")
    git("config", "user.email", "ana@harbour.example")
    (folder / "rank.py").write_text("rank = sorted\n", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "-m", "Rank by price")
    return folder


def start(people: Path, *more: object) -> None:
    arguments = ["start", "--on", "2027-01-04", "--today", "2026-11-23"]
    arguments += ["--people", str(people), "--lead", "mira@harbour.example"]
    main([*arguments, *map(str, more)])


def test_the_plan_reads_calmly(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start(people)
    out = capsys.readouterr().out
    assert "First 90 days, Mon 4 Jan 2027 to Mon 5 Apr 2027" in out
    assert "Tue 5 Jan 2027   One-on-one with Ana Ruiz" in out
    assert "No project yet: add --repository" in out
    assert "people file: " in out  # Carl's row is named, not swallowed
    assert "One-on-one with Mira" not in out


def test_a_repository_becomes_an_hour_with_its_owner(
    people: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(people, "--repository", repository, "--country", "DE-BE")
    assert "One hour with Ana Ruiz: ranking" in capsys.readouterr().out


def test_json_carries_uids_dates_and_problems(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(people, "--json", "--embargo-days", "60")
    plan = json.loads(capsys.readouterr().out)
    assert plan["start_on"] == "2027-01-04"
    assert {"uid", "on", "title", "evidence"} <= plan["steps"][0].keys()
    assert len(plan["problems"]) == 1


def test_files_are_written_and_the_calendar_is_valid(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ics, markdown, frame = (tmp_path / name for name in ("p.ics", "p.md", "frame.toml"))
    start(people, "--ics", ics, "--markdown", markdown, "--export-template", frame)
    # icalendar, a second implementation, reads the same days and titles.
    events = Calendar.from_ical(ics.read_bytes()).walk("VEVENT")
    by_title = {str(event["SUMMARY"]): event.decoded("DTSTART") for event in events}
    assert by_title["One-on-one with Ana Ruiz"] == date(2027, 1, 5)
    assert 'One-on-one with Holm; Ben, "the quick"' in by_title
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert markdown.read_text(encoding="utf-8").startswith("# First 90 days")
    assert "Ana" not in frame.read_text(encoding="utf-8")
    assert capsys.readouterr().out.count("Written: ") == 3
    # The exported frame is a template again.
    start(people, "--template", frame)
    assert "One-on-one with Ana Ruiz" in capsys.readouterr().out


def test_nobody_to_meet_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "alone.csv"
    alone.write_text(PEOPLE.split("Ana Ruiz", maxsplit=1)[0], encoding="utf-8")
    start(alone)
    assert "Nobody reports to you" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--template", "missing.toml"], 2, "missing.toml cannot be read"),
        (["--country", "ZZ"], 3, "no public holidays are known for 'ZZ'"),
        (["--ics", "no/such/folder/p.ics"], 2, "cannot be written"),
        (["--repository", "no-such-repository"], 3, "no-such-repository"),
    ],
)
def test_a_mistake_ends_in_one_clear_message(
    people: Path, more: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.chdir(people.parent), pytest.raises(SystemExit) as stop:
        start(people, *more)
    assert stop.value.code == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
