"""Shuffled pages: what a log must hold so that it can judge an order nobody has served yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from examples.classifieds.market import N_SHOWN, Arms, Shown
from examples.classifieds.truth import PATIENCE, appeal, chances
from examples.classifieds.world import Numbers, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Explored:
    """Shuffled pages of a day: each candidate was equally likely to be at each place.

    Attributes
    ----------
    features : dict of arrays of shape (n, k)
    clicked : array of shape (n, k)
        Whether a candidate was clicked; nan where it was not on the page.
    true_click : array of shape (n, k)
        How likely it would have been clicked, at a random place; for the judge alone.
    """

    features: Mapping[str, Numbers]
    clicked: Numbers
    true_click: Numbers


def explored(world: World, shown: Shown, arms: Arms) -> Explored:
    """Return the pages that the second arm shuffled."""
    requests = shown.requests
    rows = np.flatnonzero(arms.of_user[requests.user] == 1)
    listing = requests.candidates[rows]
    value = appeal(
        world,
        requests.user[rows],
        listing,
        wanted_title=requests.wanted_word[rows],
        wanted_like=requests.looking_at[rows],
    )
    on_top = [chances(world, value[:, [k]], listing[:, [k]])[0] for k in range(value.shape[1])]
    clicked = np.full(listing.shape, np.nan)
    np.put_along_axis(clicked, shown.place[rows], shown.clicked[rows], axis=1)
    return Explored(
        features={name: column[rows] for name, column in shown.features.items()},
        clicked=clicked,
        true_click=np.hstack(on_top) * np.mean(PATIENCE ** np.arange(N_SHOWN)),
    )
