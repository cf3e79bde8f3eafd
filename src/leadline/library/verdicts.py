"""From results to *ship*, *stop*, *extend* or *cannot tell*, always with the reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.library.results import MetricResult, Path, Verdict
from leadline.library.wording import effect_in_words, pvalue_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.sample_ratio import SampleRatioResult
    from leadline.connectors.experiments.problems import DataProblem

EIGHTY_PERCENT_POWER = 2.8016
"""z(.975) + z(.80): standard errors that an effect needs to be found four times in five."""


def decide(
    *,
    results: Sequence[MetricResult],
    sample_ratio: SampleRatioResult,
    is_mismatched: bool,
    mismatch_source: str,
    problems: Sequence[DataProblem],
    paths: Sequence[Path],
    smallest_effects: Mapping[str, float],
    n_obs: int,
    n_planned: int | None,
    has_looks: bool,
) -> Verdict:
    """Decide one experiment.

    Parameters
    ----------
    results : sequence of MetricResult
        Every metric in every arm.
    sample_ratio : SampleRatioResult
    is_mismatched : bool
        Whether the split is not the declared one (at one look, or over all days).
    mismatch_source : str
        Where the mismatch comes from, if a scan found it.
    problems : sequence of DataProblem
    paths : sequence of Path
        Of the primaries, where looks are planned.
    smallest_effects : mapping of metric to float
        The smallest effect worth shipping for.
    n_obs, n_planned : int
        Units so far and in the end; None where no size was planned.
    has_looks : bool
        Whether the plan allows to stop early.
    """
    blocked = _blocked(sample_ratio, is_mismatched, mismatch_source, problems)
    if blocked:
        return blocked
    arms = list(dict.fromkeys(result.arm for result in results))
    by_arm = {arm: [r for r in results if r.arm == arm] for arm in arms}
    breaches = {arm: _breach(found) for arm, found in by_arm.items()}
    safe = {arm: found for arm, found in by_arm.items() if breaches[arm] is None}
    if not safe:
        worst = next(b for b in breaches.values() if b is not None and b.guardrail)
        reason = worst.guardrail.reason if worst.guardrail else ""
        return Verdict(word="stop", reason=f"A guardrail is breached: {reason}")
    if n_planned and not has_looks and n_obs < 0.95 * n_planned:
        return Verdict(
            word="extend",
            reason=(
                f"{n_obs:,} of the {n_planned:,} planned units are in, and the plan has one "
                "look, at the end; reading it now would find too much."
            ),
            decides=f"The remaining {n_planned - n_obs:,} units, or a plan with looks.",
        )
    return _on_primaries(
        safe,
        paths=paths,
        smallest_effects=smallest_effects,
        n_obs=n_obs,
        n_planned=n_planned,
    )


def _blocked(
    sample_ratio: SampleRatioResult,
    is_mismatched: bool,  # noqa: FBT001 - one internal caller
    mismatch_source: str,
    problems: Sequence[DataProblem],
) -> Verdict | None:
    blocking = [problem for problem in problems if problem.blocks]
    if blocking:
        more = f", and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        return Verdict(
            word="cannot tell",
            reason=f"The data cannot carry a verdict: {blocking[0]}{more}.",
            decides="The same table with this mended at its source.",
        )
    if is_mismatched:
        counts = ", ".join(f"{n:,}" for n in sample_ratio.counts)
        expected = ", ".join(f"{n:,.0f}" for n in sample_ratio.expected)
        return Verdict(
            word="cannot tell",
            reason=(
                f"Sample ratio mismatch ({pvalue_in_words(sample_ratio.pvalue)}): the arms "
                f"have {counts} units where the split gives {expected}. Whatever lost them "
                "may also have made the effect."
            ),
            decides=mismatch_source
            or "Finding where units are lost: assignment, logging, bots, redirects.",
        )
    return None


def _breach(results: Sequence[MetricResult]) -> MetricResult | None:
    for result in results:
        if result.guardrail and result.guardrail.state == "breached":
            return result
    return None


def _on_primaries(
    by_arm: Mapping[str, Sequence[MetricResult]],
    *,
    paths: Sequence[Path],
    smallest_effects: Mapping[str, float],
    n_obs: int,
    n_planned: int | None,
) -> Verdict:
    found = [r for rs in by_arm.values() for r in rs if r.role == "primary" and r.is_significant]
    better = [r for r in found if r.gain > 0]
    worse = [r for r in found if r.gain < 0]
    clean = [r for r in better if r.arm not in {w.arm for w in worse}]
    if clean:
        best = max(clean, key=lambda r: r.gain / r.effect.se)
        return _ship(best, by_arm[best.arm])
    if better:
        return Verdict(
            word="cannot tell",
            reason=(
                f"A trade: {effect_in_words(better[0])}, but {effect_in_words(worse[0])}."
            ),
            decides="Which of the two decides; a plan names it before the data are read.",
        )
    if worse:
        return Verdict(word="stop", reason=f"It does harm: {effect_in_words(worse[0])}.")
    return _undecided(
        by_arm, paths=paths, smallest_effects=smallest_effects, n_obs=n_obs, n_planned=n_planned
    )


def _ship(best: MetricResult, results: Sequence[MetricResult]) -> Verdict:
    unproven = [r for r in results if r.guardrail and r.guardrail.state == "unproven"]
    if unproven and unproven[0].guardrail:
        return Verdict(
            word="extend",
            reason=(
                f"{effect_in_words(best)}, but a guardrail is not proven: "
                f"{unproven[0].guardrail.reason}"
            ),
            decides=f"More units until the interval of {unproven[0].metric.name} leaves its margin.",
        )
    n_guardrails = sum(r.guardrail is not None for r in results)
    held = f"; {n_guardrails} of {n_guardrails} guardrails hold" if n_guardrails else ""
    return Verdict(word="ship", reason=f"{effect_in_words(best)}{held}.", arm=best.arm)


def _undecided(
    by_arm: Mapping[str, Sequence[MetricResult]],
    *,
    paths: Sequence[Path],
    smallest_effects: Mapping[str, float],
    n_obs: int,
    n_planned: int | None,
) -> Verdict:
    primaries = [r for rs in by_arm.values() for r in rs if r.role == "primary"]
    closest = max(primaries, key=lambda r: r.gain / r.effect.se if r.effect.se else -math.inf)
    told = effect_in_words(closest)
    upcoming = [path.next_n for path in paths if path.next_n]
    if upcoming:
        return Verdict(
            word="extend",
            reason=f"No bound is reached at {n_obs:,} units: {told}.",
            decides=f"The next planned look, at {min(upcoming):,} units.",
        )
    smallest = smallest_effects.get(closest.metric.name)
    if smallest and all(_excludes(r, smallest_effects) for r in primaries):
        return Verdict(
            word="stop",
            reason=(
                f"Nothing worth shipping for: {told}, and the interval ends below the "
                f"smallest effect that the plan named, {smallest:g}."
            ),
        )
    target = smallest or abs(closest.effect.effect_size)
    if not target or not closest.effect.se:
        return Verdict(word="cannot tell", reason=f"No effect is seen: {told}.")
    factor = (EIGHTY_PERCENT_POWER * closest.effect.se / target) ** 2
    needed = math.ceil(n_obs * factor)
    what = f"an effect of {smallest:g}" if smallest else "an effect as large as the one seen"
    word = "extend" if smallest and n_planned and factor < 3 else "cannot tell"
    return Verdict(
        word=word,  # type: ignore[arg-type]  # mypy widens the conditional to str
        reason=f"Zero is within the interval: {told}.",
        decides=f"About {needed:,} units in all would find {what} four times in five.",
    )


def _excludes(result: MetricResult, smallest_effects: Mapping[str, float]) -> bool:
    smallest = smallest_effects.get(result.metric.name)
    if smallest is None:
        return False
    best = (
        result.effect.ci_upper if result.metric.higher_is_better else -result.effect.ci_lower
    )
    return best < smallest
