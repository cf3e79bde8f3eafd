"""Which columns of a table mean what: the roles, and what each metric is measured from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.analysis.experiments.moments import MissingPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The roles of a table with one row a unit.

    Attributes
    ----------
    arm : str
        The column with the variant that the unit was assigned to.
    unit, experiment, day : str
        Columns of the unit's id, the experiment's name, and the day (or time) at which
        the unit entered; empty where the table has none.
    segments : tuple of str
        Columns by which results are split as well.
    """

    arm: str
    unit: str = ""
    experiment: str = ""
    day: str = ""
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What one metric is measured from.

    Attributes
    ----------
    name : str
        The metric's name.
    outcomes : tuple of str
        One column, or a ratio's numerator and denominator.
    covariates : tuple of str
        Columns known before the experiment.
    missing : {"error", "exclude", "zero"}
        What a missing outcome means.
    """

    name: str
    outcomes: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    missing: MissingPolicy = "error"

    @property
    def columns(self) -> tuple[str, ...]:
        """Outcomes, then covariates."""
        return self.outcomes + self.covariates
