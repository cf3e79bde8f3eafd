"""Experiments of a workspace: read by sync, spoken of in the brief, loud when unreadable."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Leadline

DAY = ("--today", "2026-11-23")


def test_what_an_audit_finds_is_in_the_brief_with_its_command(leadline: Leadline) -> None:
    brief = json.loads(leadline("brief", "--json", *DAY))
    found = {line["subject"]: line for line in brief["lines"] + brief["standing"]}
    lost = found["experiment:radius-20km"]
    assert lost["rule"] == "does-not-stand"
    command = lost["receipts"][0]["command"].split()
    assert "radius-20km" in leadline(*command[1:], code=1)
    assert found["experiment:message-prompt"]["rule"] == "experiment-without-end"
    command = found["experiment:home-model"]["receipts"][0]["command"]
    assert command == "leadline experiments analyze plans/home-model.toml"
    assert "SHIP model" in leadline(*command.split()[1:])


def test_a_plan_that_names_no_table_is_loud(leadline: Leadline, team: Path) -> None:
    (team / "units.csv").write_text(
        "user,variant,converted\n"
        + "".join(
            f"{n},{arm},{int(n % 10 < rate)}\n"
            for arm, rate in (("control", 1), ("treatment", 2))
            for n in range(2_000)
        ).replace("\n", "\n")
    )
    leadline(
        "experiments", "design", "converted", "--mean", "0.1", "--smallest", "0.05",
        "--units-per-day", "4000", "--looks", "1", "--write", "plan.toml",
    )  # fmt: skip
    assert (team / "plan.toml").exists()
    config = team / "leadline.toml"
    config.write_text(config.read_text() + '\n[[experiments]]\nplan = "plan.toml"\n')
    states = json.loads(leadline("sync", "--json", code=3).partition("\nleadline")[0])
    plan = next(state for state in states if state["name"] == "plan.toml")
    assert "table" in plan["failure"]  # a plan that names no table cannot be followed


def test_a_table_that_cannot_be_read_is_loud_and_stops_nothing(
    leadline: Leadline, team: Path
) -> None:
    (team / "experiments.csv").write_text("nothing,here\n")
    text = leadline("brief", *DAY)
    assert "NOT READ: experiments experiments.csv" in text
    assert "Otto" in text
