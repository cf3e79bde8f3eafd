"""Rules of time: the last value, and the value of the same day last week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline.rows import Rows, Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEK = 7.0


def last_value(rows: Rows, *, horizon: float) -> Rule:
    """Repeat the newest value that is at least `horizon` old, of the same series.

    Rows without a past get the training mean.
    """
    known = History(rows)
    unit = _unit(rows, horizon)
    return Rule(
        name="last value",
        sentence=f"what it was last time, as known {unit}",
        score=lambda given: known.before(given, lag=horizon, mean_of=1),
    )


def recent_mean(rows: Rows, *, horizon: float, n_values: int = 7) -> Rule:
    """Say the mean of the newest values that are at least `horizon` old."""
    known = History(rows)
    unit = _unit(rows, horizon)
    return Rule(
        name="recent mean",
        sentence=f"the mean of the last {n_values} values, as known {unit}",
        score=lambda given: known.before(given, lag=horizon, mean_of=n_values),
    )


def same_day_last_week(rows: Rows, *, horizon: float) -> Rule | None:
    """Repeat the value of the same weekday, as many weeks ago as `horizon` needs."""
    if not rows.dated:
        return None
    weeks = max(1.0, np.ceil(horizon / WEEK))
    known = History(rows)
    when = "last week" if weeks == 1 else f"{weeks:.0f} weeks ago"
    return Rule(
        name="same day last week",
        sentence=f"what it was on the same day {when}",
        score=lambda given: known.before(given, lag=weeks * WEEK, mean_of=1),
    )


def step_of(time: NDArray[np.float64]) -> float:
    """Return the commonest distance between neighbouring moments; 0 for a single one."""
    gaps = np.diff(np.unique(time))
    if gaps.size == 0:
        return 0.0
    values, counts = np.unique(gaps.round(9), return_counts=True)
    return float(values[np.argmax(counts)])


class History:
    """What was known of each series before a moment: training rows and rows scored since."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._mean = float(rows.y.mean())

    def before(self, given: Rows, *, lag: float, mean_of: int) -> NDArray[np.float64]:
        """Return the mean of the newest `mean_of` moments at least `lag` old, shape (n,)."""
        out = np.full(given.n, self._mean)
        time, y, series = (np.concatenate(pair) for pair in self._both(given))
        first = time.size - given.n  # rows to score come after those of training
        for of_series in _parts(series):
            asked = of_series[of_series >= first]
            if not asked.size:
                continue
            moments, values = _by_moment(time[of_series], y[of_series])
            # A hair of slack: days come from floats.
            stop = np.searchsorted(moments, time[asked] - lag + 1e-9, side="right")
            total = np.concatenate([[0.0], np.cumsum(values)])
            start = np.maximum(stop - mean_of, 0)
            has = stop > 0
            means = (total[stop] - total[start]) / np.maximum(stop - start, 1)
            out[asked[has] - first] = means[has]
        return out

    def _both(self, given: Rows) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        train = self._rows
        return [
            (_time(train), _time(given)),
            (train.y, given.y),
            (_series(train), _series(given)),
        ]


def _parts(series: NDArray[Any]) -> list[NDArray[np.intp]]:
    """Return the rows of each series, in order."""
    codes = np.unique(series, return_inverse=True)[1].ravel()
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _by_moment(
    time: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    moments, place = np.unique(time, return_inverse=True)
    return moments, np.bincount(place, weights=y) / np.bincount(place)


def _time(rows: Rows) -> NDArray[np.float64]:
    assert rows.time is not None, "rules of time are tried with a time only"  # noqa: S101
    return rows.time


def _series(rows: Rows) -> NDArray[np.str_]:
    if rows.groups is None:
        return np.full(rows.n, "")
    return np.array([str(group) for group in rows.groups.tolist()])


def _unit(rows: Rows, horizon: float) -> str:
    if rows.dated:
        return f"{horizon:g} day{'' if horizon == 1 else 's'} before"
    return f"{horizon:g} before"
