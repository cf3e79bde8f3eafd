"""Ad slots, each sold in an auction while the page loads, with budgets that last the day.

Two sides have a say: the advertiser pays for clicks, and whoever is shown what nobody
wants hides it. The auction is a second-price one: the winner pays what would just have
won.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from examples.classifieds.features import Known
from examples.classifieds.market import Arms, Day, Market
from examples.classifieds.pages import Features, Ranker, Weights
from examples.classifieds.truth import ad_click_chance, ad_hidden_chance
from examples.classifieds.world import CATEGORIES, Ids, Numbers, World
from leadline.connectors.experiments.plans import Plan
from leadline.decisions import Decision, Split

NOBODY = -1
LEAST_PRICE = 0.01
"""Money a click, where nobody else bids."""
HOURS = 24
BUSY = np.array([1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 6, 7, 6, 6, 6, 6, 7, 8, 9, 9, 7, 4, 2])
"""How busy each hour of the day is."""

GEO_MATCH = Weights({"log_bid": 1.0}, "geo match")
"""The rule: whoever wants to be seen here (`in_reach`) and bids most."""
PERSONAL = Weights({"log_bid": 1.0, "affinity": 3.0, "same_category": 0.6, "distance": -0.02})
"""Bid × expected clicks: worth to the advertiser, and to the user who is looking."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slots:
    """Slots of a day, in order of time; arrays of shape (n,)."""

    user: Ids
    category: Ids
    hour: Ids

    @property
    def n(self) -> int:
        """How many."""
        return int(self.user.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """What became of slots, shape (n,): `campaign` is `NOBODY` where none was in reach."""

    slots: Slots
    campaign: Ids
    price: Numbers
    clicked: np.ndarray
    charged: Numbers
    hidden: np.ndarray


def slots_of(day: Day, rng: np.random.Generator) -> Slots:
    """Return the slots of a day: one on the home page, one on each page of results."""
    pages = [day.shown[surface].requests for surface in ("home", "search", "category")]
    user = np.concatenate([page.user for page in pages])
    hour = np.sort(rng.choice(HOURS, user.size, p=BUSY / BUSY.sum())).astype(np.int32)
    mixed = rng.permutation(user.size)
    category = np.concatenate([page.category for page in pages])
    return Slots(user=user[mixed], category=category[mixed], hour=hour)


def features_of(world: World, known: Known, slots: Slots) -> dict[str, Numbers]:
    """Return what is known of slots and campaigns, arrays of shape (n, campaigns)."""
    ads = world.campaigns
    apart = world.users.place[slots.user][:, None, :] - ads.place
    km = np.sqrt((apart**2).sum(axis=-1))
    mine = known.contacts_by_category[slots.user]
    shares = (mine + 1 / len(CATEGORIES)) / (mine.sum(axis=1, keepdims=True) + 1)
    return {
        "log_bid": np.broadcast_to(np.log(ads.bid), km.shape),
        "in_reach": km < ads.radius_km,
        "distance": km,
        "affinity": shares[:, ads.category].astype(np.float32),
        "same_category": (slots.category[:, None] == ads.category).astype(np.float32),
    }


def auction(ranker: Ranker, page: Features) -> tuple[Any, Any]:
    """Sell slots: return the winner's place and its price, the last axis being campaigns.

    Scores are logs of worth, so the price is the bid less what the winner was ahead by.
    """
    may_bid = np.asarray(page["in_reach"], bool)
    scores = np.where(may_bid, ranker(page), -np.inf)
    winner = scores.argmax(axis=-1)[..., None]
    first = np.take_along_axis(scores, winner, axis=-1)[..., 0]
    others = np.where(np.arange(scores.shape[-1]) == winner, -np.inf, scores)
    log_bid = np.take_along_axis(np.asarray(page["log_bid"]), winner, axis=-1)[..., 0]
    with np.errstate(invalid="ignore"):  # nobody in reach
        price = np.exp(log_bid - (first - others.max(axis=-1)))
    sold = np.isfinite(first)
    price = np.where(sold, np.maximum(price, LEAST_PRICE), 0.0)
    return np.where(sold, winner[..., 0], NOBODY), price


def by_auction(ranker: Ranker) -> Any:
    """Return the auction as a rule for one slot: from features to campaign and price."""

    def rule(features: Mapping[str, Any]) -> dict[str, Any]:
        page = {name: np.asarray(column, np.float32) for name, column in features.items()}
        winner, price = auction(ranker, page)
        return {"campaign": int(winner), "price": round(float(price), 4)}

    return rule


class Pacing:
    """Spends each campaign's budget along with the day's traffic, not before noon.

    A campaign takes part in an auction with a chance that is set anew each hour: what is
    left of its budget, over what it would spend in the rest of the day if it took part in
    every auction, at the rate so far. Each arm
    of an experiment has budgets of its own, or one arm would buy what the other saved.
    """

    def __init__(self, budget: Numbers, *, even: bool = True) -> None:
        self.budget = budget
        self.spent = np.zeros_like(budget)
        self.chance = np.full_like(budget, 0.3 if even else 1.0)
        self._even = even
        self._hour = 0
        self._offered = np.zeros_like(budget)

    def charge(self, campaign: Ids, price: Numbers, clicked: np.ndarray) -> Numbers:
        """Charge clicks in their order; what goes beyond a budget is free, and 0 here."""
        asked = np.where(clicked & (campaign >= 0), price, 0).astype(np.float64)
        charged = np.zeros_like(asked)
        for one in np.unique(campaign[asked > 0]):
            rows = np.flatnonzero((campaign == one) & (asked > 0))
            left = self.budget[one] - self.spent[one]
            fits = np.cumsum(asked[rows]) <= left
            charged[rows[fits]] = asked[rows[fits]]
        spent = np.bincount(np.maximum(campaign, 0), weights=charged, minlength=self.spent.size)
        self.spent += spent
        self._set_chances()
        return charged.astype(np.float32)

    def can_pay(self, bid: Numbers) -> np.ndarray:
        """Say which campaigns have the money for another click."""
        return self.spent + bid <= self.budget

    def _set_chances(self) -> None:
        self._offered += self.chance * BUSY[self._hour]
        self._hour += 1
        if not self._even or self._hour == HOURS:
            return
        rest_of_day = self.spent / self._offered * BUSY[self._hour :].sum()
        left = self.budget - self.spent
        self.chance = np.clip(left / np.maximum(rest_of_day, left), 0.02, 1.0)


def sell(
    world: World,
    known: Known,
    slots: Slots,
    arms: Arms,
    *,
    rng: np.random.Generator,
    even: bool = True,
) -> Sold:
    """Sell a day's slots, hour by hour."""
    share = 1 / len(arms.rankers)
    pacing = [Pacing(world.campaigns.budget * share, even=even) for _ in arms.rankers]
    parts = [
        _sell_hour(world, known, _hour_of(slots, hour), arms, pacing=pacing, rng=rng)
        for hour in range(HOURS)
    ]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("campaign", "price", "clicked", "charged", "hidden")
    }
    return Sold(slots=slots, **columns)


def _sell_hour(
    world: World,
    known: Known,
    slots: Slots,
    arms: Arms,
    *,
    pacing: list[Pacing],
    rng: np.random.Generator,
) -> Sold:
    campaign = np.full(slots.n, NOBODY, np.int32)
    price = np.zeros(slots.n, np.float32)
    arm = np.maximum(arms.of_user[slots.user], 0)
    page = features_of(world, known, slots)
    luck = rng.random((slots.n, world.campaigns.n), dtype=np.float32)
    for place, ranker in enumerate(arms.rankers.values()):
        mine = np.flatnonzero(arm == place)
        pace = pacing[place]
        takes_part = (luck[mine] < pace.chance) & pace.can_pay(world.campaigns.bid)
        part = {name: column[mine] for name, column in page.items()}
        part["in_reach"] = part["in_reach"] & takes_part
        campaign[mine], price[mine] = auction(ranker, part)
    shown = campaign >= 0
    chance = ad_click_chance(world, slots.user, np.maximum(campaign, 0), slots.category)
    clicked = shown & (rng.random(slots.n) < chance)
    hidden = shown & (rng.random(slots.n) < ad_hidden_chance(chance))
    charged = np.zeros(slots.n, np.float32)
    for place, pace in enumerate(pacing):
        mine = np.flatnonzero(arm == place)
        charged[mine] = pace.charge(campaign[mine], price[mine], clicked[mine])
    return Sold(
        slots=slots, campaign=campaign, price=price, clicked=clicked, charged=charged,
        hidden=hidden,
    )  # fmt: skip


def _hour_of(slots: Slots, hour: int) -> Slots:
    first, after = np.searchsorted(slots.hour, [hour, hour + 1])
    return Slots(
        user=slots.user[first:after],
        category=slots.category[first:after],
        hour=slots.hour[first:after],
    )


RANKERS = {"geo match": GEO_MATCH, "personal": PERSONAL}


def experiment(market: Market, plan: Plan, *, days: int) -> dict[str, Any]:
    """Sell the slots of some days by both orders; return one row a user who met a slot."""
    n_users = market.world.users.n
    split = Split(salt=plan.name, weights=plan.weights)
    arms = Arms.by_hash(split, RANKERS, n_users=n_users)
    sums = {name: np.zeros(n_users) for name in ("slots", "ad_clicks", "ads_hidden", "paid")}
    for day in market.days(days):
        rng = np.random.default_rng([market.world.seed, 3, day.day])
        sold = sell(market.world, market.known, slots_of(day, rng), arms, rng=rng)
        ones = np.ones(sold.slots.n)
        values = (ones, sold.clicked, sold.hidden, sold.charged)
        for name, value in zip(sums, values, strict=True):
            sums[name] += np.bincount(sold.slots.user, weights=value, minlength=n_users)
    rows = np.flatnonzero(sums["slots"])
    arm = np.array(list(RANKERS), dtype=object)[arms.of_user[rows]]
    return {"user": rows, "arm": arm, **{name: total[rows] for name, total in sums.items()}}


def decide_some(market: Market, decides: Decision, *, n: int) -> list[int]:
    """Sell the first n slots of a day one by one; return who won each, `NOBODY` if none."""
    rng = np.random.default_rng([market.world.seed, 4, market.day])
    slots = slots_of(market.one_day(), rng)
    page = features_of(market.world, market.known, slots)
    won = []
    for i in range(min(n, slots.n)):
        features = {name: column[i].tolist() for name, column in page.items()}
        won.append(decides.decide(int(slots.user[i]), features).action["campaign"])
    return won
