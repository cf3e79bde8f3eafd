"""When to evaluate: halfway if long, a month before the end if short.

The source of the practice: with six months evaluate at three; when it is shorter, about
one month before the end. The day is the same whether somebody is doing well or not.
"""

from __future__ import annotations

from datetime import date, timedelta

from leadline.practice.dates import previous_working_day
from leadline.practice.probation.results import Step
from leadline.practice.probation.spans import Span, last_day, same_date

LONG_FROM_DAYS = 180
"""A probation of at least this many days (six months, or 180 days) counts as long."""


def halfway(start_on: date, ends_on: date) -> date:
    """Return the middle: by whole months where they divide evenly, else by days."""
    after = ends_on + timedelta(days=1)
    months = (after.year - start_on.year) * 12 + after.month - start_on.month
    if months and months % 2 == 0 and last_day(start_on, Span(months, "months")) == ends_on:
        return same_date(start_on, months=months // 2)
    return start_on + timedelta(days=((ends_on - start_on).days + 1) // 2)


def evaluation(
    *, start_on: date, ends_on: date, holidays: frozenset[date], limit: date
) -> Step:
    """Return the evaluation date, a working day between the start and `limit`.

    Parameters
    ----------
    start_on, ends_on : date
        First and last day of the probation, absences included.
    limit : date
        The last safe day; an evaluation after it would come too late.
    """
    middle = halfway(start_on, ends_on)
    if (ends_on - start_on).days + 1 >= LONG_FROM_DAYS:
        day, why = middle, "Evaluation halfway: six months or more."
    else:
        day = max(middle, same_date(ends_on, months=-1))
        why = "Evaluation a month before the end, never before the middle: under six months."
    if day > limit:
        day, why = limit, f"{why} Moved to the last safe day, which comes earlier."
    return Step(max(start_on, previous_working_day(day, holidays=holidays)), why)
