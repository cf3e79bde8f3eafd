"""Not enough data: what the last doubling brought, and what the next one would."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.result import CurvePoint
from leadline.analysis.diagnosis.trials import from_error
from leadline.analysis.problem.intervals import paired_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.result import Gain
    from leadline.analysis.diagnosis.trials import Outcome

SHARES = (0.5, 0.25)

OWN_DRAW = 0.54
"""What the luck of the rows at hand and of those to come leaves beside the expected gain, in
standard deviations of one draw: half of the doubled rows are those at hand, half are new, and
the luck of those at hand is in the measured gain already, by its share in it (about .3)."""

FEW_ROWS = 1_000
"""Of fewer training rows than this, more than twice as many are looked at."""

VERY_FEW_ROWS = 500
"""Below this many training rows a learning curve is still steep."""


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
            question=f"What would {times} times as many labelled rows cost?",
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
        measured_on="test" if len(bench.trials.jobs) == 1 else "test and folds",
        factor=factor,
        extra_sd=(factor * repeats, factor * drawn),
    )


def times_as_many(n: int) -> int:
    """Return how many times the training rows are looked at: a power of two.

    Twice; four times where there are few; of very few as many as make them `2 * FEW_ROWS`.
    """
    return 2 if n >= FEW_ROWS else max(4, 2 ** int(np.floor(np.log2(2 * FEW_ROWS / n))))


def slope_of(bench: Bench, curve: dict[float, NDArray[np.float64]]) -> tuple[float, float]:
    """Return what share of a doubling's gain the next one brings, and its standard error.

    Tables at large bring `NEXT_DOUBLING`; what this curve shows is weighed against that by
    how surely it shows it (a model with few settings learns faster: one half). Of very few
    rows a model has hardly begun to learn, and each doubling brings as much as the last.
    """
    usual, usual_sd, most = thresholds.NEXT_DOUBLING, thresholds.NEXT_DOUBLING_SD, 1.0
    if len(bench.case.train) < VERY_FEW_ROWS:
        usual, most = thresholds.NEXT_DOUBLING_OF_FEW, 1.5
    quarter, half = curve[0.25], curve[0.5]
    last = half.mean(axis=0) - bench.base.losses
    before = quarter.mean(axis=0) - half.mean(axis=0)
    if min(float(last.mean()), float(before.mean())) <= 0:
        return usual, usual_sd
    seen = float(last.mean() / before.mean())
    unsure = paired_difference(last, seen * before, clusters=bench.trials.clusters)
    drawn = np.hypot(
        (1 + seen) * error_of_draw(bench, half)[0], seen * error_of_draw(bench, quarter)[0]
    )
    seen_sd = float(np.hypot(unsure.standard_error, drawn) / before.mean())
    weight = seen_sd**2 / (seen_sd**2 + usual_sd**2)
    rho = weight * usual + (1 - weight) * float(np.clip(seen, 0.2, most))
    return rho, usual_sd * float(np.sqrt(weight))


def error_of_draw(bench: Bench, values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the standard error of a mean by which rows happened to be drawn for training.

    The first is as of independent draws, the second what is to be added for shared rows.

    `values` has shape (repeats, units). Every repeat and fold trained on rows of its own; how
    their means scatter, beyond the scatter of the units within them, is the draw. Folds share
    most of their rows, so that their mean is less sure than as many draws would make it.

    References
    ----------
    Nadeau and Bengio (2003), Inference for the generalization error, section 3.
    """
    job = bench.trials.job_of_unit
    sizes = np.bincount(job)
    means = np.stack([np.bincount(job, weights=row) / sizes for row in values])
    within = np.mean([np.bincount(job, weights=row**2) / sizes for row in values], axis=0)
    within = (within - (means**2).mean(axis=0)) / sizes
    beyond = float(means.var(ddof=1)) - float(within.mean()) if means.size > 1 else 0.0
    shared = 1 / (thresholds.FOLDS - 1) if sizes.size > 1 else 0.0
    spread = float(np.sqrt(max(beyond, 0.0)))
    return spread / float(np.sqrt(means.size)), spread * float(np.sqrt(shared))


def draws_apart(deployed: NDArray[np.float64]) -> float:
    """Return the standard error of production's loss by which rows training happened to get.

    Few of them may be of the kind that comes in production.

    Parameters
    ----------
    deployed : array of shape (draws, n)
        Losses of the same rows after trainings on rows of their own.
    """
    means = deployed.mean(axis=1)
    return float(means.std(ddof=1) / np.sqrt(means.size)) if means.size > 1 else 0.0


def draw_of_rows(curve: dict[float, NDArray[np.float64]]) -> float:
    """Return by how much the loss hangs on which rows training happened to get, all of them.

    The model at hand is one draw, and the one with more rows will be another: what a doubling
    brings on average is surer than what this one will bring. Repeats of one share were trained
    on rows of their own and judged on the same rows; the variance falls as rows grow.

    Returns
    -------
    float
        A standard deviation in the unit of the loss; 0 where there is one repeat only.
    """
    found = []
    for share, losses in curve.items():
        for first, second in combinations(losses, 2):
            apart = first - second
            chance = float(apart.var(ddof=1)) / apart.size
            found.append(share * (float(apart.mean()) ** 2 - chance) / 2)
    return float(np.sqrt(max(np.mean(found), 0.0))) if found else 0.0


def extrapolation(
    bench: Bench, *, times: int, rho: float, spread: float
) -> tuple[float, float]:
    """Return what share of the last two doublings' gain more rows bring, and its error.

    Each doubling brings `rho` of the one before it. Trials on fewer rows than there are lie
    that many doublings back.
    """
    seen = np.mean([len(job.pool) for job in bench.trials.jobs])
    behind = float(np.log2(len(bench.case.train) / seen))
    powers = behind + np.arange(1, int(np.log2(times)) + 1)

    def share(rho: float) -> float:
        return float((rho**powers).sum() / (1 + 1 / rho))

    low = max(rho - spread, 0.05)
    return share(rho), (share(rho + spread) - share(low)) / 2


def learning_curve(
    bench: Bench,
) -> tuple[dict[float, NDArray[np.float64]], NDArray[np.float64] | None]:
    """Return held-out losses per repeat, shape (repeats, units), by share of the rows.

    And losses of labelled production rows, where there are any, after each draw of the least
    share.
    """
    alone = len(bench.trials.jobs) == 1  # folds are repeats themselves
    repeats = {share: round(1 / share) if alone else 1 for share in SHARES}
    wanted = [(bench.base.learner, s, repeat) for s in SHARES for repeat in range(repeats[s])]
    found = bench.trials.part_losses(wanted)
    losses = iter(found)
    curve = {s: np.stack([next(losses)[0] for _ in range(repeats[s])]) for s in SHARES}
    least = [there for _, there in found[-repeats[SHARES[-1]] :] if there is not None]
    return curve, np.concatenate(least) if least else None


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
