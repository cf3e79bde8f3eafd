"""Assignment: the same in every version, process and database."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import psycopg
import pytest

from leadline.decisions import HOLDOUT, OUTSIDE, Split, assignment_sql, bucket
from leadline.decisions.assignment import unit_text
from leadline.errors import InputError

UNITS = [
    *(f"user-{n}" for n in range(2000)),
    *(str(n) for n in range(200)),
    "Zoë", "日本", "a'b", "a\\b", "a:b", " ", "🙂", "x" * 500,
]  # fmt: skip
SPLITS = [
    Split(salt="home", weights={"rule": 1, "model": 1}),
    Split(salt="it's\\odd", weights={"rule": 8, "m'1": 1, "m2": 1}, ramp=0.3, holdout=0.1),
    Split(salt="gone", weights={"rule": 0, "a": 1, "b": 0}, ramp=0.999),
]


@pytest.mark.parametrize(
    ("salt", "unit", "digits"),
    [
        ("home", "u1", "a11a036ba66f7"),
        ("home", "u2", "f7e37a53bb682"),
        ("home", "42", "45e3405cb8ee3"),
        ("home", "Zoë", "efa8ba670b803"),
        ("holdout", "u1", "face922290124"),
        ("home/ramp", "u1", "6e8b8396317b9"),
    ],
)
def test_buckets_never_change(salt: str, unit: str, digits: str) -> None:
    # Oracle: `printf 'home:u1' | md5sum | cut -c1-13` of GNU coreutils.
    assert bucket(salt=salt, unit=unit) == int(digits, 16)


def test_arms_never_change() -> None:
    # From the buckets above: 0xa11a… / 2^52 = 0.629, 0xf7e3… = 0.968, 0x45e3… = 0.273.
    split = Split(salt="home", weights={"rule": 5, "a": 3, "b": 2})
    assert [split.assign(unit) for unit in ("u1", "u2", "42")] == ["a", "b", "rule"]
    # 0x6e8b… = 0.4318 is the ramp's bucket of u1; 0xface… = 0.97971 the holdout's.
    assert Split(salt="home", weights={"a": 1}, ramp=0.43).assign("u1") == OUTSIDE
    assert Split(salt="home", weights={"a": 1}, ramp=0.44).assign("u1") == "a"
    assert Split(salt="home", weights={"a": 1}, holdout=0.97).assign("u1") == "a"
    assert Split(salt="home", weights={"a": 1}, holdout=0.98).assign("u1") == HOLDOUT


@pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.salt)
def test_duckdb_assigns_every_unit_alike(split: Split) -> None:
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE units ("the unit" VARCHAR)')
        connection.execute("INSERT INTO units SELECT unnest(?)", [UNITS])
        arm = assignment_sql(split, unit="the unit", dialect="duckdb")
        rows = connection.execute(f'SELECT "the unit", {arm} FROM units').fetchall()
    assert dict(rows) == {unit: split.assign(unit) for unit in UNITS}


@pytest.fixture
def postgres(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql_url) as connection:
        yield connection


@pytest.mark.slow
@pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.salt)
def test_postgresql_assigns_every_unit_alike(
    split: Split, postgres: psycopg.Connection[Any]
) -> None:
    arm = assignment_sql(split, unit="unit", dialect="postgres").replace("%", "%%")
    query = f"SELECT unit, {arm} FROM unnest(%s::text[]) AS t(unit)"
    rows = postgres.execute(query.encode(), [UNITS]).fetchall()
    assert dict(rows) == {unit: split.assign(unit) for unit in UNITS}


@pytest.mark.slow
def test_spark_assigns_every_unit_alike() -> None:
    pytest.importorskip("pyspark", reason="PySpark is an extra and not installed")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is none on this machine")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "512m")
        .getOrCreate()
    )
    frame = session.createDataFrame([(unit,) for unit in UNITS], "unit string")
    for split in SPLITS:
        arm = assignment_sql(split, unit="unit", dialect="spark")
        rows = frame.selectExpr("unit", f"{arm} AS arm").collect()
        assert {row.unit: row.arm for row in rows} == {u: split.assign(u) for u in UNITS}


def test_whole_numbers_are_assigned_in_sql_as_in_python() -> None:
    split = SPLITS[0]
    arm = assignment_sql(split, unit="unit", dialect="duckdb")
    rows = duckdb.sql(f"SELECT unit, {arm} FROM range(500) AS t(unit)").fetchall()
    assert dict(rows) == {n: split.assign(unit_text(n)) for n in range(500)}


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(InputError, match="there are duckdb, postgres, spark"):
        assignment_sql(SPLITS[0], unit="unit", dialect="oracle")  # type: ignore[arg-type]


def test_nobody_switches_arm_when_a_ramp_grows() -> None:
    before: dict[str, str] = {}
    n_reached = []
    for percent in range(0, 101, 5):
        split = Split(
            salt="s", weights={"rule": 1, "a": 1, "b": 1}, ramp=percent / 100, holdout=0.1
        )
        now = {unit: split.assign(unit) for unit in UNITS}
        moved = {unit for unit, arm in before.items() if arm not in (OUTSIDE, now[unit])}
        assert moved == set()
        n_reached.append(sum(arm not in (OUTSIDE, HOLDOUT) for arm in now.values()))
        before = now
    assert n_reached == sorted(n_reached)
    assert n_reached[0] == 0
    assert OUTSIDE not in before.values()


@pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.salt)
def test_propensities_add_up_and_are_what_happens(split: Split) -> None:
    propensities = split.propensities()
    assert sum(propensities.values()) == pytest.approx(1, abs=1e-12)
    n = 20_000
    counts = Counter(split.assign(f"unit {number}") for number in range(n))
    for arm, share in propensities.items():
        # Oracle: the binomial's standard error; five of them are left once in a million.
        assert abs(counts[arm] / n - share) <= 5 * (share * (1 - share) / n) ** 0.5


def test_the_same_units_are_held_out_from_all_decisions() -> None:
    one = Split(salt="one", weights={"rule": 1}, holdout=0.2)
    two = Split(salt="two", weights={"rule": 1}, holdout=0.2, ramp=0.5)
    held = [{u for u in UNITS if split.assign(u) == HOLDOUT} for split in (one, two)]
    assert held[0] == held[1]
    assert held[0]


@pytest.mark.parametrize("unit", ["", 1.0, True, None, b"u"])
def test_a_unit_whose_text_could_differ_is_refused(unit: Any) -> None:
    with pytest.raises(InputError, match="text or a whole number"):
        unit_text(unit)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"salt": ""}, "needs a salt"),
        ({"weights": {}}, "weights are finite"),
        ({"weights": {"a": -1.0, "b": 2.0}}, "weights are finite"),
        ({"weights": {"a": float("nan")}}, "weights are finite"),
        ({"weights": {"a": 0.0}}, "above 0"),
        ({"weights": {"holdout": 1.0}}, "no arm can be named"),
        ({"ramp": 1.01}, "ramp is a share"),
        ({"holdout": -0.1}, "holdout is a share"),
    ],
)
def test_a_split_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Split(**({"salt": "s", "weights": {"a": 1.0}} | changes))
