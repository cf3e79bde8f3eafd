"""What every cause may use: the case, the trials, the model's scores, shared measurements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.learners import clocked
from leadline.analysis.diagnosis.references import references, refinements
from leadline.analysis.diagnosis.samples import Sample, at_most, folds
from leadline.analysis.problem.losses import NAMES
from leadline.analysis.problem.tables import column, names, with_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.case import Case
    from leadline.analysis.diagnosis.domain import Domain
    from leadline.analysis.diagnosis.learners import Learner, Scorer, UserModel
    from leadline.analysis.diagnosis.result import CurvePoint, Gain
    from leadline.analysis.diagnosis.trials import Outcome, Trials

DEPENDENCE_ROWS = 2_000
LEAST_DEPENDENCE_ROWS = 500
MOST_DEPENDENCE_CELLS = 500_000
"""Columns of a wide table are shuffled on so many rows that rows times columns stay this."""

DEPENDENCE_SHARE = 0.1
"""Share of the budget that asking the model itself about its columns may take."""

MANY_COLUMNS = 100
MOST_CELLS = 8_000_000
"""Rows times columns that are held at once to see what the columns of a wide table do."""

CAREFUL = 6
"""More careful references take about this many times as long as the cheap ones …"""

CAREFUL_SHARE = 0.6
"""… and this share of the budget may be gone when they have been tried."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """What the trial of one cause's remedy gave; the engine judges all of them together.

    Attributes
    ----------
    gate : bool
        Whether the symptom that the cause must show is there.
    floor : float
        Least gain that counts for this remedy.
    blocker : bool
        Whether it makes every score doubtful; then it needs no gain, only its gate.
    undecidable : bool
        Whether the tables cannot tell this cause from the world being so.
    explains : tuple of str
        Causes whose gain is gone once this one is mended.
    before, after : scores on `sample`, for the user's metric and payoff.
    """

    cause: str
    gain: Gain
    floor: float
    evidence: str
    remedy: str
    question: str
    measured_on: str = "test"
    gate: bool = True
    blocker: bool = False
    undecidable: bool = False
    explains: tuple[str, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    sample: Sample | None = None
    before: NDArray[np.float64] | None = None
    after: NDArray[np.float64] | None = None
    metric_gain: Gain | None = None


class Bench:
    """A case with its trials under way.

    Attributes
    ----------
    base : Outcome
        The model as it is.
    score : Scorer
        The model as it is, on any rows.
    floor, constant_loss : float
    broken : list of Broken
        Columns that broke on the way to production.
    untried : list of str
        Causes that the budget left no time for.
    recalibrated : (str, scores) or None
        The best map of the scores, and what it makes of the test rows.
    """

    def __init__(
        self,
        *,
        case: Case,
        model: UserModel,
        trials: Trials,
        base: Outcome,
        score: Scorer,
        floor: float,
        constant_loss: float,
    ) -> None:
        self.case = case
        self.model = model
        self.trials = trials
        self.base = base
        self.score = score
        self.floor = floor
        self.constant_loss = constant_loss
        self.fixes: dict[str, Outcome] = {}
        self.broken: list[Any] = []
        self.untried: list[str] = []
        self.production_domain: Domain | None = None
        self.gain_of_doubling = 0.0
        self.unanswered: dict[str, str] = {}
        self.curve: list[CurvePoint] = []
        self.recalibrated: tuple[str, NDArray[np.float64]] | None = None

    @property
    def unit(self) -> str:
        """The name of the proper loss."""
        return NAMES[self.case.problem.kind]

    @cached_property
    def test_scores(self) -> NDArray[np.float64]:
        """The model's scores on the test rows."""
        return self.score(self.case.test)

    @cached_property
    def test_losses(self) -> NDArray[np.float64]:
        """The model's losses on the test rows."""
        return self.case.losses(self.case.test, self.test_scores)

    @cached_property
    def held_scores(self) -> NDArray[np.float64]:
        """The model's scores on all held-out rows: on folds, of the model without them."""
        return np.concatenate([self.test_scores, *self.base.scores[1:]])

    @cached_property
    def trained_losses(self) -> NDArray[np.float64]:
        """Test losses of the model as trained on the rows that trials get.

        Other than `test_losses` only where trials are made on a sample of the rows.
        """
        return self.case.losses(self.case.test, self.base.scores[0])

    @cached_property
    def deployed_scores(self) -> NDArray[np.float64] | None:
        """The model's scores on labelled production rows, where there are any."""
        rows = self.trials.deployed
        return None if rows is None else self.score(rows)

    @cached_property
    def references(self) -> list[Learner]:
        """Cheap learners to compare with."""
        found = references(
            problem=self.case.problem,
            categorical=self.case.encoder.categorical_mask,
            n_rows=len(self.trials.pool),
            seed=self.case.seed,
        )
        return [clocked(learner, self.case.clock) for learner in found]

    @cached_property
    def reference_outcomes(self) -> list[Outcome]:
        """The references, tried."""
        return self.trials.outcomes(self.references)

    @cached_property
    def refined_outcomes(self) -> list[Outcome]:
        """More careful references, where a cheap one comes near the model or is better.

        A cheap reference tells that the model can be beaten, not by how much: whoever takes
        the advice will not stop at the first settings.
        """
        usual = float(self.base.losses.mean())
        gain = usual - float(self.best_reference.losses.mean())
        if gain < -thresholds.HINT_FACTOR * self.floor:
            return []
        found = refinements(
            problem=self.case.problem,
            categorical=self.case.encoder.categorical_mask,
            n_rows=len(self.trials.pool),
            seed=self.case.seed,
        )
        needed = CAREFUL * sum(self.trials.seconds[r.name] for r in self.references)
        what = f"{len(found)} more careful references"
        allowed = self.case.clock.allows(needed, what, share=CAREFUL_SHARE)
        found = [clocked(learner, self.case.clock) for learner in found]
        return self.trials.outcomes(found) if allowed else []

    @cached_property
    def best_reference(self) -> Outcome:
        """The reference with the least held-out loss."""
        return min(self.reference_outcomes, key=lambda outcome: float(outcome.losses.mean()))

    @property
    def learner(self) -> Learner:
        """The model at hand, or the best reference where it cannot be trained."""
        return self.model.learner() if self.model.can_train else self.best_reference.learner

    @property
    def out_of_fold_seconds(self) -> float:
        """What `out_of_fold` will take: three quarters of the rows are learned four times."""
        trained = 1 + 0.75 * (len(self.trials.jobs) - 1)
        return 3 * self.trials.seconds[self.best_reference.learner.name] / trained

    @cached_property
    def out_of_fold(self) -> tuple[Sample, NDArray[np.float64]]:
        """Training rows (20,000 at most) with scores of a reference that has not seen them."""
        case = self.case
        rows = at_most(self.trials.pool, 20_000, rng=case.rng("out of fold"), whole_groups=True)
        fold = folds(rows, n_folds=4, rng=case.rng("folds"), stratify=case.stratify)
        return rows, self.trials.out_of_fold(self.best_reference.learner, rows, fold)

    @cached_property
    def dependence(self) -> dict[str, float]:
        """By how much the model's loss rises when a column is shuffled."""
        case = self.case
        rng = case.rng("dependence")
        rows = at_most(case.test, DEPENDENCE_ROWS, rng=rng, whole_groups=True)
        columns = names(rows.X)
        if len(columns) > MANY_COLUMNS or not self.case.encoder.sources:
            return self._reference_dependence(rows)
        started = case.clock.spent
        usual = float(case.losses(rows, self.score(rows)).mean())
        if (case.clock.spent - started) * len(columns) > DEPENDENCE_SHARE * case.clock.budget:
            return self._reference_dependence(rows)  # a model that is slow to answer
        found = {}
        for name in columns:
            case.clock.go_on()
            shuffled = column(rows.X, name)[rng.permutation(len(rows))]
            changed = with_values(rows, name, shuffled)
            found[name] = float(case.losses(changed, self.score(changed)).mean()) - usual
        return found

    def _reference_dependence(self, rows: Sample) -> dict[str, float]:
        """The same of a reference, which is fast enough for a thousand columns."""
        case = self.case
        rng = case.rng("reference dependence")
        few = max(LEAST_DEPENDENCE_ROWS, MOST_DEPENDENCE_CELLS // rows.matrix.shape[1])
        rows = at_most(rows, few, rng=case.rng("few rows"), whole_groups=True)
        score = self.references[0].train(
            at_most(self.trials.pool, 10_000, rng=rng, whole_groups=True)
        )
        usual = float(case.losses(rows, score(rows)).mean())
        found: dict[str, float] = dict.fromkeys(case.encoder.sources, 0.0)
        columns, n = np.arange(rows.matrix.shape[1]), len(rows)
        sources = case.encoder.sources
        # many columns are asked about at once: trees cost more by the call than by the row
        for part in np.array_split(columns, -(-columns.size * rows.matrix.size // MOST_CELLS)):
            case.clock.go_on()
            changed = np.tile(rows.matrix, (part.size, 1))
            for place, j in enumerate(part):
                shuffled = rows.matrix[rng.permutation(n), j]
                changed[place * n : (place + 1) * n, j] = shuffled
            scores = np.split(score(replace_matrix(rows, changed)), part.size)
            for j, scored in zip(part, scores, strict=True):
                loss = float(case.losses(rows, scored).mean())
                found[sources[j]] += loss - usual
        return found

    @cached_property
    def dependent_columns(self) -> list[str]:
        """Columns whose shuffling costs at least a quarter of the floor, the most first."""
        ranked = sorted(self.dependence, key=lambda name: -self.dependence[name])
        found = [name for name in ranked if self.dependence[name] > self.floor / 4]
        return found or ranked[:1]


def with_values(sample: Sample, name: str, values: NDArray[Any]) -> Sample:
    """Return the rows with one column of the table replaced (the matrix stays)."""
    return replace(sample, X=with_column(sample.X, name, values))


def replace_matrix(sample: Sample, matrix: NDArray[np.float64]) -> Sample:
    """Return the rows with another matrix (the table stays)."""
    return replace(sample, matrix=matrix)
