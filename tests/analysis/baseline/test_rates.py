"""Historical rates."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline import rates


def clicks(rng, n=4000):
    position = rng.integers(1, 5, n)
    item = rng.integers(0, 20, n)
    y = (rng.random(n) < 0.04 / position).astype(int)
    return {"position": position, "item": item, "hour": rng.normal(size=n)}, y


def test_the_rate_of_a_category_is_its_shrunken_mean(rows_of):
    table = {"city": np.array(["Bern"] * 80 + ["Graz"] * 20, dtype=object)}
    y = np.array([1] * 40 + [0] * 40 + [0] * 20)
    rows, problem = rows_of(table, y)
    rule = rates.historical_rate(rows, problem=problem)
    # closed form: (40 + 20 × 0.4) / (80 + 20) and (0 + 8) / 40
    assert rule.score(rows)[[0, 99]].tolist() == [pytest.approx(0.48), pytest.approx(0.2)]
    assert rule.sentence == "the rate of the same city so far: Bern → 48 %; Graz → 20 %"


def test_an_unseen_or_missing_category_gets_the_overall_rate(rows_of):
    table = {"c": np.array(["a", "b"] * 10, dtype=object)}
    y = np.tile([0, 1], 10)
    rows, problem = rows_of(table, y)
    rule = rates.historical_rate(rows, problem=problem)
    new, _ = rows_of(
        {"c": np.array(["z", None], dtype=object)}, [0, 1],
        encoder=rows.encoder, problem=problem,
    )  # fmt: skip
    assert rule.score(new).tolist() == [0.5, 0.5]


def test_position_only_falls_with_the_position(rows_of, rng):
    rows, problem = rows_of(*clicks(rng), kind="click")
    rule = rates.position_only(rows, problem=problem)
    by_position = [rule.score(rows)[rows.matrix[:, 0] == p].mean() for p in (1, 2, 3, 4)]
    assert by_position == sorted(by_position, reverse=True)
    assert rule.name == "position only"


def test_without_a_position_there_is_no_such_rule(rows_of):
    rows, problem = rows_of({"x": np.arange(4)}, [0, 1, 0, 1])
    assert rates.position_only(rows, problem=problem) is None
    assert rates.historical_rate(rows, problem=problem) is None
    assert rates.popular(rows, problem=problem) is None


def test_an_items_number_is_a_name_for_clicks(rows_of, rng):
    table, y = clicks(rng)
    rows, problem = rows_of(table, y, kind="click")
    assert "position" in rates.historical_rate(rows, problem=problem).sentence
    as_numbers, binary = rows_of(table, y, kind="binary")
    assert rates.historical_rate(as_numbers, problem=binary) is None


def test_what_was_popular_before_goes_first(rows_of):
    items = np.array(["a", "b", "c"] * 30, dtype=object)
    y = np.where(items == "b", 2, np.where(items == "c", 1, 0))
    rows, problem = rows_of({"item": items}, y, groups=np.repeat(np.arange(30), 3))
    rule = rates.popular(rows, problem=problem)
    assert np.argsort(-rule.score(rows)[:3]).tolist() == [1, 2, 0]
    assert rule.sentence.startswith("what was popular before: the rate of the same item")


def test_rates_of_many_classes_have_a_column_each(rows_of):
    table = {"c": np.array(["a", "b", "d", "e"] * 10, dtype=object)}
    rows, problem = rows_of(table, ["x", "y", "z", "z"] * 10)
    rule = rates.historical_rate(rows, problem=problem)
    assert rule.score(rows).shape == (40, 3)
    assert "; 1 more" in rule.sentence
