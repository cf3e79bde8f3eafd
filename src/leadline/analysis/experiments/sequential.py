"""Looking more than once: group-sequential bounds and an always-valid interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.analysis.experiments.crossings import BoundedPath, checked_looks
from leadline.analysis.experiments.roots import find_root
from leadline.analysis.tails import normal_cdf, normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Spending = str | float
"""How alpha is spent over information: Lan and DeMets' "obrien_fleming" (little early on)
or "pocock" (about evenly), or a number p for α·tᵖ."""


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
    t = checked_looks(fractions, alpha=alpha)
    spent = [spent_alpha(x, alpha=alpha, spending=spending) for x in t]
    if final:
        spent[-1] = alpha
    bounds: list[float] = []
    path = BoundedPath(fractions=t, drift=0.0)
    before = 0.0
    for total in spent:
        bounds.append(path.bound_spending(total - before))
        path.advance(bounds[-1])
        before = total
    return Bounds(fractions=tuple(t), z=tuple(bounds), spent=tuple(spent), alpha=alpha)


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
        path = BoundedPath(fractions=list(fractions), drift=drift)
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
