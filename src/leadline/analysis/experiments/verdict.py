"""Ship, stop, extend, or cannot tell: with the reason and with what would decide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from leadline.analysis.experiments.sequential import spending_bounds
from leadline.analysis.multiplicity import holm
from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.guardrails import GuardrailResult
    from leadline.analysis.experiments.sample_ratio import (
        SampleRatioResult,
        SequentialSampleRatio,
    )
    from leadline.analysis.experiments.sequential import Spending

Decision = Literal["ship", "stop", "extend", "cannot tell"]

Words: TypeAlias = "Callable[[str, float], str]"
"""A metric's name and an amount in its unit → how a sentence says it."""


def in_digits(metric: str, amount: float) -> str:  # noqa: ARG001 - one of several `Words`
    """Return an amount with four digits, whatever its metric."""
    return f"{amount:.4g}"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What shipping is believed to bring and cost, in one unit (money, hours).

    Attributes
    ----------
    expected, sd : float
        Posterior mean and sd of the gain over the period, in the unit.
    cost : float
        Of building, running and keeping it for that period.
    """

    expected: float
    sd: float
    cost: float

    @property
    def net(self) -> float:
        """Expected gain minus cost."""
        return self.expected - self.cost


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The decision for one treatment arm.

    Attributes
    ----------
    arm : str
    decision : {"ship", "stop", "extend", "cannot tell"}
    reason : str
        One sentence.
    decides : str
        What would settle it, or what to do now.
    numbers : tuple of (str, float)
        What the reason rests on.
    """

    arm: str
    decision: Decision
    reason: str
    decides: str
    numbers: tuple[tuple[str, float], ...]


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


def decide(
    *,
    primaries: Sequence[PrimaryResult],
    guardrails: Sequence[GuardrailResult] = (),
    sample_ratio: SampleRatioResult | SequentialSampleRatio | None = None,
    progress: Progress | None = None,
    worth: Worth | None = None,
    words: Words = in_digits,
) -> Verdict:
    """Decide about one treatment arm.

    In this order: a sample ratio mismatch blocks every verdict; harm stops; a gain ships
    when all guardrails pass and it is worth its cost; without a gain, an unfinished plan
    goes on, and a finished one stops where the interval excludes every effect that
    matters, and cannot tell where it does not.

    Parameters
    ----------
    primaries : sequence of PrimaryResult
        Of this arm, from `judge_primaries` over all arms.
    guardrails : sequence of GuardrailResult
        Of this arm.
    sample_ratio, progress, worth : optional
        What is known of the split, the plan, and the money.
    words : callable
        How the sentences say an amount of a metric.

    Raises
    ------
    InputError
        No primary metric, or primaries of several arms.
    """
    arms = {result.arm for result in primaries}
    if len(arms) != 1:
        raise InputError(f"a verdict is about one arm's primary metrics, got {sorted(arms)}")
    case = _Case(
        arm=arms.pop(),
        primaries=tuple(primaries),
        guardrails=tuple(guardrails),
        progress=progress,
        worth=worth,
        words=words,
    )
    return (
        _blocked(case, sample_ratio=sample_ratio)
        or _harmful(case)
        or (_gain(case) if any(p.significant for p in primaries) else _no_gain(case))
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    arm: str
    primaries: tuple[PrimaryResult, ...]
    guardrails: tuple[GuardrailResult, ...]
    progress: Progress | None
    worth: Worth | None
    words: Words

    @property
    def going_on(self) -> bool:
        return self.progress is not None and not self.progress.complete

    def verdict(
        self, decision: Decision, reason: str, decides: str, *numbers: tuple[str, float]
    ) -> Verdict:
        shown = tuple(
            pair
            for p in self.primaries
            for pair in (
                (f"{p.effect.metric}: effect", p.effect.effect_size),
                (f"{p.effect.metric}: lower", p.effect.ci_lower),
                (f"{p.effect.metric}: upper", p.effect.ci_upper),
                (f"{p.effect.metric}: p-value", p.effect.pvalue),
            )
        )
        return Verdict(
            arm=self.arm,
            decision=decision,
            reason=reason,
            decides=decides,
            numbers=numbers + shown,
        )


def _blocked(
    case: _Case, *, sample_ratio: SampleRatioResult | SequentialSampleRatio | None
) -> Verdict | None:
    if sample_ratio is not None and sample_ratio.sample_ratio_mismatch:
        return case.verdict(
            "cannot tell",
            "the arms did not get the units that the split gave them (sample ratio "
            "mismatch), so no effect can be trusted",
            "find where units are lost (days, segments, fallbacks), mend it, and run again",
        )
    untested = [p.effect.metric for p in case.primaries if math.isnan(p.effect.pvalue)]
    if untested:
        return case.verdict(
            "cannot tell",
            f"{', '.join(untested)} cannot be tested: no unit differs from another",
            "check how the metric is recorded",
        )
    return None


def _harmful(case: _Case) -> Verdict | None:
    breached = [g for g in case.guardrails if g.state == "breached"]
    if breached:
        return case.verdict(
            "stop",
            f"guardrail breached: {breached[0].metric} got worse by "
            f"{case.words(breached[0].metric, breached[0].harm)}, where at most "
            f"{case.words(breached[0].metric, breached[0].margin)} was agreed",
            "a change without this harm",
            *((f"{g.metric}: harm", g.harm) for g in breached),
        )
    worse = sorted((p for p in case.primaries if p.significant and p.gain < 0), key=_strength)
    if worse:
        return case.verdict(
            "stop",
            f"{worse[0].effect.metric} got worse by "
            f"{case.words(worse[0].effect.metric, -worse[0].gain)}",
            "a different change; this one does harm",
        )
    return None


def _strength(result: PrimaryResult) -> float:
    """Return the gain in standard errors: gains of two metrics have no common unit."""
    return result.gain / result.effect.se


def _gain(case: _Case) -> Verdict:
    best = max((p for p in case.primaries if p.significant), key=_strength)
    metric = best.effect.metric
    gained = f"{metric} gained {case.words(metric, best.gain)}"
    unproven = [g for g in case.guardrails if not g.passed]
    if unproven:
        first = unproven[0]
        return case.verdict(
            "extend" if case.going_on else "cannot tell",
            f"{gained}, but the guardrail {first.metric} has not passed: harm of "
            f"{case.words(first.metric, first.worst_harm)} is not excluded",
            f"more units, until harm to {first.metric} beyond "
            f"{case.words(first.metric, first.margin)} is excluded",
            *((f"{g.metric}: worst harm", g.worst_harm) for g in unproven),
        )
    if case.worth is not None and not case.worth.net > 0:
        return case.verdict(
            "stop",
            f"{gained}, but it is expected to bring {case.worth.expected:.4g} and to cost "
            f"{case.worth.cost:.4g}",
            f"a cost below {case.worth.expected:.4g}",
            ("expected value", case.worth.expected),
            ("cost", case.worth.cost),
        )
    numbers = (("expected net value", case.worth.net),) if case.worth else ()
    return case.verdict(
        "ship",
        f"{gained} and no guardrail stands against it",
        "nothing more; put the believed gain into the ledger, not this one",
        *numbers,
    )


def _no_gain(case: _Case) -> Verdict:
    progress = case.progress
    largest = max(case.primaries, key=lambda p: p.largest_gain)
    mde = progress.mde if progress else None
    gain = case.words(largest.effect.metric, largest.largest_gain)
    if progress is not None and case.going_on:
        left = max(progress.n_planned - progress.n_obs, 0)
        return case.verdict(
            "extend",
            f"no bound is crossed at {progress.looks[-1]:.0%} of the planned information",
            f"{left:,} more units, as planned; stop early only if a bound is crossed",
            ("units so far", progress.n_obs),
            ("units planned", progress.n_planned),
        )
    if mde is None:
        return case.verdict(
            "cannot tell",
            "no effect is shown, and nobody wrote down how large an effect would matter",
            f"the smallest effect that matters: above {gain} the answer is stop, below it "
            "more units are needed",
        )
    matters = case.words(largest.effect.metric, mde)
    if largest.largest_gain < mde:
        return case.verdict(
            "stop",
            f"a gain of {matters}, the smallest that matters, is excluded: at most {gain}",
            "nothing more; the experiment has answered",
        )
    needed = max(units_to_detect(p.effect, mde=mde) for p in case.primaries)
    return case.verdict(
        "cannot tell",
        f"neither no effect nor {matters}, the smallest that matters, is excluded",
        f"about {needed:,} units in all find an effect of {matters} four times in five",
        ("units needed", needed),
    )


def units_to_detect(effect: Effect, *, mde: float, power: float = 0.8) -> int:
    """Return the units, at this split and noise, that find `mde` with this power.

    The squared standard error falls as 1/n, so n·(se·(z₁₋α/₂ + z_power)/mde)² units do.
    """
    distance = -normal_quantile(effect.alpha / 2) + normal_quantile(power)
    return math.ceil(effect.n_obs * (effect.se * distance / mde) ** 2)
