"""Are the same rows answered otherwise? What knowing where a row comes from brings.

Where other rows come, a learner that has seen rows of both kinds need not know of which kind
a row is; where the same row is answered otherwise, it must. So learners are trained on old and
new rows together, once told which are new and once not, and compared on new rows held out.
Rows that hardly ever came before cannot mislead them as they mislead the model at hand: they
have seen some of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.gains import chosen
from leadline.analysis.diagnosis.learners import clocked
from leadline.analysis.diagnosis.references import LARGE, references
from leadline.analysis.diagnosis.samples import at_most, folds, join
from leadline.analysis.problem.intervals import paired_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.learners import Learner
    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.intervals import Difference

FOLDS = 4
MOST_ROWS = 3_000
"""Rows of either kind that are looked at."""

ENOUGH_OLD = 1_000
"""Training rows join fewer test rows than this."""


def answered_otherwise(
    bench: Bench, new: Sample, *, ratio: NDArray[np.float64] | None = None
) -> Difference:
    """Return the fall of the loss on new rows by knowing that they are new.

    Parameters
    ----------
    new : Sample
        Labelled production rows.
    ratio : array of shape (k,), optional
        How much commoner each class became; old rows are drawn again by it, so that all that
        label shift explains is no news.
    """
    case = bench.case
    old, new = _old_rows(bench), _bare(bench, new)
    if ratio is not None:
        chance = ratio[old.target] / ratio[old.target].sum()
        old = old.take(case.rng("shares").choice(len(old), size=len(old), p=chance))
    fold = folds(new, n_folds=FOLDS, rng=case.rng("otherwise"), stratify=case.stratify)
    untold = _losses(bench, old, new, fold, _learners(bench, told=False))
    told = _losses(bench, _named(old, 0), _named(new, 1), fold, _learners(bench, told=True))
    return paired_difference(
        untold, told, clusters=case.clusters(new, len(new)), level=thresholds.LEVEL
    )


def _losses(
    bench: Bench,
    old: Sample,
    new: Sample,
    fold: NDArray[np.intp],
    learners: list[Learner],
) -> NDArray[np.float64]:
    """Return losses on new rows of the best learner, chosen on other rows."""
    case = bench.case
    options = [
        case.losses(new, bench.trials.out_of_fold(learner, new, fold, beside=old))
        for learner in learners
    ]
    clusters = case.clusters(new, len(new))
    return chosen(options, clusters=clusters, rng=case.rng("told or not"))[0]


def _old_rows(bench: Bench) -> Sample:
    rows = _bare(bench, bench.case.test)
    return rows if len(rows) >= ENOUGH_OLD else join(rows, _bare(bench, bench.trials.pool))


def _bare(bench: Bench, sample: Sample) -> Sample:
    rng = bench.case.rng("rows to compare")
    few = at_most(sample, MOST_ROWS, rng=rng, whole_groups=True)
    return replace(few, X=np.empty((len(few), 0)), extra=None)


def _named(sample: Sample, kind: int) -> Sample:
    """Return the rows with their kind, and all numbers once more where the kind is 1."""
    columns = [sample.matrix, np.full(len(sample), float(kind)), sample.matrix * kind]
    return replace(sample, matrix=np.column_stack(columns))


def _learners(bench: Bench, *, told: bool) -> list[Learner]:
    """Return boosted trees and a linear model, in their settings for few rows."""
    categorical = bench.case.encoder.categorical_mask
    if told:
        more = np.zeros(categorical.size + 1, dtype=bool)
        categorical = np.concatenate([categorical, more])
    found = references(
        problem=bench.case.problem,
        categorical=categorical,
        n_rows=LARGE - 1,
        seed=bench.case.seed,
    )
    return [clocked(learner, bench.case.clock) for learner in found[:2]]
