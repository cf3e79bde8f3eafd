"""What a ledger is made of: changes, a holdout, lines, totals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leadline.errors import InputError

if TYPE_CHECKING:
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
