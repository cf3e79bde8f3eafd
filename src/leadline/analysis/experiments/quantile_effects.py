"""Effects on a quantile, from three order statistics of each arm."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.effects import Effect, effect_between
from leadline.analysis.experiments.estimates import Estimate
from leadline.analysis.tails import normal_quantile
from leadline.errors import NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.experiments.metrics import Quantile


@dataclass(frozen=True, kw_only=True, slots=True)
class QuantileSummary:
    """Three order statistics of one arm: all that a quantile's effect needs.

    Attributes
    ----------
    n : int
        Units counted.
    value : float
        The sample quantile.
    lower, upper : float
        The order statistics at `quantile_ranks(n=n, q=q)`.
    n_missing : int
        Rows without a value.
    """

    n: int
    value: float
    lower: float
    upper: float
    n_missing: int = 0


def quantile_ranks(*, n: int, q: float) -> tuple[int, int]:
    """Return the ranks (1-based) around a quantile that carry its standard error.

    Raises
    ------
    NotEnoughDataError
        The sample is too small for both ranks to exist: n·min(q, 1 − q) below 4 or so.

    References
    ----------
    Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD,
    section 4.2; Price and Bonett (2001), J. Statist. Comput. Simul. 68.
    """
    half = normal_quantile(0.975) * math.sqrt(n * q * (1 - q))
    lower, upper = math.floor(n * q - half), math.ceil(n * q + half) + 1
    if lower < 1 or upper > n:
        raise NotEnoughDataError(
            f"{n} units are too few for an interval around the quantile {q:g}"
        )
    return lower, upper


def summarise_quantile(
    values: NDArray[np.float64], *, q: float, n_missing: int = 0
) -> QuantileSummary:
    """Take the three order statistics of one arm's values, shape (n,), without NaN."""
    n = len(values)
    lower, upper = quantile_ranks(n=n, q=q)
    ordered = np.partition(values, (lower - 1, upper - 1))
    return QuantileSummary(
        n=n,
        value=float(np.quantile(values, q)),
        lower=float(ordered[lower - 1]),
        upper=float(ordered[upper - 1]),
        n_missing=n_missing,
    )


def compare_quantiles(
    *,
    treatment: QuantileSummary,
    control: QuantileSummary,
    metric: Quantile,
    alpha: float = 0.05,
) -> Effect:
    """Estimate the effect on a quantile by z, without densities and without resampling.

    The two order statistics lie a known number of the rank's standard deviations apart,
    so their distance over that number is the sample quantile's standard error. Where they
    coincide, because many units share one value, test and interval are NaN.
    """

    def estimate(arm: QuantileSummary) -> Estimate:
        lower, upper = quantile_ranks(n=arm.n, q=metric.q)
        ranks = (upper - lower) / math.sqrt(arm.n * metric.q * (1 - metric.q))
        se = (arm.upper - arm.lower) / ranks
        return Estimate(
            value=arm.value, variance=se * se, df=math.inf, n=arm.n, n_missing=arm.n_missing
        )

    effect = effect_between(
        estimate(treatment), estimate(control), metric=metric.name, alpha=alpha
    )
    if treatment.lower < treatment.upper and control.lower < control.upper:
        return effect
    note = (
        f"many units share the value at the quantile {metric.q:g}, so an arm's standard "
        "error is unknown; a mean or a proportion says more"
    )
    return replace(
        effect,
        se=math.nan,
        statistic=math.nan,
        pvalue=math.nan,
        ci_lower=math.nan,
        ci_upper=math.nan,
        rel_ci_lower=math.nan,
        rel_ci_upper=math.nan,
        rel_method="undefined",
        notes=(note,),
    )
