"""The impact ledger: what the changes added up to, without overclaiming.

The baseline without machine learning comes first. Every later change is listed with the
gain that was predicted, the gain that was measured, and the gain that is believed; the
believed gains add up, and the naive sum stands beside them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.calibration import Launch, calibrate
from leadline.analysis.experiments.ledger_lines import (
    Change,
    Holdout,
    Ledger,
    LedgerLine,
    Total,
)
from leadline.analysis.experiments.shrinkage import fit_prior, shrink
from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.analysis.experiments.calibration import Calibration
    from leadline.analysis.experiments.shrinkage import Prior


def ledger(
    changes: Sequence[Change],
    *,
    unit: str,
    holdout: Holdout | None = None,
    prior: Prior | None = None,
    rate: float | None = None,
    rate_unit: str = "",
    alpha: float = 0.05,
) -> Ledger:
    """Add up what the changes brought since the baseline.

    Parameters
    ----------
    changes : sequence of Change
        All concluded changes, in any order, losers included; effects in one unit.
    unit : str
        The KPI's unit after multiplying with the reach, e.g. "orders a year".
    holdout : Holdout, optional
        Replaces the sum of the changes it covers.
    prior : Prior, optional
        Fitted on the experiments of `changes` where not given.
    rate, rate_unit : float, str, optional
        Money or time per unit.
    alpha : float
        1 − the intervals' level.

    Raises
    ------
    InputError
        Two changes of one key, two baselines, or a holdout that covers unknown changes.
    """
    ordered = _ordered(changes)
    covered = frozenset(holdout.covers if holdout else ())
    unknown = covered - {change.key for change in ordered}
    if unknown or (holdout and not covered):
        raise InputError(
            "a holdout covers changes of the ledger, at least one; unknown: "
            + (", ".join(sorted(unknown)) or "none was named")
        )
    launches = _launches(ordered)
    calibration = calibrate(launches) if launches else None
    tested = [c for c in ordered if c.measured is not None and not c.baseline]
    if prior is None and tested:
        measured = np.array([(c.measured, c.measured_se) for c in tested], dtype=float)
        prior = fit_prior(measured[:, 0], measured[:, 1])
    lines, total = _lines(ordered, covered=covered, holdout=holdout, prior=prior, alpha=alpha)
    return Ledger(
        lines=lines,
        baseline=next((line for line in lines if line.change.baseline), None),
        total=total,
        unproven=_unproven(ordered, calibration=calibration),
        holdout=holdout,
        calibration=calibration,
        prior=prior,
        unit=unit,
        rate=rate,
        rate_unit=rate_unit,
        by_quarter=_groups(lines, by=_quarter, alpha=alpha),
        by_project=_groups(lines, by=lambda change: change.project, alpha=alpha),
    )


def _launches(changes: Sequence[Change]) -> list[Launch]:
    return [
        Launch(
            predicted=c.predicted,
            predicted_se=c.predicted_se,
            measured=c.measured,
            measured_se=c.measured_se,
        )
        for c in changes
        if c.predicted is not None and c.measured is not None and c.measured_se is not None
    ]


def _quarter(change: Change) -> str:
    day = change.concluded_on
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _groups(
    lines: Sequence[LedgerLine], *, by: Callable[[Change], str], alpha: float
) -> dict[str, Total]:
    """Add up the counted lines of each group; those without a group are left out."""
    grouped: dict[str, list[LedgerLine]] = {}
    for line in lines:
        if line.counted and by(line.change):
            grouped.setdefault(by(line.change), []).append(line)
    z = -normal_quantile(alpha / 2)
    totals = {}
    for name, found in sorted(grouped.items()):
        value = math.fsum(line.shrunken for line in found)
        half = z * math.sqrt(math.fsum(line.sd**2 for line in found))
        totals[name] = Total(
            value=value,
            lower=value - half,
            upper=value + half,
            naive=math.fsum(line.naive for line in found),
            n_changes=len(found),
        )
    return totals


def _ordered(changes: Sequence[Change]) -> list[Change]:
    keys = [change.key for change in changes]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise InputError(f"each change is listed once; twice: {', '.join(twice)}")
    if sum(change.baseline for change in changes) > 1:
        raise InputError("a ledger has one baseline; mark only the first rule as baseline")
    return sorted(changes, key=lambda c: (not c.baseline, c.concluded_on, c.key))


def _lines(
    ordered: list[Change],
    *,
    covered: frozenset[str],
    holdout: Holdout | None,
    prior: Prior | None,
    alpha: float,
) -> tuple[tuple[LedgerLine, ...], Total]:
    z = -normal_quantile(alpha / 2)
    running, variance, naive, n_counted = 0.0, 0.0, 0.0, 0
    last_covered = next((c.key for c in reversed(ordered) if c.key in covered), None)
    lines = []
    for change in ordered:
        believed, sd, lower, upper = _believed(change, prior=prior, alpha=alpha)
        claim = change.measured if change.measured is not None else change.predicted
        in_sum = change.shipped and change.proof == "experiment" and not change.baseline
        counted = in_sum and change.key not in covered
        if counted:
            running += believed
            variance += sd**2
        if holdout and change.key == last_covered:
            running += holdout.measured * holdout.reach
            variance += (holdout.measured_se * holdout.reach) ** 2
        if in_sum:
            n_counted += 1
            naive += (change.measured or 0.0) * change.reach
        lines.append(
            LedgerLine(
                change=change,
                naive=claim * change.reach if claim is not None else math.nan,
                shrunken=believed,
                sd=sd,
                lower=lower,
                upper=upper,
                counted=counted,
                cumulative=running,
            )
        )
    half = z * math.sqrt(variance)
    total = Total(
        value=running,
        lower=running - half,
        upper=running + half,
        naive=naive,
        n_changes=n_counted,
    )
    return tuple(lines), total


def _believed(
    change: Change, *, prior: Prior | None, alpha: float
) -> tuple[float, float, float, float]:
    """Return mean, sd and interval of a change's gain, reach included."""
    if change.measured is None or change.measured_se is None:
        return math.nan, math.nan, math.nan, math.nan
    if change.baseline or prior is None:
        half = -normal_quantile(alpha / 2) * change.measured_se
        low, high = change.measured - half, change.measured + half
        values = np.array([change.measured, change.measured_se, low, high])
    else:
        got = shrink([change.measured], [change.measured_se], prior=prior, alpha=alpha)
        values = np.array([got.mean[0], got.sd[0], got.lower[0], got.upper[0]])
    mean, sd, low, high = (values * change.reach).tolist()
    return mean, sd, low, high


def _unproven(ordered: list[Change], *, calibration: Calibration | None) -> Total:
    predicted = [
        c.predicted * c.reach
        for c in ordered
        if c.shipped and c.proof != "experiment" and c.predicted is not None
    ]
    naive = math.fsum(predicted)
    return Total(
        value=calibration.discounted(naive) if calibration else math.nan,
        lower=math.nan,
        upper=math.nan,
        naive=naive,
        n_changes=len(predicted),
    )
