"""The feedback embargo."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.errors import InputError
from leadline.practice.feedback import embargo


def test_the_embargo_begins_when_both_are_there() -> None:
    # 4 January 2027 + 60 = 5 March, + 90 = 4 April (27 + 28 + 31 + 4 days).
    old = embargo(lead_since=date(2027, 1, 4), person_since=date(2020, 1, 1))
    assert (old.together_since, old.drafts_on, old.opens_on) == (
        date(2027, 1, 4),
        date(2027, 3, 5),
        date(2027, 4, 4),
    )
    new = embargo(lead_since=date(2027, 1, 4), person_since=date(2027, 2, 1))
    assert (new.together_since, new.opens_on) == (date(2027, 2, 1), date(2027, 5, 2))


def test_an_unknown_start_counts_as_there_before() -> None:
    found = embargo(lead_since=date(2027, 1, 4), person_since=None)
    assert found.together_since == date(2027, 1, 4)


def test_feedback_waits_but_conduct_does_not() -> None:
    found = embargo(lead_since=date(2027, 1, 4), person_since=None)
    assert not found.allows(on=date(2027, 4, 3))
    assert found.allows(on=date(2027, 4, 4))
    assert found.allows(on=date(2027, 1, 5), conduct=True)


def test_the_embargo_can_be_set_and_switched_off() -> None:
    short = embargo(lead_since=date(2027, 1, 4), person_since=None, days=30)
    assert short.drafts_on == short.opens_on == date(2027, 2, 3)
    off = embargo(lead_since=date(2027, 1, 4), person_since=None, days=0)
    assert off.allows(on=date(2027, 1, 4))


def test_the_reason_says_since_when_and_that_conduct_is_exempt() -> None:
    found = embargo(lead_since=date(2027, 1, 4), person_since=None)
    assert "since 2027-01-04" in found.reason
    assert "90 days" in found.reason
    assert "Conduct is exempt" in found.reason


def test_a_negative_embargo_is_refused() -> None:
    with pytest.raises(InputError, match="-1 days; 0 or more"):
        embargo(lead_since=date(2027, 1, 4), person_since=None, days=-1)
