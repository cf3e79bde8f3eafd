"""Leadline's own rules find what was planted, and little else where all is well.

The oracle is the story itself, by design of `leadline.demo`; the brute-force tests beside
this one prove that it is really in the data.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from leadline.connectors.git import read_history
from leadline.demo import build
from leadline.demo.team import team
from leadline.practice.critical_path import critical_path
from leadline.practice.knowledge import findings, knowledge_map

LEAD = "ines@harbour.example"
PLANTED = {
    ("search-ranking", "no-living-owner", "area:search-ranking/query_intent"),
    ("search-ranking", "lead-on-critical-path", "project:search-ranking"),
    ("ad-geo-match", "handover-before-leave", "person:piet@harbour.example"),
    ("ad-geo-match", "one-living-owner", "area:ad-geo-match/matching"),
}


@pytest.mark.parametrize(
    ("today", "seed"),
    [
        (date(2026, 11, 23), 7),
        (date(2026, 11, 23), 8),
        (date(2027, 1, 2), 7),
        (date(2028, 2, 29), 1),
    ],
)
def test_what_is_planted_is_found_and_the_rest_is_quiet(
    today: date, seed: int, tmp_path: Path
) -> None:
    folder = build(tmp_path / "team", today=today, seed=seed)
    people = team(today=today)
    found = set()
    for name in ("search-ranking", "ad-geo-match"):
        history = read_history(folder / "repositories" / name, cache_folder=tmp_path / "cache")
        knowledge = knowledge_map(
            history, people=[*people.members.values(), people.lead], today=today
        )
        lines = [*findings(knowledge, lead=LEAD), *critical_path(knowledge, lead=LEAD)]
        found |= {(name, line.rule, line.subject) for line in lines}
    assert found == PLANTED


def test_the_unknown_address_is_asked_about_and_the_bot_is_left_out(
    workspace: Path, tmp_path: Path
) -> None:
    today = date(2026, 11, 24)
    people = team(today=today)
    history = read_history(
        workspace / "repositories" / "search-ranking", cache_folder=tmp_path / "cache"
    )
    knowledge = knowledge_map(history, people=[*people.members.values()], today=today)
    asked = {(one.first.email, one.second.email) for one in knowledge.suggested_merges}
    assert ("jonas@harbour.example", "jonas@laptop.harbour.example") in asked
    assert [bot.name for bot in knowledge.bots] == ["harbour-updates[bot]"]
    assert knowledge.last_on is not None
    assert today - timedelta(days=14) <= knowledge.last_on < today
