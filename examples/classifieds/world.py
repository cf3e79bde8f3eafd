"""The made-up marketplace: who buys, what is for sale, and who pays for the ad slots.

Everything hidden that drives behaviour lives here too, under names that begin with
`true_`: nothing that decides in front of users may read those, only `truth` may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""float32, but for sums."""
Ids = NDArray[Any]
"""int32: places in the arrays of a world."""

CATEGORIES = (
    "phones", "bikes", "sofas", "cars", "games", "tools",
    "coats", "books", "tables", "cameras", "prams", "guitars",
)  # fmt: skip
NOUNS = (
    ("phone", "tablet"), ("bike", "scooter"), ("sofa", "armchair"), ("car", "van"),
    ("console", "puzzle"), ("drill", "saw"), ("coat", "jacket"), ("novel", "atlas"),
    ("table", "desk"), ("camera", "lens"), ("pram", "cot"), ("guitar", "piano"),
)  # fmt: skip
ADJECTIVES = ("red", "vintage", "small", "new", "oak", "electric", "cheap", "rare")
WORDS = tuple(word for pair in NOUNS for word in pair)
TITLES = tuple(f"{adjective} {word}" for word in WORDS for adjective in ADJECTIVES)
"""Title number `8 · word + adjective`."""
QUERIES = WORDS + TITLES
TASTE = 8
"""Dimensions of taste and style."""
SIDE_KM = 60.0
LISTED_DAYS = 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Listings:
    """What sellers list over the whole story; arrays of shape (n,), in order of `listed_on`.

    `seller_answers` is the share of messages that the seller has answered so far.
    """

    category: Ids
    title: Ids
    log_price: Numbers
    place: Numbers
    photos: Numbers
    seller_answers: Numbers
    listed_on: Ids
    true_style: Numbers
    true_quality: Numbers

    @property
    def n(self) -> int:
        """How many."""
        return int(self.category.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Users:
    """Buyers; arrays of shape (n,), taste (n, TASTE), likes (n, categories)."""

    place: Numbers
    true_taste: Numbers
    true_likes: Numbers
    true_log_budget: Numbers
    true_visits: Numbers

    @property
    def n(self) -> int:
        """How many."""
        return int(self.true_visits.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaigns:
    """What advertisers booked: where, for which category, at what price, with what budget.

    `bid` is money a click at most, `budget` money a day.
    """

    category: Ids
    place: Numbers
    radius_km: Numbers
    bid: Numbers
    budget: Numbers
    true_appeal: Numbers

    @property
    def n(self) -> int:
        """How many."""
        return int(self.category.size)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Everything that is there on day 0, and every listing still to come."""

    seed: int
    listings: Listings
    users: Users
    campaigns: Campaigns


def make_world(
    *, seed: int, n_users: int = 6_000, listings_a_day: int = 250, n_days: int = 120
) -> World:
    """Draw a marketplace; the same seed gives the same one."""
    rng = np.random.default_rng([seed, 0])
    towns = rng.uniform(0, SIDE_KM, (5, 2))
    styles = rng.normal(0, 1, (len(CATEGORIES), TASTE))
    looks = rng.normal(0, 0.5, (len(ADJECTIVES), TASTE))
    return World(
        seed=seed,
        listings=_listings(rng, towns, styles, looks, a_day=listings_a_day, n_days=n_days),
        users=_users(rng, towns, styles, n=n_users),
        campaigns=_campaigns(rng, towns, n=16, n_users=n_users),
    )


def _near(rng: np.random.Generator, towns: NDArray[np.float64], n: int, km: float) -> Numbers:
    places = towns[rng.integers(0, len(towns), n)] + rng.normal(0, km, (n, 2))
    return np.clip(places, 0, SIDE_KM).astype(np.float32)


def _listings(
    rng: np.random.Generator,
    towns: NDArray[np.float64],
    styles: NDArray[np.float64],
    looks: NDArray[np.float64],
    *,
    a_day: int,
    n_days: int,
) -> Listings:
    """List things; the first weeks' were listed before the story begins."""
    n = a_day * (n_days + LISTED_DAYS)
    category = rng.integers(0, len(CATEGORIES), n)
    word = 2 * category + rng.integers(0, 2, n)
    adjective = rng.integers(0, len(ADJECTIVES), n)
    quality = rng.normal(0, 1, n)
    usual_price = np.linspace(2.5, 8.0, len(CATEGORIES))[(5 * category) % len(CATEGORIES)]
    style = styles[category] + looks[adjective] + rng.normal(0, 0.5, (n, TASTE))
    return Listings(
        category=category.astype(np.int32),
        title=(len(ADJECTIVES) * word + adjective).astype(np.int32),
        log_price=(usual_price + rng.normal(0, 0.7, n)).astype(np.float32),
        place=_near(rng, towns, n, 6),
        photos=np.clip(np.round(3 + 1.5 * quality + rng.normal(0, 1.5, n)), 0, 9).astype("f4"),
        seller_answers=rng.beta(4, 2, n).astype(np.float32),
        listed_on=np.sort(rng.integers(-LISTED_DAYS, n_days, n)).astype(np.int32),
        true_style=style.astype(np.float32),
        true_quality=quality.astype(np.float32),
    )


def _users(
    rng: np.random.Generator,
    towns: NDArray[np.float64],
    styles: NDArray[np.float64],
    *,
    n: int,
) -> Users:
    favourite = styles[rng.integers(0, len(CATEGORIES), (n, 2))].mean(axis=1)
    taste = favourite + rng.normal(0, 0.4, (n, TASTE))
    pull = 1.2 * taste @ styles.T / np.sqrt(TASTE)
    likes = np.exp(pull - pull.max(axis=1, keepdims=True))
    return Users(
        place=_near(rng, towns, n, 8),
        true_taste=taste.astype(np.float32),
        true_likes=(likes / likes.sum(axis=1, keepdims=True)).astype(np.float32),
        true_log_budget=rng.normal(0, 0.6, n).astype(np.float32),
        true_visits=rng.beta(1.5, 4, n).astype(np.float32),
    )


def _campaigns(
    rng: np.random.Generator, towns: NDArray[np.float64], *, n: int, n_users: int
) -> Campaigns:
    return Campaigns(
        category=rng.integers(0, len(CATEGORIES), n).astype(np.int32),
        place=_near(rng, towns, n, 4),
        radius_km=rng.uniform(8, 40, n).astype(np.float32),
        bid=rng.lognormal(-2.3, 0.4, n).astype(np.float32),
        budget=(rng.uniform(0.02, 0.25, n) * n_users / 1_000).astype(np.float32),
        true_appeal=rng.normal(0, 0.6, n).astype(np.float32),
    )
