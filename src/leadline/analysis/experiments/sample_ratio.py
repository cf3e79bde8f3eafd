"""Sample ratio mismatch: did the arms get the units that the design gave them?

When they did not, units were lost or counted differently by arm, and no effect can be
trusted, however small the imbalance looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.sequential import spending_bounds
from leadline.analysis.multiplicity import holm
from leadline.analysis.tails import chi_square_tail
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

ALPHA = 0.001
"""Level at which a mismatch blocks a verdict (Fabijan et al. 2019 use .0005, most .001)."""

MIN_EXPECTED = 5.0
"""Units expected in the smallest arm below which χ² is no guide (Cochran 1954)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRatioResult:
    """Counts against declared weights.

    Attributes
    ----------
    counts : tuple of int, length n_arms
    expected : tuple of float, length n_arms
        What the weights would have given.
    statistic, pvalue : float
        Pearson's χ² with n_arms − 1 degrees of freedom.
    alpha : float
    sample_ratio_mismatch : bool
        Whether `pvalue` is below `alpha`.
    """

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    pvalue: float
    alpha: float
    sample_ratio_mismatch: bool


def sample_ratio(
    counts: Sequence[int], *, weights: Sequence[float] | None = None, alpha: float = ALPHA
) -> SampleRatioResult:
    """Test the arms' counts against the declared split, once, at the end.

    Parameters
    ----------
    counts : sequence of int, shape (n_arms,)
        Units by arm, at least two arms.
    weights : sequence of float, shape (n_arms,), optional
        The declared split in any unit, above 0; equal where it is not given.
    alpha : float

    Raises
    ------
    NotEnoughDataError
        The smallest arm would expect fewer than 5 units.

    References
    ----------
    Pearson (1900). Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online
    controlled experiments", KDD.
    """
    observed = np.asarray(counts, dtype=float)
    shares = _shares(weights, n_arms=len(observed))
    expected = observed.sum() * shares
    if expected.min() < MIN_EXPECTED:
        raise NotEnoughDataError(
            f"a sample ratio test needs {MIN_EXPECTED:g} expected units in each arm, got "
            f"{expected.min():.3g} of {observed.sum():g}"
        )
    statistic = float(((observed - expected) ** 2 / expected).sum())
    pvalue = chi_square_tail(statistic, df=len(observed) - 1)
    return SampleRatioResult(
        counts=tuple(int(n) for n in counts),
        expected=tuple(expected.tolist()),
        statistic=statistic,
        pvalue=pvalue,
        alpha=alpha,
        sample_ratio_mismatch=pvalue < alpha,
    )


def sample_ratio_pvalues(
    counts: ArrayLike, *, weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Test many experiments at once.

    Parameters
    ----------
    counts : array of shape (n_experiments, n_arms)
        NaN where an experiment has fewer arms than the widest one.
    weights : array of shape (n_arms,) or (n_experiments, n_arms), optional
        Declared split; its part for the arms that an experiment has is what counts.

    Returns
    -------
    array of shape (n_experiments,)
        p-values of χ²; NaN where an arm would expect fewer than 5 units or there is
        only one arm.
    """
    observed = np.asarray(counts, dtype=float)
    present = ~np.isnan(observed)
    given = np.ones(observed.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    shares = np.where(present, given, 0.0)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    expected = np.nansum(observed, axis=1, keepdims=True) * shares
    enough = np.where(present, expected, np.inf).min(axis=1) >= MIN_EXPECTED
    safe = np.where(present & (expected > 0), expected, 1.0)
    terms = np.where(present, (np.nan_to_num(observed) - expected) ** 2 / safe, 0.0)
    df = present.sum(axis=1) - 1
    each = zip(terms.sum(axis=1).tolist(), np.maximum(df, 1).tolist(), strict=True)
    pvalues = np.array([chi_square_tail(x, df=k) for x, k in each])
    return np.where(enough & (df >= 1), pvalues, np.nan)


@dataclass(frozen=True, kw_only=True, slots=True)
class SequentialSampleRatio:
    """The split watched as units arrive.

    Attributes
    ----------
    z : tuple of tuple of float, n_looks × n_arms
        Each arm's count against its share, standardised.
    bounds : tuple of float, length n_looks
        |z| that no arm may reach; infinite on a day without new units.
    first_look : int or None
        1-based look at which a bound was first reached.
    arm : int or None
        0-based arm that reached it.
    alpha : float
    """

    z: tuple[tuple[float, ...], ...]
    bounds: tuple[float, ...]
    first_look: int | None
    arm: int | None
    alpha: float

    @property
    def sample_ratio_mismatch(self) -> bool:
        """Whether a bound was reached at any look."""
        return self.first_look is not None


def sequential_sample_ratio(
    cumulative: ArrayLike,
    *,
    weights: Sequence[float] | None = None,
    n_planned: int | None = None,
    alpha: float = ALPHA,
) -> SequentialSampleRatio:
    """Test the split at every look without raising false alarms by looking often.

    A χ² read daily at p < .001 is wrong nine times as often as it says. Each arm's
    standardised count gathers information like any mean, so group-sequential bounds
    hold; with more than two arms every arm is watched at alpha / n_arms.

    Parameters
    ----------
    cumulative : array of int, shape (n_looks, n_arms)
        Units by arm up to each look, growing.
    weights : sequence of float, shape (n_arms,), optional
        Declared split; equal where it is not given.
    n_planned : int, optional
        Units of all arms at the planned end; those of the last look where not given.
    alpha : float
        Chance of a false alarm over all looks.
    """
    counts = np.asarray(cumulative, dtype=float)
    shares = _shares(weights, n_arms=counts.shape[1])
    totals = counts.sum(axis=1)
    if not len(totals) or totals[-1] <= 0:
        raise NotEnoughDataError("the split cannot be watched before the first unit")
    spread = np.sqrt(np.maximum(totals, 1)[:, None] * shares * (1 - shares))
    z = (counts - totals[:, None] * shares) / spread
    n_tests = 1 if len(shares) == 2 else len(shares)
    # A day without new units is no look: nothing is spent, and no bound applies.
    grown = np.diff(totals, prepend=0.0) != 0
    fractions = totals[grown] / (n_planned or totals[-1])
    bounds = np.full(len(totals), np.inf)
    bounds[grown] = spending_bounds(fractions.tolist(), alpha=alpha / n_tests).z
    beyond = np.argwhere(np.abs(z) >= bounds[:, None])
    return SequentialSampleRatio(
        z=tuple(tuple(row) for row in z.tolist()),
        bounds=tuple(bounds.tolist()),
        first_look=int(beyond[0][0]) + 1 if len(beyond) else None,
        arm=int(beyond[0][1]) if len(beyond) else None,
        alpha=alpha,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRatioCell:
    """One day or segment of a scan.

    Attributes
    ----------
    name : str
    counts : tuple of int, length n_arms
    pvalue : float
        χ² of this cell alone; NaN where it is too small to say.
    adjusted_pvalue : float
        The same, by Holm over all cells that are large enough.
    suspect : bool
        Whether the adjusted p-value is below alpha.
    """

    name: str
    counts: tuple[int, ...]
    pvalue: float
    adjusted_pvalue: float
    suspect: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRatioScan:
    """Where a mismatch comes from.

    Attributes
    ----------
    cells : tuple of SampleRatioCell
        The most suspect first.
    rest_pvalue : float
        χ² of all cells that are not suspect, together; NaN where nothing is left. Above
        alpha, the suspect cells explain the mismatch.
    """

    cells: tuple[SampleRatioCell, ...]
    rest_pvalue: float

    @property
    def suspects(self) -> tuple[SampleRatioCell, ...]:
        """The cells whose own split is off."""
        return tuple(cell for cell in self.cells if cell.suspect)


def scan_sample_ratio(
    cells: Mapping[str, Sequence[int]],
    *,
    weights: Sequence[float] | None = None,
    alpha: float = ALPHA,
) -> SampleRatioScan:
    """Test the split within each day or segment, with Holm's correction over them.

    Parameters
    ----------
    cells : mapping of name to counts, shape (n_arms,)
        Disjoint units: one cell a day, a browser, a country, a fallback reason.
    weights : sequence of float, optional
    alpha : float
    """
    names = list(cells)
    counts = np.asarray([cells[name] for name in names], dtype=float)
    pvalues = sample_ratio_pvalues(counts, weights=weights)
    known = ~np.isnan(pvalues)
    adjusted = np.full(len(names), np.nan)
    adjusted[known] = holm(pvalues[known].tolist())
    suspect = known & (adjusted < alpha)
    rest = counts[~suspect].sum(axis=0, keepdims=True)
    order = np.argsort(pvalues, kind="stable")  # NaN sorts last
    return SampleRatioScan(
        cells=tuple(
            SampleRatioCell(
                name=names[i],
                counts=tuple(int(n) for n in counts[i]),
                pvalue=float(pvalues[i]),
                adjusted_pvalue=float(adjusted[i]),
                suspect=bool(suspect[i]),
            )
            for i in order
        ),
        rest_pvalue=float(sample_ratio_pvalues(rest, weights=weights)[0]),
    )


def _shares(weights: Sequence[float] | None, *, n_arms: int) -> NDArray[np.float64]:
    given = np.ones(n_arms) if weights is None else np.asarray(weights, dtype=float)
    if n_arms < 2 or len(given) != n_arms or not (given > 0).all():
        raise InputError(
            f"a split needs at least two arms and a weight above 0 for each; got {n_arms} "
            f"arms and {given.tolist()}"
        )
    return np.asarray(given / given.sum())
