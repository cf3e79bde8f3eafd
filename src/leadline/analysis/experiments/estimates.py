"""One arm's estimate from its moments, and Student's test of the difference of two.

An arm's estimate is a smooth function of its column means, so its squared standard error
is gᵀΣg/n with the gradient g. A mean has g = 1, a ratio has g = (1/μ_D, −R/μ_D).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.tails import t_cdf, t_quantile
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.experiments.moments import Moments


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """One arm's estimate: its value, squared standard error, degrees of freedom, units."""

    value: float
    variance: float
    df: float
    n: int
    n_missing: int = 0


def gradient_of(arm: Moments, *, ratio: bool) -> NDArray[np.float64]:
    """Return the derivative of the arm's estimate by its outcome means."""
    if not ratio:
        return np.array([1.0])
    numerator, denominator = (float(mean) for mean in arm.mean[:2])
    if denominator == 0:
        raise NotEnoughDataError("a ratio is undefined: its denominator's mean is 0")
    return np.array([1 / denominator, -numerator / denominator**2])


def mean_estimate(arm: Moments, *, gradient: NDArray[np.float64]) -> Estimate:
    k = len(gradient)
    variance = float(gradient @ arm.covariance[:k, :k] @ gradient) / arm.n
    return Estimate(
        value=float(arm.mean[0] / arm.mean[1]) if k == 2 else float(arm.mean[0]),
        variance=max(variance, 0.0),
        df=arm.n - 1,
        n=arm.n,
        n_missing=arm.n_missing,
    )


def share_estimate(arm: Moments) -> Estimate:
    if arm.n < 2:
        raise NotEnoughDataError(f"a proportion's effect needs at least 2 rows, got {arm.n}")
    share = arm.pilot[0] + arm.sums[0] / arm.n
    if not 0 <= share <= 1:
        raise InputError(f"a proportion lies within 0–1, got {share}")
    return Estimate(
        value=share,
        variance=share * (1 - share) / arm.n,
        df=math.inf,
        n=arm.n,
        n_missing=arm.n_missing,
    )


def one_more_of_each(arm: Estimate) -> Estimate:
    share = (arm.n * arm.value + 1) / (arm.n + 2)
    return replace(arm, variance=share * (1 - share) / (arm.n + 2))


def critical_value(alpha: float, *, df: float = math.inf) -> float:
    """Two-sided critical value of t, or of z where df is infinite."""
    return -t_quantile(alpha / 2, df=df)


def two_sided_pvalue(statistic: float, *, df: float = math.inf) -> float:
    """Two-sided p-value of a t statistic, or of z where df is infinite."""
    return 2 * t_cdf(-abs(statistic), df=df)


def welch_df(*parts: tuple[float, float], total: float) -> float:
    # Shares of the total, because the square of a variance can leave the range of doubles.
    weight = sum((variance / total) ** 2 / df for variance, df in parts) if total > 0 else 0.0
    return 1 / weight if weight > 0 else math.inf
