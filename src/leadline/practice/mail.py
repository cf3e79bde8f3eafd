"""When a mail is due to somebody who asked for it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from leadline.practice.dates import SATURDAY


class Every(StrEnum):
    """How often somebody wants a mail; whoever said nothing gets none."""

    DAY = "day"
    WEEK = "week"


def is_due(every: Every, *, sent_on: date | None, today: date) -> bool:
    """Return whether somebody gets a mail today.

    Parameters
    ----------
    every : Every
        On every working day, or in every week: on its first working day on which anything
        is sent at all, so that a Monday without a run loses nothing.
    sent_on : date or None
        The day of the last mail.
    today : date
        The day of asking. Nobody gets mail on a weekend.
    """
    if today.weekday() >= SATURDAY:
        return False
    if sent_on is None:
        return True
    if every is Every.WEEK:
        return _week(sent_on) < _week(today)
    return sent_on < today


def _week(day: date) -> tuple[int, int]:
    year, week, _day = day.isocalendar()
    return year, week
