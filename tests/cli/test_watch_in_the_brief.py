"""Watched models of a workspace: read by sync, spoken of in the brief, loud when they fail."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import TODAY as DAY
from tests.cli.conftest import Leadline
from tests.cli.test_watch import N_DAYS, START, predictions

OWN_MODEL = """
class Model:
    feature_names_in_ = ["x", "z", "noise"]

    def predict(self, rows):
        return rows["x"].fillna(0)

model = Model()
"""
SHIFT = DAY - timedelta(days=N_DAYS) - START


def watched(
    team: Path, *, broken_from: int = N_DAYS, last: int = N_DAYS, owner: str = "x@example.com"
) -> None:
    frame = predictions(broken_from=broken_from, days=range(last))
    frame["day"] = [day + SHIFT for day in frame["day"]]
    frame.to_csv(team / "predictions.csv", index=False)
    config = team / "leadline.toml"
    entry = (
        '[[watch]]\nmodel = "churn"\nsource = "predictions.csv"\ntarget = "y"\n'
        f'owner = "{owner}"\n'
    )
    config.write_text(f"{config.read_text()}\n{entry}")


def lines(brief: str) -> dict[str, dict[str, object]]:
    said = json.loads(brief)
    return {line["rule"]: line for line in said["lines"] + said["standing"]}


@pytest.mark.slow
def test_an_alert_is_in_the_brief_with_the_command_that_shows_it(
    leadline: Leadline, team: Path
) -> None:
    watched(team, broken_from=36, owner="Otto@harbour.example")
    found = lines(leadline("brief", "--json", "--today", DAY.isoformat()))["model-alert"]
    assert "x is missing in 33.3% of rows" in str(found["sentence"])
    assert str(found["question"]).startswith("Otto Ankermann: which step stopped filling x")
    command = found["receipts"][0]["command"].split()  # type: ignore[index]
    shown = leadline(*command[1:], code=1)
    assert "x is missing" in shown
    assert list((team / ".leadline" / "watch").glob("*.json"))
    assert "has: home-page, churn" in leadline("watch", "--model", "absent", code=2)


@pytest.mark.slow
def test_a_model_that_is_fed_no_more_is_first_in_the_brief(
    leadline: Leadline, team: Path
) -> None:
    watched(team, last=N_DAYS - 5)
    brief = json.loads(leadline("brief", "--json", "--today", DAY.isoformat()))
    failed = next(line for line in brief["lines"] if line["rule"] == "monitor-failed")
    assert failed["worth"] == 1.0
    assert failed["question"].startswith("x@example.com: what feeds")  # no name is known
    (team / "predictions.csv").unlink()
    assert "NOT READ: predictions churn" in leadline("brief", "--today", DAY.isoformat())


@pytest.mark.slow
def test_a_watched_models_own_dependence_is_asked_once(leadline: Leadline, team: Path) -> None:
    watched(team, broken_from=36)
    config = team / "leadline.toml"
    asked = 'predictor = "own_model:model"\n'
    config.write_text(f"{config.read_text()}{asked}")
    (team / "own_model.py").write_text(OWN_MODEL)
    arguments = ("watch", "--model", "churn", "--json", "--today", DAY.isoformat())
    first = json.loads(leadline(*arguments, code=1))[0]["dependence"]
    assert first["noise"] == first["z"] == 0.0 < first["x"]
    (team / "own_model.py").unlink()  # what it said is kept
    assert json.loads(leadline(*arguments, code=1))[0]["dependence"] == first
