"""Auctions by hand, budgets that hold and last, and two sides that both count."""

from __future__ import annotations

import numpy as np
import pytest

from examples.classifieds import ads
from examples.classifieds.ads import NOBODY
from examples.classifieds.market import Arms, Market
from examples.classifieds.world import make_world


def test_the_winner_pays_what_would_just_have_won() -> None:
    # By hand: bids 3, 2, 5, the last out of reach; so the first pays the second's 2.
    page = {"log_bid": np.log([3.0, 2.0, 5.0]), "in_reach": [True, True, False]}
    winner, price = ads.auction(ads.GEO_MATCH, page)
    assert winner == 0
    assert price == pytest.approx(2.0)


def test_a_better_fit_is_paid_for_in_worth_not_in_bids() -> None:
    # By hand: worth 2·e^1 = 5.44 against 3; the winner would just win at 3 / e^1 = 1.10.
    page = {
        "log_bid": np.log([2.0, 3.0]), "in_reach": [True, True],
        "affinity": np.array([1 / 3, 0.0]),
        "same_category": np.zeros(2), "distance": np.zeros(2),
    }  # fmt: skip
    winner, price = ads.auction(ads.PERSONAL, page)
    assert winner == 0
    assert price == pytest.approx(3 / np.e, rel=1e-6)


def test_alone_one_pays_the_least_price_and_nobody_in_reach_nothing() -> None:
    page = {"log_bid": np.log([[3.0, 2.0]] * 2), "in_reach": [[True, False], [False, False]]}
    winner, price = ads.auction(ads.GEO_MATCH, page)
    assert winner.tolist() == [0, NOBODY]
    assert price.tolist() == [0.01, 0.0]


@pytest.fixture(scope="module")
def busy_day() -> tuple[Market, ads.Slots]:
    """Six days' slots in one, so that budgets bind."""
    world = make_world(seed=3, n_users=20_000, listings_a_day=300, n_days=10)
    market = Market(world=world)
    rng = np.random.default_rng(1)
    days = [ads.slots_of(day, rng) for day in market.days(6)]
    by_hour = np.argsort(np.concatenate([slots.hour for slots in days]), kind="stable")
    columns = {
        name: np.concatenate([getattr(slots, name) for slots in days])[by_hour]
        for name in ("user", "category", "hour")
    }
    return market, ads.Slots(**columns)


@pytest.mark.parametrize("even", [True, False])
def test_no_campaign_is_shown_out_of_reach_or_charged_beyond_its_budget(
    busy_day: tuple[Market, ads.Slots], even: bool
) -> None:
    market, slots = busy_day
    sold = _sold(market, slots, even=even)
    shown = np.flatnonzero(sold.campaign >= 0)
    campaigns, who = market.world.campaigns, sold.campaign[shown]
    apart = market.world.users.place[slots.user[shown]] - campaigns.place[who]
    assert (np.sqrt((apart**2).sum(axis=1)) <= campaigns.radius_km[who]).all()
    spent = np.bincount(who, weights=sold.charged[shown], minlength=campaigns.n)
    assert (spent <= campaigns.budget + 1e-4).all()
    assert (sold.charged <= sold.price).all()
    assert not sold.charged[~sold.clicked].any()


def test_pacing_spends_along_with_the_day_and_gives_fewer_clicks_away(
    busy_day: tuple[Market, ads.Slots],
) -> None:
    # Oracle: what the hours have of the traffic; a budget spent evenly has the same shares.
    market, slots = busy_day
    distance, given_away, totals = [], [], []
    for even in (True, False):
        sold = _sold(market, slots, even=even)
        by_hour = np.bincount(slots.hour, weights=sold.charged, minlength=ads.HOURS)
        shares, traffic = by_hour / by_hour.sum(), ads.BUSY / ads.BUSY.sum()
        distance.append(np.abs(np.cumsum(shares) - np.cumsum(traffic)).max())
        given_away.append(int((sold.clicked & (sold.charged == 0)).sum()))
        totals.append(by_hour.sum())
    assert distance[0] < 0.5 * distance[1]
    assert given_away[0] < given_away[1]
    assert totals[0] > 0.85 * totals[1]


def _sold(market: Market, slots: ads.Slots, *, even: bool) -> ads.Sold:
    arms = Arms.only(ads.GEO_MATCH, n_users=market.world.users.n)
    rng = np.random.default_rng(2)
    return ads.sell(market.world, market.known, slots, arms, rng=rng, even=even)
