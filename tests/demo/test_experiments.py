"""The made-up experiments hold what they should: checked by the audit and by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import leadline
from leadline.demo.experiments import LOST_IN, RUNNING, experiments_csv

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_the_planted_mismatch_the_endless_one_and_the_curse_are_found(
    tmp_path: Path, seed: int
) -> None:
    table = tmp_path / "experiments.csv"
    table.write_text(experiments_csv(today=TODAY, seed=seed), encoding="utf-8")
    found = leadline.audit(str(table), today=TODAY)
    assert found.mismatched == (LOST_IN,)
    assert found.without_end == (RUNNING,)
    (total,) = found.totals
    assert total.believed < total.claimed


def test_the_same_day_and_seed_give_the_same_table() -> None:
    assert experiments_csv(today=TODAY, seed=7) == experiments_csv(today=TODAY, seed=7)
    assert experiments_csv(today=TODAY, seed=7) != experiments_csv(today=TODAY, seed=8)
