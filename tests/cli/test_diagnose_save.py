"""A saved diagnosis speaks in the brief."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.cli.conftest import Leadline

DAY = ("--today", "2026-11-23")


def test_what_holds_a_model_back_is_in_the_brief_with_its_command(
    leadline: Leadline, team: Path
) -> None:
    rng = np.random.default_rng(0)
    for name in ("train", "test"):
        X = rng.normal(size=(1_500, 4))
        y = (X[:, 0] + X[:, 1] + rng.normal(size=1_500) > 0).astype(int)
        columns = np.column_stack([X, y])
        np.savetxt(
            team / f"{name}.csv", columns, delimiter=",", header="a,b,c,d,y", comments=""
        )
    # A tree without limits memorises: that it overfits is known beforehand.
    (team / "models.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "tree = DecisionTreeClassifier(random_state=0)\n"
    )
    printed = leadline(
        "diagnose", "train.csv", "test.csv", "--target", "y", "--model", "models:tree",
        "--save", "churn", "--json", *DAY,
    )  # fmt: skip
    assert json.loads(printed)["verdict"] == "overfitting"
    brief = json.loads(leadline("brief", "--json", *DAY))
    lines = {line["subject"]: line for line in brief["lines"] + brief["standing"]}
    line = lines["model:churn"]
    assert line["rule"] == "model-held-back"
    assert "overfitting" in line["sentence"]
    assert "--save churn" in line["receipts"][0]["command"]
