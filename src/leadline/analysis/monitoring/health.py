"""When the monitor itself fails: that is said before anything it has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from leadline.analysis.monitoring.counts import Counts
from leadline.analysis.monitoring.drift import MIN_ROWS
from leadline.analysis.monitoring.reference import Reference

LOOKED_BACK = 14
"""Days before the last one in which a gap is still told."""

Reason = Literal["unreadable", "stale", "missing day", "missing column", "too few rows"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Something because of which silence means nothing.

    Attributes
    ----------
    reason : str
    sentence : str
        One sentence, without a full stop.
    days : float
        How many days are affected.
    """

    reason: Reason
    sentence: str
    days: float = 1.0


def failures(
    current: Counts,
    *,
    reference: Reference,
    today: date,
    missing: Sequence[str] = (),
    grace_days: int = 1,
) -> tuple[Failure, ...]:
    """Return everything that keeps the monitor from seeing.

    Parameters
    ----------
    current : Counts
        Of the days after the reference; may be empty.
    today : date
    missing : sequence of str
        Columns that are counted and that the table has no more.
    grace_days : int
        A day's rows may come that many days late: 1 means that yesterday must be there.
    """
    expected = today - timedelta(days=grace_days)
    days = current.days
    found = [
        Failure(reason="missing column", sentence=f"the column {name} is gone")
        for name in missing
    ]
    last = max((*days, *reference.days))
    absent = _expected_days(last, expected, weekdays=reference.weekdays)
    if absent:
        sentence = f"no rows since {last}: {len(absent)} expected days are missing"
        found.append(Failure(reason="stale", sentence=sentence, days=len(absent)))
    elif not days:
        sentence = f"no day after the reference, which ends on {last}, is over yet"
        found.append(Failure(reason="stale", sentence=sentence))
    if days:
        start = max(days[0], last - timedelta(days=LOOKED_BACK))
        gaps = [
            d for d in _expected_days(start, last, weekdays=reference.weekdays) if d not in days
        ]
        found += [Failure(reason="missing day", sentence=f"no rows on {day}") for day in gaps]
        n_rows = current.over(days[-1:]).rows
        if n_rows < MIN_ROWS:
            sentence = f"{days[-1]} has {n_rows:.0f} rows, and {MIN_ROWS} are needed"
            found.append(Failure(reason="too few rows", sentence=sentence))
    return tuple(found)


def _expected_days(after: date, until: date, *, weekdays: frozenset[int]) -> list[date]:
    """Return the days after one, up to another, on which the reference has rows."""
    span = (until - after).days
    days = [after + timedelta(days=i) for i in range(1, span + 1)]
    return [day for day in days if day.weekday() in weekdays]
