"""From requests to features, each worked out only where a ranker asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from examples.classifieds.pages import FEATURES
from examples.classifieds.traffic import Requests
from examples.classifieds.truth import distance_km
from examples.classifieds.world import CATEGORIES, QUERIES, TITLES, Ids, Numbers, World
from leadline.analysis.baseline.bm25 import fit_bm25

FORGOTTEN = np.float32(0.85)
"""What is left of a contact's weight in the popularity of a listing a day later."""


def _bm25_table() -> Numbers:
    words = fit_bm25(TITLES)
    pairs = [(query, title) for query in QUERIES for title in TITLES]
    scores = words.score(*zip(*pairs, strict=True))
    return scores.reshape(len(QUERIES), len(TITLES)).astype(np.float32)


BM25_TABLE = _bm25_table()
"""The library's own BM25 of each query with each title."""


class Known:
    """What the product knows of users and listings by now, from its own log."""

    def __init__(self, world: World) -> None:
        self.contacts_by_category = np.zeros((world.users.n, len(CATEGORIES)), np.float32)
        self.prices_asked = np.zeros(world.users.n, np.float32)
        self.popularity = np.zeros(world.listings.n, np.float32)

    def copy(self) -> Known:
        """Return a copy that learns on its own."""
        return deepcopy(self)

    def learn(self, world: World, users: Ids, listings: Ids) -> None:
        """Add today's contacts, given as pairs of user and listing."""
        things, shape = world.listings, self.contacts_by_category.shape
        at = users.astype(np.int64) * shape[1] + things.category[listings]
        self.contacts_by_category += np.bincount(at, minlength=self.contacts_by_category.size)[
            : self.contacts_by_category.size
        ].reshape(shape)
        self.prices_asked += np.bincount(
            users, weights=things.log_price[listings], minlength=shape[0]
        ).astype(np.float32)
        self.popularity *= FORGOTTEN
        self.popularity += np.bincount(listings, minlength=self.popularity.size)


class Page(Mapping[str, Any]):
    """The features of n pages with k candidates each, arrays of shape (n, k)."""

    def __init__(self, world: World, known: Known, requests: Requests) -> None:
        self._world = world
        self._known = known
        self._requests = requests
        self._made: dict[str, Numbers] = {}

    def __getitem__(self, name: str) -> Numbers:
        if name not in self._made:
            self._made[name] = getattr(self, f"_{name}")().astype(np.float32, copy=False)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FEATURES)

    def __len__(self) -> int:
        return len(FEATURES)

    def of_request(self, i: int) -> dict[str, Any]:
        """Return the features of one page as plain lists, as a service would send them."""
        columns = {name: self[name][i].tolist() for name in FEATURES}
        return {"candidates": self._requests.candidates[i].tolist(), **columns}

    @property
    def _listed(self) -> Ids:
        return self._requests.candidates

    def _distance(self) -> Numbers:
        km = distance_km(self._world, self._requests.user, self._listed)
        return np.log1p(km / np.float32(5))

    def _price(self) -> Numbers:
        return self._world.listings.log_price[self._listed]

    def _price_gap(self) -> Numbers:
        users = self._requests.user
        n = self._known.contacts_by_category[users].sum(axis=1)
        usual = self._known.prices_asked[users] / np.maximum(n, 1)
        gap: Numbers = np.abs(self["price"] - usual[:, None]) * (n > 0)[:, None]
        return gap

    def _affinity(self) -> Numbers:
        mine = self._known.contacts_by_category[self._requests.user]
        n = mine.sum(axis=1, keepdims=True)
        shares = (mine + np.float32(1 / len(CATEGORIES))) / (n + 1)
        return np.take_along_axis(shares, self._world.listings.category[self._listed], axis=1)

    def _age(self) -> Numbers:
        return (self._requests.day - self._world.listings.listed_on[self._listed]) / 7

    def _popularity(self) -> Numbers:
        return np.log1p(self._known.popularity[self._listed])

    def _photos(self) -> Numbers:
        return self._world.listings.photos[self._listed] / np.float32(9)

    def _answers(self) -> Numbers:
        return self._world.listings.seller_answers[self._listed]

    def _words(self) -> Numbers:
        query = self._requests.query[:, None]
        scores = BM25_TABLE[query, self._world.listings.title[self._listed]]
        return scores * (query >= 0)

    def _same_category(self) -> Numbers:
        category = self._world.listings.category[self._listed]
        return category == self._requests.category[:, None]

    def _near(self) -> Numbers:
        things, there = self._world.listings, self._requests.looking_at
        apart = things.place[self._listed] - things.place[there][:, None, :]
        km = np.sqrt((apart**2).sum(axis=-1))
        price = np.abs(self["price"] - things.log_price[there][:, None])
        return -(km / 20 + price) * (there >= 0)[:, None]
