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
from leadline.analysis.diagnosis.causes.calibration import maps
from leadline.analysis.diagnosis.causes.data_quality import mended_rows
from leadline.analysis.diagnosis.deployed import dependent_domain, production_domain
from leadline.analysis.diagnosis.domain import Domain, Split, divide
from leadline.analysis.diagnosis.learners import Learner
from leadline.analysis.diagnosis.result import Gain
from leadline.analysis.diagnosis.samples import Sample, folds, join
from leadline.analysis.diagnosis.trials import chosen, measured
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


LEAST_ROWS = 100
"""Fewer production rows than this tell nothing of a shift."""

NOT_MEASURABLE = Gain(estimate=float("nan"), lower=float("nan"), upper=float("nan"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Retrained:
    """What training on production rows (or towards them) brought, on held-out ones."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    remedy: str


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
    if production.y is None:
        return _without_labels(bench, production, where)
    return _with_labels(bench, production, where)


def _with_labels(bench: Bench, production: Sample, where: Domain) -> list[Suspicion]:
    case = bench.case
    losses = case.losses(production, bench.score(production))
    split = divide(bench.test_losses, losses, where)
    found = []
    prior = priors.correction(bench, production)
    rest = split
    if prior is not None:
        found.append(prior.suspicion)
        if prior.holds:
            rest = divide(bench.test_losses, prior.losses, where)
            losses = prior.losses
    retrained = _retrained(bench, production, losses)
    if retrained is None:
        return found
    gain = measured(
        retrained.before, retrained.after, clusters=case.clusters(production, losses.size)
    )
    by_data = _gain_by_more_rows(bench, len(production))
    concept = (
        rest.shared > thresholds.LEAST_SHARED  # else hardly a row can be compared
        and rest.concept > thresholds.SHIFT_STANDARD_ERRORS * rest.concept_error
    )
    # other rows come: they are answered worse, or learning from them brings what as many
    # rows of the old kind would not
    pays = gain.lower > thresholds.SHIFT_PAYS * by_data and gain.lower > bench.floor
    shifted = where.differs(thresholds.SHIFT_AUC) and (
        rest.total > 2 * rest.total_error or pays
    )
    is_concept = concept and (rest.concept > rest.covariate or not shifted)
    cause = "concept_drift" if is_concept else "covariate_shift"
    floors = thresholds.UNDECIDED_FLOORS * bench.floor
    gate = (concept or shifted) and gain.estimate > 1.5 * by_data
    found.append(
        Suspicion(
            cause=cause,
            gain=gain,
            floor=bench.floor,
            gate=gate,
            undecidable=not gate
            and may_have_dropped(rest, gain, least=max(floors, 1.5 * by_data)),
            evidence=_evidence(rest, where),
            remedy=retrained.remedy,
            question=_QUESTIONS[cause],
            measured_on="production",
            numbers=_numbers(rest, where) | {"gain_by_more_rows": by_data},
        )
    )
    return found


def may_have_dropped(split: Split, gain: Gain, *, least: float) -> bool:
    """Whether few rows of production show much of a drop, though not for certain."""
    return split.total > split.total_error and min(gain.estimate, split.total) > least


_QUESTIONS = {
    "concept_drift": "What changed in the world, or in how the answer is recorded, since"
    " the training rows?",
    "covariate_shift": "Who or what comes in production that was rare in the training rows?",
}


def _evidence(split: Split, where: Domain) -> str:
    return (
        f"loss {signed(split.total)} in production; on rows like the test rows"
        f" {signed(split.concept)} (± {number(split.concept_error, digits=2)}), by other rows"
        f" {signed(split.covariate)}; production is told from test with AUC {where.auc:.3f}"
    )


def _numbers(split: Split, where: Domain) -> dict[str, float]:
    return {
        "auc": where.auc,
        "drop": split.total,
        "concept_part": split.concept,
        "concept_standard_error": split.concept_error,
        "covariate_part": split.covariate,
        "shared": split.shared,
    }


def _gain_by_more_rows(bench: Bench, n_more: int) -> float:
    """What as many more rows of the old kind would have brought, by the learning curve."""
    per_doubling = bench.gain_per_doubling
    return max(per_doubling, 0.0) * float(np.log2(1 + n_more / 2 / len(bench.trials.pool)))


def _retrained(
    bench: Bench, production: Sample, losses: NDArray[np.float64]
) -> Retrained | None:
    """Try every way to learn from production rows; judge each on rows left out.

    It is the same learner with other rows: what a better learner would bring is no gain
    of the new rows.
    """
    case = bench.case
    fold = _production_folds(bench, production)
    options: dict[str, NDArray[np.float64]] = {}
    for remedy, make in _ways(bench).items():
        cost = 2 * bench.trials.seconds.get(bench.base.learner.name, 0.0)
        if not case.clock.allows(cost, remedy):
            continue
        options[remedy] = _judged(bench, production, fold, make)
    if not options:
        return None
    clusters = case.clusters(production, len(production))
    after, best = chosen(list(options.values()), clusters=clusters, rng=case.rng("retrained"))
    return Retrained(before=losses, after=after, remedy=list(options)[best])


def _production_folds(bench: Bench, production: Sample) -> NDArray[np.intp]:
    return folds(
        production, n_folds=3, rng=bench.case.rng("production"), stratify=bench.case.stratify
    )


def _judged(
    bench: Bench,
    production: Sample,
    fold: NDArray[np.intp],
    make: Callable[[Sample], Callable[[Sample], NDArray[np.float64]]],
) -> NDArray[np.float64]:
    learner = Learner(name="production", remedy="", train=make)
    held = [np.flatnonzero(fold == k) for k in np.unique(fold)]
    scores = bench.trials.scored(
        [
            (learner, production.take(np.flatnonzero(fold != k)), production.take(rows))
            for k, rows in zip(np.unique(fold), held, strict=True)
        ]
    )
    out = np.empty(len(production))
    for rows, scored in zip(held, scores, strict=True):
        out[rows] = bench.case.losses(production.take(rows), scored)
    return out


def _ways(
    bench: Bench,
) -> dict[str, Callable[[Sample], Callable[[Sample], NDArray[np.float64]]]]:
    """Return remedy → how to train it, given production rows that may be seen."""
    if bench.case.scores_only:
        return {"recalibrate on labelled production rows": _recalibrated(bench)}
    pool = bench.trials.pool
    learner = bench.model.learner() if bench.model.can_train else bench.best_reference.learner
    name = learner.name.removeprefix("reference: ")
    return {
        f"train {name} on labelled production rows": learner.train,
        f"train {name} on training and production rows together": (
            lambda rows: learner.train(join(pool, rows))
        ),
    }


def _recalibrated(
    bench: Bench,
) -> Callable[[Sample], Callable[[Sample], NDArray[np.float64]]]:
    problem = bench.case.problem
    fits = maps(problem, n=0)
    fit = fits.get("linear", next(iter(fits.values())))

    def train(rows: Sample) -> Callable[[Sample], NDArray[np.float64]]:
        if problem.is_classification and len(np.unique(rows.target)) < 2:
            return bench.score
        mapped = fit(bench.score(rows), rows.target)
        return lambda held: mapped(bench.score(held))

    return train


def _without_labels(bench: Bench, production: Sample, where: Domain) -> list[Suspicion]:
    case = bench.case
    shifted = where.differs(thresholds.SHIFT_AUC)
    bench.unanswered["concept_drift"] = (
        "label 200 production rows: without labels nobody can see whether the same row is"
        " answered otherwise now"
    )
    found = []
    prior = priors.correction(bench, production)
    if prior is not None:
        found.append(prior.suspicion)
        if prior.holds:
            return found
    if not shifted:
        return found
    weight = where.old / np.clip(1 - where.old, 0.02, 1)
    after = _weighted_refit(bench, production)
    losses = bench.test_losses
    expected = float(np.average(losses, weights=weight) - losses.mean())
    gain = (
        NOT_MEASURABLE
        if after is None
        else measured(
            losses, after, clusters=case.clusters(case.test, losses.size), weight=weight
        )
    )
    return [
        *found,
        Suspicion(
            cause="covariate_shift",
            gain=gain,
            floor=bench.floor,
            evidence=f"production is told from test with AUC {where.auc:.3f} by columns that"
            f" the model depends on; weighed towards production, the test loss changes by"
            f" {signed(expected)}",
            remedy="train with rows weighed towards production",
            question=_QUESTIONS["covariate_shift"],
            measured_on="test, weighed towards production",
            numbers={"auc": where.auc, "expected_drop": expected},
            undecidable=expected > bench.floor,
        ),
    ]


def _weighted_refit(bench: Bench, production: Sample) -> NDArray[np.float64] | None:
    if not bench.model.can_train:
        return None
    pool = bench.trials.pool
    p = dependent_domain(bench, pool, production).old
    weight = np.clip(p / np.clip(1 - p, 0.02, 1), 0.05, 20)
    try:
        score = bench.model.learner().train(replace(pool, weight=weight / weight.mean()))
    except InputError:
        return None
    return bench.case.losses(bench.case.test, score(bench.case.test))
