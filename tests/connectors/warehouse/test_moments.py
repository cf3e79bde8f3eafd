"""Sums that every engine returns, against numpy on the same rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Ratio
from leadline.analysis.experiments.moments import Moments
from leadline.connectors.warehouse import open_table
from leadline.connectors.warehouse.layout import Layout
from leadline.connectors.warehouse.moments import read_moments
from leadline.connectors.warehouse.state import MomentsTable
from leadline.errors import InputError
from tests.connectors.warehouse.conftest import HOSTILE, SPARK

METRICS: tuple[Metric, ...] = (
    Proportion(column="converted"),
    Ratio(name="rate", numerator="clicks", denominator="sessions"),
    Mean(name="revenue", column=HOSTILE, covariates=("pre",)),
)
LAYOUT = Layout(arm="variant", unit="user_id", day="day", segments=("country",))


def by_numpy(rows: pd.DataFrame, metric: Metric) -> Moments:
    """Sum up with numpy (the oracle of this file)."""
    labels = ("y",) if len(metric.outcomes) == 1 else ("numerator", "denominator")
    columns = (*metric.outcomes, *metric.covariates)
    return Moments.from_arrays(
        {
            label: rows[column].to_numpy(dtype=float)
            for label, column in zip((*labels, *metric.covariates), columns, strict=True)
        }
    )


def assert_same(read: Moments, expected: Moments) -> None:
    assert read.columns == expected.columns
    assert read.n == expected.n
    np.testing.assert_allclose(read.mean, expected.mean, rtol=1e-9)
    np.testing.assert_allclose(read.covariance, expected.covariance, rtol=1e-9, atol=1e-12)


def assert_all_same(table: MomentsTable, units: pd.DataFrame) -> None:
    for metric in METRICS:
        for arm, rows in units.groupby("variant"):
            whole = table.moments(metric.name, arm=arm)
            assert whole is not None
            assert_same(whole, by_numpy(rows, metric))
            austria = table.moments(metric.name, arm=arm, segment="country", level="at")
            assert austria is not None
            assert_same(austria, by_numpy(rows[rows["country"] == "at"], metric))
            first = table.moments(metric.name, arm=arm, until=date(2026, 1, 6))
            assert first is not None
            assert_same(first, by_numpy(rows[rows["day"] <= date(2026, 1, 6)], metric))


def test_parquet_gives_what_numpy_gives(parquet: Path, units: pd.DataFrame) -> None:
    assert_all_same(read_moments(open_table(parquet), layout=LAYOUT, metrics=METRICS), units)


def test_postgresql_gives_what_numpy_gives(postgres: str, units: pd.DataFrame) -> None:
    table = open_table(postgres, table="ab.units")
    assert_all_same(read_moments(table, layout=LAYOUT, metrics=METRICS), units)


@pytest.mark.slow
def test_spark_gives_what_numpy_gives(spark_parquet: Path, units: pd.DataFrame) -> None:
    table = open_table(spark_parquet, spark=SPARK)
    assert_all_same(read_moments(table, layout=LAYOUT, metrics=METRICS), units)


def test_a_duckdb_file_gives_what_numpy_gives(duckdb_file: Path, units: pd.DataFrame) -> None:
    table = open_table(duckdb_file, table="units")
    assert_all_same(read_moments(table, layout=LAYOUT, metrics=METRICS), units)


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "arrow", "relation"])
def test_a_data_frame_is_scanned_in_place(
    kind: str, units: pd.DataFrame, parquet: Path
) -> None:
    frames: dict[str, Any] = {
        "pandas": lambda: units,
        "polars": lambda: pl.read_parquet(parquet),
        "lazy": lambda: pl.scan_parquet(parquet),
        "arrow": lambda: pa.Table.from_pandas(units),
        "relation": lambda: duckdb.connect().read_parquet(str(parquet)),
    }
    table = open_table(frames[kind]())
    assert_all_same(read_moments(table, layout=LAYOUT, metrics=METRICS), units)


def test_a_csv_file_and_a_folder_of_parts_give_the_same(
    units: pd.DataFrame, tmp_path: Path
) -> None:
    units.to_csv(tmp_path / "units.csv", index=False)
    folder = tmp_path / "parts"
    folder.mkdir()
    for i in range(3):
        units.iloc[i::3].to_parquet(folder / f"part-{i}.parquet")
    for place in (tmp_path / "units.csv", folder):
        assert_all_same(read_moments(open_table(place), layout=LAYOUT, metrics=METRICS), units)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1000), parts=st.integers(1, 4))
def test_order_of_rows_and_splitting_change_nothing(
    units: pd.DataFrame, seed: int, parts: int
) -> None:
    shuffled = units.sample(frac=1, random_state=seed).reset_index(drop=True)
    pieces = [shuffled.iloc[i::parts] for i in range(parts)]
    for piece in pieces:
        assert len(piece) > 0
    table = open_table(pd.concat(pieces))
    assert_all_same(read_moments(table, layout=LAYOUT, metrics=METRICS), units)


def test_a_mean_of_1e8_standard_deviations_keeps_its_variance() -> None:
    rng = np.random.default_rng(1)
    far = 1e8 + rng.normal(0, 1, 60_000)
    far[:20_000] = np.nan  # the first rows, of which the pilot is taken, hold nothing
    frame = pd.DataFrame({"variant": rng.choice(["a", "b"], 60_000), "y": far})
    metric = Mean(column="y", missing="exclude")
    table = read_moments(open_table(frame), layout=Layout(arm="variant"), metrics=[metric])
    read = table.moments("y", arm="b")
    assert read is not None
    in_arm = frame.loc[frame["variant"] == "b", "y"].dropna().to_numpy()
    # numpy centres at the arm's own mean
    assert read.covariance[0, 0] == pytest.approx(np.var(in_arm, ddof=1), rel=1e-9)


def test_missing_values_are_refused_with_their_count_and_an_example(
    units: pd.DataFrame,
) -> None:
    frame = units.assign(clicks=units["clicks"].astype(float))
    frame.loc[[5, 7], "clicks"] = np.nan
    with pytest.raises(InputError, match=r"'clicks' has no value in 2 of 3,000 rows") as caught:
        read_moments(open_table(frame), layout=LAYOUT, metrics=[Mean(column="clicks")])
    assert "user_id 5" in str(caught.value) or "user_id 7" in str(caught.value)
    assert "--missing zero" in str(caught.value)


@pytest.mark.parametrize("policy", ["zero", "exclude"])
def test_a_declared_policy_is_numpys(units: pd.DataFrame, policy: Any) -> None:
    rng = np.random.default_rng(3)
    gaps = rng.random(len(units)) < 0.5
    frame = units.assign(clicks=units["clicks"].where(~gaps))
    metric = Ratio(name="rate", numerator="clicks", denominator="sessions", missing=policy)
    table = read_moments(open_table(frame), layout=Layout(arm="variant"), metrics=[metric])
    for arm, rows in frame.groupby("variant"):
        expected = Moments.from_arrays(
            {"numerator": rows["clicks"], "denominator": rows["sessions"]}, missing=policy
        )
        read = table.moments("rate", arm=arm)
        assert read is not None
        assert_same(read, expected)
        assert read.n_missing == expected.n_missing


def test_gaps_in_a_covariate_get_an_indicator_of_their_own(units: pd.DataFrame) -> None:
    frame = units.assign(pre=units["pre"].where(units.index % 4 != 0))
    metric = Mean(column="clicks", covariates=("pre",))
    table = read_moments(open_table(frame), layout=Layout(arm="variant"), metrics=[metric])
    read = table.moments("clicks", arm="b")
    assert read is not None
    assert read.columns == ("y", "pre", "pre_missing")
    in_arm = frame[frame["variant"] == "b"]
    # the indicator's mean is the share of gaps
    assert read.mean[2] == pytest.approx(in_arm["pre"].isna().mean())
    assert read.n == len(in_arm)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_values_are_refused_with_an_example(units: pd.DataFrame, value: float) -> None:
    frame = units.assign(pre=units["pre"].where(units["user_id"] != 11, value))
    with pytest.raises(InputError, match=r"infinite in 1 of 3,000 rows, e\.g\. user_id 11"):
        read_moments(open_table(frame), layout=LAYOUT, metrics=[Mean(column="pre")])


def test_text_is_no_metric(units: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="'country' holds text"):
        read_moments(open_table(units), layout=LAYOUT, metrics=[Mean(column="country")])


def test_a_new_day_is_added_without_reading_the_old_ones(
    units: pd.DataFrame, tmp_path: Path
) -> None:
    early = units[units["day"] < date(2026, 1, 9)]
    read_moments(open_table(early), layout=LAYOUT, metrics=METRICS).save(tmp_path / "s.json")
    state = MomentsTable.load(tmp_path / "s.json")
    spoiled = units.assign(clicks=units["clicks"].where(units["day"] >= date(2026, 1, 9), 999))
    # If an old day were read again, its spoiled clicks would show.
    grown = read_moments(
        open_table(spoiled),
        layout=Layout(arm="variant", unit="user_id", day="day"),
        metrics=METRICS,
        state=MomentsTable(
            pilots=state.pilots,
            n_rows={c: n for c, n in state.n_rows.items() if not c.segment},
            cells={c: m for c, m in state.cells.items() if not c.segment},
            columns=state.columns,
        ),
    )
    for metric in METRICS:
        read = grown.moments(metric.name, arm="b")
        assert read is not None
        assert_same(read, by_numpy(units[units["variant"] == "b"], metric))


def test_a_saved_state_is_read_back_exactly(parquet: Path, tmp_path: Path) -> None:
    table = read_moments(open_table(parquet), layout=LAYOUT, metrics=METRICS)
    table.save(tmp_path / "state.json")
    assert MomentsTable.load(tmp_path / "state.json") == table


def test_the_same_day_is_not_counted_twice(parquet: Path) -> None:
    table = read_moments(open_table(parquet), layout=LAYOUT, metrics=METRICS)
    with pytest.raises(InputError, match="in both tables"):
        table.extend(table)


def test_a_broken_state_says_so(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"format": 1}')
    with pytest.raises(InputError, match="is no saved state"):
        MomentsTable.load(tmp_path / "state.json")
