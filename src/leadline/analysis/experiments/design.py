"""Before the experiment: how many units, how long, how many looks, at what cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.crossings import (
    crossing_probabilities,
    peeking_type_1_error,
)
from leadline.analysis.experiments.roots import find_root
from leadline.analysis.experiments.sequential import Bounds, Spending, spending_bounds
from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_WEEKS = 520
"""A design that needs longer than ten years is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is fixed before the first unit arrives.

    Attributes
    ----------
    sd : float
        Standard deviation of the metric per unit, in the metric's unit.
    sd_treatment : float, optional
        The same under the effect that is looked for; a share's noise moves with its mean.
        That of the control by default.
    alpha : float
        Two-sided level of the whole experiment.
    power : float
        Chance of finding an effect of the smallest size that matters.
    weights : tuple of float, length n_arms
        The declared split, the control first.
    variance_reduction : float
        Share of variance that covariates removed on past data (CUPED's ρ²), 0–1.
    n_looks : int
        Equally spaced analyses, the last one included.
    spending : "obrien_fleming", "pocock" or float
        How alpha is spent over the looks.
    n_primaries : int
        Primary metrics; alpha is shared among arms × primaries.
    """

    sd: float
    alpha: float = 0.05
    power: float = 0.8
    weights: tuple[float, ...] = (1.0, 1.0)
    variance_reduction: float = 0.0
    n_looks: int = 1
    spending: Spending = "obrien_fleming"
    n_primaries: int = 1
    sd_treatment: float | None = None

    def __post_init__(self) -> None:
        for sd in (self.sd, self.sd if self.sd_treatment is None else self.sd_treatment):
            if not (sd > 0 and math.isfinite(sd)):
                raise InputError(f"the metric's standard deviation must be above 0, got {sd}")
        if not (0 < self.alpha < self.power < 1 and 0 <= self.variance_reduction < 1):
            raise InputError(
                "needs 0 < alpha < power < 1 and a variance reduction within 0–1, got "
                f"{self.alpha}, {self.power} and {self.variance_reduction}"
            )
        if len(self.weights) < 2 or min(self.weights) <= 0:
            raise InputError(f"needs a weight above 0 for two arms or more, got {self.weights}")
        if self.n_looks < 1 or self.n_primaries < 1:
            raise InputError(
                f"needs at least one look and one primary metric, got {self.n_looks} and "
                f"{self.n_primaries}"
            )

    @property
    def comparisons(self) -> int:
        """Treatment arms × primary metrics."""
        return (len(self.weights) - 1) * self.n_primaries

    @property
    def bounds(self) -> Bounds:
        """Bounds of one comparison at its share of alpha."""
        fractions = [(i + 1) / self.n_looks for i in range(self.n_looks)]
        return spending_bounds(
            fractions, alpha=self.alpha / self.comparisons, spending=self.spending
        )

    @property
    def unit_variance(self) -> float:
        """Squared standard error of the effect × all units, for the smallest comparison."""
        shares = np.asarray(self.weights) / sum(self.weights)
        treated = self.sd if self.sd_treatment is None else self.sd_treatment
        worst = self.sd**2 / shares[0] + treated**2 / shares[1:].min()
        return float((1 - self.variance_reduction) * worst)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizing:
    """What a plan needs, or what it can find.

    Attributes
    ----------
    n_obs : int
        Units of all arms at the planned end.
    n_per_arm : tuple of int, length n_arms
    mde : float
        Smallest effect that is found with the plan's power, in the metric's unit.
    power : float
        At that effect, by the bounds' exact recursion.
    inflation : float
        Units over those of one look at the end, for the same power.
    expected_share : float
        Expected share of `n_obs` that is needed when the effect is `mde`.
    expected_share_without_effect : float
        The same when there is none.
    peeking_type_1_error : float
        Chance of a false alarm if the same looks were read at an unadjusted p < alpha.
    bounds : Bounds
    """

    n_obs: int
    n_per_arm: tuple[int, ...]
    mde: float
    power: float
    inflation: float
    expected_share: float
    expected_share_without_effect: float
    peeking_type_1_error: float
    bounds: Bounds


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """How long the arrivals take.

    Attributes
    ----------
    weeks, days : int
        Whole weeks, because the days of a week differ.
    n_obs : float
        New units expected in that time.
    extrapolated : bool
        Whether the history is shorter; its last week is then repeated.
    """

    weeks: int
    days: int
    n_obs: float
    extrapolated: bool


def sample_size(plan: Plan, *, mde: float) -> Sizing:
    """Return the units that find an effect of size `mde` with the plan's power.

    N = η²·Var₁/mde², where η is the drift at which the bounds are crossed on the right
    side with the plan's power: computed for these looks, not assumed.

    References
    ----------
    Jennison and Turnbull (2000), Group Sequential Methods with Applications to Clinical
    Trials, section 2.2 (inflation factors) and 19.3 (power by recursion).
    """
    if mde == 0 or not math.isfinite(mde):
        raise InputError(f"the smallest effect that matters cannot be {mde}")
    bounds = plan.bounds
    drift = _drift(plan, bounds=bounds)
    n_obs = math.ceil(drift**2 * plan.unit_variance / mde**2 - 1e-9)
    return _sizing(plan, bounds=bounds, n_obs=n_obs, mde=abs(mde))


def detectable_effect(plan: Plan, *, n_obs: int) -> Sizing:
    """Return the smallest effect that `n_obs` units find with the plan's power."""
    if n_obs < len(plan.weights):
        raise NotEnoughDataError(f"{len(plan.weights)} arms need as many units, got {n_obs}")
    bounds = plan.bounds
    mde = _drift(plan, bounds=bounds) * math.sqrt(plan.unit_variance / n_obs)
    return _sizing(plan, bounds=bounds, n_obs=n_obs, mde=mde)


def power_at(plan: Plan, *, n_obs: int, effect_size: float) -> float:
    """Return the chance that `n_obs` units show an effect of this size, on its side."""
    drift = abs(effect_size) / math.sqrt(plan.unit_variance / n_obs)
    return _power(plan.bounds, drift=drift)


def duration(*, n_obs: int, arrivals: Sequence[float]) -> Duration:
    """Return the whole weeks in which enough new units arrive.

    Parameters
    ----------
    n_obs : int
        Units needed, all arms.
    arrivals : sequence of float, shape (n_days,)
        New units on each day since some start, from the team's own history: the curve
        falls as regulars have been seen. At least one week.

    Raises
    ------
    NotEnoughDataError
        Less than a week of history.
    InputError
        At the pace of the last week it would take more than ten years.
    """
    curve = np.asarray(arrivals, dtype=float)
    if len(curve) < 7:
        raise NotEnoughDataError(f"an arrival curve needs at least 7 days, got {len(curve)}")
    if not (np.isfinite(curve).all() and (curve >= 0).all()):
        raise InputError("arrivals are counts of new units, never negative or missing")
    whole = len(curve) // 7
    weekly = curve[: 7 * whole].reshape(whole, 7).sum(axis=1)
    reached = np.concatenate(
        [weekly.cumsum(), weekly.sum() + weekly[-1] * np.arange(1, MAX_WEEKS - whole + 1)]
    )
    enough = np.flatnonzero(reached >= n_obs)
    if not len(enough):
        raise InputError(
            f"{n_obs} units would take more than ten years at {weekly[-1]:g} new ones a week",
            hint="Look for a larger effect, a less noisy metric, or more traffic.",
        )
    weeks = int(enough[0]) + 1
    return Duration(
        weeks=weeks,
        days=7 * weeks,
        n_obs=float(reached[weeks - 1]),
        extrapolated=weeks > whole,
    )


def _power(bounds: Bounds, *, drift: float) -> float:
    _, upper = crossing_probabilities(fractions=bounds.fractions, z=bounds.z, drift=drift)
    return float(upper.sum())


def _drift(plan: Plan, *, bounds: Bounds) -> float:
    return find_root(
        lambda drift: _power(bounds, drift=drift) - plan.power, 0.0, 30.0, xtol=1e-9
    )


def _sizing(plan: Plan, *, bounds: Bounds, n_obs: int, mde: float) -> Sizing:
    shares = np.asarray(plan.weights) / sum(plan.weights)
    drift = mde / math.sqrt(plan.unit_variance / n_obs)
    one_look = -normal_quantile(plan.alpha / plan.comparisons / 2) + normal_quantile(plan.power)
    return Sizing(
        n_obs=n_obs,
        n_per_arm=tuple(math.ceil(n_obs * share - 1e-9) for share in shares.tolist()),
        mde=mde,
        power=_power(bounds, drift=drift),
        inflation=float((_drift(plan, bounds=bounds) / one_look) ** 2),
        expected_share=_expected_share(bounds, drift=drift),
        expected_share_without_effect=_expected_share(bounds, drift=0.0),
        peeking_type_1_error=peeking_type_1_error(n_looks=plan.n_looks, alpha=plan.alpha),
        bounds=bounds,
    )


def _expected_share(bounds: Bounds, *, drift: float) -> float:
    lower, upper = crossing_probabilities(fractions=bounds.fractions, z=bounds.z, drift=drift)
    exits = (lower + upper)[:-1]
    early = float(exits @ np.asarray(bounds.fractions)[:-1])
    return early + (1 - float(exits.sum())) * bounds.fractions[-1]
