"""Miscalibration: recalibrate on held-out rows, judge on others.

References
----------
Kull, Silva Filho and Flach (2017), Beta calibration: three numbers follow what two of Platt's
cannot and an isotonic map needs many rows for.
Duan (1983), Smearing estimate: the mean is lost where a transformed target is learned.
Guo et al. (2017), On calibration of modern neural networks: one temperature for many classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import number, signed
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.remedies import locate, settings_of
from leadline.analysis.diagnosis.result import CalibrationBin
from leadline.analysis.diagnosis.trials import chosen
from leadline.analysis.experiments.roots import find_root
from leadline.analysis.problem.quiet import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.problem.kinds import Problem

Map = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

ENOUGH_FOR_ISOTONIC = 1_000

FOLDS = 10
"""Maps are fitted on nine tenths of the rows: what they gain on all of them is wanted."""


def calibration(bench: Bench) -> list[Suspicion]:
    """Try maps of one to three numbers, and on enough rows the isotonic one."""
    case = bench.case
    if case.is_ranking:
        return []
    sample, scores = case.test, bench.test_scores
    clusters = case.clusters(sample, len(sample))
    fold = case.rng("calibration folds").permutation(int(clusters.max()) + 1)[clusters]
    fits = maps(case.problem, n=len(sample))
    if not case.problem.is_classification and min(scores.min(), sample.target.min()) > 0:
        fits = {"one factor": _factor} | fits
    options = {
        name: cross_fitted(sample.target, scores, fold % FOLDS, fit, case.problem)
        for name, fit in fits.items()
    }
    losses = [case.losses(sample, changed) for changed in options.values()]
    after, best = chosen(losses, clusters=clusters, rng=case.rng("calibration"))
    name = list(options)[best]
    mapped = fits[name](scores, sample.target)  # one map: those of folds would shuffle rows
    bench.recalibrated = name, options[name]
    gain, measured_on = where_it_runs(
        bench,
        Pair(before=bench.test_losses, after=after, clusters=clusters),
        _in_production(bench, mapped),
        measured_on="test",
    )
    deployed = bench.deployed_scores if measured_on == "production" else None
    predicted, observed = float(np.mean(scores)), float(np.mean(sample.target))
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
            evidence=f"recalibration ({name}) by other test rows changes the loss by"
            f" {signed(-gain.estimate)}{level}",
            remedy=f"recalibrate the scores ({name}) on rows held out from training"
            + _or_unweighted(bench),
            question="Were the classes reweighted or resampled in training?"
            if case.problem.is_classification
            else "Was the target transformed in training?",
            numbers={
                "map": name,
                "mean_predicted": predicted,
                "mean_observed": observed,
                "by_level": by_level(bench, gain.estimate),
            },
            measured_on=measured_on,
            sample=sample if deployed is None else bench.trials.deployed,
            before=scores if deployed is None else deployed,
            after=mapped(scores if deployed is None else deployed),
        )
    ]


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


def by_level(bench: Bench, gain: float) -> float:
    """Return the share of a gain that lies in the mean alone: all scores too high or too low.

    Multiclass scores have no one level; then it is 0.
    """
    case = bench.case
    y, scores = case.test.target, bench.test_scores
    if case.problem.kind == "multiclass" or gain <= 0:
        return 0.0
    if case.problem.is_classification:
        odds, rate = logit(scores), float(np.clip(y.mean(), 1e-3, 1 - 1e-3))

        def shifted(by: float) -> NDArray[np.float64]:
            return 1 / (1 + np.exp(-odds - by))

        moved = shifted(find_root(lambda by: float(shifted(by).mean()) - rate, -20, 20))
    else:
        moved = scores + (y.mean() - scores.mean())
    return float((bench.test_losses.mean() - case.losses(case.test, moved).mean()) / gain)


def maps(problem: Problem, *, n: int) -> dict[str, Callable[..., Map]]:
    """Return the maps that are worth trying on `n` rows."""
    if not problem.is_classification:
        return {"one number added": _level, "linear": _linear}
    if problem.kind == "multiclass":
        return {"temperature": _temperature, "a temperature for each class": _multinomial}
    found: dict[str, Callable[..., Map]] = {"Platt": _platt, "beta": _beta}
    if n >= ENOUGH_FOR_ISOTONIC:
        found["isotonic"] = _isotonic
    return found


def cross_fitted(
    y: NDArray[np.float64],
    scores: NDArray[np.float64],
    fold: NDArray[np.intp],
    fit: Callable[..., Map],
    problem: Problem,
) -> NDArray[np.float64]:
    """Return scores mapped by maps that were fitted on other folds."""
    mapped = scores.copy()
    for k in np.unique(fold):
        others = fold != k
        if others.any() and (not problem.is_classification or np.unique(y[others]).size > 1):
            mapped[~others] = fit(scores[others], y[others])(scores[~others])
    return mapped


def logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds, with probabilities kept off 0 and 1."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def _platt(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    with quiet():
        model = LogisticRegression(C=100.0).fit(logit(scores)[:, None], y)
    return lambda new: np.asarray(model.predict_proba(logit(new)[:, None])[:, 1])


def _beta(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    def features(p: NDArray[np.float64]) -> NDArray[np.float64]:
        p = np.clip(p, 1e-4, 1 - 1e-4)
        return np.column_stack([np.log(p), np.log1p(-p)])

    with quiet():
        model = LogisticRegression(C=100.0, max_iter=200).fit(features(scores), y)
    return lambda new: np.asarray(model.predict_proba(features(new))[:, 1])


def _isotonic(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415

    model = IsotonicRegression(out_of_bounds="clip").fit(scores, y)
    # Shrunk towards the rate: a bin of a few rows must not promise 0 or 1.
    n, rate = y.size, float(y.mean())
    return lambda new: np.asarray((model.predict(new) * n + rate * 20) / (n + 20))


def _temperature(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    """Find the power of all scores that leaves the least loss."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 (scipy takes long to import)

    def mapped(new: NDArray[np.float64], power: float) -> NDArray[np.float64]:
        logs = power * np.log(np.clip(new, 1e-6, 1.0))
        raised = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    rows = np.arange(y.size)

    def loss(log_power: float) -> float:
        p = mapped(scores, float(np.exp(log_power)))[rows, y]
        return float(-np.log(np.clip(p, 1e-6, 1.0)).mean())

    best = float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))
    return lambda new: mapped(new, best)


def _multinomial(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    k = scores.shape[1]

    def features(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.log(np.clip(p, 1e-4, 1.0)))

    with quiet():
        model = LogisticRegression(C=1.0, max_iter=200).fit(features(scores), y)

    def mapped(new: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.full((len(new), k), 1e-6)
        out[:, model.classes_.astype(int)] = model.predict_proba(features(new))
        return out

    return mapped


def _level(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    by = float(y.mean() - scores.mean())
    return lambda new: np.asarray(new + by)


def _factor(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    """Bring the mean back that is lost where the logarithm of the target was learned."""
    by = float(y.mean() / scores.mean())
    return lambda new: np.asarray(new * by)


def _linear(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    spread = float(scores.var())
    slope = float(np.cov(scores, y, bias=True)[0, 1]) / spread if spread > 0 else 1.0
    centre, level = float(scores.mean()), float(y.mean())
    return lambda new: np.asarray(level + slope * (new - centre))


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
