"""Do predicted gains come true? The answer discounts the next prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.roots import find_root
from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MIN_LAUNCHES = 5
"""Launches with a prediction and a measurement before a proxy counts as proven."""

_REACH = 10.0
"""Slopes searched, in units where predictions and measurements have size 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """One change with its gain predicted before and measured after, in one unit."""

    predicted: float
    predicted_se: float
    measured: float
    measured_se: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How predictions fared.

    Attributes
    ----------
    n : int
        Launches with both numbers.
    slope, slope_lower, slope_upper : float
        True gain per predicted gain with its 95 % interval; NaN below five launches, and
        an infinite end where the data do not bound it.
    coverage : float
        Share of measured gains inside the prediction's 95 % interval, both errors counted.
    sign_agreement : float
        Share of launches in which both have the same sign.
    rank_correlation : float
        Spearman's; NaN where it is undefined.
    """

    n: int
    slope: float
    slope_lower: float
    slope_upper: float
    coverage: float
    sign_agreement: float
    rank_correlation: float

    @property
    def proven(self) -> bool:
        """Enough launches, and predictions that go with the truth rather than against."""
        return self.n >= MIN_LAUNCHES and self.slope_lower > 0

    @property
    def state(self) -> str:
        """In the page's words."""
        if self.n < MIN_LAUNCHES:
            return f"proxy unproven: {self.n} of {MIN_LAUNCHES} launches"
        if not self.proven:
            return "proxy unproven: the slope may be 0"
        return f"a predicted gain of 1 has been {self.slope:.2f} in truth"

    def discounted(self, predicted: float) -> float:
        """Return what a prediction is worth for the next green light; NaN if unproven."""
        return self.slope * predicted if self.proven else math.nan


def calibrate(launches: Sequence[Launch]) -> Calibration:
    """Compare predicted with measured gains, allowing for the noise in both.

    True predictions are normal around a common mean; the true gain is slope × true
    prediction, give or take a spread that is estimated as well. The interval inverts the
    likelihood-ratio test of the slope.

    Parameters
    ----------
    launches : sequence of Launch
        All launches with a prediction, the disappointing ones included.

    Raises
    ------
    NotEnoughDataError
        No launch.

    References
    ----------
    Fuller (1987), Measurement Error Models, section 1.2 (structural model, known error
    variances). Interval: Cox and Hinkley (1974), Theoretical Statistics, section 9.3.
    """
    if not launches:
        raise NotEnoughDataError("calibration needs at least 1 launch, got 0")
    p, p_se, m, m_se = np.array(
        [(x.predicted, x.predicted_se, x.measured, x.measured_se) for x in launches]
    ).T
    if not (np.isfinite([p, m, p_se, m_se]).all() and (p_se >= 0).all() and (m_se > 0).all()):
        raise InputError("gains must be finite, and measured ones need a standard error")
    slope, lower, upper = math.nan, math.nan, math.nan
    if len(p) >= MIN_LAUNCHES and p.any():
        slope, lower, upper = _slope(p, p_se, m, m_se)
    half = normal_quantile(0.975) * np.hypot(p_se, m_se)
    return Calibration(
        n=len(p),
        slope=slope,
        slope_lower=lower,
        slope_upper=upper,
        coverage=float((np.abs(m - p) <= half).mean()),
        sign_agreement=float((np.sign(m) == np.sign(p)).mean()),
        rank_correlation=_rank_correlation(p, m),
    )


def _rank_correlation(p: NDArray[np.float64], m: NDArray[np.float64]) -> float:
    ranks = np.array([_ranks(p), _ranks(m)])
    if len(p) < 3 or (np.ptp(ranks, axis=1) == 0).any():
        return math.nan
    return float(np.corrcoef(ranks)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return average ranks, 1-based."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse])


def _slope(
    p: NDArray[np.float64],
    p_se: NDArray[np.float64],
    m: NDArray[np.float64],
    m_se: NDArray[np.float64],
) -> tuple[float, float, float]:
    """Maximise the structural likelihood; return the slope and its 95 % ends."""
    p_unit, m_unit = (float(np.sqrt(np.mean(x**2))) or 1.0 for x in (p, m))
    data = (p / p_unit, p_se / p_unit, m / m_unit, m_se / m_unit)

    def deviance(slope: float) -> float:
        return _profile_deviance(slope, data=data)

    grid = np.unique(np.concatenate([np.linspace(-_REACH, _REACH, 21), np.linspace(-2, 2, 21)]))
    best = int(np.argmin([deviance(slope) for slope in grid.tolist()]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    slope = _lowest(deviance, float(low), float(high))
    limit = deviance(slope) + normal_quantile(0.975) ** 2

    def end(far: float) -> float:
        if deviance(far) <= limit:
            return math.copysign(math.inf, far)
        return find_root(lambda b: deviance(b) - limit, *sorted((slope, far)), xtol=1e-5)

    back = m_unit / p_unit
    return slope * back, end(-2 * _REACH) * back, end(2 * _REACH) * back


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Narrow a valley down by thirds."""
    for _ in range(40):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if function(left) < function(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def _profile_deviance(slope: float, *, data: tuple[NDArray[np.float64], ...]) -> float:
    """Minimise −2 log likelihood over the spread of predictions and of true gains.

    Both are searched on the log scale, on a grid that is drawn four times finer around
    its best point; the common mean has a closed form.
    """
    centre, width = np.array([-2.0, -2.0]), 10.0
    value = math.inf
    for _ in range(5):
        steps = np.linspace(-width, width, 9)
        spread, extra = (
            np.exp(np.clip(axis, -12.0, 8.0))
            for axis in np.meshgrid(centre[0] + steps, centre[1] + steps, indexing="ij")
        )
        values = _deviances(slope, spread.ravel()[:, None], extra.ravel()[:, None], data)
        at = int(np.argmin(values))
        value = min(value, float(values[at]))
        centre = centre + steps[list(np.unravel_index(at, spread.shape))]
        width /= 4
    return value


def _deviances(
    slope: float,
    spread: NDArray[np.float64],
    extra: NDArray[np.float64],
    data: tuple[NDArray[np.float64], ...],
) -> NDArray[np.float64]:
    """Return −2 log likelihood for each pair of spreads, shape (n_pairs,)."""
    p, p_se, m, m_se = data
    v_p = spread + p_se**2
    v_m = slope**2 * spread + extra + m_se**2
    cross = slope * spread
    det = v_p * v_m - cross**2
    # The common mean μ solves the normal equations of (p, m) ≈ μ·(1, slope).
    a = (v_m - slope * cross) / det
    b = (slope * v_p - cross) / det
    mean = ((a * p + b * m).sum(axis=1) / (a + slope * b).sum(axis=1))[:, None]
    dp, dm = p - mean, m - slope * mean
    quadratic = (v_m * dp**2 - 2 * cross * dp * dm + v_p * dm**2) / det
    return np.asarray((np.log(det) + quadratic).sum(axis=1))
