"""Learning from production rows: tried in every way, judged on rows of production left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.gains import chosen
from leadline.analysis.diagnosis.learners import Learner, Scorer
from leadline.analysis.diagnosis.maps import maps
from leadline.analysis.diagnosis.samples import Sample, folds, join
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench

FEW_FOLDS, FOLDS, MANY_FOLDS = 3, 5, 10
"""Folds of many, some, and few production rows: what all of few rows bring is wanted."""

MANY_ROWS = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrained:
    """What training on production rows brought, on held-out ones.

    Attributes
    ----------
    losses : array of shape (n,)
        Of the best way, chosen on other rows than those that it is judged on.
    scores : array of shape (n, …)
        Of the way that is best overall.
    """

    losses: NDArray[np.float64]
    scores: NDArray[np.float64]
    remedy: str


def retrained(bench: Bench, production: Sample) -> Retrained | None:
    """Try every way to learn from production rows; judge each on rows left out.

    It is the same learner with other rows: what a better learner would bring is no gain
    of the new rows.
    """
    case = bench.case
    fold = _production_folds(bench, production)
    if np.unique(fold).size < 2:
        raise InputError(
            "all production rows are of one group: none can be held out",
            hint="Pass production rows of several groups.",
        )
    once = bench.trials.seconds.get(bench.base.learner.name, 0.0) / len(bench.trials.jobs)
    scores = {
        remedy: bench.trials.out_of_fold(
            Learner(name="production", remedy=remedy, train=train), production, fold
        )
        for remedy, train in _ways(bench).items()
        if case.clock.allows(once * len(np.unique(fold)), remedy)
    }
    if not scores:
        return None
    clusters = case.clusters(production, len(production))
    losses, best = chosen(
        [case.losses(production, s) for s in scores.values()],
        clusters=clusters,
        rng=case.rng("retrained"),
    )
    remedy = list(scores)[best]
    return Retrained(losses=losses, scores=scores[remedy], remedy=remedy)


def _production_folds(bench: Bench, production: Sample) -> NDArray[np.intp]:
    n_folds = FOLDS if len(production) < MANY_ROWS else FEW_FOLDS
    if len(production) < thresholds.ENOUGH_TEST_UNITS:
        n_folds = MANY_FOLDS
    rng = bench.case.rng("production")
    return folds(production, n_folds=n_folds, rng=rng, stratify=bench.case.stratify)


def _ways(bench: Bench) -> dict[str, Callable[[Sample], Scorer]]:
    """Return remedy → how to train it, given production rows that may be seen."""
    if bench.case.scores_only:
        return {"recalibrate on labelled production rows": _recalibrated(bench)}
    pool = bench.trials.pool
    learner = bench.learner
    name = learner.name.removeprefix("reference: ")
    return {
        f"train {name} on labelled production rows": learner.train,
        f"train {name} on training and production rows together": (
            lambda rows: learner.train(join(pool, rows))
        ),
    }


def _recalibrated(bench: Bench) -> Callable[[Sample], Scorer]:
    problem = bench.case.problem
    fits = maps(problem, n=0)
    fit = fits.get("linear", next(iter(fits.values())))

    def train(rows: Sample) -> Scorer:
        if problem.is_classification and len(np.unique(rows.target)) < 2:
            return bench.score
        mapped = fit(bench.score(rows), rows.target)
        return lambda held: mapped(bench.score(held))

    return train
