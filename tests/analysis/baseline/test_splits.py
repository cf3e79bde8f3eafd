"""One- and two-feature rules."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from leadline.analysis.baseline import splits


def churn(n, rng):
    days = rng.integers(0, 60, n)
    plan = rng.choice(["basic", "plus", "pro"], n)
    risk = np.where(days > 30, 0.6, 0.08) + 0.25 * (plan == "basic")
    table = {
        "days_since_last_visit": days,
        "plan": plan.astype(object),
        "noise": rng.normal(size=n),
    }
    return table, np.where(rng.random(n) < risk, "churn", "stay")


def test_the_planted_rule_is_found_and_said_in_words(rows_of, rng):
    rows, problem = rows_of(*churn(3000, rng))
    assert problem.positive == "stay"
    rule = splits.one_feature(splits.search(rows, problem=problem, rng=rng), problem=problem)
    assert rule.sentence.startswith("if days_since_last_visit ≤ 30 → stay 8")
    assert "otherwise stay" in rule.sentence


def test_one_cut_is_the_stump_of_scikit_learn(rows_of, rng):
    # oracle: a tree with two leaves, on fewer distinct values than bins
    x = rng.integers(0, 50, 800).astype(float)
    y = (rng.random(800) < 0.2 + 0.5 * (x > 17)).astype(int)
    rows, problem = rows_of({"x": x, "z": rng.integers(0, 9, 800)}, y)
    rule = splits.one_feature(splits.search(rows, problem=problem, rng=rng), problem=problem)
    stump = DecisionTreeClassifier(max_leaf_nodes=2, min_samples_leaf=10).fit(rows.matrix, y)
    np.testing.assert_allclose(
        rule.score(rows), stump.predict_proba(rows.matrix)[:, 1], atol=2e-3
    )


def test_steps_are_the_tree_of_scikit_learn(rows_of, rng):
    x = rng.integers(0, 60, 2000).astype(float)
    y = np.floor(x / 12) * 10 + rng.normal(size=2000)
    rows, problem = rows_of({"x": x}, y)
    rule = splits.steps(splits.search(rows, problem=problem, rng=rng), problem=problem)
    tree = DecisionTreeRegressor(max_leaf_nodes=5, min_samples_leaf=20).fit(rows.matrix, y)
    np.testing.assert_allclose(rule.score(rows), tree.predict(rows.matrix), atol=0.2)
    assert rule.sentence.startswith("the first that fits: if x ≤ 11 → ")


def test_two_features_find_what_one_cannot(rows_of, rng):
    a, b = rng.integers(0, 10, (2, 4000))
    y = ((a > 4) & (b > 6)).astype(int)
    rows, problem = rows_of({"a": a, "b": b}, y)
    rule = splits.two_features(splits.search(rows, problem=problem, rng=rng), problem=problem)
    np.testing.assert_allclose(rule.score(rows), y, atol=0.002)
    assert rule.sentence.startswith("if b > 6 and a > 4 → 100 %")


def test_a_class_of_three_is_named_with_its_share(rows_of, rng):
    x = np.repeat([0.0, 1.0, 2.0], 100)
    y = np.repeat(["a", "b", "c"], 100)
    rows, problem = rows_of({"x": x}, y)
    found = splits.search(rows, problem=problem, rng=rng)
    rule = splits.steps(found, problem=problem)
    assert "if x ≤ 0 → a (99 %)" in rule.sentence  # one average row is added to 100
    assert (rule.score(rows).argmax(axis=1) == np.repeat([0, 1, 2], 100)).all()


def test_the_median_serves_an_absolute_error(rows_of, rng):
    x = np.repeat([0.0, 1.0], 50)
    y = np.concatenate([np.r_[np.zeros(49), 1000], np.r_[np.full(49, 5.0), 1000]])
    y[25] = 0.5
    rows, problem = rows_of({"x": x}, y)
    found = splits.search(rows, problem=problem, rng=rng, use_median=True)
    rule = splits.one_feature(found, problem=problem)
    assert rule is None or set(rule.score(rows)) <= {0.0, 5.0}


def test_a_large_table_is_searched_on_a_sample(rows_of, rng):
    x = rng.normal(size=30_000)
    y = (x > 0.5).astype(int)
    rows, problem = rows_of({"x": x}, y)
    found = splits.search(rows, problem=problem, rng=rng)
    assert found.sample.n == splits.MOST_ROWS
    rule = splits.one_feature(found, problem=problem)
    assert np.mean((rule.score(rows) > 0.5) == y) > 0.98


@pytest.mark.parametrize("table", [{"x": np.zeros(40)}, {"x": np.full(40, None)}])
def test_columns_that_say_nothing_give_no_rule(rows_of, rng, table):
    rows, problem = rows_of(table, np.tile([0, 1], 20))
    found = splits.search(rows, problem=problem, rng=rng)
    assert splits.one_feature(found, problem=problem) is None
    assert splits.steps(found, problem=problem) is None
    assert splits.two_features(found, problem=problem) is None


def test_three_rows_are_enough_not_to_fail(rows_of, rng):
    rows, problem = rows_of({"x": np.arange(3), "c": np.array(list("aab"))}, [0, 1, 1])
    found = splits.search(rows, problem=problem, rng=rng)
    for make in (splits.one_feature, splits.steps, splits.two_features):
        rule = make(found, problem=problem)
        assert rule is None or rule.score(rows).shape == (3,)


def test_an_empty_cell_says_the_median_of_all(rows_of, rng):
    a = np.repeat([0, 1], 100)
    y = np.where(a == 1, 9.0, 1.0) + np.tile([0.0, 0.5], 100)
    rows, problem = rows_of({"a": a, "b": a * 2}, y)
    found = splits.search(rows, problem=problem, rng=rng, use_median=True)
    cells = np.zeros(200, dtype=int)
    assert splits._values(found, cells, 2)[1, 0] == np.median(y)
