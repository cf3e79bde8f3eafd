"""Real decisions answer what the arithmetic on arrays worked out, and are logged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examples.classifieds import ads
from examples.classifieds.features import Page
from examples.classifieds.learning import COLUMNS, Learnt, remedied
from examples.classifieds.market import RULES, Arms, Market
from examples.classifieds.pages import HAND_MADE, Ranker
from examples.classifieds.served import Slice, decision
from leadline.decisions import Decision, read_log

N_PAGES = 60


@pytest.mark.parametrize("surface", list(RULES))
def test_every_surface_decides_page_by_page_as_on_arrays(
    market: Market, log: Path, surface: str
) -> None:
    rankers: dict[str, Ranker] = {"rule": RULES[surface], "hand-made": HAND_MADE}
    decides = decision(surface, rankers, log=log, budget_ms=10_000)
    arms = Arms.by_hash(decides.split, rankers, n_users=market.world.users.n)
    through = Slice(decides, n_pages=N_PAGES)
    market.serving, market.through = {surface: arms}, {surface: through}
    shown = market.one_day().shown[surface]
    decides.close()
    assert (through.n_served, through.n_differing) == (N_PAGES, 0)
    records = read_log(log).records
    assert len(records) == N_PAGES
    for i, record in enumerate(records):
        user = int(shown.requests.user[i])
        assert record.unit == str(user)
        assert record.assigned == record.served == list(rankers)[arms.of_user[user]]
        assert record.action == shown.listing[i].tolist()
    assert {record.assigned for record in records} == {"rule", "hand-made"}


def test_a_model_that_fails_is_answered_by_the_rule_and_the_page_shows_it(
    market: Market, log: Path
) -> None:
    def broken(_page: object) -> object:
        raise ZeroDivisionError

    decides = decision("home", {"rule": RULES["home"], "model": broken}, log=log)
    arms = Arms.by_hash(
        decides.split, {"rule": RULES["home"], "model": HAND_MADE}, n_users=market.world.users.n
    )
    market.serving = {"home": arms}
    through = Slice(decides, n_pages=N_PAGES)
    market.through = {"home": through}
    shown = market.one_day().shown["home"]
    decides.close()
    records = read_log(log).records
    failed = [r for r in records if r.fallback_reason]
    assert {r.fallback_reason for r in failed} <= {"raised", "breaker_open"}
    assert {r.assigned for r in failed} == {"model"}
    assert {r.served for r in failed} == {"rule"}
    assert through.n_differing > 0.8 * len(failed)
    assert [r.action for r in records] == shown.listing[:N_PAGES].tolist()


def test_a_learnt_model_scores_one_page_as_it_scores_many(market: Market) -> None:
    known = market.known.copy()
    shown = market.one_day().shown["home"]
    page = Page(market.world, known, shown.requests)
    rows = np.column_stack([page[name].ravel() for name in COLUMNS])
    rng = np.random.default_rng(0)
    model = remedied().fit(
        np.column_stack([rows, np.zeros(len(rows))]), rng.random(len(rows)) < 0.2
    )
    ranker = Learnt(model)
    many = ranker(page)
    for i in range(5):
        one = {name: np.asarray(page[name][i].tolist(), np.float32) for name in COLUMNS}
        np.testing.assert_allclose(ranker(one), many[i], rtol=1e-12)


def test_slots_sold_one_by_one_go_to_whom_the_arrays_sold_them(
    market: Market, log: Path
) -> None:
    twin = market.fork()
    decides = Decision("ads", rule=ads.by_auction(ads.GEO_MATCH), log=log)
    won = ads.decide_some(market, decides, n=N_PAGES)
    decides.close()
    rng = np.random.default_rng([twin.world.seed, 4, twin.day])
    slots = ads.slots_of(twin.one_day(), rng)
    winner, price = ads.auction(ads.GEO_MATCH, ads.features_of(twin.world, twin.known, slots))
    assert won == winner[:N_PAGES].tolist()
    prices = [record.action["price"] for record in read_log(log).records]
    np.testing.assert_allclose(prices, price[:N_PAGES], atol=1e-4)
