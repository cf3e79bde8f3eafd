"""How far an experiment has come against its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.primaries import Progress
from leadline.library.paths import ALMOST, look_days, sequential_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.experiments.plans import Plan
    from leadline.connectors.warehouse.state import MomentsTable
    from leadline.library.comparisons import Comparison
    from leadline.library.results import Path


def progress_of(
    plan: Plan | None, moments: MomentsTable, *, experiment: str, metrics: Sequence[Metric]
) -> Progress | None:
    """Return the looks so far and what is left; None without a plan.

    Parameters
    ----------
    metrics : sequence of Metric
        The primaries, for the smallest effect that matters.
    """
    if plan is None:
        return None
    mdes = [plan.smallest_effects[m.name] for m in metrics if m.name in plan.smallest_effects]
    mde = min(mdes, default=None)
    n_obs = sum(moments.counts(experiment).values())
    if plan.n_planned is None:
        return Progress(n_obs=n_obs, n_planned=n_obs, looks=(1.0,), mde=mde, ended=True)
    days = moments.days or (None,)
    so_far = np.cumsum([sum(moments.counts(experiment, day=day).values()) for day in days])
    fractions = [
        so_far[i] / plan.n_planned
        for i in look_days(so_far.tolist(), n_end=plan.n_planned, n_looks=plan.looks)
    ]
    if fractions[-1] >= ALMOST:
        fractions[-1] = 1.0
    return Progress(
        n_obs=n_obs,
        n_planned=plan.n_planned,
        looks=tuple(float(t) for t in (fractions if plan.looks > 1 else fractions[-1:])),
        spending=plan.spending,
        mde=mde,
    )


def paths_of(
    plan: Plan | None, comparison: Comparison, metrics: Sequence[Metric]
) -> tuple[Path, ...]:
    """Follow every primary of every arm over the days; they share the error rate."""
    arms = comparison.treatments
    return tuple(
        sequential_path(
            comparison.moments,
            experiment=comparison.experiment,
            metric=metric,
            arm=arm,
            control=comparison.control,
            n_planned=_share_planned(plan, comparison, arm),
            n_looks=plan.looks if plan else 1,
            spending=plan.spending if plan else "obrien_fleming",
            alpha=comparison.alpha / (len(metrics) * len(arms)),
        )
        for metric in metrics
        for arm in arms
    )


def _share_planned(plan: Plan | None, comparison: Comparison, arm: str) -> int | None:
    """Return the planned units of an arm and its control, of a plan for all."""
    if plan is None or plan.n_planned is None:
        return None
    weights = {
        name: plan.weights.get(name, 1.0 if not plan.weights else 0.0)
        for name in (comparison.control, *comparison.treatments)
    }
    share = (weights[arm] + weights[comparison.control]) / sum(weights.values())
    return round(plan.n_planned * share)
