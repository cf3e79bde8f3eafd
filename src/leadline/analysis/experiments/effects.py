"""Effects of a treatment against the control, from moments alone.

An arm's estimate stands in `estimates`, what covariates take out of it in `covariates`;
quantiles, which moments cannot tell, stand in `quantile_effects`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from leadline.analysis.experiments.covariates import adjusted_estimates
from leadline.analysis.experiments.estimates import (
    critical_value,
    gradient_of,
    mean_estimate,
    one_more_of_each,
    share_estimate,
    two_sided_pvalue,
    welch_df,
)
from leadline.analysis.experiments.metrics import Proportion, Quantile, Ratio
from leadline.analysis.experiments.relative_effects import relative_effect
from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.analysis.experiments.estimates import Estimate
    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.moments import Moments
    from leadline.analysis.experiments.relative_effects import RelativeMethod

MIN_EVENTS = 10
"""Successes and failures that each arm of a proportion needs for a normal interval."""


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
    gradients = [gradient_of(arm, ratio=isinstance(metric, Ratio)) for arm in arms]
    if adjusted:
        pair, reduction = adjusted_estimates(arms, gradients=gradients)
        return effect_between(
            *pair, metric=metric.name, alpha=alpha, variance_reduction=reduction
        )
    estimates = (mean_estimate(arm, gradient=g) for arm, g in zip(arms, gradients, strict=True))
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
    infinite); `relative_effect` says how the relative one is found.
    """
    difference = treatment.value - control.value
    variance = treatment.variance + control.variance
    se = math.sqrt(variance)
    notes: tuple[str, ...] = ()
    if se == 0:
        notes = ("no unit differs from another, so there is no test and no interval",)
    df = welch_df(
        (treatment.variance, treatment.df), (control.variance, control.df), total=variance
    )
    half = critical_value(alpha, df=df) * se if se > 0 else math.nan
    statistic = difference / se if se > 0 else math.nan
    relative = relative_effect(treatment, control, alpha=alpha, df=df)
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


def _share_effect(arms: tuple[Moments, Moments], *, metric: Metric, alpha: float) -> Effect:
    shares = [share_estimate(arm) for arm in arms]
    if sum(arm.variance == 0 for arm in shares) == 1:
        # One arm has no successes, or nothing else. Its share is not known for certain, so
        # it gets the variance of one more success and one more failure.
        shares = [one_more_of_each(arm) if arm.variance == 0 else arm for arm in shares]
    effect = effect_between(*shares, metric=metric.name, alpha=alpha)
    rarest = min(arm.n * min(arm.value, 1 - arm.value) for arm in shares)
    if rarest >= MIN_EVENTS - 1e-6:
        return effect
    note = (
        f"an arm has fewer than {MIN_EVENTS} successes or failures, so the interval is a "
        "rough guide"
    )
    return replace(effect, notes=(*effect.notes, note))
