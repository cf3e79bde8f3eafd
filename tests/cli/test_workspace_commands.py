"""The other commands of a workspace, on the made-up team."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Leadline
from tests.processes import environment, start

DAY = ("--today", "2026-11-23")


def test_init_finds_the_repositories_the_calendar_and_the_people_file(
    team: Path, leadline: Leadline
) -> None:
    written_by_demo = (team / "leadline.toml").read_text()
    assert "is there already" in leadline("init", code=2)
    assert (team / "leadline.toml").read_text() == written_by_demo
    (team / "leadline.toml").unlink()
    printed = leadline("init", "--name", "Ines Marlow", "--email", "ines@harbour.example")
    for place in ("people.csv", "lead.ics", "repositories/search-ranking"):
        assert f'"{place}"' in printed
    (team / "other.ics").write_text("BEGIN:VCALENDAR")
    (team / "team-old.csv").write_text("name,emails\n")
    several = leadline("init", "--force", "--email", "ines@harbour.example", "--name", "Ines")
    assert "which is it? There are: lead.ics, other.ics" in several
    assert "No calendar was found" not in several
    assert "not read: team-old.csv" in several
    leadline("init", "--force", "--email", "ines@harbour.example", "--calendar", "lead.ics")
    assert json.loads(leadline("brief", "--json", *DAY))["lines"]


def test_init_that_would_write_a_wrong_file_writes_nothing(
    team: Path, leadline: Leadline
) -> None:
    (team / "leadline.toml").unlink()
    message = leadline("init", "--name", "Ines", "--email", "not an address", code=2)
    assert "e-mail address" in message
    assert not list(team.glob("leadline.toml*"))


def test_the_roster_shows_the_next_date_of_everybody(leadline: Leadline) -> None:
    rows = {row["name"]: row for row in json.loads(leadline("people", "--json", *DAY))}
    selma = rows["Selma Brandung"]
    # Oracle: § 188 BGB by hand: six months from 2026-08-31 end on 2027-02-28, half is 11-30.
    assert selma["probation"]["evaluate_on"] == "2026-11-30"
    assert selma["probation"]["ends_on"] == "2027-02-28"
    assert rows["Luca Boya"]["one_on_one"]["last_held_at"] is None
    assert rows["Rafael Quilla"]["reports_to_lead"] is False
    assert "Selma Brandung" in leadline("people", *DAY)


def test_what_is_said_about_contracts_answers_what_the_law_asks(
    leadline: Leadline, team: Path
) -> None:
    assert "ask HR" in leadline("people", "luca@harbour.example", *DAY)
    path = team / "leadline.toml"
    said = '\n[probation]\nrole = "professional"\nemployer_size = 400\n'
    path.write_text(path.read_text() + said)
    luca = json.loads(leadline("people", "luca@harbour.example", "--json", *DAY))
    # Oracle: art. 14 Estatuto de los Trabajadores: six months from 2026-11-02, by hand.
    assert luca["probation"]["ends_on"] == "2027-05-01"


def test_one_person_and_the_calendar_have_pages_of_their_own(leadline: Leadline) -> None:
    assert "How the dates come about" in leadline("people", "selma@harbour.example", *DAY)
    assert "nobody in the people file" in leadline("people", "no@one.example", code=2)
    report = json.loads(leadline("people", "--calendar", "--json", *DAY))
    assert sum(row["share"] for row in report["hours"]) == pytest.approx(1)
    assert report["span"]["n_reports"] == 8
    assert "Span" in leadline("people", "--calendar", *DAY)


def test_two_addresses_can_be_said_to_be_one_person(leadline: Leadline) -> None:
    said = leadline("people", "--same", "B@x.example", "a@x.example")
    assert "a@x.example = b@x.example" in said
    assert "≠" in leadline("people", "--different", "a@x.example", "b@x.example")
    assert "two different" in leadline("people", "--same", "a@x.example", "a@x.example", code=2)


def test_a_project_has_a_page_and_its_confirmation_ticks_the_plan(leadline: Leadline) -> None:
    names = [row["name"] for row in json.loads(leadline("projects", "--json", *DAY))]
    assert set(names) == {"search-ranking", "ad-geo-match", "listing-quality"}
    assert "the hour with" in leadline("projects", "search-ranking", *DAY)
    assert "no project is named" in leadline("projects", "nothing", code=2)
    assert "needs the project" in leadline("projects", "--confirm", code=2)
    leadline("projects", "search-ranking", "--confirm", "--note", "NDCG, not CTR", *DAY)
    assert "confirmed 2026-11-23" in leadline("projects", *DAY)
    plan = json.loads(leadline("start", "--json", *DAY))
    done = {step["subject"] for step in plan["steps"] if step["done_on"]}
    assert {"project:search-ranking", "person:mira@harbour.example"} <= done
    assert "person:luca@harbour.example" not in done


def test_a_step_can_move_and_be_ticked_by_hand(leadline: Leadline) -> None:
    first = json.loads(leadline("start", "--json", *DAY))["steps"][0]
    leadline("start", "--done", first["uid"][:6], *DAY)
    plan = leadline("start", "--move", first["uid"][:6], "2026-12-01", "--json", *DAY)
    step = next(s for s in json.loads(plan)["steps"] if s["uid"] == first["uid"])
    assert (step["done_on"], step["on"]) == ("2026-11-23", "2026-12-01")
    assert "0 steps have an id" in leadline("start", "--done", "zz", code=2)


def test_a_plan_needs_the_day_the_lead_began(leadline: Leadline, team: Path) -> None:
    path = team / "leadline.toml"
    path.write_text(path.read_text().replace("since =", "# since ="))
    assert "does not say when you took the team" in leadline("start", code=2)
    assert "First 90 days" in leadline("start", "--on", "2027-01-04", *DAY)


def test_everything_held_about_somebody_can_be_seen_corrected_and_purged(
    leadline: Leadline,
) -> None:
    leadline("brief", *DAY)
    mine = json.loads(leadline("mine", "luca@harbour.example", "--json"))
    kinds = {piece["what"] for piece in mine["held"]}
    assert kinds == {"roster", "calendar", "git", "brief"}
    leadline("mine", "luca@harbour.example", "--correct", "start_on=2026-11-09")
    person = json.loads(leadline("people", "luca@harbour.example", "--json", *DAY))
    assert person["start_on"] == "2026-11-09"
    said = leadline("mine", "luca@harbour.example", "--purge", "--yes")
    assert "people.csv" in said
    leadline("sync")
    message = leadline("mine", "luca@harbour.example", code=2)
    assert "nothing is held" in message
    for command in ("brief", "people", "projects", "start"):
        assert "Luca" not in leadline(command, *DAY), command


def test_after_a_purge_no_word_of_the_person_is_left_in_the_database(
    leadline: Leadline, team: Path
) -> None:
    people = team / "people.csv"
    people.write_text(people.read_text() + "Mira Tideway,no address,2026-01-01,DE,,,,\n")
    leadline("people", "--same", "mira@harbour.example", "mira@laptop.example")
    leadline("brief", *DAY)
    note = ("--confirm", "--note", "Mira Tideway says CTR")
    leadline("projects", "search-ranking", *note, *DAY)
    held = json.loads(leadline("mine", "mira@harbour.example", "--json"))["held"]
    assert {"who is who on commits", "note"} <= {piece["what"] for piece in held}
    leadline("mine", "mira@harbour.example", "--purge", "--yes")
    assert_no_word_of("mira", team / ".leadline")
    people.write_text(
        people.read_text().replace("Mira Tideway,no address,2026-01-01,DE,,,,\n", "")
    )
    leadline("sync")
    files = list((team / ".leadline").glob("leadline.sqlite3*"))
    assert not any(b"mira" in path.read_bytes().lower() for path in files)


def assert_no_word_of(name: str, folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if name.encode() in path.read_bytes().lower()] == []


def test_a_purge_asks_first(leadline: Leadline) -> None:
    leadline("mine", "luca@harbour.example", "--purge", code=130)
    assert leadline("mine", "luca@harbour.example")


@pytest.mark.slow
def test_a_sync_that_is_killed_at_any_moment_loses_nothing(new_team: Path) -> None:
    leadline = Leadline(new_team)  # on the real day: that is when `sync` looks at models
    leadline("brief")
    leadline("people", "--same", "a@x.example", "b@x.example")
    before = json.loads(leadline("brief", "--json", "--no-sync"))["lines"]
    for delay in (0.3, 0.5, 0.7, 0.9, 1.1):
        process = start("sync", folder=new_team, variables=leadline.variables)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    after = json.loads(leadline("brief", "--json"))
    assert before
    assert after["lines"] == before
    assert not any(source["failure"] for source in after["sources"])


@pytest.mark.slow
def test_two_syncs_at_once_both_end_well(new_team: Path) -> None:
    variables = environment()
    processes = [
        start("sync", "--json", folder=new_team, variables=variables) for _ in range(3)
    ]
    ends = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], ends
    states = json.loads(ends[0][0])
    assert {state["kind"] for state in states} >= {
        "calendar",
        "git",
        "people file",
        "experiments",
    }


def test_the_demo_prints_a_brief_and_where_to_go_on(tmp_path: Path) -> None:
    printed = Leadline(tmp_path)("demo", "--folder", "team", *DAY)
    assert "Ines Marlow's brief · Monday 23 November 2026" in printed
    assert "Looked at" in printed
    assert "leadline knowledge" in printed
    message = Leadline(tmp_path)("demo", "--folder", "team", code=2)
    assert "not empty" in message
    shutil.rmtree(tmp_path / "team")


def test_demo_and_init_print_json_too(tmp_path: Path) -> None:
    leadline = Leadline(tmp_path)
    made = json.loads(leadline("demo", "--folder", "team", "--json", *DAY))
    assert made["folder"] == "team"
    assert made["brief"]["on"] == "2026-11-23"
    arguments = ("--force", "--name", "Ines Marlow", "--email", "ines@harbour.example")
    wrote = json.loads(leadline("init", "team", *arguments, "--json"))
    assert wrote["text"] == (tmp_path / "team" / "leadline.toml").read_text()
    assert wrote["calendars_found"] == ["lead.ics"]


@pytest.mark.parametrize("command", ["", "brief", "people", "mine", "init", "sync", "demo"])
def test_help_shows_examples(command: str, tmp_path: Path) -> None:
    printed = Leadline(tmp_path)(*filter(None, [command, "--help"]))
    assert "leadline" in printed
    assert "xamples" in printed or "Start here" in printed


def test_a_report_of_what_was_never_read_is_refused(new_team: Path) -> None:
    assert "leadline sync" in Leadline(new_team)("report", *DAY, code=2)  # and no zero


def test_report_drafts_a_month_and_a_proposal(leadline: Leadline) -> None:
    month = leadline("report", *DAY)
    assert month.startswith("# Report: Sun 1 Nov 2026 to Mon 23 Nov 2026")
    assert "`leadline audit experiments.csv`" in month
    proposed = json.loads(leadline("report", "search-ranking", "--json", *DAY))
    assert proposed["title"] == "Proposal: search-ranking"
    assert proposed["sections"][0]["sentences"][0]["receipt"]["command"] == (
        "leadline projects search-ranking"
    )
    assert "ad-geo-match" in leadline("report", "nope", *DAY, code=2)
    assert "has not begun" in leadline("report", "--month", "2027-01", *DAY, code=2)
    assert "--month" in leadline("report", "nope", "--month", "2026-10", *DAY, code=2)
