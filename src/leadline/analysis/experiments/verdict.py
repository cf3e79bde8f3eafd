"""Ship, stop, extend, or cannot tell: with the reason and with what would decide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.guardrails import GuardrailResult
    from leadline.analysis.experiments.primaries import PrimaryResult, Progress
    from leadline.analysis.experiments.sample_ratio import (
        SampleRatioResult,
        SequentialSampleRatio,
    )

Decision = Literal["ship", "stop", "extend", "cannot tell"]

Words: TypeAlias = "Callable[[str, float], str]"
"""A metric's name and an amount in its unit → how a sentence says it."""


def in_digits(metric: str, amount: float) -> str:  # noqa: ARG001 - one of several `Words`
    """Return an amount with four digits, whatever its metric."""
    return f"{amount:.4g}"


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
        "nothing more; the ledger takes the believed gain, which is smaller than this one",
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
