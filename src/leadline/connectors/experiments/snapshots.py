"""Rows by day: does each hold its day, or all days so far?"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.moments import Moments
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENOUGH_STEPS = 8
"""So many steps upwards and none down do not happen by chance in rows a day."""

MOST_DOWN = 0.15
"""In rows a day about half of all steps go down; in rows so far a few do, by corrections."""

_TELLING = ("since_start", "cumulative", "snapshot", "so_far", "to_date")


def is_cumulative(series: Sequence[Sequence[int]], *, column: str, place: str) -> bool:
    """Return whether counts by day are counts of all days so far.

    Parameters
    ----------
    series : sequence of sequences of int
        Units by day, in order, one series for each arm and metric.
    column : str
        The day's column, which may tell.

    Raises
    ------
    InputError
        Too few days to tell, or a few steps down that neither reading explains.
    """
    steps = [after - before for counts in series for before, after in pairwise(counts)]
    n_down = sum(step < 0 for step in steps)
    if not steps or n_down > MOST_DOWN * len(steps):
        return False
    if not n_down and (tells_so_far(column) or len(steps) >= ENOUGH_STEPS):
        return True
    if n_down and len(steps) < ENOUGH_STEPS:
        return False
    raise InputError(
        f"{place}: does a row hold its day alone, or all days so far? "
        + (
            f"units fall in {n_down} of {len(steps)} steps between days, as neither would"
            if n_down
            else f"{len(steps)} steps between days are too few to tell"
        ),
        hint="Say it: --cumulative or --daily.",
    )


def tells_so_far(column: str) -> bool:
    """Whether the day's column says by its name that its rows hold all days so far."""
    return any(word in column for word in _TELLING)


def to_days(so_far: Mapping[Any, Moments]) -> dict[Any, Moments]:
    """Take the days before off each row.

    Raises
    ------
    InputError
        A day has fewer units than the day before.
    """
    first = next(iter(so_far.values()))
    fitted = {day: moments.recentre(first.pilot) for day, moments in so_far.items()}
    days = {next(iter(fitted)): next(iter(fitted.values()))}
    for (_, before), (day, after) in pairwise(fitted.items()):
        if after.n < before.n:
            raise InputError(
                f"units fall from {before.n:,} to {after.n:,} by {day}, in rows that hold "
                "all days so far"
            )
        days[day] = _difference(after, before)
    return days


def _difference(after: Moments, before: Moments) -> Moments:
    """Return the moments of the units that came since; rounding may leave a tiny sum."""
    return Moments(
        columns=after.columns,
        n=after.n - before.n,
        n_missing=after.n_missing - before.n_missing,
        pilot=after.pilot,
        sums=tuple(a - b for a, b in zip(after.sums, before.sums, strict=True)),
        products=tuple(
            tuple(a - b for a, b in zip(row, other, strict=True))
            for row, other in zip(after.products, before.products, strict=True)
        ),
    )
