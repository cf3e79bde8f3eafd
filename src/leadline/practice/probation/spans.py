"""Dates and spans of days, working days, weeks and months, as statutes count them.

The first day of work counts as day one. A period of months therefore ends on the day
before the same date N months later; where that month has no such date, it ends with
the month's last day (BGB §§ 187(2), 188(2)–(3); Regulation (EEC) 1182/71 art. 3(2)(c)
clamps the same way).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from leadline.practice.dates import DAY, shift_working_days

Unit = Literal["days", "working-days", "weeks", "months"]


@dataclass(frozen=True, slots=True)
class Span:
    """A length in the unit that the statute counts in: `Span(6, "months")`."""

    length: int
    unit: Unit

    def __str__(self) -> str:
        name = self.unit.replace("-", " ")
        return f"{self.length} {name[:-1] if self.length == 1 else name}"


def same_date(day: date, *, months: int) -> date:
    """Return the same date some months away, or that month's last day if it has none."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def last_day(start_on: date, span: Span, *, holidays: frozenset[date] = frozenset()) -> date:
    """Return the last day of a period whose first day is `start_on`.

    Parameters
    ----------
    start_on : date
        Day one of the period; it counts.
    span : Span
        At least one of its unit.
    holidays : frozenset of date
        Days that are no working days; only spans of working days look at them.
    """
    if span.unit == "working-days":
        return shift_working_days(start_on - DAY, span.length, holidays=holidays)
    if span.unit != "months":
        days = span.length * (7 if span.unit == "weeks" else 1)
        return start_on + timedelta(days=days - 1)
    same = same_date(start_on, months=span.length)
    return same - DAY if same.day == start_on.day else same


def notice_ends(told_on: date, span: Span, *, holidays: frozenset[date] = frozenset()) -> date:
    """Return the last day of a notice given on `told_on`; that day does not count."""
    if span.length == 0:
        return told_on
    if span.unit == "months":
        return same_date(told_on, months=span.length)
    return last_day(told_on + DAY, span, holidays=holidays)
