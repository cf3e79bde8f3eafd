"""Working days and dates in words, counted on a calendar."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.practice.dates import (
    can_be_used,
    days_in_words,
    is_working_day,
    long_date,
    next_working_day,
    previous_working_day,
    shift_working_days,
)

# 2026: Thursday 30 April, Friday 1 May (a holiday here), weekend, Monday 4 May.
MAY = frozenset({date(2026, 5, 1)})


def test_weekends_and_holidays_are_no_working_days() -> None:
    week = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)]
    assert [is_working_day(day, holidays=MAY) for day in week] == [True, False, False, False]


def test_the_nearest_working_day_on_either_side() -> None:
    assert previous_working_day(date(2026, 5, 3), holidays=MAY) == date(2026, 4, 30)
    assert next_working_day(date(2026, 5, 1), holidays=MAY) == date(2026, 5, 4)
    assert next_working_day(date(2026, 5, 4), holidays=MAY) == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, date(2026, 4, 30)), (1, date(2026, 5, 4)), (6, date(2026, 5, 11))],
)
def test_shifting_forward_skips_what_is_free(count: int, expected: date) -> None:
    assert shift_working_days(date(2026, 4, 30), count, holidays=MAY) == expected


def test_shifting_back_skips_what_is_free() -> None:
    assert shift_working_days(date(2026, 5, 4), -1, holidays=MAY) == date(2026, 4, 30)


def test_a_date_reads_the_same_in_every_locale() -> None:
    assert long_date(date(2026, 5, 4)) == "Mon 4 May 2026"


def test_only_what_is_a_day_is_written_in_words() -> None:
    said = "Held on 2026-05-04; v2026-05-04, lead-2026-05-04.ics and 2026-13-40 are no days."
    assert days_in_words(said) == said.replace("on 2026-05-04", "on Mon 4 May 2026")


@pytest.mark.parametrize(
    ("day", "can"),
    [(date.min, False), (date(1899, 12, 31), False), (date(1900, 1, 1), True),
     (date(2199, 12, 31), True), (date(2200, 1, 1), False), (date.max, False)],
)  # fmt: skip
def test_a_day_that_leaves_no_room_for_dates_cannot_be_used(day: date, can: bool) -> None:
    assert can_be_used(day) is can
