"""Distribution functions of the normal, t, χ² and Kolmogorov laws, without SciPy.

Importing `scipy.special` takes longer than analysing a table of a million units. The few
functions that a verdict rests on are short in the standard library's words; SciPy is the
oracle of their tests.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STANDARD = NormalDist()
_MANY = 1e6
"""Degrees of freedom from which a tail's expansion in 1/df is exact to 1e-11 at 10 sds."""

_ENOUGH = 1e4
"""Degrees of freedom from which a quantile's expansion is exact to 1e-14 at 6 sds."""

_TINY = 1e-300
_CLOSE = 1e-15


def normal_cdf(x: float) -> float:
    """Return P(Z ≤ x) of a standard normal Z, exact in both tails."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def normal_cdfs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P(Z ≤ x) for an array of any shape."""
    return np.asarray(0.5 * _erfc(-x / math.sqrt(2)), dtype=float)


_erfc = np.frompyfunc(math.erfc, 1, 1)


def normal_quantile(p: float) -> float:
    """Return x with P(Z ≤ x) = p; infinite at 0 and 1.

    References
    ----------
    Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution",
    Applied Statistics 37(3), as the standard library has it.
    """
    if p <= 0 or p >= 1:
        return math.copysign(math.inf, p - 0.5)
    return _STANDARD.inv_cdf(p)


def t_cdf(x: float, *, df: float) -> float:
    """Return P(T ≤ x) of Student's t with `df` > 0 degrees of freedom, infinite included.

    The regularised incomplete beta function, by its continued fraction; beyond a million
    degrees of freedom the normal with the first terms of its expansion in 1/df.

    References
    ----------
    DLMF 8.17.22 (the fraction) and 26.7 of Abramowitz and Stegun (the t distribution).
    """
    if math.isnan(x) or math.isinf(df):
        return math.nan if math.isnan(x) else normal_cdf(x)
    if df > _MANY:
        return normal_cdf(
            x - (x**3 + x) / (4 * df) + (13 * x**5 + 8 * x**3 + 3 * x) / 96 / df**2
        )
    tail = 0.5 * _beta_share(x * x / df, df=df)
    return tail if x < 0 else 1 - tail


def t_quantile(p: float, *, df: float) -> float:
    """Return x with P(T ≤ x) = p, for p in 0–1 and `df` > 0.

    Newton's method; in the tails on logarithms, where t is nearly a power of p. Beyond ten
    thousand degrees of freedom the first terms of the expansion around the normal.

    References
    ----------
    Abramowitz and Stegun, 26.7.5 (the expansion).
    """
    if p > 0.5:
        return -t_quantile(1 - p, df=df)
    z = normal_quantile(p)
    if math.isinf(df) or math.isinf(z):
        return z
    if df > _ENOUGH:
        return _expanded(z, df=df)
    x, moved = (min(z, -1e-9), 1.0) if p < 0.25 else (0.0, 1.0)
    while moved > 1e-8 * abs(x):  # the next step would be the square of that
        before, share = x, t_cdf(x, df=df)
        if share == 0:  # stepped beyond what a double can hold
            x /= 2
        elif p < 0.25:
            step = math.log(share / p) * share / _t_density(x, df=df, times=-x)
            x *= math.exp(min(step, 3.0))
        else:
            x -= (share - p) / _t_density(x, df=df)
        moved = abs(x - before)
    return x


def chi_square_tail(x: float, *, df: int) -> float:
    """Return P(χ² > x) for a whole number of degrees of freedom, in closed form.

    References
    ----------
    Abramowitz and Stegun, 26.4.4 and 26.4.5.
    """
    half = x / 2
    odd = df % 2
    term = math.exp(-half) * (math.sqrt(half) / math.gamma(1.5) if odd else 1.0)
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    for k in range(1, (df - odd) // 2 + 1):
        total += term
        term *= half / (k + odd / 2)
    return total


def kolmogorov_tail(x: float) -> float:
    """Return P(√n·D > x) of Kolmogorov's distance for a large sample.

    References
    ----------
    Kolmogorov (1933). Below 0.2 the probability is 1 to within 1e-12.
    """
    if x < 0.2:
        return 1.0
    return 2 * sum((1 if k % 2 else -1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 30))


def _expanded(z: float, *, df: float) -> float:
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / df + second / df**2 + third / df**3 + fourth / df**4


def _t_density(x: float, *, df: float, times: float = 1.0) -> float:
    """Return the density, times a number that is taken in before it can underflow."""
    logarithm = math.log(times) - (df + 1) / 2 * math.log1p(x * x / df)
    return math.exp(logarithm) * _gamma_ratio(df / 2) / math.sqrt(df * math.pi)


def _gamma_ratio(a: float) -> float:
    """Return Γ(a + ½)/Γ(a)."""
    if a < 60:
        return math.gamma(a + 0.5) / math.gamma(a)
    u = 1 / (8 * a)  # DLMF 5.11.13, in powers of 1/(8a)
    powers = (1.0, -1.0, 0.5, 2.5, -21 / 8, -399 / 8)
    return math.sqrt(a) * math.fsum(c * u**k for k, c in enumerate(powers))


def _beta_share(ratio: float, *, df: float) -> float:
    """Return I_x(df/2, ½) at x = 1/(1 + ratio): the chance that T² exceeds df·ratio."""
    a, b = df / 2, 0.5
    x = 1 / (1 + ratio)
    # xᵃ·(1 − x)ᵇ/B(a, b); log1p and the ratio of gammas keep every digit at large df.
    front = math.exp(-a * math.log1p(ratio)) * math.sqrt(ratio / (1 + ratio))
    front *= _gamma_ratio(a) / math.sqrt(math.pi)
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, ratio / (1 + ratio)) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of I_x(a, b), from the front (Lentz)."""
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or _TINY)
    value, m = d, 0
    while m == 0 or abs(c * d - 1) > _CLOSE:
        m += 1
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + term * d) or _TINY)
            c = (1 + term / c) or _TINY
            value *= c * d
    return value
