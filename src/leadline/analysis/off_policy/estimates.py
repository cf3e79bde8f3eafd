"""Off-policy estimates: inverse propensities, self-normalised, doubly robust.

The logged policy drew its actions with known probabilities; weighting each reward by
how much likelier the new policy makes its action gives the new policy's mean reward.
Where the new policy does what the old one hardly ever did, a few rows carry all the
weight, and the estimate is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MIN_EFFECTIVE = 200.0
"""Effective rows below which an estimate is refused: the normal interval leans on them."""

MIN_EFFECTIVE_SHARE = 0.01
"""Effective rows, as a share of all, below which a few rows decide everything."""

MIN_REWARDED = 10.0
"""Effective rewarded rows below which the interval is too narrow: the usual rule that a
normal interval of a rare event needs some ten of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A mean reward with its interval.

    Attributes
    ----------
    method : str
        `ips`, `snips` or `dr`.
    value, standard_error, ci_lower, ci_upper : float
        In the reward's unit, per decision.
    """

    method: str
    value: float
    standard_error: float
    ci_lower: float
    ci_upper: float


@dataclass(frozen=True, kw_only=True, slots=True)
class OffPolicy:
    """What the logs say of another policy.

    Attributes
    ----------
    n_rows : int
    effective : float
        (Σw)²/Σw²: how many rows the weighted ones are worth (Kish 1965).
    max_weight, mean_weight : float
        The mean is about 1 where propensities are right.
    logged : Estimate
        The mean reward of the policy that was logged.
    estimates : tuple of Estimate
        `ips`, `snips`, and `dr` where a reward model was given.
    refused : str
        Why the estimates decide nothing; empty where they may.
    warning : str
        What is odd about the weights; empty where nothing is.
    """

    n_rows: int
    effective: float
    max_weight: float
    mean_weight: float
    logged: Estimate
    estimates: tuple[Estimate, ...]
    refused: str
    warning: str

    @property
    def best(self) -> Estimate:
        """The doubly robust estimate where there is one, else the self-normalised.

        Raises
        ------
        NotEnoughDataError
            The estimates are refused.
        """
        if self.refused:
            raise NotEnoughDataError(
                self.refused,
                hint="Log more exploration towards the new policy, or run it as a shadow and "
                "then as a small experiment.",
            )
        return self.estimates[-1]


def off_policy(
    *,
    reward: ArrayLike,
    propensity: ArrayLike,
    target: ArrayLike,
    predicted_logged: ArrayLike | None = None,
    predicted_target: ArrayLike | None = None,
    alpha: float = 0.05,
    min_effective: float = MIN_EFFECTIVE,
    min_effective_share: float = MIN_EFFECTIVE_SHARE,
) -> OffPolicy:
    """Estimate the mean reward of a policy from decisions that another one made.

    Parameters
    ----------
    reward : array of shape (n_rows,)
    propensity : array of shape (n_rows,)
        How likely the logged policy was to choose what it chose, in (0, 1].
    target : array of shape (n_rows,)
        How likely the new policy is to choose the same, in [0, 1].
    predicted_logged, predicted_target : arrays of shape (n_rows,), optional
        A reward model's prediction for the logged action, and its mean over the new
        policy's actions; learned on other rows. With both, a doubly robust estimate.
    alpha : float
    min_effective, min_effective_share : float
        Effective rows below which the estimates are refused.

    Returns
    -------
    OffPolicy

    Raises
    ------
    InputError
        Lengths that differ, numbers that are not finite, probabilities that are none.
    NotEnoughDataError
        Fewer than two rows.

    References
    ----------
    Horvitz and Thompson (1952); Swaminathan and Joachims (2015), "The self-normalized
    estimator for counterfactual learning", eq. 8; Dudík, Langford and Li (2011), "Doubly
    robust policy evaluation and learning", eq. 2; Owen (2013), ch. 9, eq. 9.8, for the
    standard error of a self-normalised mean.
    """
    y, p, q = (_column(v, name) for v, name in (
        (reward, "reward"), (propensity, "propensity"), (target, "target"),
    ))  # fmt: skip
    _check(y, p, q, alpha)
    weight = q / p
    n = len(y)
    total = weight.sum()
    effective = float(total**2 / np.sum(weight**2)) if total > 0 else 0.0
    z = float(ndtri(1 - alpha / 2))
    found = [_mean("ips", weight * y, z), _self_normalised(weight, y, z)]
    if (predicted_logged is None) != (predicted_target is None):
        raise InputError("a doubly robust estimate needs both predictions, got one")
    if predicted_logged is not None and predicted_target is not None:
        before = _column(predicted_logged, "predicted_logged", n)
        after = _column(predicted_target, "predicted_target", n)
        found.append(_mean("dr", after + weight * (y - before), z))
    return OffPolicy(
        n_rows=n,
        effective=effective,
        max_weight=float(weight.max()),
        mean_weight=float(weight.mean()),
        logged=_mean("logged", y, z),
        estimates=tuple(found),
        refused=_refusal(effective, n, min_effective, min_effective_share)
        or _too_rare(weight * y),
        warning=_warning(weight, z),
    )


def _column(values: ArrayLike, name: str, n_rows: int | None = None) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise InputError(
            f"{name} is one column of finite numbers, got shape {found.shape} with "
            f"{int((~np.isfinite(found)).sum())} that are not",
            hint="Leave out decisions without an outcome or a propensity.",
        )
    if n_rows is not None and len(found) != n_rows:
        raise InputError(f"{name} has {len(found)} rows, the rewards have {n_rows}")
    return found


def _check(
    y: NDArray[np.float64], p: NDArray[np.float64], q: NDArray[np.float64], alpha: float
) -> None:
    if not len(y) == len(p) == len(q):
        raise InputError(
            f"reward, propensity and target differ in length: {len(y)}, {len(p)}, {len(q)}"
        )
    if len(y) < 2:
        raise NotEnoughDataError(f"an estimate needs at least 2 decisions, got {len(y)}")
    if not ((p > 0) & (p <= 1)).all():
        raise InputError(
            f"propensities lie within 0–1, above 0; got {p.min():g} to {p.max():g}",
            hint="A choice that the logged policy could not make teaches nothing.",
        )
    if not ((q >= 0) & (q <= 1)).all():
        raise InputError(f"target lies within 0–1, got {q.min():g} to {q.max():g}")
    if not 0 < alpha < 1:
        raise InputError(f"alpha must lie within 0–1, got {alpha}")


def _mean(method: str, values: NDArray[np.float64], z: float) -> Estimate:
    value = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    return _estimate(method, value, error, z)


def _self_normalised(weight: NDArray[np.float64], y: NDArray[np.float64], z: float) -> Estimate:
    total = weight.sum()
    if total <= 0:
        return _estimate("snips", float("nan"), float("nan"), z)
    value = float(np.sum(weight * y) / total)
    error = float(np.sqrt(np.sum((weight * (y - value)) ** 2)) / total)
    return _estimate("snips", value, error, z)


def _estimate(method: str, value: float, error: float, z: float) -> Estimate:
    return Estimate(
        method=method,
        value=value,
        standard_error=error,
        ci_lower=value - z * error,
        ci_upper=value + z * error,
    )


def _refusal(effective: float, n: int, minimum: float, share: float) -> str:
    needed = max(minimum, share * n)
    if effective >= needed:
        return ""
    return (
        f"{n:,} logged decisions are worth {effective:,.0f} for this policy, at least "
        f"{needed:,.0f} are needed: it does what was hardly ever done"
    )


def _too_rare(weighted: NDArray[np.float64]) -> str:
    squares = float(np.sum(weighted**2))
    rewarded = float(np.sum(np.abs(weighted)) ** 2 / squares) if squares > 0 else 0.0
    if rewarded >= MIN_REWARDED:
        return ""
    return (
        f"the rewards of this policy rest on {rewarded:.1f} effective rows that had any, at "
        f"least {MIN_REWARDED:.0f} are needed"
    )


def _warning(weight: NDArray[np.float64], z: float) -> str:
    """Say so where the mean weight is further from 1 than chance explains."""
    error = float(weight.std(ddof=1) / np.sqrt(len(weight)))
    gap = abs(float(weight.mean()) - 1)
    if gap <= 2 * z * error + 1e-9:
        return ""
    return (
        f"weights have mean {weight.mean():.3f} instead of 1: logged propensities or the new "
        "policy's probabilities are wrong, or it does what the log never did"
    )
