"""A design in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.library.wording import number_in_words

if TYPE_CHECKING:
    from leadline.library.designs import ExperimentDesign


def design_lines(result: ExperimentDesign) -> list[str]:
    """Return what a design asks for, in a few sentences."""
    plan, sizing = result.plan, result.sizing
    metric = plan.primaries[0].name
    arms = ", ".join(
        f"{arm} {n:,}" for arm, n in zip(_arms(result), sizing.n_per_arm, strict=True)
    )
    share = (
        ""
        if math.isnan(result.mean)
        else f" (mean now {number_in_words(result.mean, digits=3)})"
    )
    lines = [
        f"{sizing.n_obs:,} units in all ({arms}) find an effect of "
        f"{number_in_words(sizing.mde, digits=3)} on {metric}{share} "
        f"{100 * plan.power:.0f} % of the time."
    ]
    if result.duration:
        is_longer = result.history is not None and result.duration.extrapolated
        longer = " (longer than the history; its last week is repeated)" if is_longer else ""
        weeks = result.duration.weeks
        lines.append(f"They take {weeks} whole week{'s' * (weeks > 1)} to arrive{longer}.")
    else:
        lines.append(
            "How long they take is unknown: give a history with days, or units per day."
        )
    if plan.looks > 1:
        lines.append(
            f"{plan.looks} looks cost {100 * (sizing.inflation - 1):.1f} % more units than "
            f"one; if the effect is there, {100 * sizing.expected_share:.0f} % of them are "
            f"needed on average. Reading p < {plan.alpha:g} at each look instead would find an "
            f"effect that is not there {100 * sizing.peeking_type_1_error:.0f} % of the time."
        )
        bounds = ", ".join(f"{z:.2f}" for z in sizing.bounds.z)
        lines.append(f"Stop at a look when |z| reaches: {bounds}.")
    if result.history and result.history.variance_reduction:
        lines.append(
            f"Covariates removed {100 * result.history.variance_reduction:.0f} % of the "
            "variance in the history; that is counted in."
        )
    if plan.green_light:
        lines.append(
            f"Green light: {plan.green_light.metric} of at least "
            f"{plan.green_light.threshold:g} offline, before users see it."
        )
    if result.calibration and result.calibration.proven:
        needed = sizing.mde / result.calibration.slope
        lines.append(
            f"Predictions: {result.calibration.state}, so an offline gain of "
            f"{number_in_words(needed, digits=3)} or more promises the smallest effect that "
            "matters."
        )
    elif result.calibration:
        lines.append(
            f"Predictions: {result.calibration.state}; an offline gain promises nothing yet."
        )
    return lines


def _arms(result: ExperimentDesign) -> list[str]:
    control = result.plan.control
    return [control, *(arm for arm in result.plan.weights if arm != control)]
