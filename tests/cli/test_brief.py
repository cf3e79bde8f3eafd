"""`leadline brief` on the made-up team, as its lead would use it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from leadline.practice.dates import days_in_words
from tests.cli.conftest import Leadline

DAY = ("--today", "2026-11-23")


def lines(leadline: Leadline, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(leadline("brief", "--json", *arguments))["lines"]
    return found


def test_the_planted_facts_are_found_each_with_a_receipt(leadline: Leadline) -> None:
    brief = json.loads(leadline("brief", "--json", *DAY))
    everything = brief["lines"] + brief["standing"]
    found = {(line["rule"], line["subject"]) for line in everything}
    # Planted by leadline.demo: see its docstrings.
    assert ("one-on-one-overdue", "person:otto@harbour.example") in found
    assert ("one-on-one-overdue", "person:luca@harbour.example") in found
    assert ("handover-before-leave", "person:piet@harbour.example") in found
    assert ("probation-midpoint", "person:selma@harbour.example") in found
    assert ("no-living-owner", "area:search-ranking/query_intent") in found
    assert ("lead-on-critical-path", "project:search-ranking") in found
    assert len(brief["lines"]) == 7
    assert len({line["subject"] for line in brief["lines"]}) == 7
    assert all(line["receipts"][0]["command"] for line in everything)


def test_the_same_day_gives_the_same_brief_and_the_next_day_repeats_nothing(
    leadline: Leadline,
) -> None:
    first = lines(leadline, *DAY)
    assert lines(leadline, "--no-sync", *DAY) == first
    shown = {line["id"] for line in first}
    following = lines(leadline, "--no-sync", "--today", "2026-11-24")
    assert shown.isdisjoint(line["id"] for line in following)


def test_every_receipt_of_the_brief_runs_and_prints_what_it_should(leadline: Leadline) -> None:
    for line in lines(leadline, *DAY):
        program, *arguments = re.findall(r"'[^']*'|\S+", line["receipts"][0]["command"])
        assert program == "leadline"
        printed = leadline(*(argument.strip("'") for argument in arguments), code=None)
        assert printed.strip()


def test_answers_are_kept_and_change_the_next_brief(leadline: Leadline) -> None:
    first, second, third, *_ = (line["id"] for line in lines(leadline, *DAY))
    assert "dismissed" in leadline("brief", *DAY, "dismiss", first, "--reason", "on sick leave")
    assert "until 2026-11-30" in leadline("brief", *DAY, "snooze", second)
    assert "wrong" in leadline("brief", *DAY, "wrong", third)
    brief = json.loads(leadline("brief", "--no-sync", "--json", *DAY))
    assert {line["id"] for line in brief["silenced"]} == {first, second, third}
    later = lines(leadline, "--no-sync", "--today", "2026-11-30")
    assert second in {line["id"] for line in later}
    cost = json.loads(leadline("cost", "--json", *DAY))
    # Oracle: len("on sick leave") = 13 characters at 200 a minute.
    assert cost["weeks"][-1]["minutes"] == pytest.approx(13 / 200)


def test_an_answer_to_no_line_is_refused_in_words(leadline: Leadline) -> None:
    lines(leadline, *DAY)
    assert "no line of any brief has the id 'zz'" in leadline("brief", "dismiss", "zz", code=2)
    message = leadline("brief", *DAY, "snooze", "zz", "--until", "2026-11-01", code=2)
    assert "no line of any brief" in message


def test_text_page_and_markdown_say_the_same_lines(leadline: Leadline, team: Path) -> None:
    sentences = [days_in_words(line["sentence"]) for line in lines(leadline, *DAY)]
    text = " ".join(leadline("brief", "--no-sync", *DAY).split())
    markdown = leadline("brief", "--no-sync", "--markdown", *DAY).replace("\\", "")
    leadline("brief", "--no-sync", "--html", "brief.html", *DAY)
    page = html.unescape((team / "brief.html").read_text(encoding="utf-8"))
    for sentence in sentences:
        assert sentence in markdown
        assert sentence in page
        assert sentence in text
    assert "http" not in page  # nothing is loaded from anywhere


def test_a_source_that_fails_is_said_loudly_and_stops_nothing_else(
    leadline: Leadline, team: Path
) -> None:
    lines(leadline, *DAY)
    (team / "lead.ics").unlink()
    text = leadline("brief", *DAY)
    assert "NOT READ: calendar lead.ics" in text
    assert "git search-ranking" in text
    assert "The commands are for this folder" not in text
    below = Leadline(team / "repositories", variables=leadline.variables)
    assert f"The commands are for this folder: cd {team.resolve()}" in below("brief", *DAY)
    assert "NOT READ" in leadline("sync", code=3)


def test_a_bad_row_is_named_and_the_good_rows_are_read(leadline: Leadline, team: Path) -> None:
    path = team / "people.csv"
    path.write_text(path.read_text() + "Nobody,no address,2026-13-01,XX,,,,\n")
    text = " ".join(leadline("sync").split())
    assert "people.csv line 11" in text
    assert "9 people" in text


def test_an_empty_workspace_says_what_is_missing(tmp_path: Path) -> None:
    text = '[lead]\nname = "Ines"\nemails = ["ines@harbour.example"]\n'
    (tmp_path / "leadline.toml").write_text(text)
    printed = Leadline(tmp_path)("brief")
    assert "Nothing was read yet" in printed
    assert "no calendar" in printed
    (tmp_path / "people.csv").write_text("name,emails\nBo,bo@harbour.example\n")
    sources = '[people]\nfile = "people.csv"\n[[calendar]]\nfile = "gone.ics"\n'
    (tmp_path / "leadline.toml").write_text(text + sources)
    assert "needs you today, as far as could be read." in Leadline(tmp_path)("brief")


def test_outside_a_workspace_the_way_in_is_shown(tmp_path: Path) -> None:
    message = Leadline(tmp_path)("brief", code=2)
    assert "leadline init" in message


def test_hostile_text_in_a_calendar_stays_text(leadline: Leadline, team: Path) -> None:
    path = team / "lead.ics"
    hostile = "<script>alert(1)</script>[red]\x1b[2J"
    path.write_bytes(path.read_bytes().replace(b"Ines / Otto", hostile.encode()))
    assert "\x1b" not in leadline("brief", *DAY)
    leadline("brief", "--html", "brief.html", *DAY)
    assert "<script>" not in (team / "brief.html").read_text(encoding="utf-8")
    assert "<script>" not in leadline("brief", "--markdown", *DAY).replace("\\<", "")
