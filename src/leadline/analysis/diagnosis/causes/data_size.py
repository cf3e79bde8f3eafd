"""Not enough data: what the last doubling brought, and what the next one would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.result import CurvePoint
from leadline.analysis.diagnosis.trials import from_error, measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.trials import Outcome

SHARES = (0.5, 0.25)


def data_size(bench: Bench) -> list[Suspicion]:
    """Train on halves and quarters; the next doubling gains a share of the last one's."""
    best = best_outcome(bench)
    if best is bench.base and not bench.model.can_train:
        bench.unanswered["not_enough_data"] = (
            "pass the model as something that can be trained on fewer rows"
        )
        return []
    cost = sum(bench.trials.seconds.get(o.learner.name, 0.0) for o in learners(bench))
    if not bench.case.clock.allows(1.5 * cost, "learning curve"):
        return []
    curve = learning_curve(bench)
    half, quarter, whole = curve[0.5], curve[0.25], best.losses
    gain_last = float(half.mean() - whole.mean())
    gain_before = float(quarter.mean() - half.mean())
    doublings = np.log2(len(bench.case.train) / len(bench.trials.pool))
    rho = thresholds.NEXT_DOUBLING
    factor = rho ** (1 + doublings)
    if len(bench.trials.jobs) > 1:  # folds were trained on fewer rows than the model
        factor *= 0.85
    extra = factor * float(half.mean(axis=1).std() / np.sqrt(max(len(half) - 1, 1)))
    slope_sd = abs(gain_last) * factor / rho * thresholds.NEXT_DOUBLING_SD
    measured_last = measured(
        half.mean(axis=0), whole, clusters=bench.trials.clusters, factor=factor, extra_sd=extra
    )
    spread = (measured_last.upper - measured_last.lower) / 2 / _quantile()
    gain = replace(  # how the slope goes on widens the interval, not the doubt that it is one
        from_error(
            measured_last.estimate,
            float(np.hypot(spread, slope_sd)),
            n_units=measured_last.n_units,
        ),
        pvalue=measured_last.pvalue,
    )
    n = len(bench.case.train)
    bench.gain_per_doubling = gain.estimate
    bench.curve = points(bench, best, curve)
    return [
        Suspicion(
            cause="not_enough_data",
            gain=gain,
            floor=bench.floor * thresholds.DATA_FACTOR,
            gate=gain_before > 0,
            evidence=f"doubling the training rows to {len(bench.trials.pool):,} brought"
            f" {gain_last:+.4g}, the doubling before {gain_before:+.4g}",
            remedy=f"collect as many rows again (from {n:,} to {2 * n:,})",
            question="What would twice as many labelled rows cost?",
            numbers={"last_doubling": gain_last, "doubling_before": gain_before},
            measured_on="test" if len(bench.trials.jobs) == 1 else "test and folds",
        )
    ]


def best_outcome(bench: Bench) -> Outcome:
    """Return the model, or the tried remedy of its capacity that is clearly better."""
    return min([bench.base, *bench.fixes.values()], key=lambda o: float(o.losses.mean()))


def learners(bench: Bench) -> list[Outcome]:
    """Return the best outcome and, where it is another one, the best reference."""
    best = best_outcome(bench)
    other = bench.best_reference
    return [best] if best.learner.name == other.learner.name else [best, other]


def learning_curve(bench: Bench) -> dict[float, NDArray[np.float64]]:
    """Return held-out losses per repeat, shape (repeats, units), by share of the rows.

    At each size the better learner counts: on few rows another one may be better, and
    its lead is no gain of more rows.
    """
    curve = {}
    repeats = 2 if len(bench.trials.jobs) == 1 else 1  # folds are repeats themselves
    for share in SHARES:
        tried = [
            np.stack(
                [
                    bench.trials.part_losses(outcome.learner, share=share, repeat=repeat)
                    for repeat in range(repeats)
                ]
            )
            for outcome in learners(bench)
        ]
        curve[share] = min(tried, key=lambda losses: float(losses.mean()))
    return curve


def points(
    bench: Bench, outcome: Outcome, curve: dict[float, NDArray[np.float64]]
) -> list[CurvePoint]:
    """Return the curve as a picture needs it, fewest rows first."""
    n = len(bench.trials.pool)
    losses = {1.0: outcome.losses[None, :], **curve}
    return [
        CurvePoint(
            learner=outcome.learner.remedy,
            n_rows=round(n * share),
            loss=float(values.mean()),
            standard_error=float(values.mean(axis=0).std() / np.sqrt(values.shape[1])),
        )
        for share, values in sorted(losses.items())
    ]


def _quantile() -> float:
    from scipy.stats import norm  # noqa: PLC0415 (scipy takes long to import)

    return float(norm.ppf((1 + thresholds.LEVEL) / 2))
