"""Two dozen ideas of a team, each tried in an experiment, with the truth beside the claim.

Each idea moves a weight or two of the order that a surface has by then. Most do little, as
everywhere; which ones help, nobody in the story knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from examples.classifieds.market import N_SHOWN, RULES, Arms, Market, Shown, show
from examples.classifieds.pages import Weights, order
from examples.classifieds.served import split_of
from examples.classifieds.traffic import Requests
from examples.classifieds.world import Numbers, World
from leadline.analysis.experiments.metrics import Mean
from leadline.connectors.experiments.plans import Plan

SHIPPED_ABOVE = 1.64
"""Standard errors. Teams in a hurry ship at this; the curse of the winners is theirs."""
IDEAS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "fresh-results": ("search", {"age": -0.15}),
    "query-spelling": ("search", {"words": 0.3}),
    "seller-badges": ("category", {"answers": 0.4}),
    "radius-20km": ("category", {"distance": -0.12}),
    "price-hints": ("end of results", {"price_gap": -0.1}),
    "dedup-listings": ("home", {"popularity": -0.1}),
    "photo-first": ("category", {"photos": 0.25}),
    "long-tail-recall": ("search", {"popularity": -0.05}),
    "home-feed-recency": ("home", {"age": -0.2}),
    "near-similar": ("more like this", {"distance": -0.15}),
    "category-filters": ("category", {"price_gap": -0.1}),
    "sold-items-out": ("home", {"age": -0.1, "answers": 0.1}),
    "similar-items": ("more like this", {"near": 0.3}),
    "title-boost": ("search", {"words": 0.2, "photos": 0.1}),
    "click-history": ("home", {"affinity": 0.8}),
    "geo-fallback": ("end of results", {"distance": -0.15}),
    "listing-age": ("category", {"age": 0.3}),
    "quality-score": ("more like this", {"photos": 0.3}),
    "search-synonyms": ("search", {"same_category": 0.5}),
    "end-of-results": ("end of results", {"affinity": 0.5}),
    "saved-search": ("search", {"affinity": 0.4}),
    "cheaper-first": ("category", {"price": -0.1}),
    "image-embeddings": ("more like this", {"photos": 0.1, "popularity": 0.1}),
    "message-prompt": ("home", {"answers": 0.2}),
}
"""Name → surface, and how its weights move."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One idea in front of users.

    Attributes
    ----------
    name, surface : str
    effect, se : float
        Contacts per user in the time of the experiment, treatment minus control, as
        measured.
    true_effect : float
        The same if everybody had had the one and everybody the other, without luck.
    users, mean, sd : (number, number)
        Control and treatment: users, and the contacts of each.
    shipped : bool
    """

    name: str
    surface: str
    effect: float
    se: float
    true_effect: float
    users: tuple[int, int]
    mean: tuple[float, float]
    sd: tuple[float, float]
    shipped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fortnight:
    """All pages of one surface over some days: requests, and features of shape (n, k)."""

    requests: Requests
    features: Mapping[str, Numbers]


def try_ideas(market: Market, *, days: int, seed: int) -> Iterator[Tried]:
    """Try all ideas, one after another, each against what won before it.

    All are tried on the requests of the same days, each with another division of users and
    other luck: so the true gains of what was shipped add up to exactly what the last order
    brings over the first. An idea is shipped if it gained more than `SHIPPED_ABOVE`
    standard errors.
    """
    rng = np.random.default_rng(seed)
    asked = _fortnights(market, days=days)
    serving = dict(RULES)
    for name, (surface, change) in IDEAS.items():
        idea = serving[surface].with_change(change)
        tried = _try(
            market.world, asked[surface], serving[surface], idea,
            name=name, surface=surface, rng=rng,
        )  # fmt: skip
        if tried.shipped:
            serving[surface] = idea
        yield tried


def plan_of(name: str) -> Plan:
    """Return the plan that all ideas have: contacts decide."""
    return Plan(
        name=name,
        control="control",
        weights={"control": 1.0, "treatment": 1.0},
        metrics=(Mean(name="contacts", column="contacts", role="primary"),),
    )


def _fortnights(market: Market, *, days: int) -> dict[str, Fortnight]:
    looked_at = {surface: set(start.by_feature) for surface, start in RULES.items()}
    for surface, change in IDEAS.values():
        looked_at[surface] |= set(change)
    watched = market.fork(
        serving={}, through={}, keep={s: sorted(names) for s, names in looked_at.items()}
    )
    days_of: dict[str, list[Shown]] = {surface: [] for surface in RULES}
    for day in watched.days(days):
        for surface, shown in day.shown.items():
            days_of[surface].append(shown)
    return {
        surface: Fortnight(
            requests=_together([shown.requests for shown in of_surface]),
            features={
                name: np.concatenate([shown.features[name] for shown in of_surface])
                for name in looked_at[surface]
            },
        )
        for surface, of_surface in days_of.items()
    }


def _try(
    world: World,
    asked: Fortnight,
    now: Weights,
    idea: Weights,
    *,
    name: str,
    surface: str,
    rng: np.random.Generator,
) -> Tried:
    n_users = world.users.n
    user = asked.requests.user
    arms = Arms.by_hash(
        split_of(plan_of(name)),
        {"control": now, "treatment": idea},
        n_users=n_users,
    )
    pages = [
        show(world, asked.requests, order(ranker(asked.features), n_shown=N_SHOWN), rng)
        for ranker in (now, idea)
    ]
    here = np.bincount(user, minlength=n_users) > 0
    contacts = [
        np.bincount(user, weights=page.contacted.sum(axis=1), minlength=n_users)[
            here & (arms.of_user == arm)
        ]
        for arm, page in enumerate(pages)
    ]
    effect = contacts[1].mean() - contacts[0].mean()
    se = np.sqrt(sum(c.var(ddof=1) / c.size for c in contacts))
    truth = (pages[1].true_contacts.sum() - pages[0].true_contacts.sum()) / here.sum()
    return Tried(
        name=name,
        surface=surface,
        effect=float(effect),
        se=float(se),
        true_effect=float(truth),
        users=(contacts[0].size, contacts[1].size),
        mean=(float(contacts[0].mean()), float(contacts[1].mean())),
        sd=(float(contacts[0].std(ddof=1)), float(contacts[1].std(ddof=1))),
        shipped=bool(effect > SHIPPED_ABOVE * se),
    )


def _together(parts: Sequence[Requests]) -> Requests:
    """Return the requests of several days as one; their features know the day."""
    columns = ("user", "query", "category", "looking_at", "candidates")
    joined = {name: np.concatenate([getattr(p, name) for p in parts]) for name in columns}
    return Requests(surface=parts[0].surface, day=parts[0].day, **joined)
