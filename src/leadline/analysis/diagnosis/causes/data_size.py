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

FEW_ROWS = 1_000
"""Of fewer training rows than this, four times as many are looked at instead of twice."""


def data_size(bench: Bench) -> list[Suspicion]:
    """Train on halves and quarters; each doubling gains a share of the one before it.

    It is the model at hand that gets more rows: what a better learner would make of them
    is said under overfitting and underfitting.
    """
    if not bench.model.can_train:
        bench.unanswered["not_enough_data"] = (
            "pass the model as something that can be trained on fewer rows"
        )
        return []
    cost = bench.trials.seconds.get(bench.base.learner.name, 0.0)
    if not bench.case.clock.allows(1.5 * cost, "learning curve"):
        return []
    curve = learning_curve(bench)
    half, quarter, whole = curve[0.5], curve[0.25], bench.base.losses
    gain_last = float(half.mean() - whole.mean())
    gain_before = float(quarter.mean() - half.mean())
    n = len(bench.case.train)
    times = 4 if n < FEW_ROWS else 2
    factor, uncertain = extrapolation(bench, times=times)
    repeats = float(quarter.mean(axis=1).std() / np.sqrt(max(len(quarter) - 1, 1)))
    seen = measured(  # both doublings: one alone hangs on which rows its half happened to get
        quarter.mean(axis=0),
        whole,
        clusters=bench.trials.clusters,
        factor=factor,
        extra_sd=factor * repeats,
    )
    spread = (seen.upper - seen.lower) / 2 / _quantile()
    slope = abs(gain_last + gain_before) * uncertain
    gain = replace(  # how the slope goes on widens the interval, not the doubt that it is one
        from_error(seen.estimate, float(np.hypot(spread, slope)), n_units=seen.n_units),
        pvalue=seen.pvalue,
    )
    bench.gain_per_doubling = gain.estimate / float(np.log2(times))
    bench.curve = points(bench, bench.base, curve)
    return [
        Suspicion(
            cause="not_enough_data",
            gain=gain,
            floor=bench.floor * thresholds.DATA_FACTOR,
            gate=gain_last > 0 and gain_before > 0,
            evidence=f"doubling the training rows to {len(bench.trials.pool):,} brought"
            f" {gain_last:+.4g}, the doubling before {gain_before:+.4g}",
            remedy=f"collect {'as many' if times == 2 else 'three times as many'} rows again"
            f" (from {n:,} to {times * n:,})",
            question=f"What would {times} times as many labelled rows cost?",
            numbers={
                "last_doubling": gain_last,
                "doubling_before": gain_before,
                "times": times,
            },
            measured_on="test" if len(bench.trials.jobs) == 1 else "test and folds",
        )
    ]


def extrapolation(bench: Bench, *, times: int) -> tuple[float, float]:
    """Return what share of the last two doublings' gain more rows bring, and its error.

    Each doubling brings `NEXT_DOUBLING` of the one before it. Trials on fewer rows than
    there are lie that many doublings back.
    """
    seen = np.mean([len(job.pool) for job in bench.trials.jobs])
    behind = float(np.log2(len(bench.case.train) / seen))
    powers = behind + np.arange(1, int(np.log2(times)) + 1)

    def share(rho: float) -> float:
        return float((rho**powers).sum() / (1 + 1 / rho))

    rho, spread = thresholds.NEXT_DOUBLING, thresholds.NEXT_DOUBLING_SD
    return share(rho), (share(rho + spread) - share(rho - spread)) / 2


def learning_curve(bench: Bench) -> dict[float, NDArray[np.float64]]:
    """Return held-out losses per repeat, shape (repeats, units), by share of the rows."""
    repeats = 2 if len(bench.trials.jobs) == 1 else 1  # folds are repeats themselves
    wanted = [
        (bench.base.learner, share, repeat) for share in SHARES for repeat in range(repeats)
    ]
    losses = np.stack(bench.trials.part_losses(wanted)).reshape(len(SHARES), repeats, -1)
    return dict(zip(SHARES, losses, strict=True))


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
