"""The sequential path of an experiment: what each day showed, and what it allowed to claim."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

from leadline.analysis.experiments.effects import compare
from leadline.analysis.experiments.sequential import (
    Bounds,
    confidence_sequence_half_width,
    spending_bounds,
    stagewise,
)
from leadline.errors import NotEnoughDataError
from leadline.library.results import Look, Path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.moments import Moments
    from leadline.connectors.warehouse.state import Day, MomentsTable

ALMOST = 0.999
"""A planned size is reached when all but this little of it is there."""


def sequential_path(
    table: MomentsTable,
    *,
    experiment: str,
    metric: Metric,
    arm: str,
    control: str,
    n_planned: int | None,
    n_looks: int,
    spending: str,
    alpha: float,
) -> Path:
    """Follow one metric of one arm over the days.

    Parameters
    ----------
    table : MomentsTable
    n_planned : int or None
        Units of both arms at the end; the units so far where nothing was planned.
    n_looks : int
        Planned looks; 1 draws no bounds.
    alpha : float
        Two-sided, of this comparison.
    """
    effects = _effects_by_day(
        table, experiment=experiment, metric=metric, arm=arm, control=control, alpha=alpha
    )
    if not effects:
        return Path(metric=metric.name, arm=arm, looks=(), crossed=None, stagewise=None)
    n_end = n_planned or effects[-1][1].n_obs
    sizes = [effect.n_obs for _, effect in effects]
    at_look = look_days(sizes, n_end=n_end, n_looks=n_looks) if n_looks > 1 else []
    bounds = _bounds([sizes[i] / n_end for i in at_look], spending=spending, alpha=alpha)
    z_at = dict(zip(at_look, bounds.z, strict=True)) if bounds else {}
    looks = tuple(
        _look(day, effect, bound=z_at.get(i, math.nan), n_end=n_end, alpha=alpha)
        for i, (day, effect) in enumerate(effects)
    )
    crossed = next((i for i in at_look if abs(looks[i].z) >= z_at[i]), None)
    adjusted = None
    if bounds and (crossed is not None or sizes[-1] >= n_end * ALMOST):
        stopped = at_look[-1] if crossed is None else crossed
        adjusted = stagewise(
            effect_size=looks[stopped].effect_size,
            se=looks[stopped].se,
            bounds=bounds,
            look=at_look.index(stopped) + 1,
        )
    return Path(metric=metric.name, arm=arm, looks=looks, crossed=crossed, stagewise=adjusted)


def look_days(n_by_day: Sequence[int], *, n_end: int, n_looks: int) -> list[int]:
    """Return the days at which a planned look was reached, and the last day.

    Parameters
    ----------
    n_by_day : sequence of int
        Units so far, by day.
    n_end : int
        Planned units; days beyond them are one last look.
    """
    days: list[int] = []
    for look in range(1, n_looks + 1):
        needed = n_end * look / n_looks * ALMOST
        reached = next((i for i, n in enumerate(n_by_day) if n >= needed), None)
        if reached is not None and reached not in days:
            days.append(reached)
    if not days or n_by_day[days[-1]] < min(n_by_day[-1], n_end * ALMOST):
        days.append(len(n_by_day) - 1)
    return days


def _effects_by_day(
    table: MomentsTable,
    *,
    experiment: str,
    metric: Metric,
    arm: str,
    control: str,
    alpha: float,
) -> list[tuple[Day, Effect]]:
    """Compare the arms as they stood after each day; days too thin to compare are left out."""
    days = table.days or (None,)
    so_far = {
        name: _running(table, experiment=experiment, metric=metric.name, arm=name, days=days)
        for name in (arm, control)
    }
    found = []
    for day, treated, untreated in zip(days, so_far[arm], so_far[control], strict=True):
        if treated is None or untreated is None:
            continue
        try:
            effect = compare(treatment=treated, control=untreated, metric=metric, alpha=alpha)
        except NotEnoughDataError:
            continue
        found.append((day, effect))
    return found


def _running(
    table: MomentsTable, *, experiment: str, metric: str, arm: str, days: Sequence[Day]
) -> list[Moments | None]:
    single = [table.moments(metric, arm=arm, experiment=experiment, day=day) for day in days]
    return list(accumulate(single, _added))


def _added(before: Moments | None, new: Moments | None) -> Moments | None:
    if before is None or new is None:
        return new if before is None else before
    return before + new


def _bounds(fractions: Sequence[float], *, spending: str, alpha: float) -> Bounds | None:
    """Return the bounds of the looks that were reached; the last one spends what is left."""
    if not fractions:
        return None
    is_last = fractions[-1] >= ALMOST
    capped = [*fractions[:-1], 1.0 if is_last else fractions[-1]]
    return spending_bounds(capped, alpha=alpha, spending=spending, final=is_last)


def _look(day: Day, effect: Effect, *, bound: float, n_end: int, alpha: float) -> Look:
    half = confidence_sequence_half_width(
        se=effect.se, n=effect.n_obs, n_planned=n_end, alpha=alpha
    )
    return Look(
        day=day,
        n_obs=effect.n_obs,
        effect_size=effect.effect_size,
        se=effect.se,
        always_lower=effect.effect_size - half,
        always_upper=effect.effect_size + half,
        z=effect.effect_size / effect.se if effect.se else math.nan,
        bound=bound,
    )
