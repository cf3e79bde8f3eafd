"""Imbalance: a cause only where another threshold serves the user's own measure better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.gains import from_error
from leadline.analysis.diagnosis.result import Gain
from leadline.analysis.problem.intervals import metric_difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LEAST_RARE = 0.35
"""Classes more even than this are not called imbalanced."""


def imbalance(bench: Bench) -> list[Suspicion]:
    """Choose the threshold on some rows, judge it on others, by metric or payoff."""
    case = bench.case
    if case.problem.kind not in {"binary", "click"}:
        return []
    y, scores = bench.trials.held.target, bench.held_scores
    rare = float(min(y.mean(), 1 - y.mean()))
    found = []
    if case.payoff is not None:
        found.append(_by_payoff(bench, y, scores, rare))
    elif _judges_decisions(bench, y) and rare > 0:
        found.append(_by_metric(bench, y, scores, rare))
    return found


def _judges_decisions(bench: Bench, y: NDArray[np.intp]) -> bool:
    """Whether the metric sees only which side of one half a score falls."""
    metric = bench.case.metric
    drawn = bench.case.rng("any scores").random(y.size)
    decided = (drawn >= 0.5).astype(float)
    return bool(metric(y, drawn) == metric(y, decided))


def _by_metric(
    bench: Bench, y: NDArray[np.intp], scores: NDArray[np.float64], rare: float
) -> Suspicion:
    case = bench.case
    metric = case.metric
    sign = 1.0 if metric.greater_is_better else -1.0

    def utility(rows: NDArray[np.intp], threshold: float) -> float:
        decided = (scores[rows] >= threshold).astype(float)
        return sign * metric(y[rows], decided)

    tuned, typical = _tuned(bench, scores, utility)
    difference = metric_difference(
        metric,
        y,
        tuned,
        (scores >= 0.5).astype(float),
        rng=case.rng("imbalance metric"),
        groups=bench.trials.held.groups,
        level=thresholds.LEVEL,
    )
    gain = from_error(
        difference.estimate, difference.standard_error, n_units=difference.n_units
    )
    return _suspicion(
        bench, gain=gain, rare=rare, threshold=typical, tuned=tuned, what=metric.name,
        floor=thresholds.METRIC_FLOOR, gate=rare < LEAST_RARE,
    )  # fmt: skip


def _by_payoff(
    bench: Bench, y: NDArray[np.intp], scores: NDArray[np.float64], rare: float
) -> Suspicion:
    payoff = np.asarray(bench.case.payoff)

    def utility(rows: NDArray[np.intp], threshold: float) -> float:
        return float(payoff[y[rows], (scores[rows] >= threshold).astype(int)].mean())

    tuned, typical = _tuned(bench, scores, utility)
    now, then = (payoff[y, d.astype(int)] for d in ((scores >= 0.5), tuned))
    delta = then - now
    unit = bench.trials.clusters
    sums = np.bincount(unit, weights=delta - delta.mean()) / y.size
    error = float(np.sqrt((sums**2).sum()))
    scale = float(np.ptp(payoff)) or 1.0
    gain = from_error(float(delta.mean()), error, n_units=sums.size)
    return _suspicion(
        bench, gain=gain, rare=rare, threshold=typical, tuned=tuned, what="payoff per decision",
        floor=thresholds.METRIC_FLOOR * scale / 4, gate=True,
    )  # fmt: skip


def _tuned(
    bench: Bench,
    scores: NDArray[np.float64],
    utility: Callable[[NDArray[np.intp], float], float],
) -> tuple[NDArray[np.float64], float]:
    """Return decisions by thresholds chosen on other folds, and the middle threshold."""
    case = bench.case
    unit = bench.trials.clusters
    fold = case.rng("imbalance").permutation(int(unit.max()) + 1)[unit] % thresholds.FOLDS
    grid = np.unique(np.quantile(scores, np.linspace(0.01, 0.99, 40)))
    decided = np.zeros(scores.size)
    picked = []
    for k in np.unique(fold):
        others, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        values = [utility(others, float(t)) for t in grid] if others.size else [0.0]
        best = float(grid[int(np.nanargmax([*values[:-1], values[-1]]))])
        picked.append(best)
        decided[held] = scores[held] >= best
    return decided, float(np.median(picked))


def _suspicion(
    bench: Bench,
    *,
    gain: Gain,
    rare: float,
    threshold: float,
    tuned: NDArray[np.float64],
    what: str,
    floor: float,
    gate: bool,
) -> Suspicion:
    nothing = float("nan")
    return Suspicion(
        cause="imbalance",
        gain=Gain(estimate=nothing, lower=nothing, upper=nothing, pvalue=gain.pvalue,
                  n_units=gain.n_units),
        metric_gain=gain,
        floor=floor,
        gate=gate,
        evidence=f"the rarer class is {rare:.1%}; the threshold that serves {what} best is"
        f" {threshold:.3g}, not 0.5: {signed(gain.estimate)}",
        remedy=f"decide at {threshold:.3g} instead of 0.5 (no training needed)",
        question="What does a missed case cost, next to a false alarm?",
        numbers={"rare_share": rare, "threshold": threshold, "measure": what},
        measured_on=bench.trials.held_out,
        sample=bench.trials.held,
        before=bench.held_scores,
        after=tuned,
    )  # fmt: skip
