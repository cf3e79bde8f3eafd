"""Which columns of a table mean what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.analysis.experiments.metrics import Metric


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The roles of a table with one row a unit.

    Attributes
    ----------
    arm : str
        The column with the variant that the unit was assigned to; empty in a history
        without arms.
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


def columns_of(metric: Metric) -> tuple[str, ...]:
    """Return a metric's columns: outcomes, then covariates."""
    return metric.outcomes + metric.covariates
