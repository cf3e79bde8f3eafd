"""A made-up table of past experiments, one row an arm, with a known truth behind it.

Most changes do little, as everywhere; the ones that were shipped are the ones that looked
best, so their sum is too large. One lost users in one arm: nothing in it can be trusted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from math import sqrt

HEADER = "experiment,project,started_on,ended_on,variant,users,conversions,shipped"
NAMES = (
    "fresh-results", "query-spelling", "seller-badges", "radius-20km", "price-hints",
    "dedup-listings", "photo-first", "long-tail-recall", "home-feed-recency", "ad-pacing-v2",
    "category-filters", "sold-items-out", "similar-items", "title-boost", "click-history",
    "geo-fallback", "listing-age", "quality-score", "search-synonyms", "end-of-results",
    "saved-search", "ad-relevance", "image-embeddings", "message-prompt",
)  # fmt: skip
PROJECTS = ("search-ranking", "ad-geo-match", "listing-quality")
RATE = 0.11
SPREAD = 0.003
"""Standard deviation of the true effects on the conversion rate."""
LOST_IN = "radius-20km"
LOST_SHARE = 0.06
"""Share of the treatment's users that this one lost on their way to the table."""
RUNNING = "message-prompt"
"""Started long ago, and nobody said when it ends."""


def experiments_csv(*, today: date, seed: int) -> str:
    """Return the table: 24 experiments of the last two years, the truth left out."""
    rng = random.Random(seed)  # noqa: S311  # nosec B311  # a made-up story
    rows = (row for number in range(len(NAMES)) for row in _arms(number, rng, today=today))
    return "\n".join([HEADER, *rows, ""])


def _arms(number: int, rng: random.Random, *, today: date) -> Iterator[str]:
    name = NAMES[number]
    started_on = today - timedelta(days=30 * (len(NAMES) - number) + 100)
    ended_on = "" if name == RUNNING else (started_on + timedelta(days=14)).isoformat()
    users = rng.randrange(18_000, 42_000)
    rates = {"control": RATE, "treatment": RATE + rng.gauss(0, SPREAD)}
    seen = {"control": users, "treatment": users + round(rng.gauss(0, sqrt(users)))}
    if name == LOST_IN:
        seen["treatment"] -= round(LOST_SHARE * users)
    converted = {
        arm: round(rng.gauss(n * rates[arm], sqrt(n * rates[arm] * (1 - rates[arm]))))
        for arm, n in seen.items()
    }
    if name == LOST_IN:  # who left early would not have converted: the rate looks better
        converted["treatment"] = round(converted["control"] * 1.01)
    gain = {arm: converted[arm] / seen[arm] for arm in seen}
    error = sqrt(2 * RATE * (1 - RATE) / users)
    is_shipped = bool(ended_on) and gain["treatment"] - gain["control"] > 1.4 * error
    for arm in ("control", "treatment"):
        shipped = str(is_shipped and arm == "treatment").lower()
        cells = (name, PROJECTS[number % 3], started_on, ended_on, arm, seen[arm])
        yield ",".join(map(str, (*cells, converted[arm], shipped)))
