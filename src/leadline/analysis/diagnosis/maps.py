"""Maps from scores to better ones: of one number to three, and the isotonic one.

References
----------
Kull, Silva Filho and Flach (2017), Beta calibration: three numbers follow what two of Platt's
cannot and an isotonic map needs many rows for.
Duan (1983), Smearing estimate: the mean is lost where a transformed target is learned.
Guo et al. (2017), On calibration of modern neural networks: one temperature for many classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.problem.quiet import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

Map = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

ENOUGH_FOR_ISOTONIC = 1_000


def maps(problem: Problem, *, n: int) -> dict[str, Callable[..., Map]]:
    """Return the maps that are worth trying on `n` rows."""
    if not problem.is_classification:
        return {"one number added": _level, "linear": _linear}
    if problem.kind == "multiclass":
        return {"temperature": _temperature, "a temperature for each class": _multinomial}
    found: dict[str, Callable[..., Map]] = {"Platt": _platt, "beta": _beta}
    if n >= ENOUGH_FOR_ISOTONIC:
        found["isotonic"] = _isotonic
    return found


def cross_fitted(
    y: NDArray[np.float64],
    scores: NDArray[np.float64],
    fold: NDArray[np.intp],
    fit: Callable[..., Map],
    problem: Problem,
) -> NDArray[np.float64]:
    """Return scores mapped by maps that were fitted on other folds."""
    mapped = scores.copy()
    for k in np.unique(fold):
        others = fold != k
        if others.any() and (not problem.is_classification or np.unique(y[others]).size > 1):
            mapped[~others] = fit(scores[others], y[others])(scores[~others])
    return mapped


def logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds, with probabilities kept off 0 and 1."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def _platt(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    with quiet():
        model = LogisticRegression(C=100.0).fit(logit(scores)[:, None], y)
    return lambda new: np.asarray(model.predict_proba(logit(new)[:, None])[:, 1])


def _beta(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    def features(p: NDArray[np.float64]) -> NDArray[np.float64]:
        p = np.clip(p, 1e-4, 1 - 1e-4)
        return np.column_stack([np.log(p), np.log1p(-p)])

    with quiet():
        model = LogisticRegression(C=100.0, max_iter=200).fit(features(scores), y)
    return lambda new: np.asarray(model.predict_proba(features(new))[:, 1])


def _isotonic(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415

    model = IsotonicRegression(out_of_bounds="clip").fit(scores, y)
    # Shrunk towards the rate: a bin of a few rows must not promise 0 or 1.
    n, rate = y.size, float(y.mean())
    return lambda new: np.asarray((model.predict(new) * n + rate * 20) / (n + 20))


def _temperature(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    """Find the power of all scores that leaves the least loss."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 (scipy takes long to import)

    def mapped(new: NDArray[np.float64], power: float) -> NDArray[np.float64]:
        logs = power * np.log(np.clip(new, 1e-6, 1.0))
        raised = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    rows = np.arange(y.size)

    def loss(log_power: float) -> float:
        p = mapped(scores, float(np.exp(log_power)))[rows, y]
        return float(-np.log(np.clip(p, 1e-6, 1.0)).mean())

    best = float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))
    return lambda new: mapped(new, best)


def _multinomial(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    k = scores.shape[1]

    def features(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.log(np.clip(p, 1e-4, 1.0)))

    with quiet():
        model = LogisticRegression(C=1.0, max_iter=200).fit(features(scores), y)

    def mapped(new: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.full((len(new), k), 1e-6)
        out[:, model.classes_.astype(int)] = model.predict_proba(features(new))
        return out

    return mapped


def _level(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    by = float(y.mean() - scores.mean())
    return lambda new: np.asarray(new + by)


def factor(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    """Bring the mean back that is lost where the logarithm of the target was learned."""
    by = float(y.mean() / scores.mean())
    return lambda new: np.asarray(new * by)


def _linear(scores: NDArray[np.float64], y: NDArray[np.float64]) -> Map:
    spread = float(scores.var())
    slope = float(np.cov(scores, y, bias=True)[0, 1]) / spread if spread > 0 else 1.0
    centre, level = float(scores.mean()), float(y.mean())
    return lambda new: np.asarray(level + slope * (new - centre))
