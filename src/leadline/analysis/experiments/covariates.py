"""CUPED: estimates of two arms, adjusted by what was known before the experiment."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.estimates import mean_estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.experiments.estimates import Estimate
    from leadline.analysis.experiments.moments import Moments


def adjusted_estimates(
    arms: tuple[Moments, Moments], *, gradients: list[NDArray[np.float64]]
) -> tuple[tuple[Estimate, Estimate], float]:
    """Take out of both arms what their covariates explain.

    Parameters
    ----------
    arms : treatment and control
        Moments of the outcomes, then of the covariates.
    gradients : list of array
        Each arm's derivative of the estimate by its outcome means.

    Returns
    -------
    estimates : treatment and control
        As if both had the covariates of all units together.
    reduction : float
        Share of the effect's variance that is gone; NaN where there was none.

    References
    ----------
    Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data", WSDM.
    """
    n_outcomes = len(gradients[0])
    theta = pooled_theta(arms, gradients=gradients, n_outcomes=n_outcomes)
    covariate_means = [arm.mean[n_outcomes:] for arm in arms]
    n_obs = sum(arm.n for arm in arms)
    overall = sum(arm.n * m for arm, m in zip(arms, covariate_means, strict=True)) / n_obs
    raw = [mean_estimate(arm, gradient=g) for arm, g in zip(arms, gradients, strict=True)]
    adjusted = []
    for arm, gradient, mean, estimate in zip(
        arms, gradients, covariate_means, raw, strict=True
    ):
        full = np.concatenate([gradient, -theta])
        variance = float(full @ arm.covariance @ full) / arm.n
        value = estimate.value - float(theta @ (mean - overall))
        adjusted.append(replace(estimate, value=value, variance=max(variance, 0.0)))
    before, after = (sum(one.variance for one in found) for found in (raw, adjusted))
    return (adjusted[0], adjusted[1]), 1 - after / before if before > 0 else math.nan


def pooled_theta(
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
