"""Production is not the test set: other rows, other answers, or other shares of classes?

With labels from production every remedy is tried on rows held out there. Without, other
rows can be weighed and other shares of classes estimated, but whether the same row is
answered otherwise cannot be seen; then it says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import number, signed
from leadline.analysis.diagnosis import priors, thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.data_quality import mended_rows
from leadline.analysis.diagnosis.causes.retraining import retrained
from leadline.analysis.diagnosis.causes.unlabelled import WHO_COMES, without_labels
from leadline.analysis.diagnosis.deployed import (
    any_domain,
    dependent_domain,
    production_domain,
)
from leadline.analysis.diagnosis.domain import Domain, Split, divide
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.otherwise import answered_otherwise

if TYPE_CHECKING:
    from leadline.analysis.diagnosis.result import Gain
    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.intervals import Difference

LEAST_ROWS = 100
"""Fewer production rows than this tell nothing of a shift, unless they are labelled."""


def shift(bench: Bench) -> list[Suspicion]:
    """Compare production with the test rows and try what would mend a difference."""
    production = bench.case.production
    if production is None or bench.case.is_ranking:
        return []
    if bench.broken:  # what broke is no shift: look at what is left when it is mended
        production = mended_rows(bench, production)
        if len(production) < LEAST_ROWS:
            bench.unanswered["covariate_shift"] = "mend the broken columns first"
            return []
        where = dependent_domain(bench, bench.case.test, production)
    else:
        where = production_domain(bench, production)
    if production.y is not None:
        return _with_labels(bench, production, where)
    if len(production) < LEAST_ROWS:
        bench.unanswered["covariate_shift"] = (
            f"pass {LEAST_ROWS} production rows or more, or labels: {len(production)} without"
            " labels tell nothing of a shift"
        )
        return []
    return without_labels(bench, production, where)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rise:
    """What is known of a loss in production when its cause is named.

    Attributes
    ----------
    split : Split
        The rise, divided on the rows that both samples share.
    told : float
        By how many standard errors it helps to know that a row is new.
    told_share : float
        That gain as a share of what learning from production brings.
    others : bool
        Whether other rows come: told by the columns that the model depends on.
    any_others : bool
        The same by any column: what never moved in training is nothing to depend on.
    pays : bool
        Whether learning from production brings what as many rows of the old kind would not.
    """

    split: Split
    told: float
    told_share: float
    others: bool
    any_others: bool
    pays: bool

    @property
    def has_risen(self) -> bool:
        """Whether the loss has risen at all."""
        return self.split.total > 2 * self.split.total_error

    @property
    def on_shared_rows(self) -> bool:
        """Whether it has risen on rows like the test rows."""
        split = self.split
        enough = split.shared > thresholds.LEAST_SHARED  # else hardly a row can be compared
        return enough and split.concept > thresholds.SHIFT_STANDARD_ERRORS * split.concept_error

    @property
    def is_answered_otherwise(self) -> bool:
        """Whether the same rows are answered otherwise."""
        certain = self.told > thresholds.SHIFT_STANDARD_ERRORS
        if not self.others_come:
            # heavy tails may hide the rise, not what learning from production brings
            return self.on_shared_rows or (certain and (self.has_risen or self.pays))
        return certain and self.told_share > TOLD_SHARE

    @property
    def others_come(self) -> bool:
        """Whether other rows come and are answered worse, or learning from them pays."""
        unseen = self.any_others and self.told < TOLD_LITTLE
        return (self.others or unseen) and (self.has_risen or self.pays)

    @property
    def is_shift(self) -> bool:
        """Whether one or the other is seen."""
        return self.others_come or self.is_answered_otherwise


TOLD_LITTLE = 2.0
"""By fewer standard errors than this, knowing that a row is new is no help worth the name."""

TOLD_SHARE = 0.05
"""Least share of what learning from production brings that knowing a row is new must bring,
where other rows come too. It is the smaller part of it: who has seen new rows among the old
ones has learned half of what changed."""


def _with_labels(bench: Bench, production: Sample, where: Domain) -> list[Suspicion]:
    case = bench.case
    prior = _shares_moved(bench, production)
    found = [] if prior is None else [prior.suspicion]
    scores = prior.scores if prior is not None and prior.holds else bench.score(production)
    losses = case.losses(production, scores)
    after = retrained(bench, production)
    if after is None:
        return found
    clusters = case.clusters(production, losses.size)
    gain = measured(losses, after.losses, clusters=clusters)
    by_data = _gain_by_more_rows(bench, len(production))
    pays = gain.lower > thresholds.SHIFT_PAYS * by_data and gain.lower > bench.floor
    split = divide(bench.test_losses, losses, where)
    rise = _rise(bench, production, split, where, gain=gain.estimate, pays=pays)
    cause = "concept_drift" if rise.is_answered_otherwise else "covariate_shift"
    floors = thresholds.UNDECIDED_FLOORS * bench.floor
    gate = rise.is_shift and gain.estimate > 1.5 * by_data
    found.append(
        Suspicion(
            cause=cause,
            gain=gain,
            floor=bench.floor,
            gate=gate,
            undecidable=not gate
            and may_have_dropped(rise.split, gain, least=max(floors, 1.5 * by_data)),
            evidence=_evidence(rise.split, where),
            remedy=after.remedy,
            question=_QUESTIONS[cause],
            measured_on="production",
            numbers=_numbers(rise, where) | {"gain_by_more_rows": by_data},
            sample=production,
            before=scores,
            after=after.scores,
        )
    )
    return found


def _shares_moved(bench: Bench, production: Sample) -> priors.Prior | None:
    """Return the correction for new shares of classes; it holds only if nothing else moved."""
    prior = priors.correction(bench, production)
    if prior is None or not prior.holds:
        return prior
    told = answered_otherwise(bench, production, ratio=prior.ratio)
    if _errors(told) <= thresholds.SHIFT_STANDARD_ERRORS:
        return prior
    return replace(prior, holds=False, suspicion=replace(prior.suspicion, gate=False))


def _rise(
    bench: Bench, production: Sample, split: Split, where: Domain, *, gain: float, pays: bool
) -> Rise:
    others = where.differs(thresholds.SHIFT_AUC)
    rise = Rise(
        split=split, told=0.0, told_share=0.0, others=others, any_others=others, pays=pays
    )
    if not (rise.has_risen or pays or rise.on_shared_rows) or bench.case.scores_only:
        return rise
    told = answered_otherwise(bench, production)
    return replace(
        rise,
        told=_errors(told),
        told_share=told.estimate / max(gain, 1e-12),
        any_others=others or any_domain(bench, production).differs(thresholds.SHIFT_AUC),
    )


def _errors(difference: Difference) -> float:
    return difference.estimate / max(difference.standard_error, 1e-12)


def may_have_dropped(split: Split, gain: Gain, *, least: float) -> bool:
    """Whether few rows of production show much of a drop, though not for certain."""
    return split.total > split.total_error and min(gain.estimate, split.total) > least


_QUESTIONS = {
    "concept_drift": "What changed in the world, or in how the answer is recorded, since"
    " the training rows?",
    "covariate_shift": WHO_COMES,
}


def _evidence(split: Split, where: Domain) -> str:
    return (
        f"the loss changes by {signed(split.total)} in production: by {signed(split.concept)}"
        f" (± {number(split.concept_error, digits=2)}) on rows like the test rows, by"
        f" {signed(split.covariate)} through other rows; production is told from test with AUC"
        f" {where.auc:.3f}"
    )


def _numbers(rise: Rise, where: Domain) -> dict[str, float]:
    split = rise.split
    return {
        "auc": where.auc,
        "drop": split.total,
        "concept_part": split.concept,
        "concept_standard_error": split.concept_error,
        "covariate_part": split.covariate,
        "shared": split.shared,
        "told": rise.told,
    }


def _gain_by_more_rows(bench: Bench, n_more: int) -> float:
    """What as many more rows of the old kind would have brought, by the learning curve."""
    per_doubling = bench.gain_of_doubling
    return max(per_doubling, 0.0) * float(np.log2(1 + n_more / 2 / len(bench.trials.pool)))
