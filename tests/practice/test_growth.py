"""Development plans: chosen by the person, with a day to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from leadline.errors import InputError
from leadline.practice.growth import Growth, check_plan, findings, may_choose

TODAY = date(2027, 3, 1)
PLAN = Growth(
    person="luca@harbour.example",
    name="Luca Boya",
    begun_on=date(2027, 1, 4),
    n_paths=2,
    chosen_on=date(2027, 1, 11),
    check_on=date(2027, 4, 1),
)


def test_a_plan_needs_a_gap_a_sign_and_a_day_within_half_a_year() -> None:
    check_plan(gap="g", sign="s", check_on=date(2027, 3, 2), today=TODAY)
    check_plan(gap="g", sign="s", check_on=date(2027, 8, 28), today=TODAY)  # 180 days
    with pytest.raises(InputError, match="the gap is empty"):
        check_plan(gap=" ", sign="s", check_on=date(2027, 4, 1), today=TODAY)
    with pytest.raises(InputError, match="the sign of improvement is empty"):
        check_plan(gap="g", sign="", check_on=date(2027, 4, 1), today=TODAY)
    for day in (TODAY, date(2027, 8, 29)):
        with pytest.raises(InputError, match="within 180 days after 2027-03-01"):
            check_plan(gap="g", sign="s", check_on=day, today=TODAY)


def test_only_the_person_chooses_and_from_at_least_two() -> None:
    may_choose(person="luca", chooser="luca", n_paths=2)
    with pytest.raises(InputError, match="only the person whose plan it is"):
        may_choose(person="luca", chooser="ines", n_paths=3)
    with pytest.raises(InputError, match="at least 2 paths, there is 1"):
        may_choose(person="luca", chooser="luca", n_paths=1)


def test_a_check_that_is_due_is_said_to_both() -> None:
    assert findings([PLAN], today=date(2027, 3, 31)) == ()
    (found,) = findings([PLAN], today=date(2027, 4, 4))
    assert (found.rule, found.magnitude) == ("growth-check-due", 3.0)
    assert found.readers == ("lead", "luca@harbour.example")


def test_a_choice_that_is_open_for_two_weeks_is_asked_about() -> None:
    waiting = replace(PLAN, chosen_on=None, n_paths=1)
    assert findings([waiting], today=date(2027, 1, 17)) == ()
    (found,) = findings([waiting], today=date(2027, 1, 18))
    assert found.rule == "growth-path-open"
    assert "1 suggested path and none chosen" in found.sentence
