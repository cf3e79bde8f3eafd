"""Looking more than once: group-sequential bounds and an always-valid interval.

A test statistic that gathers information behaves like Brownian motion B(t) = Z√t on the
information fraction t. The chance of leaving the bounds at each look follows from
carrying the density of B inside the bounds from look to look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.roots import find_root
from leadline.analysis.tails import normal_cdf, normal_cdfs, normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Spending = str | float
"""How alpha is spent over information: Lan and DeMets' "obrien_fleming" (little early on)
or "pocock" (about evenly), or a number p for α·tᵖ."""

MAX_LOOKS = 1000
"""More looks than this are refused: they take long and change nothing."""

_REACH = 9.0
"""Standard deviations beyond which a density contributes less than 1e-18."""

_PANEL = np.polynomial.legendre.leggauss(12)
"""Gauss-Legendre nodes and weights on (−1, 1)."""

_PANEL_SDS = 3.0
"""Width of one quadrature panel in standard deviations of the narrowest kernel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """Two-sided bounds on |Z| at each look.

    Attributes
    ----------
    fractions : tuple of float, length n_looks
        Information at each look as a share of the planned maximum, increasing.
    z : tuple of float, length n_looks
        Stop where |Z| reaches it; infinite where nothing can be spent yet.
    spent : tuple of float, length n_looks
        Alpha spent up to and including each look.
    alpha : float
        Two-sided level of all looks together.
    """

    fractions: tuple[float, ...]
    z: tuple[float, ...]
    spent: tuple[float, ...]
    alpha: float


def spent_alpha(fraction: float, *, alpha: float, spending: Spending) -> float:
    """Return the two-sided alpha that may be spent up to an information fraction.

    References
    ----------
    Lan and DeMets (1983), "Discrete sequential boundaries for clinical trials",
    Biometrika 70(3). Kim and DeMets (1987), Biometrika 74(1) (power family).
    """
    t = min(fraction, 1.0)
    if spending == "obrien_fleming":
        # Each side spends 2·(1 − Φ(z_{1−α/4}/√t)), as for a one-sided level α/2.
        return 4 * normal_cdf(normal_quantile(alpha / 4) / math.sqrt(t))
    if spending == "pocock":
        return alpha * math.log1p((math.e - 1) * t)
    if not isinstance(spending, str) and spending > 0:
        return float(alpha * t**spending)
    raise InputError(
        f'spending may be "obrien_fleming", "pocock" or a power above 0, got {spending!r}'
    )


def spending_bounds(
    fractions: Sequence[float],
    *,
    alpha: float = 0.05,
    spending: Spending = "obrien_fleming",
    final: bool = False,
) -> Bounds:
    """Find the bounds that spend alpha as information arrives.

    Parameters
    ----------
    fractions : sequence of float, shape (n_looks,)
        Information at the looks taken, as a share of the planned maximum: increasing,
        above 0. It may pass 1 when more units arrive than were planned.
    alpha : float
        Two-sided level over all looks.
    spending : "obrien_fleming", "pocock" or float
        The spending function; a number is the power of t.
    final : bool
        Spend all that is left at the last look given, because there will be no other.

    Raises
    ------
    InputError
        Fractions that do not increase, or an unknown spending function.

    References
    ----------
    Armitage, McPherson and Rowe (1969), "Repeated significance tests on accumulating
    data", JRSS A 132(2). Jennison and Turnbull (2000), Group Sequential Methods with
    Applications to Clinical Trials, chapters 7 and 19.
    """
    t = _checked(fractions, alpha=alpha)
    spent = [spent_alpha(x, alpha=alpha, spending=spending) for x in t]
    if final:
        spent[-1] = alpha
    bounds: list[float] = []
    path = _Path(fractions=t, drift=0.0)
    before = 0.0
    for total in spent:
        bounds.append(path.bound_spending(total - before))
        path.advance(bounds[-1])
        before = total
    return Bounds(fractions=tuple(t), z=tuple(bounds), spent=tuple(spent), alpha=alpha)


def crossing_probabilities(
    *, fractions: Sequence[float], z: Sequence[float], drift: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chance of first leaving the bounds at each look, below and above.

    Parameters
    ----------
    fractions, z : sequence of float, shape (n_looks,)
        Information fractions and the bounds on |Z|.
    drift : float
        Expected Z at full information: effect / se at fraction 1. A drift of 0 gives
        the type I error; the design's drift gives its power.

    Returns
    -------
    lower, upper : array of shape (n_looks,)
    """
    t = _checked(fractions, alpha=0.5)
    if len(t) != len(z):
        raise InputError(f"as many bounds as fractions, got {len(z)} and {len(t)}")
    path = _Path(fractions=t, drift=drift)
    exits = []
    for bound in z:
        exits.append(path.exit(bound))
        path.advance(bound)
    lower, upper = np.array(exits, dtype=float).T
    return lower, upper


@dataclass(frozen=True, kw_only=True, slots=True)
class StagewiseResult:
    """What can be claimed after stopping at one of several looks.

    Attributes
    ----------
    look : int
        1-based look at which the experiment stopped.
    estimate : float
        Median-unbiased effect, in the effect's unit.
    ci_lower, ci_upper : float
        Interval at level 1 − alpha.
    pvalue : float
        Two-sided.
    naive_estimate : float
        What the data say when the looks are forgotten.
    """

    look: int
    estimate: float
    ci_lower: float
    ci_upper: float
    pvalue: float
    naive_estimate: float


def stagewise(*, effect_size: float, se: float, bounds: Bounds, look: int) -> StagewiseResult:
    """Adjust estimate, interval and p-value for the looks before stopping.

    Outcomes are ordered by stage: stopping earlier at the upper bound is more extreme
    than any later stop, then a larger Z is.

    Parameters
    ----------
    effect_size, se : float
        At the look of stopping; se above 0.
    bounds : Bounds
        Of all looks up to this one at least.
    look : int
        1-based: the first look at which a bound was crossed, or the last one. Results
        after a crossing that was passed over count as less extreme than that crossing.

    References
    ----------
    Tsiatis, Rosner and Mehta (1984), "Exact confidence intervals following a group
    sequential test", Biometrics 40(3); Jennison and Turnbull (2000), section 8.4–8.5.
    """
    if not 1 <= look <= len(bounds.z) or not se > 0:
        raise InputError(
            f"look must lie within 1–{len(bounds.z)} and se above 0, got {look} and {se}"
        )
    fractions = bounds.fractions[:look]
    observed = effect_size / se
    per_drift = se * math.sqrt(fractions[-1])

    def upper_tail(drift: float) -> float:
        path = _Path(fractions=list(fractions), drift=drift)
        above = 0.0
        for bound in bounds.z[: look - 1]:
            above += path.exit(bound)[1]
            path.advance(bound)
        return above + path.beyond(observed)

    def solve(target: float) -> float:
        # Symmetric around 0: after a crossing that was passed over, the estimate lies far
        # below the effect that was seen.
        reach = abs(observed) / math.sqrt(fractions[-1]) + 6 / math.sqrt(fractions[0])
        return find_root(lambda drift: upper_tail(drift) - target, -reach, reach, xtol=1e-10)

    above = upper_tail(0.0)
    return StagewiseResult(
        look=look,
        estimate=solve(0.5) * per_drift,
        ci_lower=solve(bounds.alpha / 2) * per_drift,
        ci_upper=solve(1 - bounds.alpha / 2) * per_drift,
        pvalue=min(1.0, 2 * min(above, 1 - above)),
        naive_estimate=effect_size,
    )


def confidence_sequence_half_width(
    *, se: float, n: int, n_planned: int, alpha: float = 0.05
) -> float:
    """Half width of an interval that stays valid at every look, planned or not.

    Parameters
    ----------
    se : float
        Standard error of the effect at this look.
    n : int
        Units so far, both arms.
    n_planned : int
        Units at which the interval is tightest: the planned size, not a constant.
    alpha : float

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit
    theory and asymptotic confidence sequences", Annals of Statistics 52(6),
    arXiv:2103.06476, equations 9 and 10.
    """
    if n < 1 or n_planned < 1 or not se >= 0:
        raise InputError(
            f"needs n and n_planned of at least 1 and a standard error, got {n}, "
            f"{n_planned} and {se}"
        )
    log_alpha = math.log(alpha)
    rho2 = (-2 * log_alpha + math.log(1 - 2 * log_alpha)) / n_planned
    sigma = math.sqrt(n) * se
    growth = n * rho2 + 1
    return sigma * math.sqrt(2 * growth / (n * n * rho2) * (0.5 * math.log(growth) - log_alpha))


def peeking_type_1_error(*, n_looks: int, alpha: float = 0.05) -> float:
    """Chance of a false alarm when a fixed-horizon test is read at equally spaced looks."""
    fractions = [(i + 1) / n_looks for i in range(n_looks)]
    z = [-normal_quantile(alpha / 2)] * n_looks
    lower, upper = crossing_probabilities(fractions=fractions, z=z)
    return float(lower.sum() + upper.sum())


def peeking_pvalue(pvalue: float, *, n_looks: int) -> float:
    """Return what a p-value is worth that could have been read at several looks.

    Parameters
    ----------
    pvalue : float
        Two-sided, of a fixed-horizon test, within 0–1.
    n_looks : int
        Equally spaced looks at which the team would have stopped on it.

    Returns
    -------
    float
        Chance that so small a p-value shows up at one of the looks without any effect.
    """
    if not 0 <= pvalue <= 1:
        raise InputError(f"a p-value lies within 0–1, got {pvalue}")
    return peeking_type_1_error(n_looks=n_looks, alpha=pvalue) if 0 < pvalue < 1 else pvalue


class _Path:
    """The density of B(t) among the paths that have not left the bounds so far."""

    def __init__(self, *, fractions: list[float], drift: float) -> None:
        self.steps = np.diff([0.0, *fractions])
        self.fractions = fractions
        self.drift = drift
        self.look = 0
        self.nodes = np.zeros(1)
        self.mass = np.ones(1)  # density times quadrature weight at the nodes

    def _arrival(self) -> tuple[NDArray[np.float64], float, float]:
        """Where the nodes arrive at the present look, the step's sd, and √t."""
        step = float(self.steps[self.look])
        sd = math.sqrt(step)
        return self.nodes + self.drift * step, sd, math.sqrt(self.fractions[self.look])

    def beyond(self, z: float) -> float:
        """Chance of still being in and arriving above z."""
        centre, sd, root = self._arrival()
        return float(self.mass @ normal_cdfs((centre - z * root) / sd))

    def exit(self, z: float) -> tuple[float, float]:
        """Chance of leaving at this look, below −z and above z."""
        centre, sd, root = self._arrival()
        below = float(self.mass @ normal_cdfs((-z * root - centre) / sd))
        return below, self.beyond(z)

    def bound_spending(self, spend: float) -> float:
        """Return the z at which both sides together take `spend`."""
        if spend < 1e-300:
            return math.inf

        def surplus(z: float) -> float:
            return math.log(max(sum(self.exit(z)), 1e-320)) - math.log(spend)

        return find_root(surplus, 0.0, 38.0)

    def advance(self, z: float) -> None:
        """Carry the density on to this look, inside the bounds."""
        centre, sd, root = self._arrival()
        t = self.fractions[self.look]
        middle = self.drift * t
        low = max(-z * root, middle - _REACH * root)
        high = max(low, min(z * root, middle + _REACH * root))
        following = self.steps[self.look + 1 : self.look + 2]
        narrowest = math.sqrt(min([float(self.steps[self.look]), *following]))
        nodes, weights = _quadrature(low, high, width=narrowest)
        kernel = np.exp(-0.5 * ((nodes[:, None] - centre) / sd) ** 2)
        density = kernel @ self.mass / (sd * math.sqrt(2 * math.pi))
        self.nodes, self.mass = nodes, density * weights
        self.look += 1


def _quadrature(
    low: float, high: float, *, width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights of Gauss-Legendre panels that tile low–high."""
    x, weights = _PANEL
    edges = np.linspace(low, high, 1 + max(2, math.ceil((high - low) / (_PANEL_SDS * width))))
    half = (edges[1] - edges[0]) / 2
    nodes = (edges[:-1, None] + half * (1 + x)).ravel()
    return nodes, np.tile(weights * half, len(edges) - 1)


def _checked(fractions: Sequence[float], *, alpha: float) -> list[float]:
    t = [float(x) for x in fractions]
    if not t or t[0] <= 0 or any(b <= a for a, b in pairwise(t)):
        raise InputError(f"information must increase from look to look, got {t}")
    if len(t) > MAX_LOOKS:
        raise InputError(f"at most {MAX_LOOKS} looks, got {len(t)}; a look a day is plenty")
    if not 0 < alpha < 1:
        raise InputError(f"alpha must lie within 0–1, got {alpha}")
    return t
