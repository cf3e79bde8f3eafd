"""Do two samples differ, and where do they overlap?

References
----------
Cai, Namkoong and Yadlowsky (2023), Diagnosing model performance under distribution shift
(DISDE): a drop of performance is divided on the space that both samples share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis.samples import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ROWS = 10_000
FOLDS = 3
_WEIGHT = {False: "sample_weight", True: "logisticregression__sample_weight"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """A cross-fitted classifier between an old and a new sample.

    Attributes
    ----------
    auc, standard_error : float
        Of telling new rows from old; the error under "no difference".
    old, new : array
        Probability that a row is new, had both samples the same size.
    """

    auc: float
    standard_error: float
    old: NDArray[np.float64]
    new: NDArray[np.float64]

    def differs(self, least: float, errors: float = 3.0) -> bool:
        """Whether the AUC is above `least` and that many standard errors above one half."""
        return self.auc > least and self.auc > 0.5 + errors * self.standard_error


def domain(
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    *,
    categorical: NDArray[np.bool_],
    rng: np.random.Generator,
    old_weight: NDArray[np.float64] | None = None,
    linear: bool = False,
) -> Domain:
    """Train the classifier on folds and score every row once.

    Parameters
    ----------
    old, new : arrays of shape (n, k) and (m, k)
        Encoded rows; nan is a value of its own.
    old_weight : array of shape (n,), optional
        Asks whether the old sample, so weighted, still differs from the new one.
    linear : bool
        Look along one direction only: of few rows that shows a plain move which trees miss.
    """
    n, m = len(old), len(new)
    rows = np.concatenate([old, new])
    is_new = np.repeat([0, 1], [n, m])
    weight = np.ones(n) if old_weight is None else old_weight * n / old_weight.sum()
    weight = np.concatenate([weight, np.ones(m)])
    fold = np.concatenate([rng.permutation(n) % FOLDS, rng.permutation(m) % FOLDS])
    p = np.empty(n + m)
    for k in range(FOLDS):
        train = np.flatnonzero(fold != k)
        if train.size > MOST_ROWS:
            train = rng.choice(train, size=MOST_ROWS, replace=False)
        model = _direction() if linear else _trees(train.size, categorical)
        known = rows[train]
        # Trees take half a second longer for weights: they bin 200,000 rows drawn by them.
        weighed = {} if old_weight is None else {_WEIGHT[linear]: weight[train]}
        model.fit(filled(known, known), is_new[train], **weighed)
        p[fold == k] = model.predict_proba(filled(rows[fold == k], known))[:, 1]
    p = p * n / (p * n + (1 - p) * m)  # had both the same size
    auc = _weighted_auc(is_new, p, weight)
    effective = weight[:n].sum() ** 2 / (weight[:n] ** 2).sum()
    error = float(np.sqrt((effective + m + 1) / (12 * effective * m)))
    return Domain(auc=auc, standard_error=error, old=p[:n], new=p[n:])


def _trees(n: int, categorical: NDArray[np.bool_]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    return HistGradientBoostingClassifier(
        max_iter=40,
        max_leaf_nodes=8,
        min_samples_leaf=max(10, min(100, n // 40)),
        early_stopping=False,
        categorical_features=categorical if categorical.any() else None,
        random_state=0,
    )


def _direction() -> Any:
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 (import leadline stays light)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(),
    )


def _weighted_auc(
    y: NDArray[np.intp], p: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    new, old = p[y == 1], p[y == 0]
    order = np.argsort(old)
    total = np.concatenate([[0.0], np.cumsum(weight[y == 0][order])])
    below = total[np.searchsorted(old[order], new, side="left")]
    upto = total[np.searchsorted(old[order], new, side="right")]
    return float(((below + upto) / 2).mean() / total[-1])


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """How a rise of the loss divides.

    Attributes
    ----------
    total, total_error : float
        Loss on new rows less loss on old rows, and its standard error.
    concept, concept_error : float
        The part on rows that both samples share: the same rows are answered otherwise.
    covariate : float
        The rest: other rows come.
    shared : float
        Share of new rows (weighted) that lie where old rows lie too, 0–1.
    """

    total: float
    total_error: float
    concept: float
    concept_error: float
    covariate: float
    shared: float


def divide(
    old_losses: NDArray[np.float64], new_losses: NDArray[np.float64], where: Domain
) -> Split:
    """Divide a rise of the loss into concept and covariate parts on the shared space."""
    old_weight, new_weight = where.old, 1 - where.new
    before, before_error = _mean(old_losses, old_weight)
    after, after_error = _mean(new_losses, new_weight)
    total = float(new_losses.mean() - old_losses.mean())
    concept = after - before
    return Split(
        total=total,
        total_error=float(
            np.sqrt(old_losses.var() / old_losses.size + new_losses.var() / new_losses.size)
        ),
        concept=concept,
        concept_error=float(np.hypot(before_error, after_error)),
        covariate=total - concept,
        shared=float(np.minimum(1.0, 2 * new_weight).mean()),
    )


def _mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    total = float(weight.sum())
    mean = float(weight @ values / total)
    return mean, float(np.sqrt(np.sum((weight * (values - mean)) ** 2)) / total)


def distance(old: NDArray[np.float64], new: NDArray[np.float64], *, categorical: bool) -> float:
    """Kolmogorov–Smirnov distance of numbers, total variation of categories; 0–1.

    Missing values count as a value of their own, below all others.
    """
    old, new = (np.where(np.isnan(v), -np.inf, v) for v in (old, new))
    if categorical:
        values, codes = np.unique(np.concatenate([old, new]), return_inverse=True)
        shares = [
            np.bincount(part, minlength=values.size) / part.size
            for part in (codes[: old.size], codes[old.size :])
        ]
        return float(np.abs(shares[0] - shares[1]).sum() / 2)
    grid = np.concatenate([old, new])
    cdf = [np.searchsorted(np.sort(v), grid, side="right") / v.size for v in (old, new)]
    return float(np.abs(cdf[0] - cdf[1]).max())


def counted_distance(
    old: NDArray[np.float64], new: NDArray[np.float64], *, categorical: bool
) -> float:
    """Return the same distance of rows that are counted by bin.

    Parameters
    ----------
    old, new : arrays of shape (n_bins,)
        Rows of each side by bin, in order; the last bin holds the missing values.
    """
    shares = [np.roll(counts, 1) / counts.sum() for counts in (old, new)]  # missing lie below
    apart = shares[0] - shares[1]
    return float(np.abs(apart).sum() / 2 if categorical else np.abs(apart.cumsum()).max())
