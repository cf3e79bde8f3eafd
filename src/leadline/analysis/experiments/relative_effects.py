"""Relative effects: treatment over control, minus one, with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leadline.analysis.experiments.estimates import critical_value, welch_df

if TYPE_CHECKING:
    from leadline.analysis.experiments.estimates import Estimate

FIELLER_BELOW = 5.0
"""A mean closer to zero than this many standard errors gets Fieller's interval."""

RelativeMethod = Literal["log", "fieller", "undefined"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relative:
    size: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    method: RelativeMethod = "undefined"
    notes: tuple[str, ...] = ()


def relative_effect(
    treatment: Estimate, control: Estimate, *, alpha: float, df: float
) -> Relative:
    """Return the ratio of two independent estimates, minus one.

    The interval is the delta method's on the log ratio; where either arm lies within
    `FIELLER_BELOW` standard errors of zero it is Fieller's. A control at or below zero
    leaves everything undefined: a loss that shrinks would be called a decrease.

    Parameters
    ----------
    df : float
        Degrees of freedom for Fieller's interval.

    References
    ----------
    Fieller (1954), "Some problems in interval estimation", JRSS B 16(2).
    """
    if control.value <= 0:
        found = "0" if control.value == 0 else "negative"
        note = f"the control's value is {found}, so nothing is relative to it"
        return Relative(notes=(note,))
    ratio = treatment.value / control.value
    if treatment.variance + control.variance == 0:
        return Relative(size=ratio - 1)
    distances = [
        abs(arm.value) / math.sqrt(arm.variance) if arm.variance > 0 else math.inf
        for arm in (treatment, control)
    ]
    if ratio <= 0 or min(distances) < FIELLER_BELOW:
        return _fieller(treatment, control, critical=critical_value(alpha, df=df))
    log_variances = [arm.variance / arm.value**2 for arm in (treatment, control)]
    variance = sum(log_variances)
    log_df = welch_df(
        *zip(log_variances, (treatment.df, control.df), strict=True), total=variance
    )
    factor = math.exp(critical_value(alpha, df=log_df) * math.sqrt(variance))
    return Relative(
        size=ratio - 1, lower=ratio / factor - 1, upper=ratio * factor - 1, method="log"
    )


def _fieller(treatment: Estimate, control: Estimate, *, critical: float) -> Relative:
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
        return Relative(size=ratio - 1, notes=(note,))
    root = math.sqrt(max(b * b - a * c, 0.0))
    return Relative(
        size=ratio - 1, lower=(b - root) / a - 1, upper=(b + root) / a - 1, method="fieller"
    )
