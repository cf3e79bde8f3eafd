"""One day after another: pages are asked for, put in order, clicked, and led to contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from examples.classifieds import traffic
from examples.classifieds.features import Known, Page
from examples.classifieds.pages import (
    BM25,
    NEAREST,
    POPULAR,
    RECENT,
    SAME_CATEGORY,
    Ranker,
    Weights,
    order,
)  # fmt: skip
from examples.classifieds.traffic import Requests
from examples.classifieds.truth import appeal, chances
from examples.classifieds.world import Ids, Numbers, World
from leadline.decisions import Split, assignment_sql

if TYPE_CHECKING:
    from examples.classifieds.served import Slice

N_SHOWN = 6
SOLD = 0.05
"""Share of contacts that end in a sale, which takes the listing away."""
RULES: Mapping[str, Weights] = {
    "home": POPULAR,
    "search": BM25,
    "category": RECENT,
    "more like this": NEAREST,
    "end of results": SAME_CATEGORY,
}
"""The rule without machine learning that each surface starts with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arms:
    """The orders that a surface serves, and who gets which.

    Attributes
    ----------
    rankers : dict of arm to Ranker
    of_user : array of shape (n_users,)
        Place of the user's arm in `rankers`; −1 for users whom no experiment reaches,
        who get the first.
    """

    rankers: Mapping[str, Ranker]
    of_user: Ids

    @classmethod
    def by_hash(cls, split: Split, rankers: Mapping[str, Ranker], *, n_users: int) -> Arms:
        """Divide users by the hash of `leadline.Decision`, worked out in SQL for all."""
        names = list(rankers)
        arm = assignment_sql(split, unit="user", dialect="duckdb")
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            found = connection.execute(
                f"SELECT list_position(?, {arm}) - 1 AS arm "  # noqa: S608 (of our own making)
                "FROM range(?) t(user) ORDER BY user",
                [names, n_users],
            ).fetchnumpy()["arm"]
        return cls(rankers=rankers, of_user=np.ma.filled(found, -1).astype(np.int32))

    @classmethod
    def only(cls, ranker: Ranker, *, n_users: int) -> Arms:
        """Give everybody the same."""
        return cls(rankers={"rule": ranker}, of_user=np.zeros(n_users, np.int32))

    def scores(self, page: Page, requests: Requests, world: World, known: Known) -> Numbers:
        """Score all candidates, each page by the order of its user's arm, shape (n, k)."""
        if len(self.rankers) == 1:
            (ranker,) = self.rankers.values()
            return np.asarray(ranker(page))
        arm = np.maximum(self.of_user[requests.user], 0)
        scores = np.empty(requests.candidates.shape, np.float32)
        for place, ranker in enumerate(self.rankers.values()):
            mine = np.flatnonzero(arm == place)
            part = _take(requests, mine)
            scores[mine] = ranker(Page(world, known, part))
        return scores


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What was on the pages of one surface, and what came of it; arrays (n, N_SHOWN).

    `true_contacts` are the expected contacts of each page, shape (n,): truth without the
    luck of the draw. `features` are those of the candidates that the market was told to
    keep, (n, k), as they were when the page was put in order.
    """

    requests: Requests
    listing: Ids
    place: Ids
    clicked: np.ndarray
    contacted: np.ndarray
    true_contacts: Numbers
    features: Mapping[str, Numbers] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day: pages by surface, and who came."""

    day: int
    visitors: Ids
    shown: dict[str, Shown]

    @property
    def n_events(self) -> int:
        """Visits, rows shown, clicks and contacts."""
        pages = self.shown.values()
        acted = sum(int(p.clicked.sum()) + int(p.contacted.sum()) for p in pages)
        return self.visitors.size + acted + sum(page.listing.size for page in pages)


@dataclass(kw_only=True, slots=True)
class Market:
    """A marketplace on the move: what it knows, what is gone, who is content.

    Attributes
    ----------
    world : World
    serving : dict of surface to Arms
        The rules of `RULES` where a surface is not in it.
    through : dict of surface to Slice
        Real decisions, through which a part of a surface's pages goes.
    keep : dict of surface to features
        What the log keeps of the candidates.
    seed : int
        Of the days: another one gives other visits and clicks in the same world.
    """

    world: World
    serving: Mapping[str, Arms] = field(default_factory=dict)
    through: Mapping[str, Slice] = field(default_factory=dict)
    keep: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seed: int = 0
    day: int = field(default=0, init=False)
    known: Known = field(init=False)
    gone: np.ndarray = field(init=False)
    satisfied: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.known = Known(self.world)
        self.gone = np.zeros(self.world.listings.n, bool)
        self.satisfied = np.full(self.world.users.n, 0.3, np.float32)

    def days(self, n: int) -> Iterator[Day]:
        """Let n days pass, one at a time: nothing of a day is kept but what is known."""
        for _ in range(n):
            yield self.one_day()

    def one_day(self) -> Day:
        """Let one day pass."""
        world, day = self.world, self.day
        rng = np.random.default_rng([world.seed, self.seed, 1 + day])
        shelf = traffic.Shelf(world, day=day, gone=self.gone, rng=rng)
        here = traffic.visitors(world, self.satisfied, rng)
        asks = rng.random((3, here.size)) < np.array([[0.8], [0.45], [0.45]])
        shown = {
            page.surface: self._show(page, rng)
            for page in (
                traffic.home(shelf, here[asks[0]], day=day),
                traffic.search(world, shelf, here[asks[1]], day=day, rng=rng),
                traffic.category_page(world, shelf, here[asks[2]], day=day, rng=rng),
            )
        }
        users, looking_at = _first_clicks(list(shown.values()))
        below = traffic.more_like_this(world, shelf, users, looking_at, day=day)
        tried, category = _in_vain([shown["search"], shown["category"]])
        further = traffic.end_of_results(shelf, tried, category, day=day)
        shown |= {page.surface: self._show(page, rng) for page in (below, further)}
        self._remember(here, list(shown.values()), rng)
        self.day += 1
        return Day(day=day, visitors=here, shown=shown)

    def page(self, requests: Requests) -> Page:
        """Return the features of requests as they stand now."""
        return Page(self.world, self.known, requests)

    def _show(self, requests: Requests, rng: np.random.Generator) -> Shown:
        arms = self.serving.get(requests.surface)
        page = self.page(requests)
        if arms is None:
            scores = np.asarray(RULES[requests.surface](page))
        else:
            scores = arms.scores(page, requests, self.world, self.known)
        places = order(scores, n_shown=N_SHOWN).astype(np.int32)
        if requests.surface in self.through:
            self.through[requests.surface].serve(page, requests, places)
        shown = show(self.world, requests, places, rng)
        kept = self.keep.get(requests.surface, ())
        return replace(shown, features={name: page[name] for name in kept})

    def fork(self, **changed: Any) -> Market:
        """Return a copy that goes its own way from here: the same past, other orders."""
        other = replace(self, **changed)
        other.known, other.gone = self.known.copy(), self.gone.copy()
        other.satisfied = self.satisfied.copy()
        other.day = self.day
        return other

    def _remember(self, here: Ids, shown: Sequence[Shown], rng: np.random.Generator) -> None:
        contacts = [
            (page.requests.user[row], page.listing[row, column])
            for page in shown
            for row, column in [np.nonzero(page.contacted)]
        ]
        users, listings = (np.concatenate(part) for part in zip(*contacts, strict=True))
        self.known.learn(self.world, users, listings)
        sold = rng.random(listings.size) < SOLD
        self.gone[listings[sold]] = True
        found = np.minimum(np.bincount(users, minlength=self.satisfied.size)[here], 2) / 2
        self.satisfied[here] += np.float32(0.15) * (found - self.satisfied[here])


def show(world: World, requests: Requests, places: Ids, rng: np.random.Generator) -> Shown:
    """Put candidates on the pages, in the order given by their places, and let people act."""
    listing = np.take_along_axis(requests.candidates, places, axis=1)
    value = appeal(
        world,
        requests.user,
        listing,
        wanted_title=requests.wanted_word,
        wanted_like=requests.looking_at,
    )
    click, contact = chances(world, value, listing)
    luck = rng.random((2, *listing.shape), dtype=np.float32)
    clicked = luck[0] < click
    return Shown(
        requests=requests,
        listing=listing,
        place=places,
        clicked=clicked,
        contacted=clicked & (luck[1] < contact),
        true_contacts=(click * contact).sum(axis=1),
    )


def _first_clicks(shown: Sequence[Shown]) -> tuple[Ids, Ids]:
    """Return who clicked something, and the first listing that each of them clicked."""
    users, listings = [], []
    for page in shown:
        rows = np.flatnonzero(page.clicked.any(axis=1))
        users.append(page.requests.user[rows])
        listings.append(page.listing[rows, page.clicked[rows].argmax(axis=1)])
    who, at = np.unique(np.concatenate(users), return_index=True)
    return who, np.concatenate(listings)[at]


def _in_vain(shown: Sequence[Shown]) -> tuple[Ids, Ids]:
    """Return who looked for something and contacted nobody, and the category."""
    rows = [np.flatnonzero(~page.contacted.any(axis=1)) for page in shown]
    pairs = zip(shown, rows, strict=True)
    users, at = np.unique(
        np.concatenate([page.requests.user[row] for page, row in pairs]), return_index=True
    )
    pairs = zip(shown, rows, strict=True)
    return users, np.concatenate([page.requests.category[row] for page, row in pairs])[at]


def _take(requests: Requests, rows: Ids) -> Requests:
    return Requests(
        surface=requests.surface,
        day=requests.day,
        user=requests.user[rows],
        query=requests.query[rows],
        category=requests.category[rows],
        looking_at=requests.looking_at[rows],
        candidates=requests.candidates[rows],
    )
