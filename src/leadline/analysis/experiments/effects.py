"""Effects of a treatment against the control, from moments alone.

Everything is one formula: an arm's estimate is a smooth function of its column means,
so its squared standard error is gᵀΣg/n with the gradient g. A mean has g = 1, a ratio
has g = (1/μ_D, −R/μ_D), and CUPED appends −θ for the covariates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from leadline.analysis.experiments.metrics import Proportion, Quantile, Ratio
from leadline.analysis.tails import normal_quantile, t_cdf, t_quantile
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.moments import Moments

FIELLER_BELOW = 5.0
"""A mean closer to zero than this many standard errors gets Fieller's interval."""

MIN_EVENTS = 10
"""Successes and failures that each arm of a proportion needs for a normal interval."""

RelativeMethod = Literal["log", "fieller", "undefined"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """One arm's estimate: its value, squared standard error, degrees of freedom, units."""

    value: float
    variance: float
    df: float
    n: int
    n_missing: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """The difference that a treatment makes, absolute and relative, with one p-value.

    Attributes
    ----------
    metric : str
    n_treatment, n_control : int
        Units counted.
    n_missing_treatment, n_missing_control : int
        Rows without a value, which the metric's policy excluded.
    treatment, control : float
        The arms' (covariate-adjusted) values, in the metric's unit.
    effect_size, se, ci_lower, ci_upper : float
        Treatment minus control, its standard error and interval.
    df : float
        Degrees of freedom of the test; infinite for a z-test.
    statistic, pvalue : float
        Of the absolute effect, two-sided. NaN where the variance is zero.
    rel_effect_size, rel_ci_lower, rel_ci_upper : float
        Treatment / control − 1 and its interval; NaN where undefined.
    rel_method : {"log", "fieller", "undefined"}
        How the relative interval was found.
    alpha : float
        1 − the intervals' level.
    variance_reduction : float
        Share of the effect's variance that the covariates removed; NaN without any.
    notes : tuple of str
        Why a number is NaN, or what weakens it.
    """

    metric: str
    n_treatment: int
    n_control: int
    n_missing_treatment: int
    n_missing_control: int
    treatment: float
    control: float
    effect_size: float
    se: float
    df: float
    statistic: float
    pvalue: float
    ci_lower: float
    ci_upper: float
    rel_effect_size: float
    rel_ci_lower: float
    rel_ci_upper: float
    rel_method: RelativeMethod
    alpha: float
    variance_reduction: float = math.nan
    notes: tuple[str, ...] = ()

    @property
    def n_obs(self) -> int:
        """Units of both arms."""
        return self.n_treatment + self.n_control


def compare(
    *, treatment: Moments, control: Moments, metric: Metric, alpha: float = 0.05
) -> Effect:
    """Estimate the effect of a treatment on a mean, a proportion or a ratio.

    Means and ratios use t with Welch's degrees of freedom; proportions without
    covariates use z with the unpooled binomial variance, so that test and interval
    never disagree. An arm without any successes (or failures) beside one that has both
    gets the variance of Agresti and Caffo's extra success and failure.

    Parameters
    ----------
    treatment, control : Moments
        Of the metric's outcome columns, then its covariates.
    metric : Mean, Proportion or Ratio
    alpha : float
        1 − the intervals' level, within 0–1.

    Raises
    ------
    NotEnoughDataError
        Fewer than two units in an arm, or a ratio whose denominator's mean is 0.
    InputError
        Moments of other columns than the metric's, or a quantile.

    References
    ----------
    Welch (1947), "The generalization of 'Student's' problem", Biometrika 34.
    Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data", WSDM (CUPED).
    Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD.
    Agresti and Caffo (2000), "Simple and effective confidence intervals for proportions
    and differences of proportions", The American Statistician 54(4).
    """
    _check(treatment=treatment, control=control, metric=metric, alpha=alpha)
    arms = (treatment, control)
    adjusted = len(treatment.columns) > len(metric.outcomes)
    if isinstance(metric, Proportion) and not adjusted:
        return _share_effect(arms, metric=metric, alpha=alpha)
    gradients = [_gradient(arm, ratio=isinstance(metric, Ratio)) for arm in arms]
    if adjusted:
        return _adjusted_effect(arms, gradients=gradients, metric=metric, alpha=alpha)
    estimates = (_estimate(arm, gradient=g) for arm, g in zip(arms, gradients, strict=True))
    return effect_between(*estimates, metric=metric.name, alpha=alpha)


def effect_between(
    treatment: Estimate,
    control: Estimate,
    *,
    metric: str,
    alpha: float = 0.05,
    variance_reduction: float = math.nan,
) -> Effect:
    """Compare two independent estimates.

    The absolute effect is tested by t with Welch's degrees of freedom (z where both are
    infinite). The relative interval is the delta method's on the log ratio; where either
    arm lies within `FIELLER_BELOW` standard errors of zero it is Fieller's.

    References
    ----------
    Fieller (1954), "Some problems in interval estimation", JRSS B 16(2).
    """
    difference = treatment.value - control.value
    variance = treatment.variance + control.variance
    se = math.sqrt(variance)
    notes: tuple[str, ...] = ()
    if se == 0:
        notes = ("no unit differs from another, so there is no test and no interval",)
    df = _welch_df(
        (treatment.variance, treatment.df), (control.variance, control.df), total=variance
    )
    half = critical_value(alpha, df=df) * se if se > 0 else math.nan
    statistic = difference / se if se > 0 else math.nan
    relative = _relative(treatment, control, alpha=alpha, df=df)
    return Effect(
        metric=metric,
        n_treatment=treatment.n,
        n_control=control.n,
        n_missing_treatment=treatment.n_missing,
        n_missing_control=control.n_missing,
        treatment=treatment.value,
        control=control.value,
        effect_size=difference,
        se=se,
        df=df,
        statistic=statistic,
        pvalue=two_sided_pvalue(statistic, df=df),
        ci_lower=difference - half,
        ci_upper=difference + half,
        rel_effect_size=relative.size,
        rel_ci_lower=relative.lower,
        rel_ci_upper=relative.upper,
        rel_method=relative.method,
        alpha=alpha,
        variance_reduction=variance_reduction,
        notes=notes + relative.notes,
    )


def two_sided_pvalue(statistic: float, *, df: float = math.inf) -> float:
    """Two-sided p-value of a t statistic, or of z where df is infinite."""
    return 2 * t_cdf(-abs(statistic), df=df)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuantileSummary:
    """Three order statistics of one arm: all that a quantile's effect needs.

    Attributes
    ----------
    n : int
        Units counted.
    value : float
        The sample quantile.
    lower, upper : float
        The order statistics at `quantile_ranks(n=n, q=q)`.
    n_missing : int
        Rows without a value.
    """

    n: int
    value: float
    lower: float
    upper: float
    n_missing: int = 0


def quantile_ranks(*, n: int, q: float) -> tuple[int, int]:
    """Return the ranks (1-based) around a quantile that carry its standard error.

    Raises
    ------
    NotEnoughDataError
        The sample is too small for both ranks to exist: n·min(q, 1 − q) below 4 or so.

    References
    ----------
    Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD,
    section 4.2; Price and Bonett (2001), J. Statist. Comput. Simul. 68.
    """
    half = normal_quantile(0.975) * math.sqrt(n * q * (1 - q))
    lower, upper = math.floor(n * q - half), math.ceil(n * q + half) + 1
    if lower < 1 or upper > n:
        raise NotEnoughDataError(
            f"{n} units are too few for an interval around the quantile {q:g}"
        )
    return lower, upper


def summarise_quantile(
    values: NDArray[np.float64], *, q: float, n_missing: int = 0
) -> QuantileSummary:
    """Take the three order statistics of one arm's values, shape (n,), without NaN."""
    n = len(values)
    lower, upper = quantile_ranks(n=n, q=q)
    ordered = np.partition(values, (lower - 1, upper - 1))
    return QuantileSummary(
        n=n,
        value=float(np.quantile(values, q)),
        lower=float(ordered[lower - 1]),
        upper=float(ordered[upper - 1]),
        n_missing=n_missing,
    )


def compare_quantiles(
    *,
    treatment: QuantileSummary,
    control: QuantileSummary,
    metric: Quantile,
    alpha: float = 0.05,
) -> Effect:
    """Estimate the effect on a quantile by z, without densities and without resampling.

    The two order statistics lie a known number of the rank's standard deviations apart,
    so their distance over that number is the sample quantile's standard error. Where they
    coincide, because many units share one value, test and interval are NaN.
    """

    def estimate(arm: QuantileSummary) -> Estimate:
        lower, upper = quantile_ranks(n=arm.n, q=metric.q)
        ranks = (upper - lower) / math.sqrt(arm.n * metric.q * (1 - metric.q))
        se = (arm.upper - arm.lower) / ranks
        return Estimate(
            value=arm.value, variance=se * se, df=math.inf, n=arm.n, n_missing=arm.n_missing
        )

    effect = effect_between(
        estimate(treatment), estimate(control), metric=metric.name, alpha=alpha
    )
    if treatment.lower < treatment.upper and control.lower < control.upper:
        return effect
    note = (
        f"many units share the value at the quantile {metric.q:g}, so an arm's standard "
        "error is unknown; a mean or a proportion says more"
    )
    return replace(
        effect,
        se=math.nan,
        statistic=math.nan,
        pvalue=math.nan,
        ci_lower=math.nan,
        ci_upper=math.nan,
        rel_ci_lower=math.nan,
        rel_ci_upper=math.nan,
        rel_method="undefined",
        notes=(note,),
    )


def _check(*, treatment: Moments, control: Moments, metric: Metric, alpha: float) -> None:
    if isinstance(metric, Quantile):
        raise InputError(f"{metric.name}: a quantile is compared with compare_quantiles()")
    if not 0 < alpha < 1:
        raise InputError(f"alpha must lie within 0–1, got {alpha}")
    expected = ("numerator", "denominator") if isinstance(metric, Ratio) else ("y",)
    if treatment.columns != control.columns or treatment.columns[: len(expected)] != expected:
        raise InputError(
            f"{metric.name}: needs the columns {expected}, then covariates, in both arms; "
            f"got {treatment.columns} and {control.columns}"
        )


def _gradient(arm: Moments, *, ratio: bool) -> NDArray[np.float64]:
    """Return the derivative of the arm's estimate by its outcome means."""
    if not ratio:
        return np.array([1.0])
    numerator, denominator = (float(mean) for mean in arm.mean[:2])
    if denominator == 0:
        raise NotEnoughDataError("a ratio is undefined: its denominator's mean is 0")
    return np.array([1 / denominator, -numerator / denominator**2])


def _value(arm: Moments, *, n_outcomes: int) -> float:
    mean = arm.mean
    return float(mean[0] / mean[1]) if n_outcomes == 2 else float(mean[0])


def _estimate(arm: Moments, *, gradient: NDArray[np.float64]) -> Estimate:
    k = len(gradient)
    variance = float(gradient @ arm.covariance[:k, :k] @ gradient) / arm.n
    return Estimate(
        value=_value(arm, n_outcomes=k),
        variance=max(variance, 0.0),
        df=arm.n - 1,
        n=arm.n,
        n_missing=arm.n_missing,
    )


def _proportion(arm: Moments) -> Estimate:
    if arm.n < 2:
        raise NotEnoughDataError(f"a proportion's effect needs at least 2 rows, got {arm.n}")
    share = arm.pilot[0] + arm.sums[0] / arm.n
    if not 0 <= share <= 1:
        raise InputError(f"a proportion lies within 0–1, got {share}")
    return Estimate(
        value=share,
        variance=share * (1 - share) / arm.n,
        df=math.inf,
        n=arm.n,
        n_missing=arm.n_missing,
    )


def _share_effect(arms: tuple[Moments, Moments], *, metric: Metric, alpha: float) -> Effect:
    shares = [_proportion(arm) for arm in arms]
    if sum(arm.variance == 0 for arm in shares) == 1:
        # One arm has no successes, or nothing else. Its share is not known for certain, so
        # it gets the variance of one more success and one more failure.
        shares = [_one_more_of_each(arm) if arm.variance == 0 else arm for arm in shares]
    effect = effect_between(*shares, metric=metric.name, alpha=alpha)
    rarest = min(arm.n * min(arm.value, 1 - arm.value) for arm in shares)
    if rarest >= MIN_EVENTS - 1e-6:
        return effect
    note = (
        f"an arm has fewer than {MIN_EVENTS} successes or failures, so the interval is a "
        "rough guide"
    )
    return replace(effect, notes=(*effect.notes, note))


def _one_more_of_each(arm: Estimate) -> Estimate:
    share = (arm.n * arm.value + 1) / (arm.n + 2)
    return replace(arm, variance=share * (1 - share) / (arm.n + 2))


def _pooled_theta(
    arms: tuple[Moments, ...], *, gradients: list[NDArray[np.float64]], n_outcomes: int
) -> NDArray[np.float64]:
    """Regress the (linearised) outcome on the covariates within the arms."""
    width = len(arms[0].columns) - n_outcomes
    within = np.zeros((width, width))
    cross = np.zeros(width)
    for arm, gradient in zip(arms, gradients, strict=True):
        scatter = arm.covariance * (arm.n - 1)
        within += scatter[n_outcomes:, n_outcomes:]
        cross += scatter[n_outcomes:, :n_outcomes] @ gradient
    # Unit variances make the rank decision of the solver independent of units; a constant
    # column (an indicator that never fires) gets coefficient 0.
    scale = np.sqrt(np.diag(within))
    scale[scale == 0] = 1.0
    solution = np.linalg.lstsq(within / np.outer(scale, scale), cross / scale, rcond=1e-10)
    return np.asarray(solution[0] / scale, dtype=float)


def _adjusted_effect(
    arms: tuple[Moments, ...],
    *,
    gradients: list[NDArray[np.float64]],
    metric: Metric,
    alpha: float,
) -> Effect:
    n_outcomes = len(metric.outcomes)
    theta = _pooled_theta(arms, gradients=gradients, n_outcomes=n_outcomes)
    covariate_means = [arm.mean[n_outcomes:] for arm in arms]
    n_obs = sum(arm.n for arm in arms)
    overall = sum(arm.n * m for arm, m in zip(arms, covariate_means, strict=True)) / n_obs
    estimates, raw_variance = [], 0.0
    for arm, gradient, mean in zip(arms, gradients, covariate_means, strict=True):
        raw = _estimate(arm, gradient=gradient)
        raw_variance += raw.variance
        full = np.concatenate([gradient, -theta])
        variance = float(full @ arm.covariance @ full) / arm.n
        estimates.append(
            Estimate(
                value=raw.value - float(theta @ (mean - overall)),
                variance=max(variance, 0.0),
                df=arm.n - 1,
                n=arm.n,
                n_missing=arm.n_missing,
            )
        )
    adjusted_variance = sum(estimate.variance for estimate in estimates)
    reduction = 1 - adjusted_variance / raw_variance if raw_variance > 0 else math.nan
    return effect_between(
        *estimates, metric=metric.name, alpha=alpha, variance_reduction=reduction
    )


def _welch_df(*parts: tuple[float, float], total: float) -> float:
    # Shares of the total, because the square of a variance can leave the range of doubles.
    weight = sum((variance / total) ** 2 / df for variance, df in parts) if total > 0 else 0.0
    return 1 / weight if weight > 0 else math.inf


def critical_value(alpha: float, *, df: float = math.inf) -> float:
    """Two-sided critical value of t, or of z where df is infinite."""
    return -t_quantile(alpha / 2, df=df)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Relative:
    size: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    method: RelativeMethod = "undefined"
    notes: tuple[str, ...] = ()


def _relative(treatment: Estimate, control: Estimate, *, alpha: float, df: float) -> _Relative:
    if control.value == 0:
        return _Relative(notes=("the control's value is 0, so nothing is relative to it",))
    ratio = treatment.value / control.value
    if treatment.variance + control.variance == 0:
        return _Relative(size=ratio - 1)
    distances = [
        abs(arm.value) / math.sqrt(arm.variance) if arm.variance > 0 else math.inf
        for arm in (treatment, control)
    ]
    if ratio <= 0 or min(distances) < FIELLER_BELOW:
        return _fieller(treatment, control, critical=critical_value(alpha, df=df))
    log_variances = [arm.variance / arm.value**2 for arm in (treatment, control)]
    variance = sum(log_variances)
    log_df = _welch_df(
        *zip(log_variances, (treatment.df, control.df), strict=True), total=variance
    )
    factor = math.exp(critical_value(alpha, df=log_df) * math.sqrt(variance))
    return _Relative(
        size=ratio - 1, lower=ratio / factor - 1, upper=ratio * factor - 1, method="log"
    )


def _fieller(treatment: Estimate, control: Estimate, *, critical: float) -> _Relative:
    """Return all ratios ρ with (T − ρC)² ≤ z²(v_T + ρ²v_C)."""
    ratio = treatment.value / control.value
    a = control.value**2 - critical**2 * control.variance
    b = treatment.value * control.value
    c = treatment.value**2 - critical**2 * treatment.variance
    if a <= 0:
        note = (
            "the control's value cannot be told from 0, so the relative effect has no "
            "bounded interval"
        )
        return _Relative(size=ratio - 1, notes=(note,))
    root = math.sqrt(max(b * b - a * c, 0.0))
    return _Relative(
        size=ratio - 1, lower=(b - root) / a - 1, upper=(b + root) / a - 1, method="fieller"
    )
