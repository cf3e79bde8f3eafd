"""Counts add up: days and shards merge exactly, bins hold every row once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from leadline.analysis.monitoring.counts import Counts, Key, Plan, Watched
from leadline.analysis.monitoring.edges import cut_category, cut_number, dependence
from leadline.errors import InputError
from tests.made_predictions import cell_of, counts_of, days_from, plan_of, scored


def test_shards_merge_to_exactly_what_the_whole_counts() -> None:
    rng = np.random.default_rng(1)
    rows = scored(rng, 3_000)
    plan = plan_of(rows, score="score", target="y")
    day = date(2026, 1, 5)
    shards = np.array_split(rng.permutation(3_000), 7)
    merged = Counts(plan=plan, cells={})
    for shard in shards:
        part = {name: values[shard] for name, values in rows.items()}
        merged = merged.add(Counts(plan=plan, cells={Key(day): cell_of(plan, part)}))
    whole = cell_of(plan, rows)
    exact = [i for i, f in enumerate(plan.fields()) if "loss" not in f.what]
    exact = [i for i in exact if plan.fields()[i].what != "score_sum"]
    assert np.array_equal(merged.cells[Key(day)][exact], whole[exact])  # integers: every digit
    np.testing.assert_allclose(merged.cells[Key(day)], whole, rtol=1e-12)  # sums of doubles


def test_bins_hold_every_row_once_the_nulls_last() -> None:
    rows = {"x": np.array([1.0, 2.0, 2.0, 9.0, np.nan]), "c": ["a", "b", None, "z", "a"]}
    plan = Plan(
        columns=(
            Watched(name="x", kind="number", edges=(1.0, 2.0)),
            Watched(name="c", kind="category", levels=("a", "b")),
        )
    )
    found = Counts(plan=plan, cells={Key(date(2026, 1, 5)): cell_of(plan, rows)})
    whole = found.over(found.days)
    assert whole.bins("x").tolist() == [1, 2, 1, 1]  # counted by hand
    assert whole.bins("c").tolist() == [2, 1, 1, 1]
    assert whole.number("fallback") == 0  # not counted
    assert found.over([date(2026, 1, 6)]).rows == 0


def test_a_fresh_reading_takes_the_place_of_the_days_from_its_first_on() -> None:
    rng = np.random.default_rng(2)
    rows = scored(rng, 100)
    plan = plan_of(rows)
    counts = counts_of(plan, days_from(3, lambda _: rows))
    fresh = counts_of(plan, {counts.days[2]: scored(rng, 50)})
    after = counts.replace_from(counts.days[1], fresh)
    assert after.days == (counts.days[0], counts.days[2])  # the second day has no rows now
    assert after.over(after.days).rows == 150
    assert counts.replace_from(None, fresh).days == (counts.days[2],)
    assert counts.groups == (("", ""),)


def test_counts_at_other_cuts_are_refused() -> None:
    rows = scored(np.random.default_rng(3), 100)
    counts = counts_of(plan_of(rows), {date(2026, 1, 5): rows})
    other = counts_of(plan_of({"x": rows["x"]}), {date(2026, 1, 5): rows})
    with pytest.raises(InputError, match="same columns at the same cuts"):
        counts.add(other)


def test_edges_are_values_of_the_sample_and_split_it_evenly() -> None:
    values = np.random.default_rng(4).permutation(1_700).astype(float)
    column = cut_number("x", values)
    assert len(column.edges) == column.n_cuts == 16
    bins = np.diff([0, *(int((values <= e).sum()) for e in column.edges), 1_700])
    assert set(bins.tolist()) == {100}  # 1,700 distinct values in 17 bins


def test_ends_are_where_the_reference_ended_and_cost_no_further_cut() -> None:
    values = np.random.default_rng(4).permutation(1_500).astype(float)
    column = cut_number("x", values, with_ends=True)
    assert column.has_ends
    assert column.n_cuts == 16
    assert column.edges[0] < 0 < column.edges[1]
    assert column.edges[-1] == 1_499
    bins = np.diff([0, *(int((values <= e).sum()) for e in column.edges), 1_500])
    assert bins.tolist() == [0, *[100] * 15, 0]  # 1,500 distinct values in 15 bins
    assert cut_number("flag", np.array([0.0, 1.0]), with_ends=True).edges[1:] == (0.0, 1.0)
    one = cut_number("one", np.array([5.0, 5.0]), with_ends=True).edges
    assert one[0] < 5.0 == one[1]
    zero = cut_number("zero", np.zeros(3), with_ends=True).edges
    assert zero[0] < 0.0 == zero[1]
    assert not cut_number("none", np.array([np.nan]), with_ends=True).has_ends


def test_what_lies_outside_the_ends_is_a_share_of_the_known_rows() -> None:
    sample = {"x": np.arange(100.0), "score": np.linspace(0, 1, 100)}
    plan = plan_of(sample, score="score")
    day = date(2026, 1, 5)
    rows = {
        "x": np.array([-1.0, 0.0, 50.0, 99.0, 99.5, 700.0, np.nan, np.nan]),
        "score": np.full(8, 9.0),
    }
    held = counts_of(plan, {day: rows}).over([day])
    assert held.outside("x") == 3 / 6  # −1, 99.5 and 700, of six known
    assert held.outside("score") == 0.0  # a score has no ends
    empty = counts_of(plan, {day: {"x": np.array([np.nan]), "score": np.ones(1)}})
    assert empty.over([day]).outside("x") == 0.0


def test_a_column_with_few_values_is_cut_between_all_of_them() -> None:
    assert cut_number("flag", np.array([0.0, 1.0, 1.0, 0.0])).edges == (0.0,)
    assert cut_number("one", np.array([5.0, 5.0])).edges == (5.0,)
    assert cut_number("none", np.array([np.nan])).edges == ()


def test_a_latency_is_cut_in_its_tail_too() -> None:
    values = np.arange(1.0, 1_001.0)
    edges = cut_number("ms", values, is_latency=True).edges
    assert {900.0, 950.0, 990.0} <= set(edges)  # quantiles of 1 … 1,000


def test_levels_are_the_commonest_values_and_ties_are_in_order() -> None:
    levels = cut_category("c", ["b", "a", "b", "c"] + [f"v{i:02}" for i in range(30)]).levels
    assert levels[:3] == ("b", "a", "c")
    assert len(levels) == 16


def test_dependence_is_the_share_of_the_score_that_a_column_explains() -> None:
    # Closed form: in score = 3 a + 4 b of fair ±1 coins, a explains 9/25 and b 16/25.
    rng = np.random.default_rng(5)
    a, b, c = rng.choice([-1.0, 1.0], size=(3, 200_000))
    found = dependence(3 * a + 4 * b, {"a": a, "b": b, "c": c})
    assert found["a"] == pytest.approx(9 / 25, abs=0.01)
    assert found["b"] == pytest.approx(16 / 25, abs=0.01)
    assert found["c"] < 1e-4


def test_dependence_is_0_where_the_score_does_not_vary_or_every_row_has_its_own_bin() -> None:
    assert dependence(np.ones(10), {"a": np.arange(10) % 2}) == {"a": 0.0}
    assert dependence(np.arange(10.0), {"a": np.arange(10)}) == {"a": 0.0}
    assert dependence(np.full(3, np.nan), {"a": np.arange(3)}) == {"a": 0.0}
