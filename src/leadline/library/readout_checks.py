"""What else can be wrong with an experiment, checked for every readout."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from leadline.analysis.experiments.checks import (
    CheckResult,
    check_multiplicity,
    check_novelty,
    check_peeking,
    check_power,
    check_purity,
)
from leadline.analysis.experiments.crossings import MAX_LOOKS
from leadline.errors import NotEnoughDataError
from leadline.library.splits import SUSPICIOUS
from leadline.library.wording import amount_in_words, number_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.primaries import Progress
    from leadline.connectors.experiments.plans import Plan
    from leadline.library.comparisons import Comparison
    from leadline.library.results import MetricResult
    from leadline.library.splits import Split

NOVELTY_ALPHA = 0.01
"""Level of the test for a trend, shared among all primaries and arms."""


def readout_checks(
    *,
    split: Split,
    plan: Plan | None,
    progress: Progress | None,
    primaries: Sequence[MetricResult],
    comparison: Comparison,
    served: Mapping[str, Mapping[str, int]] | None,
) -> tuple[CheckResult, ...]:
    """Make every check that the table and the plan allow.

    Parameters
    ----------
    split : Split
    plan, progress : optional
        What was decided before, and how far it has come.
    primaries : sequence of MetricResult
        The primaries' effects in every arm.
    comparison : Comparison
        By day, for a trend.
    served : mapping of assigned arm to mapping of served variant to units, optional
    """
    n_days = len(comparison.moments.days)
    return tuple(
        check
        for check in (
            _split(split),
            _peeking(plan, progress, n_days=n_days, alpha=comparison.alpha),
            _power(plan, primaries),
            _multiplicity(primaries),
            _novelty(comparison, primaries) if n_days > 1 else None,
            check_purity(served) if served else None,
        )
        if check
    )  # fmt: skip


def _split(split: Split) -> CheckResult:
    total = split.total
    return CheckResult(
        check="sample ratio",
        state="failed"
        if split.is_mismatched
        else "unknown"
        if total.pvalue < SUSPICIOUS
        else "ok",
        n=sum(total.counts),
        number=total.pvalue,
        threshold=total.alpha,
        sentence=f"{split.sentence}. {split.source}".removesuffix(". "),
    )


def _peeking(
    plan: Plan | None, progress: Progress | None, *, n_days: int, alpha: float
) -> CheckResult | None:
    if plan is not None and progress is not None:
        return check_peeking(n_looks=len(progress.looks), adjusted=plan.looks > 1, alpha=alpha)
    if n_days < 2:
        return None
    found = check_peeking(n_looks=min(n_days, MAX_LOOKS), adjusted=False, alpha=alpha)
    return replace(
        found,
        state="unknown",
        sentence=(
            f"nobody wrote down when it would be read. Read on each of its {n_days} days, "
            f"{found.sentence}. Write a plan, or go by the interval that holds at every look"
        ),
    )


def _power(plan: Plan | None, primaries: Sequence[MetricResult]) -> CheckResult:
    smallest = plan.smallest_effects if plan else {}
    found = []
    for result in primaries:
        effect, metric = result.effect, result.metric
        if metric.name not in smallest or not effect.se > 0:
            continue
        mde = smallest[metric.name]
        check = check_power(se=effect.se, mde=mde, n_obs=effect.n_obs, alpha=effect.alpha)
        said = (
            f"{effect.n_obs:,} units find {amount_in_words(mde, metric=metric)} on "
            f"{metric.name}, the smallest effect that matters, in "
            f"{number_in_words(100 * check.number)} % of experiments"
        )
        found.append(replace(check, sentence=said))
    if found:
        return min(found, key=lambda check: check.number)
    return CheckResult(
        check="power",
        state="unknown",
        n=max((result.effect.n_obs for result in primaries), default=0),
        number=math.nan,
        threshold=math.nan,
        sentence="nobody wrote down how large an effect would matter, so nobody can say "
        "whether the experiment was large enough",
    )


def _multiplicity(primaries: Sequence[MetricResult]) -> CheckResult | None:
    if not primaries:
        return None
    return check_multiplicity(
        n_arms=len({result.arm for result in primaries}),
        n_metrics=len({result.effect.metric for result in primaries}),
        adjusted=True,
        alpha=primaries[0].effect.alpha,
    )


def _novelty(comparison: Comparison, primaries: Sequence[MetricResult]) -> CheckResult | None:
    """Return the strongest trend among all primaries and arms."""
    trends = []
    for result in primaries:
        days = _days(comparison, result.metric, arm=result.arm)
        if days is None:
            continue
        found = check_novelty(
            effect_sizes=[size for size, _ in days],
            standard_errors=[se for _, se in days],
            alpha=NOVELTY_ALPHA / len(primaries),
        )
        trends.append(replace(found, sentence=f"{result.metric.name}: {found.sentence}"))
    return min(
        trends, key=lambda t: math.inf if math.isnan(t.number) else t.number, default=None
    )


def _days(
    comparison: Comparison, metric: Metric, *, arm: str
) -> list[tuple[float, float]] | None:
    """Return the effect and its standard error of each day's units; thin days left out."""
    days = []
    for day in comparison.moments.days:
        try:
            effect = comparison.effect(metric, arm, day=day)
        except NotEnoughDataError:
            continue
        if effect is not None and effect.se > 0:
            days.append((effect.effect_size, effect.se))
    return days or None
