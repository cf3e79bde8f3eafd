"""What is measured: metric declarations, written down before the data are read."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.analysis.experiments.moments import MissingPolicy

Role = Literal["primary", "guardrail", "exploratory"]
"""What a metric decides: the verdict, whether shipping is safe, or nothing yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric(ABC):
    """What all metrics declare.

    Attributes
    ----------
    name : str
        What pages call it; the column's name unless given.
    covariates : tuple of str
        Columns known before exposure, for CUPED. None may react to the treatment.
    missing : {"error", "exclude", "zero"}
        What a row without a value means.
    higher_is_better : bool
        False for latency, cost, complaints.
    role : {"primary", "guardrail", "exploratory"}
        A guardrail is tested for non-inferiority and needs one of the margins.
    margin : float or None
        The largest harm that is still acceptable, in the metric's unit, above 0.
    rel_margin : float or None
        The same as a share of the control's mean.
    """

    name: str = ""
    covariates: tuple[str, ...] = ()
    missing: MissingPolicy = "error"
    higher_is_better: bool = True
    role: Role = "primary"
    margin: float | None = None
    rel_margin: float | None = None

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.default_name)
        if self.missing not in {"error", "exclude", "zero"}:
            raise ConfigurationError(
                f'{self.name}: missing may be "error", "exclude" or "zero", '
                f"got {self.missing!r}"
            )
        if self.role not in {"primary", "guardrail", "exploratory"}:
            raise ConfigurationError(
                f'{self.name}: role may be "primary", "guardrail" or "exploratory", '
                f"got {self.role!r}"
            )
        margins = [m for m in (self.margin, self.rel_margin) if m is not None]
        if len(margins) > 1 or any(not 0 < m < math.inf for m in margins):
            raise ConfigurationError(
                f"{self.name}: give one of margin and rel_margin, above 0; "
                f"got {self.margin} and {self.rel_margin}"
            )
        if self.role == "guardrail" and not margins:
            raise ConfigurationError(
                f"{self.name}: a guardrail needs the largest harm that is acceptable",
                hint="Set margin (in the metric's unit) or rel_margin (a share, 0.01 = 1 %).",
            )

    @property
    @abstractmethod
    def default_name(self) -> str:
        """The name where none is given."""

    @property
    @abstractmethod
    def outcomes(self) -> tuple[str, ...]:
        """Source columns of the outcome, in the order of the moments."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean(Metric):
    """A mean per unit: revenue per user, minutes per user."""

    column: str

    @property
    def default_name(self) -> str:
        """The column's name."""
        return self.column

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proportion(Mean):
    """A share of units with a 0/1 outcome: converted, retained."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome(Mean):
    """A column whose values tell what it is: a share where all are 0 or 1, else a mean."""

    def settled(self, *, is_share: bool) -> Mean:
        """Return what it is, with all that was declared."""
        told = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return Proportion(**told) if is_share else Mean(**told)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio(Metric):
    """A ratio of two sums over units: clicks per impression, revenue per order."""

    numerator: str
    denominator: str

    @property
    def default_name(self) -> str:
        """Numerator over denominator."""
        return f"{self.numerator}/{self.denominator}"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Numerator, then denominator."""
        return (self.numerator, self.denominator)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantile(Metric):
    """A quantile of a column over units: the median, the 95th percentile of latency."""

    column: str
    q: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.q < 1:
            raise ConfigurationError(f"{self.column}: q must lie within 0–1, got {self.q}")
        if self.covariates:
            raise ConfigurationError(f"{self.column}: a quantile takes no covariates")
        # zero-argument super() does not survive slots=True
        Metric.__post_init__(self)

    @property
    def default_name(self) -> str:
        """The column's name and the percentile."""
        return f"{self.column} p{100 * self.q:g}"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)
