"""What the made-up team wrote about its projects: assumptions, an idea, decisions."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.demo.team import DOMAIN

INES, MIRA, CARMEN, OTTO = (f"{who}@{DOMAIN}" for who in ("ines", "mira", "carmen", "otto"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumed:
    """An assumption, and what its answer was; no verdict where nobody has answered."""

    project: str
    text: str
    confidence: str
    days_ago: int
    verdict: str = ""
    learnt: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parked:
    """An idea that works if something changes."""

    project: str
    text: str
    condition: str
    waits_for: str
    days_ago: int
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A decision; looked at again so many days after today."""

    project: str
    text: str
    consulted: str
    reversible: str
    days_ago: int
    again_in_days: int | None
    by: str = INES


ASSUMED = (
    Assumed(
        project="search-ranking", text="clicks are what the ranker learns from.",
        confidence="likely", days_ago=38, verdict="refuted", by=MIRA,
        learnt="Contacts weigh ten times a click; clicks alone brought click-bait to the top.",
    ),
    Assumed(
        project="search-ranking", text="the holdout fifth is never touched by the ranker.",
        confidence="quite sure", days_ago=30, verdict="confirmed", by=MIRA,
        learnt="Also not by the cache: it is keyed by arm.",
    ),
    Assumed(
        project="search-ranking", text="nobody but Rafael could change the query vocabulary.",
        confidence="a guess", days_ago=12,
    ),
    Assumed(
        project="ad-geo-match", text="advertisers pay for impressions, not for visits.",
        confidence="likely", days_ago=26, verdict="refuted", by=CARMEN,
        learnt="They pay for visits since spring; pacing is built on that.",
    ),
)  # fmt: skip

PARKED = (
    Parked(
        project="search-ranking", text="Rank by what photos show.",
        condition="listings have image embeddings every night",
        waits_for="embedding", days_ago=60, by=MIRA,
    ),
    Parked(
        project="ad-geo-match", text="Bid by the hour of the day.",
        condition="the auction tells us the hour", waits_for="", days_ago=20, by=OTTO,
    ),
)  # fmt: skip

DECIDED = (
    Decided(
        project="search-ranking", text="Keep a fifth of all buyers as a holdout",
        consulted="Mira, the product manager of search", reversible="easily",
        days_ago=84, again_in_days=0,
    ),
    Decided(
        project="search-ranking", text="No ranker trained on clicks alone goes live",
        consulted="Mira, Jonas", reversible="with effort", days_ago=33, again_in_days=60,
    ),
    Decided(
        project="listing-quality", text="Stop until sellers can be asked inside the form",
        consulted="Núria, the sellers' team", reversible="easily",
        days_ago=45, again_in_days=45,
    ),
)  # fmt: skip
