"""The record of a probation: no surprise, the same for everybody, deleted when over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from leadline.errors import InputError
from leadline.practice.brief import choose
from leadline.practice.people import Person
from leadline.practice.probation import ProbationDates, probation_dates
from leadline.practice.probation.findings import findings as law_findings
from leadline.practice.probation.record import (
    Outcome,
    Record,
    check_extension,
    evaluated_on,
    findings,
    purge_on,
    reassurance,
    surprise,
    warning,
)

SELMA = Person(name="Selma", emails=("selma@harbour.example",), country="DE")
TOLD = date(2027, 6, 1)


@pytest.fixture(scope="module")
def dates() -> ProbationDates:
    """Six months from 4 January 2027: ends on 3 July, evaluated halfway.

    Halfway is Sunday 4 April, so Friday the 2nd (the engine's own tests).
    """
    found = probation_dates(country="DE", start_on=date(2027, 1, 4))
    assert isinstance(found, ProbationDates)
    assert (found.ends_on, found.evaluate_on) == (date(2027, 7, 3), date(2027, 4, 2))
    return found


def test_an_end_without_an_earlier_word_is_a_surprise() -> None:
    assert "No written check-in lies 14 days" in surprise(
        outcome=Outcome.ENDED, check_ins=(), on=TOLD
    )
    assert surprise(outcome=Outcome.ENDED, check_ins=(date(2027, 5, 19),), on=TOLD)
    assert not surprise(outcome=Outcome.ENDED, check_ins=(date(2027, 5, 18),), on=TOLD)
    assert not surprise(outcome=Outcome.PASSED, check_ins=(), on=TOLD)


def test_a_check_in_near_the_evaluation_is_the_evaluation(dates: ProbationDates) -> None:
    # 2 April less 14 days = 19 March.
    early, first, second = date(2027, 3, 18), date(2027, 3, 19), date(2027, 4, 2)
    assert evaluated_on([early], dates=dates) is None
    assert evaluated_on([second, early, first], dates=dates) == first


def test_both_texts_carry_the_same_dates(dates: ProbationDates) -> None:
    for text in (reassurance("Selma", dates=dates), warning("Selma", dates=dates)):
        assert "Sat 3 Jul 2027" in text
        assert "Fri 2 Apr 2027" in text
        assert "everybody" in text


def test_an_extension_needs_a_reason_and_a_later_end(dates: ProbationDates) -> None:
    check_extension(until=date(2027, 7, 4), reason="ill in May", dates=dates, today=TOLD)
    with pytest.raises(InputError, match="its reason in writing"):
        check_extension(until=date(2027, 8, 1), reason=" ", dates=dates, today=TOLD)
    with pytest.raises(InputError, match="after 2027-07-03, got 2027-07-03"):
        check_extension(until=date(2027, 7, 3), reason="ill", dates=dates, today=TOLD)


def test_what_was_passed_is_deleted_at_once_and_what_ended_after_half_a_year() -> None:
    # 1 June + 180 days = 28 November (29 + 31 + 31 + 30 + 31 + 28).
    assert purge_on(outcome=Outcome.PASSED, told_on=TOLD) == TOLD
    assert purge_on(outcome=Outcome.ENDED, told_on=TOLD) == date(2027, 11, 28)


def test_half_the_way_without_a_word_is_a_line_for_both(dates: ProbationDates) -> None:
    # Half of the 88 days from 4 January: 17 February.
    def lines(on: date, *check_ins: date, is_over: bool = False) -> int:
        record = Record(person=SELMA, dates=dates, check_ins=check_ins, is_over=is_over)
        found = findings([record], today=on)
        assert all(one.readers == ("lead", SELMA.key) for one in found)
        return len(found)

    assert lines(date(2027, 2, 16)) == 0
    assert lines(date(2027, 2, 17)) == 1
    assert lines(date(2027, 2, 17), date(2027, 2, 1)) == 0
    assert lines(date(2027, 2, 17), is_over=True) == 0
    assert lines(date(2027, 7, 4)) == 0


def test_the_day_that_is_to_come_ranks_before_the_one_that_has_passed() -> None:
    found = probation_dates(country="DE", start_on=date(2027, 1, 4))
    assert isinstance(found, ProbationDates)
    record = Record(person=SELMA, dates=found, check_ins=(), is_over=False)
    # By hand: evaluated on 2 April, 3 July is its last day.
    for today, due_on in (
        (date(2027, 4, 2), found.evaluate_on),
        (date(2027, 4, 3), found.last_safe_on),
        (found.ends_on, found.ends_on),
    ):
        (line,) = findings([record], today=today)
        assert line.due_on == due_on
        law = law_findings(people=[replace(SELMA, start_on=found.start_on)], today=today)
        first = choose([line, *law], earlier=[], answers=[], today=today).lines[0]
        assert (first.rule == "probation-last-safe-day") is (today == found.ends_on)
