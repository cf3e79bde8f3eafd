"""What else can be wrong with an experiment: one typed result for each check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import kolmogorov, ndtr, ndtri

from leadline.analysis.experiments.effects import compare, two_sided_pvalue
from leadline.analysis.experiments.moments import Moments
from leadline.analysis.experiments.sequential import peeking_type_1_error
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from leadline.analysis.experiments.metrics import Metric

CheckState = Literal["ok", "failed", "unknown"]

PURITY_THRESHOLD = 0.01
"""Share of units served another arm than theirs, above which the effect is diluted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One check's outcome.

    Attributes
    ----------
    check : str
        Its stable name, e.g. "peeking".
    state : {"ok", "failed", "unknown"}
    n : int
        What it looked at: units, looks, tests, days.
    number, threshold : float
        What was found, and the value beyond which the check fails. NaN if unknown.
    sentence : str
    """

    check: str
    state: CheckState
    n: int
    number: float
    threshold: float
    sentence: str


def check_peeking(*, n_looks: int, adjusted: bool, alpha: float = 0.05) -> CheckResult:
    """Tell what reading the test at several looks does to its false alarms.

    Parameters
    ----------
    n_looks : int
        Times the result was looked at, at about equal distances, with stopping in mind.
    adjusted : bool
        Whether group-sequential bounds or an always-valid interval were used.
    """
    number = alpha if adjusted else peeking_type_1_error(n_looks=n_looks, alpha=alpha)
    failed = number > alpha * (1 + 1e-6)
    return CheckResult(
        check="peeking",
        state="failed" if failed else "ok",
        n=n_looks,
        number=number,
        threshold=alpha,
        sentence=f"{n_looks} looks at an alpha of {alpha:g} give a false alarm in "
        f"{number:.1%} of experiments without any effect",
    )


def check_power(
    *, se: float, mde: float, n_obs: int, alpha: float = 0.05, threshold: float = 0.8
) -> CheckResult:
    """Tell whether the experiment could have found the smallest effect that matters.

    Parameters
    ----------
    se : float
        Standard error of the effect, above 0.
    mde : float
        Smallest effect that matters; never the one that was observed.
    """
    if not (se > 0 and mde > 0):
        raise InputError(f"power needs a standard error and an effect above 0: {se}, {mde}")
    power = float(ndtr(mde / se + ndtri(alpha / 2)))
    return CheckResult(
        check="power",
        state="failed" if power < threshold else "ok",
        n=n_obs,
        number=power,
        threshold=threshold,
        sentence=f"{n_obs} units find an effect of {mde:.4g} in {power:.0%} of experiments",
    )


def check_multiplicity(
    *, n_arms: int, n_metrics: int, adjusted: bool, alpha: float = 0.05
) -> CheckResult:
    """Tell how likely a false alarm is somewhere among the treatment arms and metrics."""
    n_tests = n_arms * n_metrics
    number = alpha if adjusted else 1 - (1 - alpha) ** n_tests
    return CheckResult(
        check="multiplicity",
        state="failed" if number > alpha * (1 + 1e-6) else "ok",
        n=n_tests,
        number=number,
        threshold=alpha,
        sentence=f"{n_tests} tests ({n_arms} arms × {n_metrics} metrics) without any effect "
        f"give at least one false alarm in {number:.0%} of experiments",
    )


def check_novelty(
    *, effect_sizes: Sequence[float], standard_errors: Sequence[float], alpha: float = 0.01
) -> CheckResult:
    """Tell whether the effect rises or fades from day to day.

    Parameters
    ----------
    effect_sizes, standard_errors : sequence of float, shape (n_days,)
        Effect on each day, of that day's units alone.
    alpha : float
        Level of the test for a linear trend, by weighted least squares with known
        variances.
    """
    y, s = np.asarray(effect_sizes, dtype=float), np.asarray(standard_errors, dtype=float)
    if len(y) < 3:
        return CheckResult(
            check="novelty",
            state="unknown",
            n=len(y),
            number=math.nan,
            threshold=alpha,
            sentence=f"a trend needs at least 3 days, got {len(y)}",
        )
    if y.shape != s.shape or not (s > 0).all():
        raise InputError("each day's effect needs a standard error above 0")
    weights = 1 / s**2
    days = np.arange(len(y), dtype=float)
    centred = days - np.average(days, weights=weights)
    information = float((weights * centred**2).sum())
    slope = float((weights * centred * y).sum()) / information
    pvalue = two_sided_pvalue(slope * math.sqrt(information))
    mean = float(np.average(y, weights=weights))
    course = "fades" if slope * mean < 0 else "grows"
    said = f"{course} by {abs(slope):.4g} a day" if pvalue < alpha else "shows no trend"
    return CheckResult(
        check="novelty",
        state="failed" if pvalue < alpha else "ok",
        n=len(y),
        number=pvalue,
        threshold=alpha,
        sentence=f"over {len(y)} days the effect {said} (p = {pvalue:.3g})",
    )


def check_purity(served: ArrayLike, *, threshold: float = PURITY_THRESHOLD) -> CheckResult:
    """Tell how many units were served another arm than the one they were assigned.

    Parameters
    ----------
    served : array of int, shape (n_arms, n_arms)
        Units by assigned arm (rows) and served arm (columns), in one order.
    threshold : float
        Share of strays that is tolerated. The analysis keys on the assigned arm either
        way; strays dilute the effect, they do not bias it.
    """
    counts = np.asarray(served, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or (counts < 0).any():
        raise InputError("needs a square table of counts, assigned arm by served arm")
    n_obs = int(counts.sum())
    if n_obs == 0:
        raise NotEnoughDataError("no unit has both an assigned and a served arm")
    strays = float(1 - np.trace(counts) / n_obs)
    return CheckResult(
        check="purity",
        state="failed" if strays > threshold else "ok",
        n=n_obs,
        number=strays,
        threshold=threshold,
        sentence=f"{strays:.2%} of {n_obs} units were served another arm than theirs",
    )


def split_pvalues(
    values: Mapping[str, NDArray[np.float64]],
    *,
    metric: Metric,
    n_splits: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Split the team's own units at random, again and again, and test each split (A/A).

    Parameters
    ----------
    values : mapping of column to array of shape (n_units,)
        The metric's moments' columns, in their order, one row a unit.
    metric : Mean, Proportion or Ratio
    n_splits : int
    rng : numpy.random.Generator

    Returns
    -------
    array of shape (n_splits,)
        p-values; uniform if the test fits the data.
    """
    n_units = len(next(iter(values.values())))
    pvalues = []
    for _ in range(n_splits):
        half = rng.permutation(n_units) < n_units // 2
        pair = [
            Moments.from_arrays(
                {name: column[rows] for name, column in values.items()},
                missing=metric.missing,
            )
            for rows in (half, ~half)
        ]
        pvalues.append(compare(treatment=pair[0], control=pair[1], metric=metric).pvalue)
    return np.array(pvalues)


def check_aa(pvalues: ArrayLike, *, alpha: float = 0.05) -> CheckResult:
    """Tell whether A/A p-values are uniform, as they are when the test fits the data.

    Fails when more of them lie below alpha than chance allows (three standard errors), or
    when Kolmogorov's test of uniformity rejects at .001.
    """
    p = np.sort(np.asarray(pvalues, dtype=float))
    n = len(p)
    if n < 100 or np.isnan(p).any():
        return CheckResult(
            check="aa",
            state="unknown",
            n=n,
            number=math.nan,
            threshold=math.nan,
            sentence=f"uniformity needs 100 A/A p-values without gaps, got {n}",
        )
    number = float((p < alpha).mean())
    threshold = alpha + 3 * math.sqrt(alpha * (1 - alpha) / n)
    steps = np.arange(n + 1) / n
    distance = float(max((steps[1:] - p).max(), (p - steps[:-1]).max()))
    uniform = float(kolmogorov(math.sqrt(n) * distance)) >= 0.001
    return CheckResult(
        check="aa",
        state="ok" if uniform and number <= threshold else "failed",
        n=n,
        number=number,
        threshold=threshold,
        sentence=f"{number:.1%} of {n} A/A tests lie below {alpha:g}",
    )
