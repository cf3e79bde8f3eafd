"""Contaminated answers: which share of the training answers is wrong, and what wrong ones are.

Single wrong numbers that are possible ones cannot be told; together they can. Training answers
are a mixture of right ones, which lie as far from what is expected as test answers do, and of
wrong ones, which lie farther.

References
----------
Huber (1964), Robust estimation of a location parameter: the model of contamination.
Mann and Whitney (1947), On a test of whether one of two random variables is stochastically
larger than the other; van Elteren (1960), On the combination of independent two-sample tests
of Wilcoxon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample

STRATA = 10
"""Answers are compared among rows of which much the same is expected."""

BINS = (*np.linspace(0, 0.9, 10), 0.95, 0.98, 0.99, 1.0)
"""Quantiles of test answers' distances, between which training answers are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """How far answers lie from what a reference expects.

    Attributes
    ----------
    expected, distance : arrays of shape (n,)
        What is expected, and how far the answer is from it.
    """

    expected: NDArray[np.float64]
    distance: NDArray[np.float64]


def farther(train: Apart, test: Apart) -> float:
    """By how many standard errors training answers lie farther off than test answers.

    Ranks are compared within strata of what is expected, so that other rows with more noise of
    their own are no wrong answers.
    """
    edges = np.quantile(train.expected, np.linspace(0, 1, STRATA + 1)[1:-1])
    a, b = np.searchsorted(edges, train.expected), np.searchsorted(edges, test.expected)
    above, variance = 0.0, 0.0
    for stratum in range(STRATA):
        ours, theirs = train.distance[a == stratum], np.sort(test.distance[b == stratum])
        n, m = ours.size, theirs.size
        below = np.searchsorted(theirs, ours, "left") + np.searchsorted(theirs, ours, "right")
        weight = 1 / (n + m + 1)
        above += weight * (below.sum() / 2 - n * m / 2)
        variance += weight**2 * n * m * (n + m + 1) / 12
    return float(above / np.sqrt(max(variance, 1e-12)))


def contaminated(
    train: NDArray[np.float64], test: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return the share of wrong training answers, and of each answer the chance that it is.

    Parameters
    ----------
    train, test : arrays of shape (n,) and (m,)
        Distances from what is expected; those of the test rows hold no wrong answers.

    Returns
    -------
    share : float
        The least that the two distributions allow: wrong answers that lie near are not seen.
    chance : array of shape (n,)
        It rises with the distance.
    """
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 (import leadline is light)

    edges = np.quantile(test, BINS)[1:-1]
    ours, theirs = (
        np.bincount(np.searchsorted(edges, d), minlength=len(edges) + 1) / d.size
        for d in (train, test)
    )
    within = [np.cumsum(shares)[:-1] for shares in (ours, theirs)]
    surest = int(np.argmax((within[1] - within[0]) / np.sqrt(within[1] * (1 - within[1]))))
    share = float(np.clip(1 - within[0][surest] / within[1][surest], 0.0, 0.9))
    wrong = 1 - (1 - share) * theirs / np.maximum(ours, 1e-9)
    rising = IsotonicRegression(y_min=0, y_max=1).fit_transform(
        np.arange(wrong.size), np.clip(wrong, 0, 1), sample_weight=ours + 1e-9
    )
    return share, rising[np.searchsorted(edges, train)]


def worse(
    rows: Sample,
    expected: NDArray[np.float64],
    chance: NDArray[np.float64],
    *,
    share: float,
    rng: np.random.Generator,
) -> Sample:
    """Return the rows with as many wrong answers again, made like those that were found.

    Wrong answers go with what is expected in some way (not at all if they are those of other
    rows, as right ones do if noise was added, ten times as steeply if a point was lost) and
    scatter about it.
    """
    wrong = chance / chance.sum()
    centre, middle = wrong @ expected, wrong @ rows.target
    spread = wrong @ (expected - centre) ** 2
    slope = wrong @ ((expected - centre) * (rows.target - middle)) / max(spread, 1e-12)
    rest = rows.target - middle - slope * (expected - centre)
    hit = np.flatnonzero(rng.random(len(rows)) < share)
    like = rng.choice(len(rows), size=hit.size, p=wrong)
    y = np.array(rows.target, dtype=np.float64)
    y[hit] = middle + slope * (expected[hit] - centre) + rest[like]
    return replace(rows, y=y, labels=y)
