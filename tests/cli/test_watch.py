"""`leadline watch`: from a table to a verdict, an exit code, and a state that is kept."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from leadline.cli.main import cli
from tests.made_predictions import scored

START = date(2026, 8, 3)
N_DAYS = 40
TODAY = START + timedelta(days=N_DAYS)


def predictions(*, broken_from: int = N_DAYS, days: range = range(N_DAYS)) -> pd.DataFrame:
    """Predictions by day; from a day on a third of x is missing."""
    frames = []
    for i in days:
        rng = np.random.default_rng(100 + i)
        rows = scored(rng, 300)
        if i >= broken_from:
            rows["x"][::3] = np.nan
        frames.append(pd.DataFrame(rows | {"day": START + timedelta(days=i)}))
    return pd.concat(frames, ignore_index=True)


def watch(*arguments: str, today: date = TODAY) -> Result:
    return CliRunner().invoke(cli, ["watch", *arguments, "--today", today.isoformat()])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "predictions.parquet"
    predictions(broken_from=36).to_parquet(path)
    return path


def test_an_alert_stands_and_the_command_exits_with_1(table: Path) -> None:
    found = watch(str(table), "--target", "y", "--owner", "mira@example.com")
    assert found.exit_code == 1, found.output
    assert "ALERT  predictions" in found.output
    assert "mira@example.com" in found.output
    assert "x is missing in 33.3% of rows, 0.0% in the reference, since 2026-09-08" in (
        " ".join(found.output.split())
    )


def test_json_says_the_same(table: Path) -> None:
    found = watch(str(table), "--target", "y", "--json")
    said = json.loads(found.output)
    assert said["verdict"] == "alert"
    assert said["alerts"][0]["rule"] == "nulls"
    assert said["alerts"][0]["since"] == "2026-09-08"
    assert said["performance"]["estimate_assumes"]
    assert said["dependence"]["noise"] < 0.01 < said["dependence"]["x"]


def test_healthy_predictions_are_quiet(tmp_path: Path) -> None:
    predictions().to_csv(tmp_path / "p.csv", index=False)
    found = watch(str(tmp_path / "p.csv"), "--target", "y")
    assert found.exit_code == 0, found.output
    assert "QUIET" in found.output


def test_a_table_that_is_fed_no_more_is_louder_than_an_alert(table: Path) -> None:
    found = watch(str(table), "--target", "y", today=TODAY + timedelta(days=5))
    assert found.exit_code == 3
    assert "MONITOR FAILED" in found.output
    text = " ".join(found.output.split())
    assert "no rows since 2026-09-11: 5 expected days are missing" in text
    assert text.index("no rows since") < text.index("x is missing")


def test_a_state_that_is_kept_gives_the_same_as_reading_everything(
    table: Path, tmp_path: Path
) -> None:
    growing = tmp_path / "growing.parquet"
    state = tmp_path / "state.json"
    arguments = (str(growing), "--target", "y", "--segment", "place", "--json")
    for n_days in (30, 37, N_DAYS):
        predictions(broken_from=36, days=range(n_days)).to_parquet(growing)
        today = START + timedelta(days=n_days)
        kept = watch(*arguments, "--state", str(state), today=today)
    days = json.loads(state.read_text())
    assert len({row[0] for row in days["current"]}) == N_DAYS - 15
    whole = watch(*arguments, "--reference-days", "15")  # half of the first 30
    assert json.loads(kept.output) == json.loads(whole.output)


def test_only_open_days_are_read_again(tmp_path: Path) -> None:
    # The table forgets its past; what was counted of it stays.
    growing, state = tmp_path / "growing.parquet", tmp_path / "state.json"
    arguments = (str(growing), "--state", str(state), "--json")
    predictions(days=range(39)).to_parquet(growing)
    watch(*arguments, today=TODAY - timedelta(days=1))
    predictions(days=range(39, 40)).to_parquet(growing)
    said = json.loads(watch(*arguments).output)
    assert said["verdict"] == "quiet"
    assert said["current"] == {"first": "2026-08-22", "last": "2026-09-11", "rows": 21 * 300}


def test_a_column_that_is_gone_is_a_failure_and_the_rest_is_still_watched(
    table: Path, tmp_path: Path
) -> None:
    state = str(tmp_path / "state.json")
    assert watch(str(table), "--target", "y", "--state", state).exit_code == 1
    predictions(broken_from=36).drop(columns="z").to_parquet(table)
    found = watch(str(table), "--target", "y", "--state", state)
    assert found.exit_code == 3
    assert "the column z is gone" in found.output
    assert "x is missing in" in found.output


def test_a_reference_of_its_own_may_lack_a_day(table: Path, tmp_path: Path) -> None:
    training = predictions(days=range(20)).drop(columns="day")
    training.to_parquet(tmp_path / "training.parquet")
    found = watch(
        str(table), "--target", "y", "--reference", str(tmp_path / "training.parquet"), "--json"
    )
    said = json.loads(found.output)
    assert said["reference"]["rows"] == 6_000
    assert said["current"]["rows"] == N_DAYS * 300
    assert said["alerts"][0]["rule"] == "nulls"


def test_a_reference_without_a_common_column_is_refused(table: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    found = watch(str(table), "--reference", str(tmp_path / "other.csv"))
    assert "has none of the columns" in str(found.exception)


def test_a_given_dependence_decides_what_is_benign(table: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text('{"x": 0.001, "z": 1.0}')
    found = watch(str(table), "--dependence", str(weights), "--json")
    said = json.loads(found.output)
    assert "x" in [entry["column"] for entry in said["benign"]]
    weights.write_text('{"absent": 1}')
    assert "names absent" in str(watch(str(table), "--dependence", str(weights)).exception)
    weights.write_text("[1]")
    assert "holds no dependence" in str(
        watch(str(table), "--dependence", str(weights)).exception
    )


def test_one_day_without_a_reference_is_refused(tmp_path: Path) -> None:
    predictions(days=range(1)).to_parquet(tmp_path / "one.parquet")
    found = watch(str(tmp_path / "one.parquet"))
    assert "holds 1 days, and there is no other reference" in str(found.exception)


def test_scores_outside_0_and_1_are_refused(tmp_path: Path) -> None:
    frame = predictions()
    frame["score"] *= 100
    frame.to_parquet(tmp_path / "p.parquet")
    found = watch(str(tmp_path / "p.parquet"), "--target", "y")
    assert "outcomes are 0 and 1, and scores go from" in str(found.exception)
