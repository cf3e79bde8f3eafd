"""Decisions come back on their day, ideas when what they wait for turns up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from leadline.practice.project_notes import (
    Decided,
    Parked,
    decisions_to_revisit,
    ideas_that_woke,
)
from leadline.practice.recent_changes import Change

TODAY = date(2026, 11, 23)
DECIDED = Decided(
    key="3", project="ranking", what="Keep the holdout", decided_on=date(2026, 8, 3),
    revisit_on=TODAY, hard_to_reverse=True,
)  # fmt: skip
PARKED = Parked(
    key="4", project="ranking", idea="Rank by image", condition="photos have embeddings.",
    waits_for="Embedding", parked_on=date(2026, 6, 1),
)  # fmt: skip
CHANGE = Change(
    repository="photos", commit="a" * 40, on=date(2026, 11, 2), author="Mira",
    email="mira@x.example", subject="Add", paths=("jobs/readme.md", "jobs/embeddings.py"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("days", "speaks"), [(-1, False), (0, True), (1, True), (90, True), (91, False)]
)
def test_a_decision_speaks_from_its_day_on_for_a_quarter(days: int, speaks: bool) -> None:
    found = decisions_to_revisit(
        [replace(DECIDED, revisit_on=TODAY - timedelta(days=days))], today=TODAY
    )
    assert bool(found) is speaks
    assert not speaks or found[0].magnitude == days


def test_a_decision_without_a_day_never_speaks() -> None:
    assert decisions_to_revisit([replace(DECIDED, revisit_on=None)], today=TODAY) == ()


def test_what_is_hard_to_reverse_weighs_more() -> None:
    hard, easy = decisions_to_revisit(
        [DECIDED, replace(DECIDED, hard_to_reverse=False, project="")], today=TODAY
    )
    assert hard.worth > easy.worth
    assert "in ranking" in hard.sentence
    assert "today" in hard.sentence
    assert easy.receipts[0].place == "the team's"


def test_an_idea_wakes_when_its_word_turns_up_later() -> None:
    (found,) = ideas_that_woke([PARKED], changes=[CHANGE], today=TODAY)
    assert "jobs/embeddings.py turned up in photos" in found.sentence
    assert found.question == "Is it so now that photos have embeddings?"


@pytest.mark.parametrize(
    "idea",
    [
        replace(PARKED, waits_for=" "),
        replace(PARKED, waits_for="vectors"),
        replace(PARKED, parked_on=date(2026, 11, 3)),
    ],
)
def test_an_idea_sleeps_otherwise(idea: Parked) -> None:
    assert ideas_that_woke([idea], changes=[CHANGE], today=TODAY) == ()
