"""What else can be wrong with an experiment: one typed result for each check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from leadline.analysis.experiments.crossings import peeking_type_1_error
from leadline.analysis.experiments.effects import compare
from leadline.analysis.experiments.estimates import two_sided_pvalue
from leadline.analysis.experiments.moments import Moments
from leadline.analysis.tails import kolmogorov_tail, normal_cdf, normal_quantile
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from leadline.analysis.experiments.metrics import Metric

CheckState = Literal["ok", "failed", "unknown"]

MIN_BUCKETS = 20
"""Groups of units that an A/A simulation deals out; fewer have too few ways to be split."""

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
        sentence=f"{n_looks} looks, each read at p < {alpha:g}, give a false alarm in "
        f"{_percent(number)} of experiments without any effect"
        if failed
        else f"the interval allows for {n_looks} looks"
        if n_looks > 1
        else "one look, at the end",
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
    power = normal_cdf(mde / se + normal_quantile(alpha / 2))
    return CheckResult(
        check="power",
        state="failed" if power < threshold else "ok",
        n=n_obs,
        number=power,
        threshold=threshold,
        sentence=f"{n_obs:,} units find an effect of {mde:.4g}, the smallest that matters, in "
        f"{_percent(power)} of experiments",
    )


def check_multiplicity(
    *, n_arms: int, n_metrics: int, adjusted: bool, alpha: float = 0.05
) -> CheckResult:
    """Tell how likely a false alarm is somewhere among the treatment arms and metrics."""
    n_tests = n_arms * n_metrics
    alone = 1 - (1 - alpha) ** n_tests
    number = alpha if adjusted else alone
    return CheckResult(
        check="multiplicity",
        state="failed" if number > alpha * (1 + 1e-6) else "ok",
        n=n_tests,
        number=number,
        threshold=alpha,
        sentence=f"{n_tests} tests ({_counted(n_arms, 'arm')} × "
        f"{_counted(n_metrics, 'metric')}) without any effect give at least one false "
        f"alarm in {_percent(alone)} of experiments"
        + (f"; the p-values allow for that, so it is {_percent(alpha)}" if adjusted else "")
        if n_tests > 1
        else "one arm and one metric decide",
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
        sentence=f"over {len(y)} days the effect {said} (p = {pvalue:.2g})",
    )


def check_purity(
    served: Mapping[str, Mapping[str, int]], *, threshold: float = PURITY_THRESHOLD
) -> CheckResult:
    """Tell how many units were served another arm than the one they were assigned.

    Parameters
    ----------
    served : mapping of assigned arm to mapping of served variant to units
        Where no variant is called like an arm, an arm's own variant is the one that most
        of its units were served.
    threshold : float
        Share of strays that is tolerated. The analysis keys on the assigned arm either
        way; strays dilute the effect, they do not bias it.
    """
    n_obs = sum(n for found in served.values() for n in found.values())
    if n_obs == 0:
        raise NotEnoughDataError("no unit has both an assigned and a served arm")
    variants = {variant for found in served.values() for variant in found}
    is_named = bool(variants & served.keys())
    strays = {
        (arm, variant): n
        for arm, found in served.items()
        for variant, n in found.items()
        if variant != (arm if is_named else max(found, key=found.__getitem__))
    }
    share = sum(strays.values()) / n_obs
    most = max(strays, key=strays.__getitem__, default=None)
    example = f"; most of them: {most[0]} was shown {most[1]}" if most else ""
    return CheckResult(
        check="purity",
        state="failed" if share > threshold else "ok",
        n=n_obs,
        number=share,
        threshold=threshold,
        sentence=f"{_percent(share)} of {n_obs:,} units were shown another variant than they "
        f"were assigned{example}. The analysis keeps the assigned one: strays dilute the "
        "effect, they do not bias it",
    )


def split_pvalues(
    buckets: Sequence[Moments], *, metric: Metric, n_splits: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Split units that were all treated alike at random, again and again, and test each split.

    Whole buckets are drawn, so that one read of the table serves every split, and units
    with several rows stay together: rows that were taken for units show.

    Parameters
    ----------
    buckets : sequence of Moments
        Of the metric, one for each of a few hundred groups of units that chance (a hash
        of the unit's id) has made, around one centre.
    metric : Mean, Proportion or Ratio
    n_splits : int
    rng : numpy.random.Generator

    Returns
    -------
    array of shape (n_splits,)
        p-values; uniform if the test fits the data.

    Raises
    ------
    NotEnoughDataError
        Fewer than 20 buckets.
    """
    if len(buckets) < MIN_BUCKETS:
        raise NotEnoughDataError(
            f"an A/A simulation needs {MIN_BUCKETS} groups of units, got {len(buckets)}"
        )
    counts = np.array([(b.n, b.n_missing) for b in buckets], dtype=float)
    sums = np.array([b.sums for b in buckets])
    products = np.array([b.products for b in buckets])
    pvalues = []
    for _ in range(n_splits):
        half = rng.permutation(len(buckets)) < len(buckets) // 2
        pair = [
            Moments(
                columns=buckets[0].columns,
                n=int(counts[rows, 0].sum()),
                n_missing=int(counts[rows, 1].sum()),
                pilot=buckets[0].pilot,
                sums=tuple(sums[rows].sum(axis=0).tolist()),
                products=tuple(map(tuple, products[rows].sum(axis=0).tolist())),
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
    uniform = kolmogorov_tail(math.sqrt(n) * distance) >= 0.001
    return CheckResult(
        check="aa",
        state="ok" if uniform and number <= threshold else "failed",
        n=n,
        number=number,
        threshold=threshold,
        sentence=f"{_percent(number)} of {n} A/A tests lie below {alpha:g}, where "
        f"{_percent(alpha)} should",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}"
