"""One case: the rows, the problem, the model's scores, and a clock for the budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.samples import units
from leadline.analysis.problem.losses import proper_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.encoding import Encoder
    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.metrics import Metric


class OutOfTimeError(Exception):
    """The budget is spent: what would begin now is left out, and said to be."""


class Clock:
    """Seconds spent against a budget, and what was skipped for lack of it.

    Parameters
    ----------
    budget : float
        Seconds allowed.
    now : callable
        Returns seconds; an argument so that tests can turn the clock.

    Attributes
    ----------
    is_strict : bool
        Whether nothing may begin any more once the budget is spent.
    """

    def __init__(self, budget: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget
        self.now = now
        self.started = now()
        self.skipped: list[str] = []
        self.is_strict = False

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return self.now() - self.started

    @property
    def is_over(self) -> bool:
        """Whether the budget is spent."""
        return self.spent > self.budget

    def go_on(self) -> None:
        """Let the next training begin, if there is time left.

        Raises
        ------
        OutOfTimeError
            The budget is spent. So a run outlasts its budget by what has begun, no more.
        """
        if self.is_strict and self.is_over:
            raise OutOfTimeError

    def allows(self, seconds: float, what: str, *, share: float = 1.0) -> bool:
        """Whether `seconds` more fit into a share of the budget; what does not is noted.

        A share leaves the rest to causes that are tried later.
        """
        if self.spent + seconds <= share * self.budget:
            return True
        self.skipped.append(f"{what}: the budget of {self.budget:g} s would not have held it")
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is diagnosed.

    Attributes
    ----------
    train, test, production : Sample
        Rows by role; `production` is None where there is none.
    test_as_given : Sample
        The test rows with those that stand in the training rows too.
    payoff : array of shape (2, 2) or None
        Worth of a decision: rows are the truth, columns the decision.
    candidates : tuple of str
        Columns that the team could add; `Sample.extra` holds them as numbers.
    scores_only : bool
        Whether the tables are scores, with no model and no features behind them.
    seed : int
        Every random draw starts from it.
    """

    problem: Problem
    metric: Metric
    encoder: Encoder
    train: Sample
    test: Sample
    test_as_given: Sample
    production: Sample | None
    clock: Clock
    seed: int
    payoff: NDArray[np.float64] | None = None
    candidates: tuple[str, ...] = ()
    candidate_sources: tuple[str, ...] = ()
    candidate_categorical: NDArray[np.bool_] | None = None
    scores_only: bool = False

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a generator of its own for each purpose: order of work changes nothing."""
        return np.random.default_rng([self.seed, *purpose.encode()])

    @property
    def stratify(self) -> bool:
        """Whether draws keep the shares of classes."""
        return self.problem.is_classification

    @property
    def is_ranking(self) -> bool:
        """Whether losses come one per query instead of one per row."""
        return self.problem.kind == "ranking"

    def losses(self, sample: Sample, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Proper loss of each row (of each query in a ranking)."""
        groups = sample.groups if self.is_ranking else None
        return proper_loss(sample.target, scores, problem=self.problem, groups=groups).values

    def clusters(self, sample: Sample, n_units: int) -> NDArray[np.intp]:
        """Return the cluster of each unit of `losses`."""
        return np.arange(n_units) if self.is_ranking else units(sample)


def loss_floor(*, model_loss: float, constant_loss: float) -> float:
    """Return the least gain that counts: a share of the model's loss and of the constant's."""
    return max(
        thresholds.FLOOR_OF_LOSS * model_loss, thresholds.FLOOR_OF_CONSTANT * constant_loss
    )
