"""The impact ledger: what the changes added up to, without overclaiming.

The baseline without machine learning comes first. Every later change is listed with the
gain that was predicted, the gain that was measured, and the gain that is believed; the
believed gains add up, and the naive sum stands beside them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from leadline.analysis.experiments.calibration import Launch, calibrate
from leadline.analysis.experiments.shrinkage import fit_prior, shrink
from leadline.analysis.tails import normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from leadline.analysis.experiments.calibration import Calibration
    from leadline.analysis.experiments.shrinkage import Prior

Proof = Literal["experiment", "backtest", "opinion"]
"""How a gain is known, the strongest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change as the team knows it.

    Attributes
    ----------
    key : str
        Unique name.
    concluded_on : date
    shipped : bool
        Losers belong in the list too: they tell how large effects are.
    proof : {"experiment", "backtest", "opinion"}
    measured, measured_se : float or None
        Effect per unit of reach and its standard error; experiments need both.
    predicted : float or None
        Gain that was predicted offline before, per unit of reach.
    predicted_se : float
    reach : float
        Units that the change touches in a period, e.g. visitors a year.
    baseline : bool
        Whether this is the first rule without machine learning.
    project : str
    """

    key: str
    concluded_on: date
    shipped: bool
    proof: Proof
    measured: float | None = None
    measured_se: float | None = None
    predicted: float | None = None
    predicted_se: float = 0.0
    reach: float = 1.0
    baseline: bool = False
    project: str = ""

    def __post_init__(self) -> None:
        known = self.measured is not None and self.measured_se is not None
        if self.proof == "experiment" and not known:
            raise InputError(f"{self.key}: an experiment needs measured and measured_se")
        if known and not (
            math.isfinite(self.measured or 0.0) and (self.measured_se or 0.0) > 0
        ):
            raise InputError(
                f"{self.key}: needs a finite effect and a standard error above 0, got "
                f"{self.measured} and {self.measured_se}"
            )
        if self.proof != "experiment" and known:
            raise InputError(
                f"{self.key}: what was measured in front of users is an experiment"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Holdout:
    """Units that got none of the changes: measures them all at once, and overrides them.

    Attributes
    ----------
    covers : tuple of str
        Keys of the changes that the other units had.
    measured, measured_se : float
        Effect of all of them together per unit of reach.
    reach : float
    """

    covers: tuple[str, ...]
    measured: float
    measured_se: float
    reach: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLine:
    """One change with its claimed and believed gain, reach included.

    Attributes
    ----------
    change : Change
    naive : float
        Measured (or predicted) effect × reach; NaN where there is neither.
    shrunken, sd, lower, upper : float
        Believed gain, its standard deviation and interval; NaN without an experiment.
    counted : bool
        Whether the line is in the total: shipped, proven by an experiment, not covered
        by the holdout.
    cumulative : float
        Total after this line; a holdout enters with the last change it covers.
    """

    change: Change
    naive: float
    shrunken: float
    sd: float
    lower: float
    upper: float
    counted: bool
    cumulative: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """A sum with its interval; `naive` is what adding up the claims would say."""

    value: float
    lower: float
    upper: float
    naive: float
    n_changes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """The whole ledger.

    Attributes
    ----------
    lines : tuple of LedgerLine
        The baseline first, then by date.
    baseline : LedgerLine or None
        Not shrunk, because nobody chose it for having won; never part of the total.
    total : Total
        Since the baseline, changes proven by experiments; the holdout where there is one.
    unproven : Total
        Shipped on a backtest or an opinion: as predicted, discounted where the
        calibration allows, never part of the total. Its interval is NaN.
    holdout : Holdout or None
    calibration : Calibration or None
        None where nothing was predicted.
    prior : Prior or None
    unit : str
        The KPI's unit.
    rate, rate_unit : float or None, str
        Money or time per unit of the KPI.
    by_quarter, by_project : dict of group to Total
        Counted lines alone: what a holdout covers is measured together, and cannot be
        told apart.
    """

    lines: tuple[LedgerLine, ...]
    baseline: LedgerLine | None
    total: Total
    unproven: Total
    holdout: Holdout | None
    calibration: Calibration | None
    prior: Prior | None
    unit: str
    rate: float | None
    rate_unit: str
    by_quarter: dict[str, Total]
    by_project: dict[str, Total]

    @property
    def money(self) -> Total | None:
        """The total in the rate's unit; None where no rate is given."""
        return self.at_rate(self.total)

    def at_rate(self, total: Total) -> Total | None:
        """Return a total in the rate's unit; None where no rate is given."""
        if self.rate is None:
            return None
        ends = sorted((total.lower * self.rate, total.upper * self.rate))
        return Total(
            value=total.value * self.rate,
            lower=ends[0],
            upper=ends[1],
            naive=total.naive * self.rate,
            n_changes=total.n_changes,
        )


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
    launches = [
        Launch(
            predicted=c.predicted,
            predicted_se=c.predicted_se,
            measured=c.measured,
            measured_se=c.measured_se,
        )
        for c in ordered
        if c.predicted is not None and c.measured is not None and c.measured_se is not None
    ]
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
