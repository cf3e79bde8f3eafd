"""What an analysis returns: frozen numbers, no drawing."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from leadline.analysis.experiments.checks import CheckResult
    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.guardrails import GuardrailResult
    from leadline.analysis.experiments.metrics import Metric, Role
    from leadline.analysis.experiments.sample_ratio import (
        SampleRatioResult,
        SampleRatioScan,
        SequentialSampleRatio,
    )
    from leadline.analysis.experiments.sequential import StagewiseResult
    from leadline.connectors.experiments.problems import DataProblem
    from leadline.connectors.warehouse.state import Day
    from leadline.findings import Finding

Word = Literal["ship", "stop", "extend", "cannot tell"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What to do, why, and what would decide.

    Attributes
    ----------
    word : {"ship", "stop", "extend", "cannot tell"}
    reason : str
        One sentence with its numbers.
    decides : str
        What would decide, or that nothing more is needed.
    arm : str
        The arm to ship; empty otherwise.
    """

    word: Word
    reason: str
    decides: str = ""
    arm: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricResult:
    """One metric in one arm against the control.

    Attributes
    ----------
    metric : Metric
    arm : str
    effect : Effect
    adjusted_pvalue : float
        Holm over arms × primaries, Benjamini-Hochberg over the exploratory; a
        guardrail's own.
    is_significant : bool
        After the adjustment, and at the bound of the look where there are looks.
    guardrail : GuardrailResult or None
    threshold : float
        |z| that this look had to reach; NaN where there is one look only.
    """

    metric: Metric
    arm: str
    effect: Effect
    adjusted_pvalue: float
    is_significant: bool
    guardrail: GuardrailResult | None = None
    threshold: float = math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The effect's interval, as wide as the looks demand.

        With several looks it is the repeated confidence interval: the effects that this
        look's bound does not exclude (Jennison and Turnbull 2000, chapter 9).
        """
        effect = self.effect
        if math.isnan(self.threshold):
            return effect.ci_lower, effect.ci_upper
        half = self.threshold * effect.se
        return effect.effect_size - half, effect.effect_size + half

    @property
    def role(self) -> Role:
        """The metric's role."""
        return self.metric.role

    @property
    def gain(self) -> float:
        """The effect in the good direction."""
        sign = 1.0 if self.metric.higher_is_better else -1.0
        return sign * self.effect.effect_size


def strongest(results: Sequence[MetricResult], *, harm: bool) -> MetricResult:
    """Return the result that says most: a significant one where there is any.

    Parameters
    ----------
    harm : bool
        Whether a loss says more than a gain.
    """
    deciding = [result for result in results if result.is_significant] or list(results)
    sign = -1.0 if harm else 1.0
    return max(deciding, key=lambda r: sign * r.gain / r.effect.se if r.effect.se else 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The effect as it stood at the end of a day.

    Attributes
    ----------
    day : date or number
    n_obs : int
        Units so far, both arms.
    effect_size, se : float
    always_lower, always_upper : float
        Asymptotic confidence sequence: valid at every look.
    z : float
    bound : float
        |z| that stops here; NaN on days that are no planned look.
    """

    day: Day
    n_obs: int
    effect_size: float
    se: float
    always_lower: float
    always_upper: float
    z: float
    bound: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """The sequential path of one primary in one arm.

    Attributes
    ----------
    metric, arm : str
    looks : tuple of Look
        One a day; a single one where the table has no days.
    crossed : int or None
        Index of the look at which the bound was first reached.
    stagewise : StagewiseResult or None
        Estimate adjusted for the looks, where the bound was reached or all looks are done.
    """

    metric: str
    arm: str
    looks: tuple[Look, ...]
    crossed: int | None
    stagewise: StagewiseResult | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentResult:
    """One primary in one level of a segment; exploratory, adjusted over all levels."""

    segment: str
    level: str
    arm: str
    effect: Effect
    adjusted_pvalue: float
    higher_is_better: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Readout:
    """Everything that is known of one experiment.

    Attributes
    ----------
    name, hypothesis : str
    place : str
        Where the numbers were read.
    command : str
        The command line that makes this readout again.
    as_of : date
    control : str
    counts : dict of arm to int
        Units assigned.
    arrivals : dict of arm to list of int
        Units by day, in the order of `days`.
    days : tuple of day
    verdict : Verdict
    results : tuple of MetricResult
    sample_ratio : SampleRatioResult
    sample_ratio_looks : SequentialSampleRatio or None
        The same check at every day, with bounds that allow for looking often.
    sample_ratio_scan : SampleRatioScan or None
        Days and segments, where a mismatch was found.
    checks : tuple of CheckResult
        Split, peeking, power, multiplicity, novelty, purity and A/A, as far as the table
        and the plan allow.
    paths : tuple of Path
    segments : tuple of SegmentResult
    problems : tuple of DataProblem
    notes : tuple of str
        What was taken for granted.
    alpha : float
    n_planned : int or None
    """

    name: str
    hypothesis: str
    place: str
    command: str
    as_of: date
    control: str
    counts: dict[str, int]
    arrivals: dict[str, list[int]]
    days: tuple[Day, ...]
    verdict: Verdict
    results: tuple[MetricResult, ...]
    sample_ratio: SampleRatioResult
    sample_ratio_looks: SequentialSampleRatio | None
    sample_ratio_scan: SampleRatioScan | None
    checks: tuple[CheckResult, ...]
    paths: tuple[Path, ...]
    segments: tuple[SegmentResult, ...]
    problems: tuple[DataProblem, ...]
    notes: tuple[str, ...]
    alpha: float
    n_planned: int | None

    @property
    def n_obs(self) -> int:
        """Units of all arms."""
        return sum(self.counts.values())

    @property
    def primaries(self) -> tuple[MetricResult, ...]:
        """Results that decide."""
        return tuple(result for result in self.results if result.role == "primary")

    @property
    def deciding(self) -> MetricResult:
        """The primary that the verdict speaks of: the strongest of the arm it names."""
        primaries = [
            r for r in self.primaries if not self.verdict.arm or r.arm == self.verdict.arm
        ]
        return strongest(primaries, harm=self.verdict.word == "stop")

    @property
    def next_stage(self) -> str:
        """Where the next gain may lie, as a question; the team answers it."""
        if self.is_unsound:
            return "Data: who mends what loses units, before anything else is tested?"
        if any(r.guardrail and r.guardrail.state == "breached" for r in self.results):
            return "Modelling: what would keep the gain without the harm?"
        return {
            "ship": "Monitoring: who watches it, and which stage is the next bottleneck?",
            "stop": "Framing: was the problem the right one, or the offline measure the wrong?",
            "extend": "None yet: the plan goes on.",
            "cannot tell": "Framing: how small a gain is still worth shipping?",
        }[self.verdict.word]

    @property
    def doubts(self) -> tuple[CheckResult, ...]:
        """Checks that failed."""
        return tuple(check for check in self.checks if check.state == "failed")

    @property
    def is_unsound(self) -> bool:
        """Whether the data or the split forbid a verdict, whatever the effects say."""
        looks = self.sample_ratio_looks
        return (
            self.sample_ratio.sample_ratio_mismatch
            or (looks is not None and looks.sample_ratio_mismatch)
            or any(problem.blocks for problem in self.problems)
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a brief says of it."""
        from leadline.library.experiment_findings import readout_findings  # noqa: PLC0415

        return readout_findings(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"n_obs": self.n_obs}

    def _repr_html_(self) -> str:
        from leadline.library.pages import readout_fragment  # noqa: PLC0415 - only to show

        return readout_fragment(self)

    def plot(self) -> Any:
        """Return the effects of all metrics with their intervals, as an Altair chart."""
        from leadline.library.pages import effects_chart_of  # noqa: PLC0415 - only to draw

        return effects_chart_of(self)
