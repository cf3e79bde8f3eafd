"""Working days, and dates in words; holidays are always an argument."""

from __future__ import annotations

import re
from datetime import date, timedelta

DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that somebody may give: from any of them dates can be worked out, decades both ways."""
SATURDAY = 5
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def can_be_used(day: date) -> bool:
    """Whether dates can be worked out from a day that somebody gave."""
    return FIRST_DAY <= day <= LAST_DAY


def is_working_day(day: date, *, holidays: frozenset[date]) -> bool:
    """Whether the day is neither a Saturday, a Sunday nor one of the holidays."""
    return day.weekday() < SATURDAY and day not in holidays


def previous_working_day(day: date, *, holidays: frozenset[date]) -> date:
    """Return the day itself, or the last working day before it."""
    while not is_working_day(day, holidays=holidays):
        day -= DAY
    return day


def next_working_day(day: date, *, holidays: frozenset[date]) -> date:
    """Return the day itself, or the first working day after it."""
    while not is_working_day(day, holidays=holidays):
        day += DAY
    return day


def shift_working_days(day: date, count: int, *, holidays: frozenset[date]) -> date:
    """Return the working day `count` working days after (or, negative, before) a day."""
    step = DAY if count > 0 else -DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, holidays=holidays):
            day += step
    return day


def long_date(day: date) -> str:
    """Return the day as "Wed 1 Apr 2026", the same in every locale."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


ISO_DAY = re.compile(r"(?<![\w./-])(\d{4}-\d{2}-\d{2})(?![\w/-])")
"""A day as rules write it into a sentence; every surface writes it as its reader does."""


def days_in_words(sentence: str) -> str:
    """Return a sentence with its days in words; what only looks like a day stays."""
    return ISO_DAY.sub(_in_words, sentence)


def _in_words(found: re.Match[str]) -> str:
    try:
        return long_date(date.fromisoformat(found.group()))
    except ValueError:
        return found.group()
