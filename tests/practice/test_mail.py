"""When a mail is due: by the calendar of 2026, in which 23 November is a Monday."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.practice.mail import Every, is_due

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("every", "sent_on", "today", "expected"),
    [
        (Every.DAY, None, MONDAY, True),
        (Every.DAY, FRIDAY, MONDAY, True),
        (Every.DAY, MONDAY, MONDAY, False),  # a second run on the day sends nothing
        (Every.DAY, FRIDAY, SATURDAY, False),
        (Every.DAY, TUESDAY, MONDAY, False),  # a clock that was put back sends nothing twice
        (Every.WEEK, None, TUESDAY, True),
        (Every.WEEK, FRIDAY, MONDAY, True),
        (Every.WEEK, FRIDAY, TUESDAY, True),  # nothing ran on Monday
        (Every.WEEK, MONDAY, TUESDAY, False),
        (Every.WEEK, date(2026, 12, 31), date(2027, 1, 1), False),  # both in week 53
        (Every.WEEK, date(2026, 12, 31), date(2027, 1, 4), True),
    ],
)
def test_a_mail_is_due_once_a_day_or_once_a_week(
    every: Every, sent_on: date | None, today: date, expected: bool
) -> None:
    assert is_due(every, sent_on=sent_on, today=today) is expected
