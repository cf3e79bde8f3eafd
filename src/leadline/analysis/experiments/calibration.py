"""Do predicted gains come true? The answer discounts the next prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import chdtri, ndtri

from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MIN_LAUNCHES = 5
"""Launches with a prediction and a measurement before a proxy counts as proven."""


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
    half = -ndtri(0.025) * np.hypot(p_se, m_se)
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
    unit = float(np.sqrt(np.mean(p**2)))
    p, p_se, m, m_se = p / unit, p_se / unit, m / unit, m_se / unit

    def deviance(beta: float) -> float:
        def at(nuisance: NDArray[np.float64]) -> float:
            mean, spread2, extra2 = nuisance[0], *np.exp(nuisance[1:])
            return _minus_two_log_likelihood(
                beta, mean=mean, spread2=spread2, extra2=extra2, data=(p, p_se, m, m_se)
            )

        floor = math.log(1e-6)
        return min(
            float(minimize(at, start, bounds=[(None, None), (floor, 6), (floor, 12)]).fun)
            for start in ([p.mean(), math.log(0.5), -3.0], [p.mean(), -3.0, 0.0])
        )

    reach = 5 * max(1.0, float(np.abs(m).max()))
    grid = np.unique(np.concatenate([np.linspace(-2, 3, 26), np.linspace(-reach, reach, 15)]))
    values = [deviance(float(beta)) for beta in grid]
    best = int(np.argmin(values))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize(
        lambda b: deviance(float(b[0])),
        [grid[best]],
        bounds=[(low, high)],
        method="Nelder-Mead",
    )
    slope, limit = float(found.x[0]), float(found.fun) + float(chdtri(1, 0.05))

    def end(far: float) -> float:
        if deviance(far) <= limit:
            return math.copysign(math.inf, far - slope)
        return float(brentq(lambda b: deviance(b) - limit, slope, far, xtol=1e-4))

    return slope, end(slope - 2 * reach), end(slope + 2 * reach)


def _minus_two_log_likelihood(
    beta: float,
    *,
    mean: float,
    spread2: float,
    extra2: float,
    data: tuple[NDArray[np.float64], ...],
) -> float:
    """Bivariate normal of (predicted, measured) with covariances known up to three."""
    p, p_se, m, m_se = data
    v_p = spread2 + p_se**2
    v_m = beta**2 * spread2 + extra2 + m_se**2
    cross = beta * spread2
    det = v_p * v_m - cross**2
    a, b = p - mean, m - beta * mean
    quadratic = (v_m * a**2 - 2 * cross * a * b + v_p * b**2) / det
    return float((np.log(det) + quadratic).sum())
