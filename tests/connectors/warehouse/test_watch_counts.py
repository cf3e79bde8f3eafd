"""Watching by counts: the SQL of each dialect, and the same numbers from every engine."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
from sqlglot import exp

from leadline.analysis.monitoring.counts import Counts, Plan, Watched
from leadline.connectors.monitoring.counts_sql import counts_query
from leadline.connectors.monitoring.decision_log import as_decisions, feature_kinds
from leadline.connectors.monitoring.reading import days_of, read_counts, read_cuts, read_rows
from leadline.connectors.monitoring.roles import find_roles
from leadline.connectors.monitoring.state import State
from leadline.connectors.warehouse import Table, open_table
from leadline.connectors.warehouse.sql import DIALECTS, to_sql
from leadline.connectors.warehouse.tables import Column
from leadline.errors import InputError
from tests.connectors.warehouse.conftest import HOSTILE, SPARK
from tests.connectors.warehouse.test_golden_sql import ENGINE, GOLDEN
from tests.made_predictions import cell_of

TABLE = Table(
    engine=ENGINE,
    relation=exp.table_("predictions", db="ml", quoted=True),
    columns=(
        Column(name="at", kind="timestamp"),
        Column(name="price", kind="number"),
        Column(name="o'clock", kind="text"),
        Column(name="score", kind="number"),
        Column(name="y", kind="boolean"),
        Column(name="fallback_reason", kind="text"),
        Column(name="revenue", kind="number"),
    ),
    place="ml.predictions",
)
PLAN = Plan(
    columns=(
        Watched(name="score", kind="number", edges=(0.25, 0.5)),
        Watched(name="price", kind="number", edges=(-1.5,)),
        Watched(name="o'clock", kind="category", levels=("it's", "b")),
    ),
    score="score",
    target="y",
    fallback="fallback_reason",
    kpi="revenue",
    segments=("o'clock",),
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_query_reads_as_it_was_approved(task: str, dialect: str) -> None:
    plan = dataclasses.replace(PLAN, task=task, loss_scale=10.0)
    query = counts_query(
        TABLE, day="at", plan=plan, fields=plan.fields(), since=date(2026, 1, 5)
    )
    assert len(list(query.find_all(exp.Table))) == 1  # segments take no second scan
    written = to_sql(query, dialect=dialect)
    path = GOLDEN / f"watch-{task}.{dialect}.sql"
    if not path.exists():
        path.write_text(written + "\n", encoding="utf-8")
        pytest.fail(f"{path.name} is new: read it, then run again")
    assert written == path.read_text(encoding="utf-8").rstrip("\n")


ROLES = {"score": "pre", "target": HOSTILE, "kpi": "clicks", "fallback": "converted"}


@pytest.fixture(scope="module")
def counted(parquet: Path) -> Counts:
    """What DuckDB counts."""
    table = open_table(parquet)
    roles = find_roles(table, segments=("country",), **ROLES)
    cuts = read_cuts(table, roles=roles, n_rows=3_000)
    return read_counts(table, plan=cuts.plan, day=roles.day)


def test_duckdb_counts_what_numpy_counts(counted: Counts, units: pd.DataFrame) -> None:
    # Second implementation: tests.made_predictions counts the same rows in numpy.
    assert counted.plan.task == "regression"
    assert_nan_is_not_known(open_table(units))
    for key, cell in counted.cells.items():
        rows = units[units["day"] == key.day]
        if key.segment:
            rows = rows[rows[key.segment] == key.level]
        truth = cell_of(counted.plan, {name: rows[name].to_numpy() for name in rows})
        np.testing.assert_allclose(cell, truth, rtol=1e-9)
    assert len(counted.cells) == 7 * (1 + 3)  # days × (all and three countries)


def assert_same(found: Counts, expected: Counts) -> None:
    assert found.cells.keys() == expected.cells.keys()
    sums = ("loss", "score_sum", "kpi", "positive")
    exact = [not f.what.startswith(sums) for f in expected.plan.fields()]
    for key, cell in expected.cells.items():
        assert np.array_equal(found.cells[key][exact], cell[exact])
        np.testing.assert_allclose(found.cells[key], cell, rtol=1e-9)


def test_postgresql_counts_the_same(counted: Counts, postgres: str) -> None:
    table = open_table(postgres, table="ab.units")
    assert_nan_is_not_known(table)
    assert_the_same_rows_are_drawn_again(table)
    assert_same(read_counts(table, plan=counted.plan, day="day"), counted)


def assert_the_same_rows_are_drawn_again(table: Table) -> None:
    def drawn() -> list[int]:
        given = {"names": ["user_id"], "day": "day", "until": None}
        return read_rows(table, **given, n_rows=3_000, most=600)["user_id"]

    rows = drawn()
    assert rows == drawn()
    assert len(set(rows)) == len(rows)
    # Binomial: five standard deviations of 3,000 draws at a fifth.
    assert abs(len(rows) - 600) < 5 * (3_000 * 0.2 * 0.8) ** 0.5


def test_the_same_rows_are_drawn_again_by_duckdb(parquet: Path) -> None:
    assert_the_same_rows_are_drawn_again(open_table(parquet))


def test_rows_that_are_all_alike_are_drawn_by_chance() -> None:
    table = open_table(pd.DataFrame({"kind": ["a"] * 3_000}))
    rows = read_rows(table, names=["kind"], day="", until=None, n_rows=3_000, most=600)
    # Binomial, as above; by what a row holds it would be none, or all of them.
    assert abs(len(rows["kind"]) - 600) < 5 * (3_000 * 0.2 * 0.8) ** 0.5


def assert_nan_is_not_known(table: Table) -> None:
    """NaN lies above infinity, so it counts as a gap and lies below no edge."""
    nan = exp.cast(exp.Literal.string("NaN"), "DOUBLE")
    infinity = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")
    known = exp.CountIf(this=exp.LTE(this=nan, expression=infinity))
    assert table.fetch(table.select(known)) == [(0,)]


@pytest.mark.slow
def test_spark_counts_the_same(counted: Counts, spark_parquet: Path) -> None:
    table = open_table(spark_parquet, spark=SPARK)
    assert_nan_is_not_known(table)
    assert_the_same_rows_are_drawn_again(table)
    assert_same(read_counts(table, plan=counted.plan, day="day"), counted)


def test_adding_a_day_reads_that_day_and_equals_a_whole_reading(
    counted: Counts, parquet: Path, units: pd.DataFrame, tmp_path: Path
) -> None:
    days = sorted(units["day"].unique())
    early = tmp_path / "early.parquet"
    units[units["day"] < days[-1]].to_parquet(early)
    first = read_counts(open_table(early), plan=counted.plan, day="day")
    fresh = read_counts(open_table(parquet), plan=counted.plan, day="day", since=days[-1])
    assert fresh.days == (days[-1],)
    assert_same(first.add(fresh), counted)


def test_many_columns_are_read_in_parts(
    counted: Counts, parquet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.connectors.monitoring.reading.MOST_FIELDS", 50)
    assert_same(read_counts(open_table(parquet), plan=counted.plan, day="day"), counted)


def test_a_kept_state_comes_back_whole(counted: Counts, tmp_path: Path) -> None:
    state = State(
        day="day",
        reference=counted,
        current=Counts(plan=counted.plan, cells={}),
        dependence={"clicks": 0.25},
        open_from=date(2026, 1, 9),
        sent={"drift/clicks": date(2026, 1, 8)},
    )
    path = tmp_path / "kept" / "state.json"
    state.save(path)
    read = State.load(path)
    assert read.reference.plan == counted.plan
    assert (read.dependence, read.open_from, read.sent, read.day) == (
        state.dependence, state.open_from, state.sent, "day",
    )  # fmt: skip
    for key, cell in counted.cells.items():
        assert np.array_equal(read.reference.cells[key], cell)  # every digit


def test_a_state_from_before_ends_were_counted_goes_on_without_them(
    counted: Counts, tmp_path: Path
) -> None:
    path = tmp_path / "state.json"
    State(
        day="day", reference=counted, current=counted, dependence={}, open_from=date.max
    ).save(path)
    stored = json.loads(path.read_text())
    for column in stored["plan"]["columns"]:
        del column["has_ends"]
    path.write_text(json.dumps(stored))
    read = State.load(path).reference
    assert not any(column.has_ends for column in read.plan.columns)
    first = next(column.name for column in read.plan.columns if column.kind == "number")
    assert read.over(read.days).outside(first) == 0.0


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9}', '{"format": 1}'])
def test_a_file_that_is_no_state_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(InputError, match="no saved state"):
        State.load(path)


def test_a_large_reference_is_sampled(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.connectors.monitoring.reading.SAMPLE", 1_000)
    table = open_table(parquet)
    roles = find_roles(table, columns=("pre",))
    edges = read_cuts(table, roles=roles, n_rows=3_000).plan.columns[0].edges
    # The median of a normal(10, 3): five standard errors of a sample of some 1,000.
    assert edges[7] < 10 + 5 * 3 * 1.25 / 1_000**0.5
    assert edges[8] > 10 - 5 * 3 * 1.25 / 1_000**0.5


def test_days_are_counted_in_order(parquet: Path, units: pd.DataFrame) -> None:
    expected = units.groupby("day").size().to_dict()
    assert days_of(open_table(parquet), "day") == dict(sorted(expected.items()))


DECISIONS = pd.DataFrame(
    {
        "decision_id": ["a", "b"],
        "at": pd.to_datetime(["2026-01-05", "2026-01-06"], utc=True),
        "served": ["rule", "model"],
        "fallback_reason": ["", "raised"],
        "latency": [0.001, 0.002],
        "features": [
            '{"p\'s": 1.5, "a.b": "x", "l": [1]}',
            '{"p\'s": null, "a.b": "y"}',
        ],
    }
)


def assert_features_are_columns(given: Table) -> None:
    table = as_decisions(given)
    assert "decision_id" not in table.names
    rows = table.fetch(table.select(*(exp.column(n, quoted=True) for n in ("p's", "a.b"))))
    assert sorted(rows, key=str) == [(1.5, "x"), (None, "y")]
    roles = find_roles(table)
    assert (roles.day, roles.latency, roles.fallback) == ("at", "latency", "fallback_reason")


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    DECISIONS.to_parquet(tmp_path / "log.parquet", coerce_timestamps="us")
    return tmp_path / "log.parquet"


def test_features_of_a_decision_log_become_columns(decisions: Path) -> None:
    assert_features_are_columns(open_table(decisions))
    assert as_decisions(TABLE) is TABLE


def test_features_become_columns_on_postgresql(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "CREATE TABLE ab.decisions (decision_id text, at timestamptz, served text, "
            "fallback_reason text, latency float8, features text)"
        )
        with connection.cursor().copy("COPY ab.decisions FROM STDIN") as copy:
            for row in DECISIONS.itertuples(index=False):
                copy.write_row(tuple(row))
    assert_features_are_columns(open_table(postgres, table="ab.decisions"))


@pytest.mark.slow
def test_features_become_columns_on_spark(decisions: Path, spark_parquet: Path) -> None:
    assert_features_are_columns(open_table(decisions, spark=SPARK))


def test_a_feature_is_a_number_only_where_it_always_is_one() -> None:
    texts = ['{"a": 1, "b": 1, "c": true, "d": {}}', '{"a": 2.5, "b": "x"}', "[1]"]
    assert feature_kinds(texts) == {"a": "number", "b": "text", "c": "text"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": "country"}, "country is to be the score and holds text"),
        ({"day": "clicks"}, "clicks is to be the day and holds number"),
        ({"columns": ("absent",)}, "has no column 'absent'"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    options: dict[str, str], message: str, parquet: Path
) -> None:
    with pytest.raises(InputError, match=message):
        find_roles(open_table(parquet), **options)  # type: ignore[arg-type]


def test_a_table_without_a_day_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="0 columns with a date or a time"):
        find_roles(open_table(tmp_path / "t.csv"))
