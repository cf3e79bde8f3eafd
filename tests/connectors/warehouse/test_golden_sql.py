"""The SQL of every query, in every dialect, as it was read and approved."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Ratio
from leadline.connectors.experiments.buckets import dealt
from leadline.connectors.experiments.unit_checks import twice_query
from leadline.connectors.warehouse.layout import Layout
from leadline.connectors.warehouse.moments_sql import moments_plan, pilot_query
from leadline.connectors.warehouse.sql import DIALECTS, to_sql
from leadline.connectors.warehouse.tables import Column, Engine, Table

GOLDEN = Path(__file__).parent / "golden"


class Silent:
    """An engine that is never asked: only its table's columns matter here."""

    dialect = "duckdb"

    def describe(self, relation: exp.Expr) -> tuple[Column, ...]:
        raise AssertionError("not asked")

    def fetch(self, query: exp.Expr) -> list[tuple[object, ...]]:
        raise AssertionError("not asked")


ENGINE: Engine = Silent()
TABLE = Table(
    engine=ENGINE,
    relation=exp.table_("units", db="ab", quoted=True),
    columns=(
        Column(name="user id", kind="number"),
        Column(name="test", kind="text"),
        Column(name="variant", kind="text"),
        Column(name="at", kind="timestamp"),
        Column(name="country", kind="text"),
        Column(name="converted", kind="boolean"),
        Column(name='clicks"; DROP', kind="number"),
        Column(name="sessions", kind="number"),
        Column(name="revenue", kind="number"),
        Column(name="pre_revenue", kind="number"),
    ),
    place="ab.units",
)
LAYOUT = Layout(
    arm="variant", unit="user id", experiment="test", day="at", segments=("country",)
)
METRICS: tuple[Metric, ...] = (
    Proportion(column="converted"),
    Ratio(name="rate", numerator='clicks"; DROP', denominator="sessions", missing="exclude"),
    Mean(column="revenue", covariates=("pre_revenue",), missing="zero"),
)
PILOT = {
    "converted": 0.0,
    'clicks"; DROP': 2.5,
    "sessions": 4.0,
    "revenue": -12.25,
    "pre_revenue": 11.0,
}
QUERIES = {
    "plain": lambda: moments_plan(TABLE, layout=LAYOUT, metrics=METRICS, pilot=PILOT).query,
    "careful": lambda: (
        moments_plan(TABLE, layout=LAYOUT, metrics=METRICS, pilot=PILOT, careful=True).query
    ),
    "pilot": lambda: pilot_query(TABLE, columns=["converted", "revenue"]),
    "twice": lambda: twice_query(TABLE, layout=LAYOUT),
    "dealt": lambda: dealt(TABLE, layout=LAYOUT, arm="it's").relation,
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_as_it_was_approved(name: str, dialect: str) -> None:
    # To approve a change: delete the file, run the test once, and read what it wrote.
    written = to_sql(QUERIES[name](), dialect=dialect)
    path = GOLDEN / f"{name}.{dialect}.sql"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(written + "\n", encoding="utf-8")
        pytest.fail(f"{path.name} is new: read it, then run again")
    assert written == path.read_text(encoding="utf-8").rstrip("\n")


def test_segments_take_no_second_pass() -> None:
    plan = moments_plan(TABLE, layout=LAYOUT, metrics=METRICS, pilot=PILOT)
    assert len(list(plan.query.find_all(exp.Table))) == 1
