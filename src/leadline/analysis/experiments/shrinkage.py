"""What a measured effect is worth once it is known that winners were chosen.

The effects of all concluded experiments, losers included, show how large effects really
are here. That distribution is the prior; each measured effect is then drawn towards it
by as much as its own noise deserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from leadline.analysis.tails import normal_cdfs
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MIN_EXPERIMENTS = 20
"""Below this many concluded experiments the default prior stands alone."""

DEFAULT_STRENGTH = 10.0
"""How many imaginary experiments the default prior counts for when own ones exist."""

_NULL_WEIGHT = 0.2
_TYPICAL_SIZE = 0.92  # of an effect, in standard errors
_LOG_SPREAD = 0.7
_FEW = 20_000  # values whose distribution takes less time than SciPy's import
_STEPS = 1000
_TOLERANCE = 1e-5


_Mixture: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]"
"""Shares, means and standard deviations, each (n_effects, n_components)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prior:
    """A scale mixture of normals around zero: Σ weightₖ · N(0, scaleₖ²).

    Attributes
    ----------
    scales : tuple of float, length n_components
        Standard deviations, increasing; the first is 0, an effect that is nothing.
    weights : tuple of float, length n_components
        Shares, summing to 1.
    n_experiments : int
        Measured effects that it was fitted on.
    source : {"default", "experiments"}
        Whether these weights were assumed or learned.
    """

    scales: tuple[float, ...]
    weights: tuple[float, ...]
    n_experiments: int
    source: Literal["default", "experiments"]

    @property
    def probability_positive(self) -> float:
        """Chance that a change, of which nothing is known yet, does good."""
        return sum(w for w, g in zip(self.weights, self.scales, strict=True) if g > 0) / 2

    @property
    def positive_part(self) -> float:
        """Mean of max(effect, 0): what a change of which nothing is known is worth."""
        return float(np.dot(self.weights, self.scales) / np.sqrt(2 * np.pi))

    @property
    def sd(self) -> float:
        """Standard deviation of true effects."""
        return float(np.sqrt(np.dot(self.weights, np.square(self.scales))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Shrunken:
    """Posterior of each true effect; every array has shape (n_effects,).

    Attributes
    ----------
    mean, sd : array
        Posterior mean and standard deviation, in the effects' unit.
    lower, upper : array
        Equal-tailed interval: quantiles of the posterior mixture.
    probability_positive : array
        Posterior probability that the true effect is above 0.
    positive_part : array
        Posterior mean of max(effect, 0): what an option to ship it is worth.
    alpha : float
    """

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    probability_positive: NDArray[np.float64]
    positive_part: NDArray[np.float64]
    alpha: float


def default_prior(*, typical_se: float) -> Prior:
    """Return the prior for a team without a history of its own.

    A fifth of the changes do nothing. The others have effects whose size is spread
    log-normally (sd 0.7 on the log scale) around 0.92 typical standard errors: teams size
    experiments so that plausible effects are about as large as the noise. How this does
    on real experiments is in `benchmarks/results/winners_curse.md`.

    Parameters
    ----------
    typical_se : float
        Median standard error of the experiments at hand, above 0.
    """
    if not 0 < typical_se < np.inf:
        raise InputError(f"the typical standard error must be above 0, got {typical_se}")
    scales = typical_se * np.array([0.0, *np.sqrt(2.0) ** np.arange(-8, 7)])
    weights = _default_weights(scales, typical_se=typical_se)
    return Prior(
        scales=tuple(scales.tolist()),
        weights=tuple(weights.tolist()),
        n_experiments=0,
        source="default",
    )


def fit_prior(effect_sizes: ArrayLike, standard_errors: ArrayLike) -> Prior:
    """Learn how large true effects are from all concluded experiments.

    Weights on a fixed grid of scales by expectation maximisation; the default prior takes
    part as ten imaginary experiments, so that twenty real ones are not over-read. Below
    `MIN_EXPERIMENTS` it is returned as it is.

    Parameters
    ----------
    effect_sizes, standard_errors : array of shape (n_experiments,)
        All concluded experiments, losers included, in one unit; standard errors above 0.

    Raises
    ------
    NotEnoughDataError
        No experiment at all.

    References
    ----------
    Stephens (2017), "False discovery rates: a new deal", Biostatistics 18(2), section 2
    and its supplement (mixture of normals, grid by factors of √2, penalised EM).
    """
    x, s = _checked(effect_sizes, standard_errors)
    if len(x) == 0:
        raise NotEnoughDataError("a prior needs at least 1 concluded experiment, got 0")
    typical = float(np.median(s))
    if len(x) < MIN_EXPERIMENTS:
        return default_prior(typical_se=typical)
    scales = _grid(x, s)
    imagined = DEFAULT_STRENGTH * _default_weights(scales, typical_se=typical)
    likelihood = _likelihood(x, s, scales=scales)
    weights = imagined / imagined.sum()
    for _ in range(_STEPS):
        updated = weights * (likelihood.T @ (1 / (likelihood @ weights))) + imagined
        updated /= updated.sum()
        moved = np.abs(updated - weights).max()
        weights = updated
        if moved < _TOLERANCE:
            break
    return Prior(
        scales=tuple(scales.tolist()),
        weights=tuple(weights.tolist()),
        n_experiments=len(x),
        source="experiments",
    )


def shrink(
    effect_sizes: ArrayLike,
    standard_errors: ArrayLike,
    *,
    prior: Prior,
    alpha: float = 0.05,
) -> Shrunken:
    """Draw measured effects towards what effects usually are.

    Parameters
    ----------
    effect_sizes, standard_errors : array of shape (n_effects,)
        In the prior's unit.
    prior : Prior
    alpha : float
        1 − the intervals' level.

    References
    ----------
    Stephens (2017), "False discovery rates: a new deal", Biostatistics 18(2), eq. 2.4.
    """
    x, s = _checked(effect_sizes, standard_errors)
    scales = np.asarray(prior.scales)
    joint = _likelihood(x, s, scales=scales) * np.asarray(prior.weights)
    shares = joint / joint.sum(axis=1, keepdims=True)
    total = s[:, None] ** 2 + scales**2
    means = x[:, None] * scales**2 / total
    variances = s[:, None] ** 2 * scales**2 / total
    mean = (shares * means).sum(axis=1)
    variance = (shares * (variances + (means - mean[:, None]) ** 2)).sum(axis=1)
    sds = np.sqrt(variances)
    return Shrunken(
        mean=mean,
        sd=np.sqrt(variance),
        lower=_quantile(alpha / 2, around=(mean, variance), mixture=(shares, means, sds)),
        upper=_quantile(1 - alpha / 2, around=(mean, variance), mixture=(shares, means, sds)),
        positive_part=(shares * _positive_part(means, sds)).sum(axis=1),
        probability_positive=1 - _cdf(np.zeros(len(x)), mixture=(shares, means, sds)),
        alpha=alpha,
    )


def _positive_part(means: NDArray[np.float64], sds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return E[max(x, 0)] of normals: m·Φ(m/s) + s·φ(m/s)."""
    z = means / np.where(sds > 0, sds, 1.0)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    smooth = means * _normal_cdfs(z) + sds * density
    return np.asarray(np.where(sds > 0, smooth, np.maximum(means, 0)))


def _normal_cdfs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P(Z ≤ x), without SciPy where its import would take longer than the answer."""
    if x.size <= _FEW:
        return normal_cdfs(x)
    from scipy.special import ndtr  # noqa: PLC0415 - a third of a second, rarely needed

    return np.asarray(ndtr(x))


def _checked(
    effect_sizes: ArrayLike, standard_errors: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = np.asarray(effect_sizes, dtype=float)
    s = np.asarray(standard_errors, dtype=float)
    if x.ndim != 1 or x.shape != s.shape:
        raise InputError(f"one standard error for each effect, got {s.shape} for {x.shape}")
    if not (np.isfinite(x).all() and np.isfinite(s).all() and (s > 0).all()):
        raise InputError(
            "effects must be finite and their standard errors above 0",
            hint="Leave out experiments without a standard error.",
        )
    return x, s


def _grid(x: NDArray[np.float64], s: NDArray[np.float64]) -> NDArray[np.float64]:
    typical = float(np.median(s))
    largest = 2 * np.sqrt(max(float((x**2 - s**2).max()), typical**2))
    steps = int(np.ceil(2 * np.log2(largest / typical)))
    return typical * np.array([0.0, *np.sqrt(2.0) ** np.arange(-8, max(steps, 6) + 1)])


def _default_weights(scales: NDArray[np.float64], *, typical_se: float) -> NDArray[np.float64]:
    distance = np.log(scales[1:] / (_TYPICAL_SIZE * typical_se)) / _LOG_SPREAD
    sized = np.exp(-0.5 * distance**2)
    return np.array([_NULL_WEIGHT, *((1 - _NULL_WEIGHT) * sized / sized.sum())])


def _likelihood(
    x: NDArray[np.float64], s: NDArray[np.float64], *, scales: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the marginal likelihood by component, each row divided by its largest."""
    total = s[:, None] ** 2 + scales**2
    logs = -0.5 * (np.log(total) + x[:, None] ** 2 / total)
    return np.asarray(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _cdf(at: NDArray[np.float64], *, mixture: _Mixture) -> NDArray[np.float64]:
    """Return P(effect ≤ at); a component of scale 0 is a step at its mean, 0."""
    shares, means, sds = mixture
    distance = at[:, None] - means
    smooth = _normal_cdfs(distance / np.where(sds > 0, sds, 1.0))
    return np.asarray((shares * np.where(sds > 0, smooth, distance >= 0)).sum(axis=1))


def _quantile(
    p: float,
    *,
    around: tuple[NDArray[np.float64], NDArray[np.float64]],
    mixture: _Mixture,
) -> NDArray[np.float64]:
    """Bisect the mixture's distribution function, all effects at once.

    By Cantelli's inequality no quantile lies further from the mean than √((1 − p)/p) or
    √(p/(1 − p)) standard deviations.
    """
    mean, variance = around
    reach = np.sqrt(variance * max(p, 1 - p) / min(p, 1 - p))
    low, high = mean - reach, mean + reach
    for _ in range(30):
        middle = (low + high) / 2
        below = _cdf(middle, mixture=mixture) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    middle = (low + high) / 2
    at_step = (low <= 0) & (high >= 0)  # a step at 0 takes many quantiles: they are 0
    return np.asarray(np.where(at_step, 0.0, middle))
