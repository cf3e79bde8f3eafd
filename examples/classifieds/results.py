"""What each step of the loop shows: what was seen, and beside it what is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from examples.classifieds.ideas import Tried
from examples.classifieds.planted import Planted
from leadline.analysis.diagnosis.result import CauseFinding, Diagnosis
from leadline.analysis.experiments.ledger_lines import Ledger
from leadline.analysis.off_policy.estimates import OffPolicy
from leadline.library.baseline_result import BaselineResult
from leadline.library.results import Readout


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """An experiment: what was read, and what is true.

    Attributes
    ----------
    readout : Readout
    true_effect : float
        Contacts per user if everybody had the treatment, less those if everybody had the
        control: two whole markets, counted in expectation.
    control_mean : float
        True contacts per user under the control.
    n_served, n_differing : int
        Pages that went through `Decision.decide`, and those where it answered otherwise
        than the arrays.
    """

    readout: Readout
    true_effect: float
    control_mean: float
    n_served: int
    n_differing: int

    @property
    def effect(self) -> Any:
        """The primary's effect."""
        return self.readout.primaries[0].effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosed:
    """A model with a planted fault, what was answered, and what mending it really bought.

    `bought` is the fall of the log loss on later days, which nobody had seen.
    """

    planted: Planted
    diagnosis: Diagnosis
    loss_before: float
    bought: float

    @property
    def found(self) -> CauseFinding:
        """The first cause of the answer, and what its remedy promises."""
        return self.diagnosis.findings[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class GreenLight:
    """Whether the model may be tried on users: a threshold written before, and the gain.

    `favourite` estimates, from shuffled pages alone, how often what the model likes best is
    clicked at a random place; `true_favourite` is how often it really is, and `anything`
    how often any listing was.
    """

    threshold: float
    result: BaselineResult
    favourite: OffPolicy
    true_favourite: float
    anything: float

    @property
    def is_green(self) -> bool:
        """Whether the whole interval of the gain lies above the threshold."""
        return self.result.gain_lower > self.threshold


@dataclass(frozen=True, kw_only=True, slots=True)
class Summed:
    """The ledger of many ideas, beside the true sum of what was shipped."""

    tried: tuple[Tried, ...]
    ledger: Ledger
    true_total: float
