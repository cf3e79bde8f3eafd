"""Guardrails: has the treatment been shown to do no more harm than was agreed?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leadline.analysis.experiments.estimates import critical_value
from leadline.analysis.experiments.metrics import Proportion
from leadline.analysis.tails import t_cdf
from leadline.errors import InputError

if TYPE_CHECKING:
    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.metrics import Metric

GuardrailState = Literal["passed", "breached", "unproven"]
"""Non-inferior; worse than the margin for sure; neither can be said yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardrailResult:
    """Whether harm beyond the margin is excluded.

    Attributes
    ----------
    metric : str
    state : {"passed", "breached", "unproven"}
        "passed": the interval excludes harm beyond the margin. "breached": it lies
        wholly beyond the margin. "unproven": it holds the margin.
    harm : float
        Effect in the harmful direction, in the metric's unit; negative is a gain.
    worst_harm : float
        Upper end of the one-sided 1 − alpha interval of the harm.
    margin : float
        The largest acceptable harm, in the metric's unit.
    pvalue : float
        One-sided, of "the harm is at least the margin".
    alpha : float
    reason : str
        One sentence.
    """

    metric: str
    state: GuardrailState
    harm: float
    worst_harm: float
    margin: float
    pvalue: float
    alpha: float
    reason: str

    @property
    def passed(self) -> bool:
        """Whether shipping is safe as far as this metric goes."""
        return self.state == "passed"


def non_inferiority(*, effect: Effect, metric: Metric, alpha: float = 0.05) -> GuardrailResult:
    """Test whether the treatment is worse than the control by less than the margin.

    Parameters
    ----------
    effect : Effect
        Of the guardrail metric.
    metric : Metric
        With `margin` or `rel_margin`; a relative margin is a share of the control's
        absolute value.
    alpha : float
        One-sided level.

    Raises
    ------
    InputError
        The metric declares no margin.

    References
    ----------
    Schultzberg, Ankargren and Frånberg (2024), "Risk-aware product decisions in A/B
    tests with multiple metrics", arXiv:2402.11609: each guardrail at the full alpha,
    because all must pass.
    """
    if metric.margin is not None:
        margin = metric.margin
    elif metric.rel_margin is not None:
        margin = metric.rel_margin * abs(effect.control)
    else:
        raise InputError(f"{metric.name}: non-inferiority needs margin or rel_margin")
    harm = -effect.effect_size if metric.higher_is_better else effect.effect_size
    if not effect.se > 0 and isinstance(metric, Proportion) and harm == 0:
        return _nobody_harmed(effect, metric, margin=margin, alpha=alpha)
    if not effect.se > 0:
        return GuardrailResult(
            metric=metric.name,
            state="unproven",
            harm=harm,
            worst_harm=math.nan,
            margin=margin,
            pvalue=math.nan,
            alpha=alpha,
            reason="; ".join(effect.notes),
        )
    pvalue = t_cdf((harm - margin) / effect.se, df=effect.df)
    reverse = t_cdf((margin - harm) / effect.se, df=effect.df)
    state: GuardrailState = "unproven"
    if pvalue <= alpha:
        state = "passed"
    elif reverse <= alpha:
        state = "breached"
    worst = harm + critical_value(2 * alpha, df=effect.df) * effect.se
    said = {
        "passed": "harm beyond the margin is excluded",
        "breached": "the harm is beyond the margin",
        "unproven": "harm beyond the margin is neither shown nor excluded",
    }[state]
    return GuardrailResult(
        metric=metric.name,
        state=state,
        harm=harm,
        worst_harm=worst,
        margin=margin,
        pvalue=pvalue,
        alpha=alpha,
        reason=f"{said}: at most {worst:.4g} against {margin:.4g}",
    )


def _nobody_harmed(
    effect: Effect, metric: Metric, *, margin: float, alpha: float
) -> GuardrailResult:
    """Bound a harm of which no unit of either arm had any, or all had: exactly.

    With no event among n units, a rate of p would have shown one but for a chance of
    (1 − p)ⁿ (Clopper and Pearson 1934; near 0 the rule of three). Where all units are
    harmed in both arms, it is the control that could have been better by so much.
    """
    at_best = effect.treatment == float(metric.higher_is_better)
    n = effect.n_treatment if at_best else effect.n_control
    worst = 1 - alpha ** (1 / n)
    pvalue = max(0.0, 1 - margin) ** n
    passed = worst <= margin
    said = "harm beyond the margin is excluded" if passed else "too few units to exclude harm"
    return GuardrailResult(
        metric=metric.name,
        state="passed" if passed else "unproven",
        harm=0.0,
        worst_harm=worst,
        margin=margin,
        pvalue=pvalue,
        alpha=alpha,
        reason=f"{said}: no unit was harmed; at most {worst:.4g} against {margin:.4g}",
    )
