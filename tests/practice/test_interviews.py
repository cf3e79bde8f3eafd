"""Structured interviews: who may read what when, the retention clock, calibration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from leadline.errors import InputError, NotEnoughDataError
from leadline.practice.interviews import (
    Question,
    calibration,
    check_kit,
    delete_on,
    may_debrief,
    may_read_notes,
)

ASKED = Question(
    text="Tell us of an experiment that failed.",
    weak="None failed.",
    fair="Names one and what was learnt.",
    strong="Names one, what was learnt, and what was changed after it.",
)


def test_a_kit_needs_a_question_once_with_all_its_anchors() -> None:
    check_kit([ASKED, replace(ASKED, text="How would you measure it?")])
    with pytest.raises(InputError, match="at least one question"):
        check_kit([])
    with pytest.raises(InputError, match="question 1 is empty or stands twice"):
        check_kit([ASKED, replace(ASKED, text=ASKED.text.upper())])
    with pytest.raises(InputError, match="question 1 is empty"):
        check_kit([replace(ASKED, text=" ")])
    with pytest.raises(InputError, match="what a fair answer sounds like"):
        check_kit([replace(ASKED, fair="")])


def test_notes_of_others_are_hidden_until_ones_own_are_in() -> None:
    """Oracle: the rule written out as a table of all cases."""
    both = {"ada", "ben"}
    readable = {
        (reader, tuple(sorted(submitted)))
        for reader, submitted in product(
            ("ada", "ben", "lead"), (set(), {"ada"}, {"ben"}, {"ada", "ben"})
        )
        if may_read_notes(reader=reader, author="ada", submitted=submitted, interviewers=both)
    }
    assert readable == {
        ("ada", ()),
        ("ada", ("ada",)),
        ("ada", ("ben",)),
        ("ada", ("ada", "ben")),
        ("ben", ("ada", "ben")),
        ("lead", ("ada", "ben")),
    }


def test_a_debrief_waits_for_everybody_who_interviewed() -> None:
    assert may_debrief(submitted={"ada", "ben"}, interviewers={"ada", "ben"})
    assert not may_debrief(submitted={"ada"}, interviewers={"ada", "ben"})
    assert not may_debrief(submitted=set(), interviewers=set())


def test_candidates_are_deleted_after_the_decision_or_when_forgotten() -> None:
    # 1 March + 180 days = 28 August (30 + 30 + 31 + 30 + 31 + 28).
    opened = date(2027, 1, 4)
    assert delete_on(opened_on=opened, decided_on=date(2027, 3, 1)) == date(2027, 8, 28)
    assert delete_on(opened_on=opened, decided_on=None) == date(2028, 1, 4)
    assert delete_on(opened_on=opened, decided_on=opened, keep_days=0) == opened
    with pytest.raises(InputError, match="got -1 and 365"):
        delete_on(opened_on=opened, decided_on=None, keep_days=-1)


def test_calibration_is_the_mean_distance_to_the_others() -> None:
    # By hand: ten answers, own 2 everywhere; others' means 3 (nine times) and 5 (once):
    # severity −(9·1 + 3)/10 = −1.2, within one anchor nine times of ten.
    own = {str(n): 2 for n in range(11)}
    others = {str(n): [2, 4] for n in range(9)} | {"9": [5, 5]}
    found = calibration(own, others)
    assert found.n_comparisons == 10
    assert found.severity == pytest.approx(-1.2)
    assert found.agreement == pytest.approx(0.9)


def test_a_calibration_on_few_answers_is_refused() -> None:
    with pytest.raises(NotEnoughDataError, match=r"at least 10 answers .*so far there are 1"):
        calibration({"a": 3, "b": 3}, {"a": [3]})
