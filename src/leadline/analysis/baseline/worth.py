"""What a gain is worth: by the payoff of each decision, or by the rate of a KPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem.intervals import Difference, paired_difference
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

NAMES = {
    "hit": (1, 1),
    "tp": (1, 1),
    "miss": (1, 0),
    "fn": (1, 0),
    "false_alarm": (0, 1),
    "fp": (0, 1),
    "correct_rejection": (0, 0),
    "tn": (0, 0),
}
"""Names of the cells of a payoff: (what is true, what is decided)."""

PER = 1000

PAYOFF = (
    'Pass {"hit": 10, "false_alarm": -1} for two classes, or numbers as a table [true class]'
    "[decided class]."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What the model adds to the best rule, in the user's own unit.

    Attributes
    ----------
    value, lower, upper : float
        Per 1,000 decisions (payoff), or as the KPI counts.
    unit : str
        What the numbers mean.
    """

    value: float
    lower: float
    upper: float
    unit: str


def by_payoff(
    payoff: Any,
    y: NDArray[Any],
    rule_scores: NDArray[np.float64],
    model_scores: NDArray[np.float64],
    *,
    problem: Problem,
    clusters: NDArray[Any] | None,
    level: float = 0.95,
) -> Worth:
    """Let rule and model decide, and compare what their decisions earn.

    Parameters
    ----------
    payoff : mapping, matrix or callable
        `{"hit": 10, "false_alarm": −1}` (cells left out earn 0), a matrix
        [true class][decided class], or a function (y_true, y_pred) → earnings (n,).
    """
    if problem.kind == "ranking":
        raise InputError("a payoff needs decisions", hint="Pass `kpi` for a ranking.")
    earned = [_earn(payoff, y, s, problem=problem) for s in (model_scores, rule_scores)]
    gain = paired_difference(*earned, clusters=clusters, level=level)
    return _scaled(gain, PER, unit=f"payoff per {PER:,} decisions")


def by_kpi(kpi: Any, gain: Difference) -> Worth:
    """Multiply the gain in the metric by what one unit of it is worth.

    Parameters
    ----------
    kpi : number or (name, number)
        The KPI per 1.0 of the metric, as one's own past experiments say.
    """
    name, rate = kpi if isinstance(kpi, tuple | list) and len(kpi) == 2 else ("KPI", kpi)
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise InputError(
            f"kpi is {kpi!r}, neither a number nor a (name, number) pair",
            hint='Say what 1.0 of the metric is worth: kpi=("EUR a month", 120_000).',
        )
    return _scaled(gain, float(rate), unit=str(name))


def _scaled(gain: Difference, factor: float, *, unit: str) -> Worth:
    low, high = sorted((gain.lower * factor, gain.upper * factor))
    return Worth(value=gain.estimate * factor, lower=low, upper=high, unit=unit)


def _earn(
    payoff: Any, y: NDArray[Any], scores: NDArray[np.float64], *, problem: Problem
) -> NDArray[np.float64]:
    if callable(payoff):
        earned = np.asarray(payoff(y, scores), dtype=np.float64)
        if earned.shape != y.shape:
            raise InputError(f"the payoff gave shape {earned.shape} for {y.size} rows")
        return earned
    if not problem.is_classification:
        raise InputError(
            f"a payoff table needs classes, the target is a number ({problem.kind})",
            hint="Pass a function (y_true, y_pred) → earnings of each row.",
        )
    matrix = payoff_matrix(payoff, n_classes=len(problem.classes))
    shares = scores if scores.ndim == 2 else np.column_stack([1 - scores, scores])
    decided = (shares @ matrix).argmax(axis=1)
    return np.asarray(matrix[y, decided])


def _earnings(name: str, value: Any) -> float:
    if isinstance(value, int | float | np.number) and np.isfinite(value):
        return float(value)
    raise InputError(f"the payoff of {name} is {value!r}, which is no number", hint=PAYOFF)


def payoff_matrix(payoff: Any, *, n_classes: int = 2) -> NDArray[np.float64]:
    """Return earnings as a matrix [true class][decided class]; cells left out earn 0."""
    if isinstance(payoff, Mapping):
        strangers = set(payoff) - set(NAMES)
        if strangers or n_classes != 2:
            raise InputError(
                f"a payoff by name is for two classes and knows {', '.join(NAMES)}; "
                f"got {', '.join(map(str, payoff))} for {n_classes} classes",
                hint="Pass a matrix [true class][decided class] for more classes.",
            )
        matrix = np.zeros((2, 2))
        for name, value in payoff.items():
            matrix[NAMES[name]] = _earnings(name, value)
        return matrix
    try:
        matrix = np.asarray(payoff, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"payoff is {payoff!r}, which is no table", hint=PAYOFF) from None
    if matrix.shape != (n_classes, n_classes) or not np.isfinite(matrix).all():
        raise InputError(
            f"the payoff must be {n_classes} × {n_classes} numbers, got shape {matrix.shape}",
            hint=PAYOFF,
        )
    return matrix
