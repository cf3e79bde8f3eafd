"""Has a rate or a mean changed, given how it moves from day to day by itself?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.analysis.tails import normal_cdf, t_cdf


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A share or a mean of one day.

    Attributes
    ----------
    value : float
    variance : float
        Of the value, from rows alone.
    n : float
        Rows behind it.
    """

    value: float
    variance: float
    n: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How a rate of today differs from the reference's.

    Attributes
    ----------
    value, reference : float
    difference : float
        `value − reference`.
    pvalue : float
        Two-sided, against what another day of the reference would have shown.
    """

    value: float
    reference: float
    difference: float
    pvalue: float


def share(count: float, n: float) -> Rate:
    """Return a share of `n` rows; its variance is pulled in a little from 0."""
    smoothed = (count + 0.5) / (n + 1)
    return Rate(value=count / n, variance=smoothed * (1 - smoothed) / n, n=n)


def mean(n: float, total: float, squares: float) -> Rate:
    """Return a mean from a count, a sum and a sum of squares."""
    value = total / n
    spread = max(0.0, squares / n - value**2)
    return Rate(value=value, variance=spread / n, n=n)


def change(reference: Sequence[Rate], current: Rate, *, n_fitted: int = 1) -> Change:
    """Compare a day with the days of the reference.

    The spread is that of rows and, on top, that of days: what the reference's days
    differ by more than their rows explain. With one day in the reference only rows count.

    Parameters
    ----------
    reference : sequence of Rate
        At least one day, each with rows.
    current : Rate
    n_fitted : int
        How many means were taken off the days: 7 where weekdays were.
    """
    values = np.array([day.value for day in reference])
    weights = np.array([day.n for day in reference])
    usual = float(np.average(values, weights=weights))
    pooled = float(np.mean([day.variance * day.n for day in reference]))
    n_days = len(reference)
    between = 0.0
    if n_days > n_fitted:
        within = float(np.mean([day.variance for day in reference]))
        between = max(0.0, float(values.var(ddof=n_fitted)) - within)
    rows = max(current.variance, pooled / current.n) + pooled / float(weights.sum())
    spread = math.sqrt(rows + between * (1 + n_fitted / n_days))
    difference = current.value - usual
    if spread == 0:
        pvalue = 1.0 if difference == 0 else 0.0
    elif between > 0:
        pvalue = 2 * t_cdf(-abs(difference) / spread, df=n_days - n_fitted)
    else:
        pvalue = 2 * normal_cdf(-abs(difference) / spread)
    return Change(value=current.value, reference=usual, difference=difference, pvalue=pvalue)
