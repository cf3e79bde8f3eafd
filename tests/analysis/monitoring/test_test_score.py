"""The ML Test Score: a half by hand, one by itself, the minimum of four sections."""

from __future__ import annotations

import pytest

from leadline.analysis.monitoring.test_score import SECTIONS, score_tests
from leadline.errors import InputError


def test_there_are_28_tests_in_four_sections() -> None:
    # Breck et al. (2017): four sections of seven.
    assert [len(tests) for tests in SECTIONS.values()] == [7, 7, 7, 7]


def test_the_score_is_that_of_the_weakest_section() -> None:
    evidence = {"data-1": "schema", "monitoring-2": "checked", "model-5": "compared"}
    by_hand = ["data-2", "model-1", "infrastructure-7", "monitoring-2"]
    found = score_tests(evidence, by_hand)
    # By hand: data 1 + ½, model 1 + ½, infrastructure ½, monitoring 1 (once, not twice).
    assert found.points == {
        "data": 1.5, "model": 1.5, "infrastructure": 0.5, "monitoring": 1.0,
    }  # fmt: skip
    assert found.score == 0.5
    assert found.weakest == "infrastructure"
    ticked = found.sections["monitoring"][1]
    assert (ticked.name, ticked.points, ticked.evidence) == ("monitoring-2", 1.0, "checked")


def test_a_name_that_is_no_test_is_refused() -> None:
    with pytest.raises(InputError, match="data-8, magic: no test of that name"):
        score_tests({}, ["data-8", "magic"])
