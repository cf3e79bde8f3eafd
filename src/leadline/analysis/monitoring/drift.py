"""How far a column's distribution has moved, worked out from counts by bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.analysis.monitoring.counts import Numbers
from leadline.analysis.tails import chi_square_tail
from leadline.errors import NotEnoughDataError

MIN_ROWS = 50
"""Rows a side below which a distribution is not compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """How two distributions differ.

    Attributes
    ----------
    psi : float
        Population stability index in nats.
    excess : float
        What is left of it after the mean it has without any drift is taken off; may be
        a little below 0.
    pvalue : float
        Of the chi-squared test that both sides have the same shares.
    """

    psi: float
    excess: float
    pvalue: float


def psi_bias(*, n_bins: int, n_reference: float, n_current: float) -> float:
    """Return the mean of the PSI where nothing has drifted.

    `(B − 1)(1/n + 1/m)`: the PSI is to first order twice a scaled chi-squared of B − 1
    degrees of freedom.

    References
    ----------
    Yurdakul and Naranjo (2020), "Statistical properties of the population stability
    index", Journal of Risk Model Validation 14(4).
    """
    return (n_bins - 1) * (1 / n_reference + 1 / n_current)


def drift(reference: Numbers, current: Numbers) -> Drift:
    """Compare two tables of counts by bin.

    Parameters
    ----------
    reference, current : array of shape (n_bins,)
        Rows by bin; bins that are empty on both sides are left out.

    Raises
    ------
    NotEnoughDataError
        A side has fewer than `MIN_ROWS` rows.
    """
    m, n = float(reference.sum()), float(current.sum())
    if min(m, n) < MIN_ROWS:
        raise NotEnoughDataError(f"drift needs {MIN_ROWS} rows a side, got {m:.0f} and {n:.0f}")
    used = (reference + current) > 0
    a, b = reference[used], current[used]
    n_bins = len(a)
    if n_bins == 1:
        return Drift(psi=0.0, excess=0.0, pvalue=1.0)
    p, q = (a + 0.5) / (m + 0.5 * n_bins), (b + 0.5) / (n + 0.5 * n_bins)
    psi = float(((p - q) * np.log(p / q)).sum())
    pooled = (a + b) / (m + n)
    chi = float(
        ((a - m * pooled) ** 2 / (m * pooled) + (b - n * pooled) ** 2 / (n * pooled)).sum()
    )
    return Drift(
        psi=psi,
        excess=psi - psi_bias(n_bins=n_bins, n_reference=m, n_current=n),
        pvalue=chi_square_tail(chi, df=n_bins - 1),
    )


def usual_excess(pairs: Sequence[tuple[Numbers, Numbers]]) -> float:
    """Return the excess PSI up to which the reference's own days differ.

    Days differ even where nothing is wrong; what the reference does by itself is no alarm.

    Parameters
    ----------
    pairs : sequence of (rest, day), arrays of shape (n_bins,)
        Each day of the reference beside the days it is held against, itself left out.

    Returns
    -------
    float
        Mean plus three standard deviations over the days; 0 with fewer than three days
        that have enough rows.
    """
    found = [
        drift(rest, day).excess for rest, day in pairs if min(day.sum(), rest.sum()) >= MIN_ROWS
    ]
    if len(found) < 3:
        return 0.0
    return max(0.0, float(np.mean(found) + 3 * np.std(found, ddof=1)))
