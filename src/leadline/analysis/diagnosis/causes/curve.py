"""A model's learning curve: what halves and quarters of the rows bring, and how it goes on."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.result import CurvePoint
from leadline.analysis.problem.intervals import paired_difference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.trials import Outcome

SHARES = (0.5, 0.25)

VERY_FEW_ROWS = 500
"""Below this many training rows a learning curve is still steep."""


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
