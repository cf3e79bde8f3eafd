"""Who asks for which page on a day, and which listings could be on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.classifieds.world import (
    ADJECTIVES,
    CATEGORIES,
    LISTED_DAYS,
    WORDS,
    Ids,
    Numbers,
    World,
)  # fmt: skip
from leadline.errors import NotEnoughDataError

N_CANDIDATES = 24
NOTHING = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Requests:
    """Pages asked for on one surface; arrays of shape (n,), candidates (n, k).

    `query`, `category` and `looking_at` are `NOTHING` where a page has none. `query`
    counts in `world.QUERIES`, `looking_at` and `candidates` are listings.
    """

    surface: str
    day: int
    user: Ids
    query: Ids
    category: Ids
    looking_at: Ids
    candidates: Ids

    @property
    def n(self) -> int:
        """How many."""
        return int(self.user.size)

    @property
    def wanted_word(self) -> Ids:
        """The word that the searcher has in mind."""
        of_title = (self.query - len(WORDS)) // len(ADJECTIVES)
        return np.where(self.query < len(WORDS), self.query, of_title).astype(np.int32)


class Shelf:
    """What is for sale today, shuffled anew, and grouped by category."""

    def __init__(
        self, world: World, *, day: int, gone: np.ndarray, rng: np.random.Generator
    ) -> None:
        listed_on = world.listings.listed_on
        first, after = np.searchsorted(listed_on, [day - LISTED_DAYS + 1, day + 1])
        here = np.arange(first, after, dtype=np.int32)
        self.all = rng.permutation(here[~gone[first:after]])
        category = world.listings.category[self.all]
        self.grouped = self.all[np.argsort(category, kind="stable")]
        self.count = np.bincount(category, minlength=len(CATEGORIES))
        if self.count.min() < 2 * N_CANDIDATES:
            raise NotEnoughDataError(
                f"day {day}: a category has {self.count.min()} listings, pages need "
                f"{2 * N_CANDIDATES}",
                hint="Make a world with more listings_a_day.",
            )
        self.start = np.cumsum(self.count) - self.count
        self._rng = rng

    def of_all(self, n: int, k: int) -> Ids:
        """Return k different listings for each of n pages, shape (n, k)."""
        first = self._rng.integers(0, self.all.size, (n, 1))
        return self.all[(first + np.arange(k)) % self.all.size]

    def of_category(self, category: Ids, k: int) -> Ids:
        """Return k different listings of each page's category, shape (n, k)."""
        count = self.count[category][:, None]
        first = self._rng.integers(0, count)
        return self.grouped[self.start[category][:, None] + (first + np.arange(k)) % count]


def home(shelf: Shelf, users: Ids, *, day: int) -> Requests:
    """Recommendations on the home page: anything may be on it."""
    return _requests("home", day, users, shelf.of_all(users.size, N_CANDIDATES))


def search(
    world: World, shelf: Shelf, users: Ids, *, day: int, rng: np.random.Generator
) -> Requests:
    """The search bar: one word, or one with an adjective, of a category that one likes."""
    category = _liked(world, users, rng)
    word = 2 * category + rng.integers(0, 2, users.size)
    precise = len(WORDS) + len(ADJECTIVES) * word + rng.integers(0, len(ADJECTIVES), users.size)
    query = np.where(rng.random(users.size) < 0.4, precise, word)
    found = shelf.of_category(category, N_CANDIDATES)
    return _requests("search", day, users, found, category=category, query=query)


def category_page(
    world: World, shelf: Shelf, users: Ids, *, day: int, rng: np.random.Generator
) -> Requests:
    """A category, for three in ten with a filter: not farther than 15 km.

    What does not pass the filter stands behind what does, as "a little farther away".
    """
    category = _liked(world, users, rng)
    found = shelf.of_category(category, 2 * N_CANDIDATES)
    apart = world.listings.place[found] - world.users.place[users][:, None, :]
    filtered = rng.random((users.size, 1)) < 0.3
    too_far = ((apart**2).sum(axis=-1) > 15**2) & filtered
    kept = np.argsort(too_far, axis=1, kind="stable")[:, :N_CANDIDATES]
    return _requests(
        "category", day, users, np.take_along_axis(found, kept, axis=1), category=category
    )


def more_like_this(
    world: World, shelf: Shelf, users: Ids, looking_at: Ids, *, day: int
) -> Requests:
    """Below a listing that was clicked: half of its category, half of another."""
    category = world.listings.category[looking_at]
    half = N_CANDIDATES // 2
    same = shelf.of_category(category, half + 1)
    # The listing itself must not be recommended: the spare one takes its place.
    same = np.where(same[:, :half] == looking_at[:, None], same[:, half:], same[:, :half])
    other = shelf.of_category((category + 1 + users % 11) % len(CATEGORIES), half)
    return _requests(
        "more like this", day, users, np.hstack([same, other]),
        category=category, looking_at=looking_at,
    )  # fmt: skip


def end_of_results(shelf: Shelf, users: Ids, category: Ids, *, day: int) -> Requests:
    """At the end of results that led to nothing, so that one keeps looking."""
    half = N_CANDIDATES // 2
    same = shelf.of_category(category, half)
    other = shelf.of_category((category + 1 + users % 11) % len(CATEGORIES), half)
    both = np.hstack([same, other])
    return _requests("end of results", day, users, both, category=category)


def _liked(world: World, users: Ids, rng: np.random.Generator) -> Ids:
    """Draw a category for each user, in proportion to what the user likes."""
    upto = np.cumsum(world.users.true_likes[users], axis=1)
    drawn = (rng.random((users.size, 1)) * upto[:, -1:] > upto).sum(axis=1)
    return np.minimum(drawn, len(CATEGORIES) - 1).astype(np.int32)


def _requests(surface: str, day: int, users: Ids, candidates: Ids, **given: Ids) -> Requests:
    nothing = np.full(users.size, NOTHING, np.int32)
    told = {name: np.asarray(column, np.int32) for name, column in given.items()}
    return Requests(
        surface=surface,
        day=day,
        user=users,
        candidates=candidates,
        **{"query": nothing, "category": nothing, "looking_at": nothing, **told},
    )


def visitors(world: World, satisfied: Numbers, rng: np.random.Generator) -> Ids:
    """Return who comes today: people come back to where they found something."""
    chance = world.users.true_visits * (np.float32(0.7) + np.float32(0.6) * satisfied)
    return np.flatnonzero(rng.random(world.users.n) < chance).astype(np.int32)
