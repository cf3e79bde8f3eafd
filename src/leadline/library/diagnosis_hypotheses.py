"""Findings as hypotheses: one line each, with what it is expected to bring.

The columns are those that `leadline experiments queue` sorts and, once `concluded_on`,
`measured` and `measured_se` are filled in, those that `leadline ledger` compares.
"""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.analysis.diagnosis.result import BLOCKER, CONFIRMED, UNDECIDABLE
from leadline.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leadline.analysis.diagnosis.result import CauseFinding, Diagnosis

Z80 = 1.2815515655446004
"""Half of an 80 % interval of a normal estimate, in standard errors."""

DAYS = {
    "imbalance": 0.5,
    "miscalibration": 0.5,
    "label_shift": 0.5,
    "overfitting": 1.0,
    "leakage": 1.0,
    "underfitting": 2.0,
    "data_quality": 2.0,
    "covariate_shift": 2.0,
    "concept_drift": 2.0,
    "label_noise": 3.0,
    "not_enough_data": 5.0,
    "missing_information": 5.0,
}
"""A first guess of what a remedy costs to build and try, in days; the file is yours to edit."""

MEASURED = ("concluded_on", "measured", "measured_se")
"""Columns that stand empty until the experiment is over; then `leadline ledger` reads them."""

ASKED = 0.5
"""Days that a look by hand costs, as a first guess."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hypothesis:
    """One line.

    Attributes
    ----------
    change : str
        The model and what to do.
    cost : float
        Days, a first guess by kind of remedy.
    predicted, predicted_se : float or None
        Gain with its standard error, in `unit`; None where nothing was measured.
    unit : str
        Payoff per 1,000 decisions if a payoff was given, else the user's metric, else the
        proper loss.
    cause : str
        What it would mend.
    analysis : str
        What would settle it without a trial; empty where it was tried already.
    analysis_cost : float or None
        Days.
    """

    change: str
    cost: float
    predicted: float | None
    predicted_se: float | None
    unit: str
    cause: str
    analysis: str = ""
    analysis_cost: float | None = None


def hypotheses(
    diagnosis: Diagnosis, *, model: str, gaps: Iterable[str] = ()
) -> tuple[Hypothesis, ...]:
    """Return each finding as one line, and each gap that the ten-minute audit showed.

    Parameters
    ----------
    diagnosis : Diagnosis
        What `leadline.diagnose` returned.
    model : str
        What the team calls the model.
    gaps : iterable of str
        Information that whoever decides by hand would look at and no column holds.

    Returns
    -------
    tuple of Hypothesis
        Blockers first, without a predicted gain: they make the score true, not better.
    """
    found = [
        _of_finding(finding, model=model)
        for finding in diagnosis.findings
        if finding.verdict in {BLOCKER, CONFIRMED}
        or (finding.verdict == UNDECIDABLE and finding.cause != UNDECIDABLE)
    ]
    return (*found, *(_of_gap(gap.strip(), model=model) for gap in gaps if gap.strip()))


def _of_finding(finding: CauseFinding, *, model: str) -> Hypothesis:
    gain, spread, unit = _gain(finding)
    open_question = finding.verdict == UNDECIDABLE
    return Hypothesis(
        change=f"{model}: {finding.remedy}",
        cost=DAYS.get(finding.cause, 2.0),
        predicted=gain,
        predicted_se=spread,
        unit=unit,
        cause=finding.cause,
        analysis=finding.question if open_question else "",
        analysis_cost=ASKED if open_question else None,
    )


def _gain(finding: CauseFinding) -> tuple[float | None, float | None, str]:
    if finding.verdict == BLOCKER or math.isnan(finding.gain):
        return None, None, finding.unit
    relative = (finding.gain_upper - finding.gain_lower) / (2 * Z80)
    if finding.value is not None:
        # the payoff moves with the loss: its error is taken as large, relative to the gain
        share = relative / abs(finding.gain) if finding.gain else math.nan
        return finding.value, _known(abs(finding.value) * share), "payoff per 1,000 decisions"
    if not math.isnan(finding.metric_gain):
        width = finding.metric_gain_upper - finding.metric_gain_lower
        return finding.metric_gain, _known(width / (2 * Z80)), finding.metric
    return finding.gain, _known(relative), finding.unit


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _of_gap(gap: str, *, model: str) -> Hypothesis:
    return Hypothesis(
        change=f"{model}: add {gap}",
        cost=DAYS["missing_information"],
        predicted=None,
        predicted_se=None,
        unit="",
        cause="missing_information",
        analysis=f"collect {gap} for labelled rows, diagnose again with it as candidate",
        analysis_cost=ASKED,
    )


def keep_hypotheses(path: str | Path, found: Iterable[Hypothesis]) -> int:
    """Add lines to a CSV file and return how many were new.

    A line that is there already stays as it is: a prediction is not rewritten after the
    fact, and columns that the team has added are kept.

    Raises
    ------
    ConnectorError
        The file cannot be read or written, or is no list of changes.
    """
    file = Path(path)
    names = [field.name for field in fields(Hypothesis)]
    try:
        kept, heads = _read(file)
        known = {row.get("change", "") for row in kept}
        lines = {line.change: asdict(line) for line in found}
        new = [line for change, line in lines.items() if change not in known]
        heads = [*heads, *(name for name in (*names, *MEASURED) if name not in heads)]
        part = file.with_name(f".{file.name}.part")
        with part.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, fieldnames=heads, restval="")
            writer.writeheader()
            writer.writerows([*kept, *new])
        part.replace(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectorError(
            f"{file} cannot be written: {error}", permanent=True, hint="Check the path."
        ) from error
    return len(new)


def checked_list(path: str | Path) -> None:
    """Refuse a file that findings cannot be added to, before anything is worked out.

    Raises
    ------
    ConnectorError
        The file cannot be read, or is no list of changes.
    """
    try:
        _read(Path(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectorError(
            f"{path} cannot be read: {error}", permanent=True, hint="Check the path."
        ) from error


def _read(file: Path) -> tuple[list[dict[str, str]], list[str]]:
    if not file.exists() or not file.stat().st_size:
        return [], []
    with file.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.DictReader(source)
        rows, heads = list(reader), list(reader.fieldnames or [])
    if "change" not in heads or any(None in row for row in rows):
        raise ConnectorError(
            f"{file} is no list of hypotheses: it has the columns {', '.join(heads)}",
            permanent=True,
            hint="Name another file, or one with a column change.",
        )
    return rows, heads
