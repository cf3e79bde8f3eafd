"""Which primary effects are significant, over all arms, primaries and looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.sequential import spending_bounds
from leadline.analysis.multiplicity import holm
from leadline.analysis.tails import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.sequential import Spending


@dataclass(frozen=True, kw_only=True, slots=True)
class PrimaryResult:
    """One primary metric of one treatment arm, judged among all of them.

    Attributes
    ----------
    arm : str
    effect : Effect
    higher_is_better : bool
    adjusted_pvalue : float
        Holm's over arms × primaries; NaN under a sequential design, which compares with
        bounds instead.
    threshold : float
        |z| that had to be reached; NaN under a fixed horizon.
    significant : bool
    """

    arm: str
    effect: Effect
    higher_is_better: bool
    adjusted_pvalue: float
    threshold: float
    significant: bool

    @property
    def gain(self) -> float:
        """Effect in the good direction, in the metric's unit."""
        return self.effect.effect_size if self.higher_is_better else -self.effect.effect_size

    @property
    def largest_gain(self) -> float:
        """The end of the interval in the good direction, as wide as the looks demand."""
        if math.isnan(self.threshold):
            return self.effect.ci_upper if self.higher_is_better else -self.effect.ci_lower
        return self.gain + self.threshold * self.effect.se


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the experiment has come against its plan.

    Attributes
    ----------
    n_obs, n_planned : int
        Units of all arms now and at the planned end.
    looks : tuple of float
        Information fractions of the looks so far, this one last; one look only means a
        fixed horizon.
    spending : "obrien_fleming", "pocock" or float
    mde : float or None
        Smallest effect that matters, in the metric's unit, above 0.
    ended : bool
        No more units will come.
    """

    n_obs: int
    n_planned: int
    looks: tuple[float, ...]
    spending: Spending = "obrien_fleming"
    mde: float | None = None
    ended: bool = False

    @property
    def complete(self) -> bool:
        """Whether all planned units have come, or none will."""
        return self.ended or self.looks[-1] >= 1 - 1e-9


def judge_primaries(
    effects: Sequence[tuple[str, Effect, bool]],
    *,
    progress: Progress | None = None,
    alpha: float = 0.05,
) -> tuple[PrimaryResult, ...]:
    """Decide which primary effects are significant, over all arms and primaries.

    Holm's procedure; with several looks the i-th largest |z| meets the group-sequential
    bound for alpha / (m − i + 1) instead of a p-value.

    Parameters
    ----------
    effects : sequence of (arm, effect, higher_is_better)
        One entry for each treatment arm and primary metric.
    progress : Progress, optional
        Without it, one look at the end.
    alpha : float

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2). Ye, Li, Liu and Yao (2013), "A
    group sequential Holm procedure with multiple primary endpoints", Statistics in
    Medicine 32(7).
    """
    pvalues = np.array([effect.pvalue for _, effect, _ in effects], dtype=float)
    known = ~np.isnan(pvalues)
    adjusted = np.full(len(pvalues), np.nan)
    thresholds = np.full(len(pvalues), np.nan)
    significant = np.zeros(len(pvalues), dtype=bool)
    if progress is None or (len(progress.looks) == 1 and progress.complete):
        adjusted[known] = holm(pvalues[known].tolist())
        significant[known] = adjusted[known] <= alpha
    else:
        order = [int(i) for i in np.argsort(pvalues, kind="stable") if known[i]]
        still = True
        for rank, i in enumerate(order):
            bounds = spending_bounds(
                progress.looks,
                alpha=alpha / (len(order) - rank),
                spending=progress.spending,
                final=progress.ended,
            )
            thresholds[i] = bounds.z[-1]
            z = -normal_quantile(float(pvalues[i]) / 2)
            still = still and bool(z >= bounds.z[-1])
            significant[i] = still
    return tuple(
        PrimaryResult(
            arm=arm,
            effect=effect,
            higher_is_better=better,
            adjusted_pvalue=float(adjusted[i]),
            threshold=float(thresholds[i]),
            significant=bool(significant[i]),
        )
        for i, (arm, effect, better) in enumerate(effects)
    )
