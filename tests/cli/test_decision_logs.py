"""From a decision log to a verdict, and to an estimate, on the command line."""

from __future__ import annotations

import json
import random
from pathlib import Path

from click.testing import CliRunner

from leadline import Decision
from leadline.cli.main import cli
from leadline.connectors.experiments.plans import read_plan
from leadline.decisions import Choice, Problems

PLAN = """
name = "home-2"
control = "rule"

[[metrics]]
kind = "proportion"
column = "clicked"
role = "primary"
missing = "zero"

[[metrics]]
kind = "proportion"
column = "fallback"
role = "guardrail"
margin = 0.05
higher_is_better = false
"""


def log_of(folder: Path, *, explores: bool) -> None:
    """Log an experiment: 20 % of the rule's users click, 35 % of the model's."""
    rng = random.Random(1)
    (folder / "plan.toml").write_text(PLAN)

    def rule(features: dict[str, int]) -> object:
        drawn = "popular" if rng.random() < 0.5 else "similar"
        return Choice(drawn, 0.5) if explores else "popular"

    decision = Decision(
        "home", rule=rule, plan=read_plan(folder / "plan.toml"),
        model=None if explores else (lambda features: "similar"),
        weights={"rule": 1} if explores else {"rule": 1, "model": 1},
        shadow={"next": lambda features: "similar"} if explores else None,
        log=folder / "log", problems=Problems(hook=lambda kind, message: None),
    )  # fmt: skip
    lines = ["decision_id,clicked"]
    for unit in range(3_000):
        outcome = decision.decide(unit, {})
        if rng.random() < (0.35 if outcome.action == "similar" else 0.2):
            lines.append(f"{outcome.decision_id},1")
    decision.close()
    (folder / "clicks.csv").write_text("\n".join(lines))


def test_a_log_is_analysed_to_a_verdict(tmp_path: Path) -> None:
    log_of(tmp_path, explores=False)
    arguments = [
        "experiments", "analyze", str(tmp_path / "plan.toml"), "--decisions",
        str(tmp_path / "log"), "--outcomes", str(tmp_path / "clicks.csv"), "--json",
    ]  # fmt: skip
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "3,000 decisions of 3,000 units, by assigned arm" in done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"]["word"] == "ship"
    guardrail = found["results"][1]["guardrail"]
    assert guardrail["state"] == "passed"
    assert guardrail["reason"].startswith("harm beyond the margin is excluded: no unit")
    assert sum(found["counts"].values()) == 3_000
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN.replace('missing = "zero"\n', ""))
    asked = CliRunner().invoke(cli, arguments)
    assert "--missing zero" in str(asked.exception)
    answered = CliRunner().invoke(cli, [*arguments, "--missing", "zero"])
    assert json.loads(answered.stdout)["results"][0]["effect"] == found["results"][0]["effect"]
    found_nothing = CliRunner().invoke(cli, ["watch", str(tmp_path / "log"), "--model", "m"])
    assert f"{tmp_path / 'log'} holds 1 day, and" in str(found_nothing.exception)


def test_a_log_needs_a_plan(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["experiments", "analyze", "x.csv", "--decisions", "log"])
    assert done.exit_code == 2
    assert "needs a plan" in done.output


def test_a_shadow_is_judged(tmp_path: Path) -> None:
    log_of(tmp_path, explores=True)
    arguments = [
        "experiments", "off-policy", str(tmp_path / "log"), "--outcomes",
        str(tmp_path / "clicks.csv"), "--challenger", "next",
    ]  # fmt: skip
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "It would have earned 0.3" in done.output
    assert "3,000 decisions, worth 1,5" in done.output


def test_a_table_is_estimated_or_refused(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = [f"{n % 2},0.5,{n % 3 / 2}" for n in range(900)]
    table.write_text("\n".join(["click,p,q", *rows]))
    whole = ["experiments", "off-policy", str(table), "--reward", "click", "--propensity", "p"]
    done = CliRunner().invoke(cli, [*whole, "--target", "q", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["n_rows"] == 900
    done = CliRunner().invoke(cli, whole)
    assert done.exit_code == 2
    assert "needs --target for a table" in done.output
    done = CliRunner().invoke(cli, [*whole, "--target", "z"])
    assert "has no column z" in str(done.exception)
    table.write_text("\n".join(["click,p,q", *rows[:50]]))
    done = CliRunner().invoke(cli, [*whole, "--target", "q"])
    assert done.exit_code == 1
    assert "CANNOT TELL" in done.output
