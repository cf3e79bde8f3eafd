"""How people really behave: the one place that knows, and that nothing may read to decide."""

from __future__ import annotations

import numpy as np

from examples.classifieds.world import ADJECTIVES, TASTE, Ids, Numbers, World

CLICK_AT_BEST = -1.6
CONTACT_AT_BEST = -1.3
PATIENCE = np.float32(0.82)
"""Share of people at one place of a page who look at the next."""
WANTED = np.float32(1.3)
"""How much more somebody wants what the query, or the listing just looked at, was about."""


def distance_km(world: World, users: Ids, listings: Ids) -> Numbers:
    """Return how far users, shape (n,), are from listings, shape (n, k)."""
    apart = world.listings.place[listings] - world.users.place[users][:, None, :]
    return np.sqrt((apart**2).sum(axis=-1))


def appeal(
    world: World, users: Ids, listings: Ids, *, wanted_title: Ids, wanted_like: Ids
) -> Numbers:
    """Return how much users want listings, in logits, shape (n, k).

    Parameters
    ----------
    users : shape (n,)
    listings : shape (n, k)
    wanted_title : shape (n,)
        The word (title // 8) that the user has in mind, or −1.
    wanted_like : shape (n,)
        The listing that the user is looking at, or −1.
    """
    people, things = world.users, world.listings
    taste, style = people.true_taste[users][:, None, :], things.true_style[listings]
    value = (taste * style).sum(axis=-1) * np.float32(0.55 / np.sqrt(TASTE))
    value += np.float32(0.45) * things.true_quality[listings]
    value -= np.float32(0.55) * np.log1p(distance_km(world, users, listings) / 5)
    usual = things.log_price[listings] - np.float32(5.2)
    value -= np.float32(0.10) * np.abs(usual - people.true_log_budget[users][:, None])
    asked = wanted_title >= 0
    same_word = things.title[listings] // len(ADJECTIVES) == wanted_title[:, None]
    value += WANTED * (same_word & asked[:, None])
    like = np.maximum(wanted_like, 0)
    same_kind = things.category[listings] == things.category[like][:, None]
    value += np.float32(0.8) * WANTED * (same_kind & (wanted_like >= 0)[:, None])
    return value


def chances(world: World, value: Numbers, listings: Ids) -> tuple[Numbers, Numbers]:
    """Return the chances of a click, and of a contact after a click, shape (n, k).

    `value` is in the order of the page: whoever gets tired does not see what is below.
    """
    seen = PATIENCE ** np.arange(value.shape[1], dtype=np.float32)
    click = seen / (1 + np.exp(-(value + np.float32(CLICK_AT_BEST))))
    answers = world.listings.seller_answers[listings]
    contact = 1 / (1 + np.exp(-(0.5 * value + answers + np.float32(CONTACT_AT_BEST))))
    return click, contact


def ad_click_chance(world: World, users: Ids, campaigns: Ids, page_category: Ids) -> Numbers:
    """Return the chance that an ad is clicked, shape (n,)."""
    ads = world.campaigns
    likes = world.users.true_likes[users, ads.category[campaigns]]
    apart = ads.place[campaigns] - world.users.place[users]
    km = np.sqrt((apart**2).sum(axis=-1))
    fits = ads.category[campaigns] == page_category
    value = -3.9 + 4.5 * likes + 0.7 * fits - 0.03 * km + ads.true_appeal[campaigns]
    return (1 / (1 + np.exp(-value))).astype(np.float32)


def ad_hidden_chance(click: Numbers) -> Numbers:
    """Return the chance that an ad is hidden by who sees it: what nobody wants annoys."""
    return np.float32(0.03) * np.exp(-click / np.float32(0.03))
