"""What is known when a page is put in order, and orders without machine learning.

A ranker is a function from a page's features to scores. Features are arrays whose last
axis are the candidates, so the same ranker serves one visitor, shape (k,), and a
million at once, shape (n, k).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Features = Mapping[str, Any]
Ranker = Callable[[Features], Any]

FEATURES = (
    "distance",  # log of 1 + km / 5 between user and listing
    "price",  # log of the price
    "price_gap",  # against what the user has asked about so far
    "affinity",  # share of the user's contacts that went to this category
    "age",  # weeks since it was listed
    "popularity",  # log of 1 + contacts of the last days
    "photos",  # of nine
    "answers",  # share of messages that its seller answered
    "words",  # BM25 of query and title; 0 without a query
    "same_category",  # as the listing looked at, or the page's; 0 on the home page
    "near",  # minus kilometres and price apart from the listing looked at
)


@dataclass(frozen=True, slots=True)
class Weights:
    """A hand-made order: a weighted sum of features."""

    by_feature: Mapping[str, float]
    name: str = ""

    def __call__(self, page: Features) -> Any:
        """Score candidates; higher comes first."""
        terms = (np.float32(w) * page[name] for name, w in self.by_feature.items())
        return sum(terms)

    def with_change(self, change: Mapping[str, float]) -> Weights:
        """Return the same order with some weights moved."""
        moved = {name: self.by_feature.get(name, 0.0) + by for name, by in change.items()}
        return Weights({**self.by_feature, **moved}, self.name)


POPULAR = Weights({"popularity": 1.0}, "most wanted")
RECENT = Weights({"age": -1.0}, "newest")
SAME_CATEGORY = Weights({"same_category": 10.0, "popularity": 1.0}, "same category")
BM25 = Weights({"words": 1.0}, "BM25")
NEAREST = Weights({"same_category": 10.0, "near": 1.0}, "nearest")

HAND_MADE = Weights({"distance": -0.4, "photos": 0.5, "age": -0.2}, "by hand")
"""What was there before anybody measured: a sum that somebody once liked."""


def by_score(ranker: Ranker, *, n_shown: int) -> Callable[[dict[str, Any]], list[int]]:
    """Return the ranker as a rule for one visitor: from features to the ids to show.

    `features["candidates"]` are the ids, in any order; ties keep it.
    """

    def rule(features: dict[str, Any]) -> list[int]:
        page = {
            name: np.asarray(column, np.float32)
            for name, column in features.items()
            if name != "candidates"
        }
        places = order(ranker(page), n_shown=n_shown)
        return [features["candidates"][place] for place in places.tolist()]

    return rule


def order(scores: Any, *, n_shown: int) -> Any:
    """Return the places of the best candidates, best first, along the last axis."""
    return np.argsort(-np.asarray(scores), axis=-1, kind="stable")[..., :n_shown]
