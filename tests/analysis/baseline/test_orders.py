"""Rules that put candidates in an order."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline import orders
from leadline.analysis.baseline.bm25 import fit_bm25
from leadline.errors import InputError


def words(*values):
    return np.array(values, dtype=object)


def shop(rng, n_queries=40, n_candidates=6):
    n = n_queries * n_candidates
    query = np.repeat(np.arange(n_queries), n_candidates)
    seed_category = words(*"ab")[query % 2]
    seed_price = (query * 1.5) % 7
    category = rng.choice(words("a", "b"), n)
    price = rng.uniform(0, 7, n)
    table = {
        "seed_category": seed_category,
        "seed_price": seed_price,
        "category": category,
        "price": price,
        "views": rng.integers(0, 1000, n),
        "listed_on": np.datetime64("2024-01-01") + rng.integers(0, 300, n),
    }
    y = ((category == seed_category) & (np.abs(price - seed_price) < 1.5)).astype(int)
    return table, y, query


@pytest.fixture
def market(rows_of, rng):
    table, y, query = shop(rng)
    rows, _ = rows_of(table, y, groups=query, kind="ranking")
    return rows, orders.read_sides(rows)


def test_columns_that_never_vary_within_a_query_describe_it(market):
    _, sides = market
    assert sides.query == ["seed_category", "seed_price"]
    assert sides.candidate == ["category", "price", "views", "listed_on"]


def test_the_same_category_goes_first(market):
    rows, sides = market
    rule = orders.same_category(sides)
    same = rows.table["category"] == rows.table["seed_category"]
    assert rule.score(rows).tolist() == same.astype(float).tolist()
    assert rule.sentence == "candidates first whose category is the seed_category"


def test_the_nearest_of_the_same_category_beats_every_other(market):
    rows, sides = market
    rule = orders.nearest(sides, rows)
    scores = rule.score(rows)
    same = rows.table["category"] == rows.table["seed_category"]
    assert scores[same].min() > scores[~same].max()
    gap = np.abs(rows.table["price"] - rows.table["seed_price"])
    assert (np.diff(scores[same][np.argsort(gap[same])]) <= 0).all()
    assert rule.sentence == "in the same category nearest in price first"


def test_recent_and_popular_sort_by_their_columns(market):
    rows, _ = market
    assert orders.recent(rows).sentence == "newest listed_on first"
    assert orders.most_used(rows).score(rows).tolist() == rows.table["views"].tolist()


def test_a_ranking_without_queries_is_refused(rows_of):
    with pytest.raises(InputError, match="which rows belong to one query"):
        rows_of({"x": np.zeros(4)}, [0, 1, 0, 1], kind="ranking")


def test_one_column_is_the_one_that_orders_best(rows_of, rng):
    query = np.repeat(np.arange(30), 5)
    y = rng.integers(0, 3, 150)
    table = {"noise": rng.normal(size=150), "age": -1.0 * y, "c": words(*"ab" * 75)}
    rows, _ = rows_of(table, y, groups=query, kind="ranking")
    rule = orders.one_column(rows)
    assert rule.sentence == "lowest age first"


def test_missing_values_go_last(rows_of):
    y = [0, 1, 0, 1]
    rows, _ = rows_of(
        {"x": np.array([-5.0, np.nan, -7.0, -1.0])}, y, groups=[0, 0, 1, 1], kind="ranking"
    )
    scores = orders.one_column(rows).score(rows)
    assert scores[1] == scores.min() or scores[1] == scores[:3].min()


def test_what_a_table_lacks_gives_no_rule(rows_of):
    rows, _ = rows_of({"c": words(*"abab")}, [0, 1, 0, 1], groups=[0, 0, 1, 1], kind="ranking")
    sides = orders.read_sides(rows)
    assert orders.one_column(rows) is None
    assert orders.recent(rows) is None
    assert orders.most_used(rows) is None
    assert orders.same_category(sides) is None
    assert orders.nearest(sides, rows) is None
    assert orders.search_words(sides, rows) is None


def test_distance_alone_orders_where_there_is_no_category(rows_of):
    table = {"query_price": np.array([1.0, 1, 5, 5]), "price": np.array([4.0, 2, 9, 5])}
    rows, _ = rows_of(table, [0, 1, 0, 1], groups=[0, 0, 1, 1], kind="ranking")
    rule = orders.nearest(orders.read_sides(rows), rows)
    assert rule.sentence == "nearest in price first"
    scores = rule.score(rows)
    assert scores[1] > scores[0]
    assert scores[3] > scores[2]


def test_words_of_the_query_find_their_candidates(rows_of):
    table = {
        "query": words(*["red shoes"] * 3, *["desk lamp"] * 3),
        "title": words(
            "blue hat", "red shoes size nine", "shoes", "oak desk", "desk lamp", None
        ),
    }
    rows, _ = rows_of(table, [0, 2, 1, 1, 2, 0], groups=[0] * 3 + [1] * 3, kind="ranking")
    rule = orders.search_words(orders.read_sides(rows), rows)
    scores = rule.score(rows)
    assert np.argsort(-scores[:3]).tolist() == [1, 2, 0]
    assert np.argsort(-scores[3:]).tolist() == [1, 0, 2]
    assert rule.name == "BM25"


def test_bm25_follows_its_formula():
    # by hand: N = 2 documents, "lamp" in one, lengths 2 and 4, mean 3, k1 1.2, b 0.75
    index = fit_bm25(["desk lamp", "desk with four drawers", None])
    weight = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    saturated = 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    assert index.score(["lamp"], ["desk lamp"])[0] == pytest.approx(weight * saturated)
    assert index.score(["lamp", None], ["oak chair", "desk lamp"]).tolist() == [0, 0]
    # a word that no document holds is the rarest of all
    unknown = np.log(1 + 2.5 / 0.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    assert index.score(["new"], ["new lamp"])[0] == pytest.approx(unknown)


def test_an_index_of_nothing_scores_nothing():
    assert fit_bm25([None]).score(["lamp"], ["desk"]).tolist() == [0]


def test_a_wide_table_is_gone_through_once(rows_of, rng, monkeypatch):
    table, y, query = shop(rng)
    rows, _ = rows_of(table, y, groups=query, kind="ranking")
    usual = orders.read_sides(rows)
    # each column by itself: its table is looked through again, which grows with the square
    monkeypatch.setattr(orders.tables, "column", None)
    assert orders.read_sides(rows) == usual
