"""From losses before and after a remedy to its gain, and to the best of several remedies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.result import Gain
from leadline.analysis.problem.intervals import paired_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def measured(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    *,
    clusters: NDArray[np.intp] | None = None,
    factor: float = 1.0,
    extra_sd: float = 0.0,
    weight: NDArray[np.float64] | None = None,
) -> Gain:
    """Return the fall of the loss with its interval.

    Parameters
    ----------
    before, after : arrays of shape (n,)
        Losses of the same units without and with the remedy.
    factor : float
        Multiplies the gain, say 0.6 for a doubling still to come.
    extra_sd : float
        Uncertainty beside that of the units, in the unit of the loss.
    """
    difference = paired_difference(
        before, after, clusters=clusters, sample_weight=weight, level=thresholds.LEVEL
    )
    estimate = factor * difference.estimate
    spread = float(np.hypot(factor * difference.standard_error, extra_sd))
    pvalue = from_error(estimate, spread, n_units=difference.n_units).pvalue
    if pvalue < thresholds.LIKELY:
        a, b = winsorised(before, after)
        most = paired_difference(a, b, clusters=clusters, sample_weight=weight)
        spread_of_most = float(np.hypot(factor * most.standard_error, extra_sd))
        told = from_error(factor * most.estimate, spread_of_most, n_units=most.n_units)
        pvalue = min(pvalue, told.pvalue)
    # Other training rows and a more careful hand would bring another gain, but no other
    # sign: that widens the interval and leaves the doubt that there is a gain as it is.
    widened = float(np.hypot(spread, thresholds.REMEDY_SD * estimate))
    gain = from_error(estimate, widened, n_units=difference.n_units)
    return replace(gain, pvalue=pvalue)


def winsorised(
    before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return losses whose differences lie within those of most rows.

    Of heavy tails a handful of rows can hide what all others show: a mean that is likely to
    have fallen has fallen for certain where that of 98 % of the rows, and all others no farther
    off than these, has.

    References
    ----------
    Tukey and McLaughlin (1963), Less vulnerable confidence and significance procedures for
    location based on a single sample.
    """
    difference = before - after
    low, high = np.quantile(difference, [thresholds.TAIL, 1 - thresholds.TAIL])
    return np.clip(difference, low, high), np.zeros_like(difference)


def from_error(estimate: float, standard_error: float, *, n_units: int) -> Gain:
    """Return a gain with the interval of Student's t."""
    from scipy.stats import t  # noqa: PLC0415 (scipy takes long to import)

    df = max(n_units - 1, 1)
    half = float(t.ppf((1 + thresholds.LEVEL) / 2, df)) * standard_error
    if standard_error > 0:
        pvalue = float(t.sf(estimate / standard_error, df))
    else:
        pvalue = float("nan") if np.isnan(standard_error) else float(estimate <= 0)
    return Gain(
        estimate=float(estimate),
        lower=float(estimate - half),
        upper=float(estimate + half),
        pvalue=pvalue,
        n_units=n_units,
    )


def chosen(
    options: Sequence[NDArray[np.float64]],
    *,
    clusters: NDArray[np.intp],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], int]:
    """Return losses of the best option, picked for each fold on the other folds.

    Picking and judging on the same rows would flatter the winner; so each unit gets the
    loss of the option that is best on units of other folds. Returns these losses and the
    option that is best overall; of options that cannot be told apart, the first.
    """
    table = np.stack(options)
    fold = rng.permutation(int(clusters.max()) + 1)[clusters] % thresholds.FOLDS
    losses = np.empty(table.shape[1])
    for k in range(thresholds.FOLDS):
        others = fold != k
        if others.all():
            continue
        means = table[:, others].mean(axis=1) if others.any() else table.mean(axis=1)
        losses[~others] = table[int(means.argmin()), ~others]
    return losses, first_of_equals(table)


def first_of_equals(table: NDArray[np.float64]) -> int:
    """Return the first option whose loss lies within a hair of the least.

    Options come cheapest first. The last digits of a loss hang on how a library adds up and on
    how many threads it had: which of two equal remedies is named must not.

    Parameters
    ----------
    table : array of shape (options, units)
        Losses. A hair is `SAME_OPTION` standard errors of the paired difference.
    """
    best = int(table.mean(axis=1).argmin())
    behind = table - table[best]
    hair = thresholds.SAME_OPTION * behind.std(axis=1) / np.sqrt(table.shape[1])
    return int(np.flatnonzero(behind.mean(axis=1) <= hair)[0])
