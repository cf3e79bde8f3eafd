"""What a diagnosis returns: plain frozen values that pages, charts and JSON can show."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

CAUSES = (
    "overfitting",
    "underfitting",
    "not_enough_data",
    "covariate_shift",
    "concept_drift",
    "label_shift",
    "label_noise",
    "leakage",
    "imbalance",
    "miscalibration",
    "data_quality",
    "missing_information",
)
HEALTHY = "healthy"
UNDECIDABLE = "undecidable"

CONFIRMED = "confirmed"
"""Verdict: the remedy was tried and gains more than the floor."""

BLOCKER = "blocker"
"""Verdict: the score is not what it seems; mend this before reading any gain."""

RULED_OUT = "ruled out"
"""Verdict: the remedy was tried and gains nothing that counts."""


def in_words(cause: str) -> str:
    """Write a cause or a verdict as a reader does: "not enough data"."""
    return cause.replace("_", " ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """What a remedy buys, with its interval at the level of `thresholds.LEVEL`.

    Attributes
    ----------
    estimate, lower, upper : float
        Fall of the loss (more is better); nan where it could not be measured.
    pvalue : float
        One-sided, of "the remedy gains nothing".
    n_units : int
        Rows (or queries) on which it was measured.
    """

    estimate: float
    lower: float
    upper: float
    pvalue: float = math.nan
    n_units: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseFinding:
    """One cause, what was tried against it, and what that bought.

    Attributes
    ----------
    cause : str
        One of `CAUSES`, or "healthy" or "undecidable".
    verdict : str
        "blocker", "confirmed", "undecidable", "ruled out", or "healthy".
    gain, gain_lower, gain_upper : float
        Fall of the proper loss that the remedy brings, with its 80 % interval;
        negative for leakage (the honest score is worse); nan where not measurable.
    unit : str
        The proper loss: "log loss", "squared error", "1 − NDCG@10" …
    metric, metric_gain, metric_gain_lower, metric_gain_upper
        The same in the user's metric, turned so that more is better.
    value : float or None
        Gain in the payoff's unit per 1,000 decisions, where a payoff was given.
    pvalue : float
        One-sided, adjusted within the run (Benjamini–Hochberg).
    evidence : str
        What was seen, with its numbers.
    numbers : dict
        The same numbers by name.
    remedy : str
        What to do, with concrete parameters of the model at hand.
    question : str
        One question for the owner.
    measured_on : str
        The rows the gain was measured on.
    """

    cause: str
    verdict: str
    gain: float
    gain_lower: float
    gain_upper: float
    unit: str
    evidence: str
    remedy: str
    question: str
    measured_on: str = "test"
    pvalue: float = math.nan
    metric: str = ""
    metric_gain: float = math.nan
    metric_gain_lower: float = math.nan
    metric_gain_upper: float = math.nan
    value: float | None = None
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The finding in one line: "raise min_samples_leaf to 200: +.012 [.008, .016]"."""
        if self.cause == UNDECIDABLE and math.isnan(self.gain):
            return self.remedy
        if math.isnan(self.gain):
            return f"{self.remedy}: gain not measurable here"
        most = "the most that was seen is " if self.cause in {HEALTHY, UNDECIDABLE} else ""
        interval = (
            f" [{self.gain_lower:.4g}, {self.gain_upper:.4g}]"
            if math.isfinite(self.gain_lower)
            else ""
        )
        return f"{self.remedy}: {most}{self.gain:+.4g}{interval} {self.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One step of the ladder constant → rule → train → held out → test → production."""

    name: str
    loss: float
    metric: float
    n_rows: int
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurvePoint:
    """Loss after training on `n_rows` rows."""

    learner: str
    n_rows: int
    loss: float
    standard_error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationBin:
    """Rows with neighbouring predictions: what was predicted, what came."""

    predicted: float
    observed: float
    n_rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnShift:
    """How far one column moved, and how much the model depends on it.

    `distance` is Kolmogorov–Smirnov's (numbers) or total variation (categories), 0–1;
    `dependence` is the rise of the loss when the column is shuffled.
    """

    column: str
    distance: float
    dependence: float
    missing_before: float
    missing_after: float
    sample: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A group of rows on which the model is worse than elsewhere."""

    sentence: str
    n_rows: int
    loss: float
    loss_elsewhere: float
    pvalue: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One number about a ranking or about clicks, with its 80 % bootstrap interval.

    Attributes
    ----------
    name : str
        "NDCG@10", "normalised entropy", "position bias" …
    value, lower, upper : float
        In the measure's own unit; `sentence` says which value is the usual one.
    n_units : int
        Queries, clusters or rows that were drawn again.
    sentence : str
        What the number says, and what to do where it is odd.
    elsewhere : bool
        Whether it shows a loss for certain that no setting of the model mends.
    """

    name: str
    value: float
    lower: float
    upper: float
    n_units: int
    sentence: str
    elsewhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """The answer of `leadline.diagnose`.

    Attributes
    ----------
    verdict : str
        The cause that holds the model back most, or "healthy", or "undecidable".
    findings : tuple of CauseFinding
        Ranked: blockers, then by gain; one "healthy" finding where nothing gains.
    tried : tuple of CauseFinding
        The remedies that were tried and gain nothing that counts.
    ladder, learning_curve, calibration, shift, segments
        The numbers behind the pictures.
    measures : tuple of Measure
        Of rankings and clicks: order by query, stages, calibration, place, cold starts.
    questions : tuple of str
        A ten-minute audit: what to ask where the tables cannot answer.
    unanswered : dict
        Cause → the measurement that would decide it.
    skipped : tuple of str
        What the time budget did not allow.
    kind : str
        Kind of problem, with `kind_reason`.
    floor : float
        Least gain that counts, in the unit of the proper loss.
    seconds : float
        Time taken.
    """

    verdict: str
    findings: tuple[CauseFinding, ...]
    tried: tuple[CauseFinding, ...]
    ladder: tuple[Rung, ...]
    learning_curve: tuple[CurvePoint, ...]
    calibration: tuple[CalibrationBin, ...]
    shift: tuple[ColumnShift, ...]
    segments: tuple[Segment, ...]
    questions: tuple[str, ...]
    unanswered: dict[str, str]
    skipped: tuple[str, ...]
    kind: str
    kind_reason: str
    model: str
    unit: str
    metric: str
    floor: float
    seconds: float
    random_state: int
    measures: tuple[Measure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values ready for JSON; not-a-number becomes None."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def __str__(self) -> str:
        lines = [f"{self.model}: {self.verdict} ({self.kind}, {self.unit})"]
        for finding in self.findings:
            lines.append(f"  {finding.cause} · {finding.verdict} · {finding.sentence}")
            lines.append(f"    {finding.evidence}")
        lines += [f"  not tried: {reason}" for reason in self.skipped]
        return "\n".join(lines)


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
