"""Not enough data: what the last doubling brought, and what the next one would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.causes.curve import (
    draw_of_rows,
    draws_apart,
    error_of_draw,
    extrapolation,
    learning_curve,
    points,
    slope_of,
)
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.gains import from_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.result import Gain

OWN_DRAW = 0.54
"""What the luck of the rows at hand and of those to come leaves beside the expected gain, in
standard deviations of one draw: half of the doubled rows are those at hand, half are new, and
the luck of those at hand is in the measured gain already, by its share in it (about .3)."""

FEW_ROWS = 1_000
"""Of fewer training rows than this, more than twice as many are looked at."""


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
    curve, deployed = learning_curve(bench)
    half, quarter, whole = curve[0.5], curve[0.25], bench.base.losses
    gain_last = float(half.mean() - whole.mean())
    gain_before = float(quarter.mean() - half.mean())
    n = len(bench.case.train)
    times = times_as_many(n)
    rho, spread_of_rho = slope_of(bench, curve)
    factor, _ = extrapolation(bench, times=times, rho=rho, spread=spread_of_rho)
    repeats, shared = error_of_draw(bench, quarter - whole)
    seen, measured_on = _of_both(bench, quarter, deployed, factor=factor, repeats=repeats)
    spread = (seen.upper - seen.lower) / 2 / _quantile() / factor
    luck = OWN_DRAW * draw_of_rows(curve)

    def promised(times: int) -> Gain:
        """How the slope goes on widens the interval, not the doubt that it is one."""
        share, unsure = extrapolation(bench, times=times, rho=rho, spread=spread_of_rho)
        slope = np.hypot(abs(gain_last + gain_before) * unsure, share * shared)
        error = float(np.sqrt((share * spread) ** 2 + slope**2 + luck**2))
        estimate = share / factor * seen.estimate
        return replace(from_error(estimate, error, n_units=seen.n_units), pvalue=seen.pvalue)

    gain = promised(times)
    # what fewer rows are likely to bring, more are
    likely = promised(min(times, 4)).lower >= thresholds.EXTRAPOLATED_LOWER * bench.floor
    bench.gain_of_doubling = promised(2).estimate
    bench.curve = points(bench, bench.base, curve)
    return [
        Suspicion(
            cause="not_enough_data",
            gain=gain,
            floor=bench.floor * thresholds.DATA_FACTOR,
            gate=gain_last > 0 and gain_before > 0 and likely,
            undecidable=not likely
            and gain.estimate
            > thresholds.UNDECIDED_FLOORS * bench.floor * thresholds.DATA_FACTOR,
            evidence=f"doubling the training rows to {len(bench.trials.pool):,} brought"
            f" {signed(gain_last)}, the doubling before {signed(gain_before)}",
            remedy=f"collect more rows like these (from {n:,} to {times * n:,})",
            question=f"What would {in_words(times)} as many labelled rows cost?",
            numbers={
                "last_doubling": gain_last,
                "doubling_before": gain_before,
                "times": times,
            },
            measured_on=measured_on,
        )
    ]


def _of_both(
    bench: Bench,
    quarter: NDArray[np.float64],
    deployed: NDArray[np.float64] | None,
    *,
    factor: float,
    repeats: float,
) -> tuple[Gain, str]:
    """Return a share of what both doublings brought, and on which rows that was measured.

    One alone hangs on which rows its half happened to get.
    """
    few = None if deployed is None else deployed.mean(axis=0)
    drawn = 0.0 if deployed is None else draws_apart(deployed)
    return where_it_runs(
        bench,
        Pair(
            before=quarter.mean(axis=0),
            after=bench.base.losses,
            clusters=bench.trials.clusters,
        ),
        in_production(bench, few, bench.base.deployed),
        measured_on=bench.trials.held_out,
        factor=factor,
        extra_sd=(factor * repeats, factor * drawn),
    )


def in_words(times: int) -> str:
    return "twice" if times == 2 else f"{times} times"


def times_as_many(n: int) -> int:
    """Return how many times the training rows are looked at: a power of two.

    Twice; four times where there are few; of very few as many as make them `2 * FEW_ROWS`.
    """
    return 2 if n >= FEW_ROWS else max(4, 2 ** int(np.floor(np.log2(2 * FEW_ROWS / n))))


def _quantile() -> float:
    from scipy.stats import norm  # noqa: PLC0415 (scipy takes long to import)

    return float(norm.ppf((1 + thresholds.LEVEL) / 2))
