"""Has the model's loss risen? A test that may be looked at every day, for ever."""

from __future__ import annotations

import numpy as np

from leadline.analysis.monitoring.counts import Numbers

BETS = 2.0 ** -np.arange(1, 11)
"""How much is bet on a rise, from a half down to a thousandth; the mean of all is taken."""


def risk_evidence(
    n: Numbers, sums: Numbers, squares: Numbers, *, limit: float, start: float
) -> Numbers:
    """Return, for each day, the log of the evidence that the loss has come to exceed a limit.

    An e-process: while each loss has at most `limit` as its mean, given everything
    before it, the evidence exceeds 1/alpha on any day at all with a chance of at most
    alpha. It is a mixture over the day on which the rise began, with weight
    1/(j (j + 1)) for the j-th, and over the size of the bet, so that a long good past
    does not delay it. Each bet wins `exp(λ Σ(x − limit) − ψ(λ) Σ(x − x̂)²)` on a day,
    where `ψ(λ) = −ln(1 − λ) − λ` and x̂ is the mean loss of the days before: sums by day
    are all it needs.

    Parameters
    ----------
    n, sums, squares : array of shape (n_days,)
        Losses by day, each loss within 0–1: how many, their sum, their sum of squares.
        Days without any may stand among them.
    limit : float
        The largest mean that is no rise.
    start : float
        What the losses are expected to be, before the first day.

    Returns
    -------
    array of shape (n_days,)

    References
    ----------
    Podkopaev and Ramdas (2022), "Tracking the risk of a deployed model and detecting
    harmful distribution shifts", ICLR. The bets: Howard, Ramdas, McAuliffe and Sekhon
    (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
    Statistics 49(2), section 3.2. The mixture over starts: Shin, Ramdas and Rinaldo
    (2023), "E-detectors", New England Journal of Statistics in Data Science.
    """
    before_n = np.concatenate(([0.0], np.cumsum(n)[:-1]))
    before = np.concatenate(([0.0], np.cumsum(sums)[:-1]))
    guess = (before + start) / (before_n + 1)
    spread = squares - 2 * guess * sums + n * guess**2
    gains = np.outer(sums - n * limit, BETS) - np.outer(spread, -np.log1p(-BETS) - BETS)
    wealth = np.concatenate((np.zeros((1, len(BETS))), np.cumsum(gains, axis=0)))
    starts = np.arange(1, len(n) + 1)
    weights = -np.log(starts * (starts + 1.0))
    begun = np.logaddexp.accumulate(weights[:, None] - wealth[:-1])
    ran = wealth[1:] + begun - np.log(len(BETS))
    still_to_come = -np.log(starts + 1.0)  # the weights of later starts sum to this
    evidence: Numbers = np.logaddexp.reduce(np.column_stack((ran, still_to_come)), axis=1)
    return evidence
