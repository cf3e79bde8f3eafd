"""Miscalibration: recalibrate on held-out rows, judge on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import number, signed
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.gains import chosen
from leadline.analysis.diagnosis.maps import Map, cross_fitted, factor, logit, maps
from leadline.analysis.diagnosis.remedies import locate, settings_of
from leadline.analysis.diagnosis.result import CalibrationBin
from leadline.analysis.experiments.roots import find_root
from leadline.analysis.problem.intervals import paired_difference
from leadline.analysis.problem.losses import proper_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench

FOLDS = 10
"""Maps are fitted on nine tenths of the rows: what they gain on all of them is wanted."""


def calibration(bench: Bench) -> list[Suspicion]:
    """Try maps of one to three numbers, and on enough rows the isotonic one."""
    case = bench.case
    if case.is_ranking:
        return []
    tried = _where_alike(bench)
    bench.recalibrated = tried.name, tried.after[: len(case.test)]
    gain, measured_on = where_it_runs(
        bench,
        tried.pair,
        _in_production(bench, tried.mapped),
        measured_on=tried.measured_on,
    )
    deployed = bench.deployed_scores if measured_on == "production" else None
    y, scores = tried.y, tried.scores
    predicted, observed = float(np.mean(scores)), float(np.mean(y))
    level = (
        f"; predicted {number(predicted)} on average, observed {number(observed)}"
        if case.problem.kind != "multiclass"
        else ""
    )
    return [
        Suspicion(
            cause="miscalibration",
            gain=gain,
            floor=bench.floor,
            evidence=f"recalibration ({tried.name}) by other held-out rows changes the loss by"
            f" {signed(-gain.estimate)}{level}",
            remedy=f"recalibrate the scores ({tried.name}) on rows held out from training"
            + _or_unweighted(bench),
            question="Were the classes reweighted or resampled in training?"
            if case.problem.is_classification
            else "Was the target transformed in training?",
            numbers={
                "map": tried.name,
                "mean_predicted": predicted,
                "mean_observed": observed,
                "by_level": by_level(bench, tried, gain.estimate),
            },
            measured_on=measured_on,
            sample=case.test if deployed is None else bench.trials.deployed,
            before=bench.test_scores if deployed is None else deployed,
            after=tried.mapped(bench.test_scores if deployed is None else deployed),
        )
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """The best map, as it was tried on held-out rows, the test rows first.

    Attributes
    ----------
    after : array of shape (n, …)
        Scores by maps that were fitted on other rows.
    pair : Pair
        Losses without a map and with maps that were fitted on other rows.
    mapped : callable
        One map, fitted on all rows: those of folds would shuffle them.
    """

    name: str
    y: NDArray[np.float64]
    scores: NDArray[np.float64]
    after: NDArray[np.float64]
    pair: Pair
    mapped: Map
    measured_on: str


def _where_alike(bench: Bench) -> Tried:
    """Try on the test rows, and on those of folds too unless the two contradict each other.

    Wrong labels of training rows, or other rows than the test rows, would hide what is wrong
    with the scores on the latter.
    """
    trials = bench.trials
    n = len(bench.case.test)
    every = np.arange(len(trials.held))
    test = _tried(bench, every[:n], "test")
    if len(trials.jobs) == 1:
        return test
    folds = _tried(bench, every[n:], "folds")
    differences = [
        paired_difference(t.pair.before, t.pair.after, clusters=t.pair.clusters)
        for t in (test, folds)
    ]
    apart = abs(differences[0].estimate - differences[1].estimate)
    error = float(np.hypot(differences[0].standard_error, differences[1].standard_error))
    if apart > thresholds.CONTRADICTED * error:
        return test
    return _tried(bench, every, trials.held_out)


def _tried(bench: Bench, rows: NDArray[np.intp], measured_on: str) -> Tried:
    case, held = bench.case, bench.trials.held
    y, scores = held.target[rows], bench.held_scores[rows]
    clusters = np.unique(bench.trials.clusters[rows], return_inverse=True)[1]
    fold = case.rng("calibration folds").permutation(int(clusters.max()) + 1)[clusters]
    fits = maps(case.problem, n=rows.size)
    if not case.problem.is_classification and min(scores.min(), y.min()) > 0:
        fits = {"one factor": factor} | fits
    options = {
        name: cross_fitted(y, scores, fold % FOLDS, fit, case.problem)
        for name, fit in fits.items()
    }
    after, best = chosen(
        [_losses(bench, y, mapped) for mapped in options.values()],
        clusters=clusters,
        rng=case.rng("calibration"),
    )
    name = list(fits)[best]
    return Tried(
        name=name,
        y=y,
        scores=scores,
        after=options[name],
        pair=Pair(before=_losses(bench, y, scores), after=after, clusters=clusters),
        mapped=fits[name](scores, y),
        measured_on=measured_on,
    )


def _losses(
    bench: Bench, y: NDArray[np.float64], scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    return proper_loss(y, scores, problem=bench.case.problem).values


def _in_production(bench: Bench, mapped: Map) -> Pair | None:
    """Return the losses of labelled production rows with the map of the test rows."""
    rows, scores = bench.trials.deployed, bench.deployed_scores
    if rows is None or scores is None:
        return None
    losses = (bench.case.losses(rows, s) for s in (scores, mapped(scores)))
    return in_production(bench, *losses)


EVEN = {
    "class_weight": (None,), "scale_pos_weight": (None, 1), "is_unbalance": (None, False),
    "auto_class_weights": (None, "None"), "class_weights": (None,),
}  # fmt: skip
"""Settings that weigh classes, and their values that weigh none."""


def _or_unweighted(bench: Bench) -> str:
    """Name the setting that weighs classes, if there is one: it is what moved the scores."""
    if not bench.model.can_train:
        return ""
    settings = settings_of(locate(bench.model.trainable)[1])
    for key, even in EVEN.items():
        if key in settings and settings[key] not in even:
            return f", or train without {key}={settings[key]!r}"
    return ""


def by_level(bench: Bench, tried: Tried, gain: float) -> float:
    """Return the share of a gain that lies in the mean alone: all scores too high or too low.

    Multiclass scores have no one level; then it is 0.
    """
    problem, y, scores = bench.case.problem, tried.y, tried.scores
    if problem.kind == "multiclass" or gain <= 0:
        return 0.0
    if problem.is_classification:
        odds, rate = logit(scores), float(np.clip(y.mean(), 1e-3, 1 - 1e-3))

        def shifted(by: float) -> NDArray[np.float64]:
            return 1 / (1 + np.exp(-odds - by))

        moved = shifted(find_root(lambda by: float(shifted(by).mean()) - rate, -20, 20))
    else:
        moved = scores + (y.mean() - scores.mean())
    return float((tried.pair.before.mean() - _losses(bench, y, moved).mean()) / gain)


def bins(y: NDArray[np.float64], scores: NDArray[np.float64]) -> list[CalibrationBin]:
    """Return ten bins of equal size, lowest predictions first."""
    order = np.argsort(scores, kind="stable")
    return [
        CalibrationBin(
            predicted=float(scores[rows].mean()),
            observed=float(y[rows].mean()),
            n_rows=rows.size,
        )
        for rows in np.array_split(order, 10)
        if rows.size
    ]
