"""The made-up experiments hold what they should: checked by the audit and by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import duckdb
import pytest

import leadline
from examples.classifieds.for_demo import diagnosed
from examples.classifieds.loop import FIRST_DAY
from leadline.demo.experiments import (
    CHANGES,
    DATA,
    LOST_IN,
    PLAN,
    PREDICTIONS,
    RUNNING,
    changes_csv,
    experiments_csv,
    model_finding,
)
from tests.demo.conftest import TODAY as WRITTEN_ON

TODAY = date(2026, 11, 23)


def test_the_planted_mismatch_the_endless_one_and_the_curse_are_found(tmp_path: Path) -> None:
    table = tmp_path / "experiments.csv"
    table.write_text(experiments_csv(today=TODAY), encoding="utf-8")
    found = leadline.audit(str(table), today=TODAY)
    assert found.mismatched == (LOST_IN,)
    assert found.without_end == (RUNNING,)
    (total,) = found.totals
    assert total.believed < total.claimed


def test_the_same_day_gives_the_same_tables_and_another_day_other_dates() -> None:
    for table in (experiments_csv, changes_csv):
        assert table(today=TODAY) == table(today=TODAY)
        assert table(today=TODAY) != table(today=date(2027, 1, 1))


def test_the_ledger_begins_with_the_rule_and_leaves_out_what_cannot_be_trusted(
    workspace: Path,
) -> None:
    page = leadline.ledger(str(workspace / CHANGES), today=TODAY)
    lines = {line.change.key for line in page.ledger.lines}
    assert page.ledger.baseline is not None
    assert page.ledger.baseline.change.key == "rule-first"
    assert not page.ledger.baseline.counted
    assert lines.isdisjoint({LOST_IN, RUNNING})
    assert 0 < page.ledger.total.value < page.ledger.total.naive


def test_the_newest_experiment_is_ready_to_decide(workspace: Path) -> None:
    readout = leadline.experiments.analyze(None, plan=workspace / PLAN, today=TODAY)
    assert readout.verdict.word == "ship"
    assert not readout.sample_ratio.sample_ratio_mismatch
    with (DATA / "home-model.csv").open(encoding="utf-8") as file:
        users = sum(int(row["users"]) for row in csv.DictReader(StringIO(file.read())))
    assert readout.n_obs == users


@pytest.mark.slow
def test_the_kept_diagnosis_is_the_one_that_the_demos_own_tables_give(
    workspace: Path,
) -> None:
    kept = model_finding(today=FIRST_DAY)
    models = workspace / "models"
    found = diagnosed(models / "train.parquet", models / "test.parquet")
    assert "overfitting" in kept.sentence
    assert kept.magnitude == pytest.approx(found.magnitude, abs=0.01)
    assert replace(kept, sentence="", magnitude=0.0) == replace(
        found, sentence="", magnitude=0.0
    )


def test_the_watched_model_is_quiet_until_a_feature_arrives_as_0(workspace: Path) -> None:
    # Oracle: the story itself: popularity is 0 on the last three days, and only there.
    table = workspace / PREDICTIONS
    counted = duckdb.sql(
        f"SELECT day, count(*), max(popularity) = 0 FROM '{table}' GROUP BY day ORDER BY day"
    ).fetchall()
    assert [day for day, _, _ in counted] == [
        WRITTEN_ON - timedelta(days=d) for d in range(30, 0, -1)
    ]
    assert {rows for _, rows, _ in counted} == {250}
    assert [is_zero for _, _, is_zero in counted] == [False] * 27 + [True] * 3
    looks = [
        leadline.watch(str(table), target="clicked", today=WRITTEN_ON - timedelta(days=ago))
        for ago in (2, 1, 0)
    ]
    assert [look.verdict for look in looks] == ["quiet", "alert", "alert"]
    assert looks[-1].alerts[0].signal.column == "popularity"
    assert looks[-1].since == WRITTEN_ON - timedelta(days=3)
