"""The simulator: seeded, lawful, and true to the chances it says it draws from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from examples.classifieds import features, learning, pages, served
from examples.classifieds.events import write_days
from examples.classifieds.features import BM25_TABLE, Page
from examples.classifieds.market import N_SHOWN, RULES, Arms, Day, Market
from examples.classifieds.pages import FEATURES, HAND_MADE, POPULAR
from examples.classifieds.traffic import N_CANDIDATES
from examples.classifieds.world import LISTED_DAYS, QUERIES, TITLES, World, make_world
from leadline.analysis.baseline.bm25 import fit_bm25
from leadline.decisions import Split
from leadline.errors import NotEnoughDataError


def test_the_same_seed_gives_the_same_days(world: World) -> None:
    again = make_world(seed=3, n_users=2_000, listings_a_day=80, n_days=30)
    days = [Market(world=w, seed=1).one_day() for w in (world, again)]
    for surface in RULES:
        first, second = (day.shown[surface] for day in days)
        np.testing.assert_array_equal(first.listing, second.listing)
        np.testing.assert_array_equal(first.contacted, second.contacted)
    other = Market(world=world, seed=2).one_day()
    assert other.visitors.size != days[0].visitors.size


def test_pages_hold_what_is_for_sale_once_and_never_the_listing_itself(market: Market) -> None:
    gone = market.gone.copy()
    day = market.one_day()
    listings = market.world.listings
    for shown in day.shown.values():
        candidates = np.sort(shown.requests.candidates, axis=1)
        assert candidates.shape[1] == N_CANDIDATES
        assert (np.diff(candidates, axis=1) > 0).all()
        assert not gone[candidates].any()
        age = day.day - listings.listed_on[candidates]
        assert age.min() >= 0
        assert age.max() < LISTED_DAYS
        assert (shown.listing != shown.requests.looking_at[:, None]).all()
    below = day.shown["more like this"]
    looked_at = listings.category[below.requests.looking_at]
    assert (below.requests.category == looked_at).all()
    found = day.shown["search"]
    assert (listings.category[found.listing] == found.requests.category[:, None]).all()


def test_clicks_and_contacts_come_as_often_as_their_chances_say(world: World) -> None:
    # Oracle: a sum of independent events has the sum of their chances as its mean, and at
    # most that as its variance.
    market = Market(world=world, seed=5)
    days = list(market.days(6))
    for surface in RULES:
        shown = [day.shown[surface] for day in days]
        expected = sum(float(page.true_contacts.sum()) for page in shown)
        seen = sum(int(page.contacted.sum()) for page in shown)
        assert abs(seen - expected) < 4 * np.sqrt(expected)
        assert all((page.clicked | ~page.contacted).all() for page in shown)


def test_what_decides_reads_nothing_that_only_the_simulator_knows() -> None:
    for module in (pages, features, learning, served):
        assert "true_" not in Path(str(module.__file__)).read_text(encoding="utf-8")


def test_a_fork_goes_its_own_way_and_leaves_the_market_as_it_is(market: Market) -> None:
    fork = market.fork(seed=9)
    before = market.known.popularity.copy(), market.gone.copy(), market.day
    list(fork.days(2))
    np.testing.assert_array_equal(market.known.popularity, before[0])
    np.testing.assert_array_equal(market.gone, before[1])
    assert (market.day, fork.day) == (before[2], before[2] + 2)


def test_people_come_back_to_where_they_find_something(world: World) -> None:
    def visits(answered: float) -> int:
        answers = np.full_like(world.listings.seller_answers, answered)
        other = replace(world, listings=replace(world.listings, seller_answers=answers))
        return sum(day.visitors.size for day in Market(world=other, seed=4).days(12))

    # Sellers who answer everybody against sellers of whom nobody wants anything: without
    # returning, both would be the same up to the luck of some 70 visits.
    assert visits(9.0) > visits(-9.0) + 300


def test_a_shelf_that_is_too_small_says_what_to_do() -> None:
    world = make_world(seed=3, n_users=100, listings_a_day=10, n_days=5)
    with pytest.raises(NotEnoughDataError, match="pages need 48") as refused:
        Market(world=world).one_day()
    assert refused.value.hint == "Make a world with more listings_a_day."


def test_arms_of_all_users_at_once_are_those_of_the_hash_user_by_user() -> None:
    split = Split(salt="búsqueda 'q", weights={"a": 1, "b": 2}, ramp=0.8, holdout=0.1)
    arms = Arms.by_hash(split, {"a": POPULAR, "b": HAND_MADE}, n_users=3_000)
    by_name = {"a": 0, "b": 1, "holdout": -1, "outside": -1}
    assert arms.of_user.tolist() == [by_name[split.assign(str(u))] for u in range(3_000)]
    assert set(arms.of_user.tolist()) == {-1, 0, 1}


def test_words_are_scored_by_the_librarys_own_bm25() -> None:
    rng = np.random.default_rng(0)
    picked = [(int(q), int(t)) for q, t in zip(
        rng.integers(0, len(QUERIES), 50), rng.integers(0, len(TITLES), 50), strict=True
    )]  # fmt: skip
    words = fit_bm25(TITLES)
    expected = words.score([QUERIES[q] for q, _ in picked], [TITLES[t] for _, t in picked])
    np.testing.assert_allclose([BM25_TABLE[pair] for pair in picked], expected, rtol=1e-6)


@pytest.mark.parametrize("surface", list(RULES))
def test_rules_put_first_what_they_say(market: Market, surface: str) -> None:
    # Oracle: the first of each page has the largest value of what the rule sorts by.
    known = market.known.copy()
    shown = market.one_day().shown[surface]
    page = Page(market.world, known, shown.requests)
    score = {
        "home": page["popularity"],
        "search": page["words"],
        "category": -page["age"],
        "more like this": 10 * page["same_category"] + page["near"],
        "end of results": 10 * page["same_category"] + page["popularity"],
    }[surface]
    first = np.take_along_axis(score, shown.place[:, :1], axis=1)[:, 0]
    np.testing.assert_allclose(first, score.max(axis=1), rtol=1e-6)
    assert all(page[name].shape == shown.requests.candidates.shape for name in FEATURES)
    assert len(page) == len(list(page))


def test_days_become_parquet_that_adds_up(market: Market, tmp_path: Path) -> None:
    twin = market.fork()
    n_rows = write_days(market, tmp_path / "it's", days=2)
    days: list[Day] = list(twin.days(2))
    shown = [page for day in days for page in day.shown.values()]
    where = str(tmp_path / "it''s" / "*" / "*.parquet")
    found = duckdb.sql(
        "SELECT count(*), sum(clicked::int), sum(contacted::int), count(DISTINCT day), "
        "max(position) FROM "
        f"read_parquet('{where}', hive_partitioning = true)"
    ).fetchall()
    assert found == [
        (
            n_rows,
            sum(int(page.clicked.sum()) for page in shown),
            sum(int(page.contacted.sum()) for page in shown),
            2,
            N_SHOWN - 1,
        )
    ]
    assert n_rows == sum(page.listing.size for page in shown)
