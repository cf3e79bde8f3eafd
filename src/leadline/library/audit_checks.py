"""The checks that an audit makes of each experiment's claim."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.analysis.experiments.effects import Effect, compare
from leadline.analysis.experiments.metrics import Metric
from leadline.analysis.experiments.sample_ratio import ALPHA, sample_ratio
from leadline.analysis.multiplicity import holm
from leadline.analysis.tails import normal_cdf, normal_quantile
from leadline.connectors.experiments.about import About
from leadline.connectors.experiments.names import find_control
from leadline.errors import NotEnoughDataError
from leadline.library.audit_results import Failure
from leadline.library.splits import check_split
from leadline.library.wording import number_in_words, pvalue_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.analysis.experiments.moments import Moments
    from leadline.analysis.experiments.shrinkage import Prior
    from leadline.connectors.warehouse.state import MomentsTable

REST = "rest"
"""As a control: every arm against all others together, where no arm is a control."""

UNDERPOWERED = 0.5
"""Below this chance of finding a typical true effect, a winner exaggerates it badly."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """One experiment and metric, compared in every arm."""

    experiment: str
    metric: Metric
    control: str
    effects: dict[str, Effect]
    failures: tuple[Failure, ...]
    about: About
    n_obs: int

    def gain(self, arm: str) -> float:
        """Effect of an arm in the good direction."""
        sign = 1.0 if self.metric.higher_is_better else -1.0
        return sign * self.effects[arm].effect_size


def compare_arms(
    name: str,
    metric: Metric,
    moments: MomentsTable,
    *,
    control: str,
    weights: Mapping[str, float] | None,
    alpha: float,
    about: About,
    taken: dict[str, int],
    is_blocked: bool,
) -> Tested | None:
    """Compare every arm of one experiment, and check its split."""
    sides = {
        arm: found
        for arm in moments.arms(name)
        if (found := moments.moments(metric.name, arm=arm, experiment=name)) is not None
    }
    if len(sides) < 2:
        return None
    failures = []
    if is_blocked:
        failures.append(Failure(check="unreadable", reason="its rows cannot carry a claim"))
    split = _split_failure(moments, name=name, weights=weights or about.weights)
    if split:
        failures.append(split)
    against = _control_of(sides, given=control, taken=taken)
    effects = {}
    for arm, treated in sides.items():
        other = _others(sides, arm) if against == REST else sides[against]
        if arm == against:
            continue
        try:
            effects[arm] = compare(treatment=treated, control=other, metric=metric, alpha=alpha)
        except NotEnoughDataError as error:
            failures.append(Failure(check="unreadable", reason=error.message))
    return Tested(
        experiment=name,
        metric=metric,
        control=against,
        effects=effects,
        failures=tuple(failures),
        about=about,
        n_obs=sum(moments.counts(name).values()),
    )


def _split_failure(
    moments: MomentsTable, *, name: str, weights: Mapping[str, float]
) -> Failure | None:
    counts = moments.counts(name)
    shares = [weights[arm] for arm in counts] if set(weights) == set(counts) else None
    try:
        result = sample_ratio(list(counts.values()), weights=shares, alpha=ALPHA)
    except NotEnoughDataError:
        return None
    if not result.sample_ratio_mismatch:
        return None
    shown = ", ".join(f"{n:,}" for n in result.counts[:4])
    reason = f"{pvalue_in_words(result.pvalue)}: arms have {shown} units"
    if len({cell.day for cell in moments.n_rows}) > 1:
        declared = weights if shares else {}
        split = check_split(
            moments, experiment=name, arms=list(counts), weights=declared, n_planned=None
        )
        reason = f"{reason}. {split.source}".rstrip(". ")
    return Failure(check="sample ratio mismatch", reason=reason)


def _control_of(sides: Mapping[str, Moments], *, given: str, taken: dict[str, int]) -> str:
    if given == REST:
        return REST
    if given and given in sides:
        return given
    recognised = find_control(sides)
    if recognised is None:
        recognised = min(sides)
        taken[recognised] = taken.get(recognised, 0) + 1
    return recognised


def _others(sides: Mapping[str, Moments], arm: str) -> Moments:
    rest = [moments for name, moments in sides.items() if name != arm]
    merged = rest[0]
    for moments in rest[1:]:
        merged = merged + moments
    return merged


def claimed_arm(tested: Tested) -> str:
    """Return the arm that was shipped, or the one that looks best."""
    shipped = [arm for arm in tested.about.shipped if arm in tested.effects]
    candidates = shipped or [arm for arm, e in tested.effects.items() if e.se > 0]
    return max(
        candidates, key=lambda arm: tested.gain(arm) / (tested.effects[arm].se or 1), default=""
    )


def doubts_of(
    tested: Tested, arm: str, *, prior: Prior | None, alpha: float
) -> tuple[Failure, ...]:
    """Return the statistical checks that a claim does not pass."""
    effect = tested.effects[arm]
    doubts = []
    pvalues = {a: e.pvalue for a, e in tested.effects.items() if not math.isnan(e.pvalue)}
    adjusted = dict(zip(pvalues, holm(list(pvalues.values())), strict=True)) if pvalues else {}
    own = float(adjusted.get(arm, math.nan))
    if tested.gain(arm) < 0 and own < alpha:
        doubts.append(
            Failure(check="harm", reason=f"it made things worse ({pvalue_in_words(own)})")
        )
    elif not effect.pvalue < alpha:
        doubts.append(
            Failure(
                check="not significant",
                reason=f"zero is within the interval ({pvalue_in_words(effect.pvalue)})",
            )
        )
    elif not own < alpha:
        doubts.append(
            Failure(
                check="chance among arms",
                reason=(
                    f"best of {len(pvalues)} arms: {pvalue_in_words(effect.pvalue)} alone, "
                    f"{pvalue_in_words(own)} among them"
                ),
            )
        )
    power = _power(effect, prior)
    if power < UNDERPOWERED:
        doubts.append(
            Failure(
                check="underpowered",
                reason=(
                    f"finds an effect of typical size here ({number_in_words(prior.sd)}) "
                    f"{number_in_words(100 * power)} % of the time"
                )
                if prior
                else "",
            )
        )
    return tuple(doubts)


def _power(effect: Effect, prior: Prior | None) -> float:
    """Return the chance of finding an effect of typical size with this standard error."""
    if prior is None or not effect.se > 0 or not prior.sd > 0:
        return 1.0
    return normal_cdf(prior.sd / effect.se + normal_quantile(effect.alpha / 2))
