"""Where arithmetic on arrays and a real decision meet.

The simulator puts a million pages in order at once; a service puts one. Both use the same
rankers and the same hash of the user. A slice of the simulated pages really goes through
`leadline.Decision.decide`: what it answers is what is shown, and its log is real.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from examples.classifieds.pages import Ranker, by_score
from leadline.decisions import Decision, Split

if TYPE_CHECKING:
    from examples.classifieds.features import Page
    from examples.classifieds.market import Market
    from examples.classifieds.traffic import Requests
    from examples.classifieds.world import Ids
    from leadline.connectors.experiments.plans import Plan

N_SHOWN = 6


def decision(
    surface: str,
    rankers: Mapping[str, Ranker],
    *,
    plan: Plan | None = None,
    log: Path | None = None,
    **options: Any,
) -> Decision:
    """Put a surface's orders behind one decision; the first is the rule.

    Parameters
    ----------
    surface : str
    rankers : dict of arm to Ranker
    plan : Plan, optional
        Gives the salt, the weights and the name of the rule's arm.
    log : path, optional
    options
        Of `leadline.Decision`.
    """
    (rule, *others) = rankers
    policies = {arm: by_score(ranker, n_shown=N_SHOWN) for arm, ranker in rankers.items()}
    return Decision(
        surface,
        rule=policies[rule],
        model={arm: policies[arm] for arm in others},
        plan=plan,
        actions=list,
        log=log,
        **options,
    )


def split_of(plan: Plan) -> Split:
    """Return how a plan divides users: what `decision` does, without a decision."""
    return Split(salt=plan.name, weights=plan.weights)


class Slice:
    """The first `n_pages` pages of each day, decided one by one and logged.

    Attributes
    ----------
    n_served, n_differing : int
        Pages that went through, and those on which the decision did not answer what the
        arrays had worked out (a fallback, or an order drawn by chance).
    """

    def __init__(self, decision: Decision, *, n_pages: int) -> None:
        self._decision = decision
        self._n_pages = n_pages
        self.n_served = 0
        self.n_differing = 0

    def serve(self, page: Page, requests: Requests, places: Ids) -> None:
        """Replace the places of the slice's pages by what the decision answers."""
        for i in range(min(self._n_pages, requests.n)):
            outcome = self._decision.decide(int(requests.user[i]), page.of_request(i))
            listed = requests.candidates[i]
            answered = [int(np.flatnonzero(listed == one)[0]) for one in outcome.action]
            self.n_served += 1
            self.n_differing += bool((places[i] != answered).any())
            places[i] = answered


def serve_some(market: Market, decides: Decision, *, n_pages: int) -> None:
    """Send pages of one more day through a decision, and seal its log."""
    through = {decides.name: Slice(decides, n_pages=n_pages)}
    market.fork(through=through).one_day()
    decides.close()
