"""One verdict for an experiment of several arms, with its numbers in the sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.analysis.experiments.primaries import Progress
from leadline.analysis.experiments.verdict import decide
from leadline.library.results import MetricResult, Verdict, strongest
from leadline.library.wording import amount_in_words, effect_in_words, pvalue_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.primaries import PrimaryResult
    from leadline.analysis.experiments.verdict import Decision
    from leadline.analysis.experiments.verdict import Verdict as ArmVerdict
    from leadline.connectors.experiments.problems import DataProblem
    from leadline.library.splits import Split

_ORDER: tuple[Decision, ...] = ("ship", "extend", "cannot tell", "stop")
"""What one arm says, the most useful first: one arm that may be shipped is enough."""


def conclude(
    *,
    results: Sequence[MetricResult],
    primaries: Sequence[PrimaryResult],
    split: Split,
    problems: Sequence[DataProblem],
    progress: Progress | None,
) -> Verdict:
    """Decide one experiment.

    Parameters
    ----------
    results : sequence of MetricResult
        Every metric in every arm.
    primaries : sequence of PrimaryResult
        Of all arms, judged together.
    split : Split
        How the arms got their units; a mismatch, at the end or at a look, blocks.
    problems : sequence of DataProblem
    progress : Progress or None
        Against the plan; None where there is none.
    """
    blocking = [problem for problem in problems if problem.blocks]
    if blocking:
        more = f", and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        return Verdict(
            word="cannot tell",
            reason=f"The data cannot carry a verdict: {blocking[0]}{more}.",
            decides="The same table with this mended at its source.",
        )
    if split.is_mismatched:
        return _mismatched(split)
    verdicts = [
        _of_arm(arm, results=results, primaries=primaries, progress=progress)
        for arm in dict.fromkeys(result.arm for result in primaries)
    ]
    best = min(verdicts, key=lambda verdict: _ORDER.index(verdict.decision))
    return Verdict(
        word=best.decision,
        reason=f"{_opened(best.reason, results)}: {_told(best, results)}.",
        decides=f"{_opened(best.decides, results)}.",
        arm=best.arm if best.decision == "ship" else "",
    )


def _of_arm(
    arm: str,
    *,
    results: Sequence[MetricResult],
    primaries: Sequence[PrimaryResult],
    progress: Progress | None,
) -> ArmVerdict:
    metrics = {result.metric.name: result.metric for result in results}
    return decide(
        primaries=[p for p in primaries if p.arm == arm],
        guardrails=[r.guardrail for r in results if r.arm == arm and r.guardrail],
        progress=progress,
        words=lambda metric, amount: amount_in_words(amount, metric=metrics[metric]),
    )


def _mismatched(split: Split) -> Verdict:
    total = split.total
    counts = ", ".join(f"{n:,}" for n in total.counts)
    expected = ", ".join(f"{n:,.0f}" for n in total.expected)
    return Verdict(
        word="cannot tell",
        reason=(
            f"Sample ratio mismatch ({pvalue_in_words(total.pvalue)}): the arms have "
            f"{counts} units where the split gives {expected}. Whatever lost them may also "
            "have made the effect."
        ),
        decides=split.source
        or "Finding where units are lost: assignment, logging, redirects, robots.",
    )


def _told(verdict: ArmVerdict, results: Sequence[MetricResult]) -> str:
    """Return the effect that the verdict rests on, with its interval."""
    primaries = [r for r in results if r.arm == verdict.arm and r.role == "primary"]
    shown = strongest(primaries, harm=verdict.decision == "stop")
    named = f"{shown.metric.name} g"  # gained, or got worse
    return effect_in_words(shown, is_named=verdict.reason.startswith(named))


def _opened(reason: str, results: Sequence[MetricResult]) -> str:
    """Return a clause with a capital letter, unless it opens with a metric's name."""
    if any(reason.startswith(result.metric.name) for result in results):
        return reason
    return f"{reason[:1].upper()}{reason[1:]}"
