"""The wording of feedback, against phrases that were labelled by hand first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from leadline.practice.feedback_wording import Kind, Words, remarks

PHRASES = tomllib.loads(
    Path(__file__).with_name("feedback_phrases.toml").read_text(encoding="utf-8")
)["phrase"]


def asked(**parts: str) -> Words:
    """A text whose question is fine, unless the question is what is tested."""
    return Words(**{"question": "How did you see it?"} | parts)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: str(phrase["text"])[:40])
def test_a_phrase_gets_the_labels_of_a_careful_reader(phrase: dict[str, Any]) -> None:
    found = remarks(asked(**{phrase["part"]: phrase["text"]}))
    assert sorted({remark.kind for remark in found}) == sorted(phrase["kinds"])
    assert all(remark.part == phrase["part"] for remark in found)


def test_every_kind_and_its_absence_is_among_the_phrases() -> None:
    labels = [kind for phrase in PHRASES for kind in phrase["kinds"]]
    assert {Kind(label) for label in labels} == set(Kind)
    assert sum(not phrase["kinds"] for phrase in PHRASES) >= 20


def test_a_remark_quotes_the_words_and_offers_others() -> None:
    found = remarks(asked(behaviour="You were late, and you are careless."))
    assert [remark.words for remark in found] == ["you are careless"]
    assert "camera" in found[0].instead
    assert found[0].why


def test_the_same_words_are_marked_once_and_in_the_order_of_the_text() -> None:
    found = remarks(asked(impact="You must ask. You must ask. You never do."))
    assert [remark.words for remark in found] == ["You must", "You must", "You never"]


def test_an_empty_draft_asks_only_for_a_question() -> None:
    assert [remark.kind for remark in remarks(Words())] == [Kind.NO_QUESTION]
