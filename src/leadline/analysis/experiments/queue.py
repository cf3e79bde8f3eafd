"""Which idea to try next: what it may bring, times the chance that it does, over its cost.

How large gains are here, and how often a change does any good, comes from the team's own
experiments; a prediction counts as much as its predecessors came true.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.analysis.experiments.shrinkage import shrink
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.calibration import Calibration
    from leadline.analysis.experiments.shrinkage import Prior

_Z = 1.959963984540054


@dataclass(frozen=True, kw_only=True, slots=True)
class Idea:
    """A change that nobody has tried yet.

    Attributes
    ----------
    key : str
    cost : float
        Of building and testing it, above 0, in one unit for all ideas (days).
    reach : float
        Units that it would touch in a period.
    predicted, predicted_se : float or None, float
        Offline gain per unit of reach.
    analysis : str
        The cheapest analysis that could settle it without a test; empty if there is none.
    analysis_cost : float
        In the unit of `cost`.
    """

    key: str
    cost: float
    reach: float = 1.0
    predicted: float | None = None
    predicted_se: float = 0.0
    analysis: str = ""
    analysis_cost: float = math.nan

    def __post_init__(self) -> None:
        if not (self.cost > 0 and math.isfinite(self.cost)):
            raise InputError(f"{self.key}: a cost must be above 0, got {self.cost}")
        if self.analysis and not self.analysis_cost >= 0:
            raise InputError(
                f"{self.key}: the analysis {self.analysis!r} needs a cost of 0 or more"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedIdea:
    """An idea with its place in the queue.

    Attributes
    ----------
    idea : Idea
    probability : float
        That it does any good.
    gain : float
        What it brings on average if it does, reach included.
    value : float
        probability × gain / cost; the queue is sorted by it.
    uses_prediction : bool
        Whether its prediction counted; unproven predictions do not.
    analysis_first : bool
        Whether the analysis comes before the test: it costs less than the test that it
        saves on average, (1 − probability) × cost.
    """

    idea: Idea
    probability: float
    gain: float
    value: float
    uses_prediction: bool
    analysis_first: bool


def queue(
    ideas: Sequence[Idea], *, prior: Prior, calibration: Calibration | None = None
) -> tuple[QueuedIdea, ...]:
    """Sort ideas by what a unit of cost may bring, the best first.

    Parameters
    ----------
    ideas : sequence of Idea
    prior : Prior
        Of true effects per unit of reach, from the team's own experiments.
    calibration : Calibration, optional
        How predictions fared; without a proven one they do not count.
    """
    placed = [_placed(idea, prior=prior, calibration=calibration) for idea in ideas]
    return tuple(sorted(placed, key=lambda found: (-found.value, found.idea.key)))


def _placed(idea: Idea, *, prior: Prior, calibration: Calibration | None) -> QueuedIdea:
    probability, worth = prior.probability_positive, prior.positive_part
    told = _discounted(idea, calibration)
    if told is not None:
        found = shrink([told[0]], [told[1]], prior=prior)
        probability = float(found.probability_positive[0])
        worth = float(found.positive_part[0])
    saved = (1 - probability) * idea.cost
    return QueuedIdea(
        idea=idea,
        probability=probability,
        gain=worth * idea.reach / probability if probability > 0 else 0.0,
        value=worth * idea.reach / idea.cost,
        uses_prediction=told is not None,
        analysis_first=bool(idea.analysis) and idea.analysis_cost < saved,
    )


def _discounted(idea: Idea, calibration: Calibration | None) -> tuple[float, float] | None:
    """Return a prediction in true gains with its error; None where it does not count.

    The slope's error and the prediction's own go into the product's by the delta method.
    """
    if not idea.predicted or calibration is None or not calibration.proven:
        return None
    slope_se = (calibration.slope_upper - calibration.slope_lower) / (2 * _Z)
    if not math.isfinite(slope_se):
        return None
    error = math.hypot(slope_se * idea.predicted, calibration.slope * idea.predicted_se)
    return calibration.slope * idea.predicted, error
