"""From segments to Parquet, each decision once; and what came of it."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from leadline import Decision
from leadline.decisions import DecisionLog, join_outcomes, read_log, rotate
from leadline.decisions.record import Record
from leadline.errors import ConnectorError, InputError


class Clock:
    """Hours that pass with each look."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 3_600
        return self.now


def fill(folder: Path, *, units: range) -> list[Record]:
    log = DecisionLog(folder, segment_bytes=2_000)
    decision = Decision(
        "home",
        rule=lambda features: "popular",
        model={"a": lambda features: ["x", 1]},
        shadow=lambda features: "shown",
        log=log,
        clock=Clock(),
    )
    for unit in units:
        decision.decide(unit, {"number": unit, "text": "it's"})
    records = [one for one in read_log(folder).records if int(one.unit) in units]
    decision.close()
    return records


def rows(folder: Path) -> list[tuple[object, ...]]:
    return duckdb.sql(
        "SELECT decision_id, unit, assigned, fallback_reason, action, features->>'number', "
        f"epoch(\"at\"), arm_propensity FROM '{folder}/*.parquet' ORDER BY unit::int"
    ).fetchall()


def expected(records: list[Record]) -> list[tuple[object, ...]]:
    return [
        (
            one.decision_id, one.unit, one.assigned, "",
            json.dumps(one.action, separators=(",", ":")), one.unit, one.at, 0.5,
        )
        for one in sorted(records, key=lambda one: int(one.unit))
    ]  # fmt: skip


def test_rotation_moves_every_decision_once(tmp_path: Path) -> None:
    log, table = tmp_path / "log", tmp_path / "it's a table"
    records = fill(log, units=range(30))
    done = rotate(log, table)
    assert (done.n_records, done.problems) == (30, ())
    assert len(done.files) > 1
    assert list(log.iterdir()) == []
    found = duckdb.sql(
        f"SELECT count(*) FROM '{str(table).replace(chr(39), chr(39) * 2)}/*.parquet'"
    )
    assert found.fetchall() == [(30,)]
    plain = table.rename(tmp_path / "table")
    assert rows(plain) == expected(records)
    again = rotate(log, plain)
    assert (again.n_records, again.files) == (0, ())
    more = fill(log, units=range(30, 40))
    assert rotate(log, plain).n_records == 10
    assert rows(plain) == expected(records + more)


def test_a_rotation_that_was_cut_off_or_repeated_doubles_nothing(tmp_path: Path) -> None:
    log, table = tmp_path / "log", tmp_path / "table"
    records = fill(log, units=range(20))
    saved = shutil.copytree(log, tmp_path / "saved")
    rotate(log, table)
    for path in saved.iterdir():
        shutil.copy(path, log / path.name)  # as if it had stopped before removing
        shutil.copy(path, log / f"9{path.name}")  # and somebody had put a copy beside it
    assert rotate(log, table).n_records == 0
    assert rows(table) == expected(records)
    assert list(log.iterdir()) == []


def test_a_torn_segment_is_rotated_kept_aside_and_said(tmp_path: Path) -> None:
    log, table = tmp_path / "log", tmp_path / "table"
    records = fill(log, units=range(3))
    (path,) = log.iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    path.rename(path.with_suffix(".open"))  # its writer was killed
    done = rotate(log, table)
    assert done.n_records == 2
    assert len(done.problems) == 1
    assert rows(table) == expected(records[:2])
    assert [one.suffix for one in log.iterdir()] == [".torn"]


def test_an_open_segment_is_left_to_its_writer(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "log")
    decision = Decision("home", rule=lambda features: 1, log=log)
    decision.decide("u", {})
    assert rotate(tmp_path / "log", tmp_path / "table").n_records == 0
    decision.close()
    assert rotate(tmp_path / "log", tmp_path / "table").n_records == 1


def outcome_file(path: Path, query: str) -> Path:
    duckdb.sql(query).write_parquet(str(path))
    return path


def test_outcomes_are_joined_by_decision(tmp_path: Path) -> None:
    records = fill(tmp_path / "log", units=range(4))
    rotate(tmp_path / "log", tmp_path / "table")
    first, second = records[0].decision_id, records[1].decision_id
    outcomes = outcome_file(
        tmp_path / "outcomes.parquet",
        f"SELECT * FROM (VALUES ('{first}', 2.0), ('{first}', 3.0), ('{second}', 0.0), "
        "('unknown', 9.0)) AS t(decision_id, value)",
    )
    to = tmp_path / "joined.parquet"
    joined = join_outcomes(decisions=tmp_path / "table", outcomes=outcomes, to=to)
    assert (joined.n_decisions, joined.n_with_outcome) == (4, 2)
    assert (joined.n_outcomes, joined.n_unmatched) == (4, 1)
    found = duckdb.sql(f"SELECT unit, n_outcomes, outcome FROM '{to}' ORDER BY unit").fetchall()
    assert found == [("0", 2, 5.0), ("1", 1, 0.0), ("2", 0, None), ("3", 0, None)]


def test_outcomes_are_joined_by_unit_within_a_window(tmp_path: Path) -> None:
    records = fill(tmp_path / "log", units=range(2))
    rotate(tmp_path / "log", tmp_path / "table")
    at = records[0].at
    outcomes = outcome_file(
        tmp_path / "outcomes.parquet",
        "SELECT 0 AS unit, value, to_timestamp(moment) AS at FROM (VALUES "
        f"(1.0, {at - 1}), (2.0, {at}), (4.0, {at + 599}), (8.0, {at + 600})) "
        "AS t(value, moment)",
    )
    to = tmp_path / "joined.parquet"
    joined = join_outcomes(
        decisions=tmp_path / "table", outcomes=outcomes, to=to, window=timedelta(minutes=10)
    )
    assert joined.n_unmatched == 2  # the one before, and the one at the window's end
    found = duckdb.sql(f"SELECT unit, outcome FROM '{to}' ORDER BY unit").fetchall()
    assert found == [("0", 6.0), ("1", None)]


def test_what_cannot_be_joined_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="window is above 0"):
        join_outcomes(decisions="d", outcomes="o", to="t", window=timedelta(0))
    with pytest.raises(ConnectorError, match="cannot be joined"):
        join_outcomes(
            decisions=tmp_path, outcomes=tmp_path / "absent.parquet", to=tmp_path / "t"
        )
