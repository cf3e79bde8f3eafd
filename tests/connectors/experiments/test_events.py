"""Exposures and events with windows, against pandas on the same rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.connectors.experiments.events import Window, units_from_events
from leadline.connectors.warehouse import open_pair, open_table
from leadline.connectors.warehouse.sql import column
from leadline.errors import InputError

START = pd.Timestamp("2026-01-10")
WINDOWS = (
    Window(name="spend", event="buy", aggregate="sum", days=3, days_before=3),
    Window(name="views", event="view", days=3),
    Window(name="bought", event="buy", aggregate="any", days=3),
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    rng = np.random.default_rng(4)
    exposures = pd.DataFrame(
        {
            "user_id": rng.integers(0, 200, 500),
            "exposed_at": START + pd.to_timedelta(rng.integers(0, 5 * 24, 500), unit="h"),
        }
    )
    exposures["variant"] = np.where(exposures["user_id"] % 2, "new", "control")
    events = pd.DataFrame(
        {
            "user_id": rng.integers(0, 250, 4_000),
            "time": START + pd.to_timedelta(rng.integers(-96, 10 * 24, 4_000), unit="h"),
            "event": rng.choice(["buy", "view"], 4_000),
            "amount": rng.exponential(10, 4_000),
        }
    )
    exposures.to_parquet(tmp_path / "exposures.parquet")
    events.to_parquet(tmp_path / "events.parquet")
    return tmp_path / "exposures.parquet", tmp_path / "events.parquet"


def by_pandas(files: tuple[Path, Path]) -> pd.DataFrame:
    """Compute the same with pandas (the oracle of this file)."""
    exposures, events = (pd.read_parquet(path) for path in files)
    first = exposures.groupby(["user_id", "variant"], as_index=False)["exposed_at"].min()
    rows = first.merge(events, on="user_id", how="left")
    since = rows["time"] - rows["exposed_at"]
    days = pd.Timedelta(days=3)
    after, before = (
        since.between(pd.Timedelta(0), days, inclusive="left"),
        since.between(-days, pd.Timedelta(0), inclusive="left"),
    )
    buys, views = rows["event"] == "buy", rows["event"] == "view"
    rows["spend"] = rows["amount"].where(after & buys, 0.0)
    rows["pre_spend"] = rows["amount"].where(before & buys, 0.0)
    rows["views"] = (after & views).astype(float)
    rows["bought"] = (after & buys).astype(float)
    grouped = rows.groupby("user_id")
    sums = grouped[["spend", "pre_spend", "views"]].sum()
    return sums.assign(bought=grouped["bought"].max(), exposed_at=grouped["exposed_at"].min())


def test_windows_give_what_pandas_gives(files: tuple[Path, Path]) -> None:
    table, problems = units_from_events(*open_pair(*files), windows=WINDOWS)
    names = ("unit", "spend", "pre_spend", "views", "bought")
    rows = table.fetch(table.select(*(column(name) for name in names)))
    read = pd.DataFrame(rows, columns=list(names)).set_index("unit").sort_index()
    expected = by_pandas(files)
    assert problems == ()
    assert list(read.index) == list(expected.index)
    for name in names[1:]:
        np.testing.assert_allclose(read[name], expected[name], rtol=1e-9, atol=1e-12)


def test_units_whose_window_is_not_over_are_left_out_and_counted(
    files: tuple[Path, Path],
) -> None:
    table, (problem,) = units_from_events(
        *open_pair(*files), windows=WINDOWS, complete_until=date(2026, 1, 13)
    )
    # a window of 3 days from the 11th ends on the 13th
    late = by_pandas(files)["exposed_at"] >= pd.Timestamp("2026-01-12")
    assert problem.kind == "window not over"
    assert problem.count == int(late.sum())
    assert len(table.fetch(table.select(column("unit")))) == int((~late).sum())


def test_new_days_only(files: tuple[Path, Path]) -> None:
    table, _ = units_from_events(*open_pair(*files), windows=WINDOWS, since=date(2026, 1, 13))
    rows = table.fetch(table.select(column("unit")))
    expected = by_pandas(files)["exposed_at"] >= pd.Timestamp("2026-01-13")
    assert len(rows) == int(expected.sum())


def test_two_engines_cannot_be_joined(files: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match="in one engine"):
        units_from_events(open_table(files[0]), open_table(files[1]), windows=WINDOWS)


def test_a_window_needs_a_day() -> None:
    with pytest.raises(InputError, match="at least 1 day"):
        Window(name="x", days=0)


def test_windows_that_may_not_be_over_are_named(files: tuple[Path, Path]) -> None:
    exposures, events = (pd.read_parquet(path) for path in files)
    cut = events[events["time"] < START + pd.Timedelta(days=4)]
    wrong_clock = events.iloc[:1].assign(time=pd.Timestamp("2038-01-19"))
    pd.concat([cut, wrong_clock]).to_parquet(files[1])
    _, (problem,) = units_from_events(*open_pair(*files), windows=WINDOWS)
    first = exposures.groupby("user_id")["exposed_at"].min()
    # Oracle: pandas counts who was first exposed less than three whole days before the cut.
    assert problem.count == (first >= START + pd.Timedelta(days=2)).sum()
    assert "say --complete-until 2026-01-13" in problem.sentence
    assert not problem.blocks
    cut.iloc[:0].to_parquet(files[1])
    assert units_from_events(*open_pair(*files), windows=WINDOWS)[1] == ()
