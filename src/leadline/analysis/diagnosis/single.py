"""What one column brings alone, and whether it is a copy of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis.samples import filled
from leadline.analysis.problem.losses import row_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.kinds import Problem

BINS = 30
PRIOR_ROWS = 10.0
RIDGE = 10.0


def column_shares(
    sample: Sample, *, problem: Problem, categorical: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the share of the constant's loss that each column takes away alone.

    Cross-fitted on two halves in 30 bins of equal size (codes for categories), so that a
    column of unique values brings nothing. A number may take more away of a number by a
    straight line: where the largest few answers are most of the loss, they share one bin.
    """
    n = len(sample)
    half = np.arange(n) % 2
    target = _columns_of(sample.target, problem)
    constant = _loss(sample, np.tile(target.mean(axis=0), (n, 1)), problem)
    shares = np.empty(sample.matrix.shape[1])
    for j in range(shares.size):
        predicted = np.empty_like(target)
        for side in (0, 1):
            known, held = half == side, half != side
            code = _codes(sample.matrix[:, j], known, is_category=bool(categorical[j]))
            predicted[held] = _bin_means(code[known], target[known])[code[held]]
        loss = _loss(sample, predicted, problem)
        if not (problem.is_classification or categorical[j]):
            for side in (0, 1):
                line = _line(sample.matrix[:, j], target[:, 0], half == side)
                predicted[half != side, 0] = line
            loss = min(loss, _loss(sample, predicted, problem))
        shares[j] = 1 - loss / max(constant, 1e-12)
    return shares


def _line(
    values: NDArray[np.float64], target: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Predict the other rows as `_straight` does, by one column: there may be a thousand."""
    seen = values[known][np.isfinite(values[known])]
    away = np.nan_to_num(values - (seen.mean() if seen.size else 0.0), nan=0.0)
    scaled = away / (float(away[known].std()) or 1.0)
    mean = float(target[known].mean())
    slope = scaled[known] @ (target[known] - mean) / (scaled[known] @ scaled[known] + RIDGE)
    return np.asarray(mean + slope * scaled[~known])


def _columns_of(y: NDArray[np.float64], problem: Problem) -> NDArray[np.float64]:
    if problem.is_classification:
        return np.asarray(np.eye(len(problem.classes))[y])
    return np.asarray(y, dtype=np.float64)[:, None]


def _loss(sample: Sample, predicted: NDArray[np.float64], problem: Problem) -> float:
    scores = predicted if problem.kind == "multiclass" else predicted[:, -1]
    return float(row_loss(sample.target, scores, problem=problem).mean())


def _codes(
    values: NDArray[np.float64], known: NDArray[np.bool_], *, is_category: bool
) -> NDArray[np.intp]:
    if is_category:
        return np.nan_to_num(values, nan=-1.0).astype(np.intp) + 1
    edges = (
        np.unique(np.nanquantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
        if (np.isfinite(values[known]).any())
        else np.empty(0)
    )
    code = np.searchsorted(edges, values, side="left") + 1
    return np.where(np.isnan(values), 0, code)


def _bin_means(code: NDArray[np.intp], target: NDArray[np.float64]) -> NDArray[np.float64]:
    size = 256 + BINS
    count = np.bincount(code, minlength=size)[:, None]
    sums = np.stack([np.bincount(code, weights=t, minlength=size) for t in target.T], axis=1)
    return np.asarray((sums + PRIOR_ROWS * target.mean(axis=0)) / (count + PRIOR_ROWS))


OFTEN = 20
"""A value that stands in fewer rows than this is certain by chance."""


def certain_share(
    values: NDArray[np.float64], y: NDArray[np.float64], *, problem: Problem
) -> float:
    """Return the share of rows whose value stands in many rows, all of one answer.

    It is 0 unless each of two classes at least has such values: that one value rules one class
    out is common, that some settle it either way is not.
    """
    if not problem.is_classification:
        return 0.0
    known = np.nan_to_num(values, nan=-9.87e99)
    code = np.unique(known, return_inverse=True)[1]
    counts = np.zeros((int(code.max()) + 1, len(problem.classes)))
    np.add.at(counts, (code, y.astype(np.intp)), 1)
    rows = counts.sum(axis=1)
    sure = (counts.max(axis=1) == rows) & (rows >= OFTEN)
    if np.unique(counts[sure].argmax(axis=1)).size < 2:
        return 0.0
    return float(rows[sure].sum() / rows.sum())


def explained_within_target(
    suspect: NDArray[np.float64],
    others: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    problem: Problem,
    rng: np.random.Generator,
) -> float:
    """Return the R² of other columns on the suspect, among rows of one answer.

    A copy of the answer with noise added depends on other columns only through the
    answer: among rows of one answer nothing is left to explain. A real feature mostly
    goes with others.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415

    n = y.size
    values = np.nan_to_num(suspect, nan=-1.0)
    rank = np.argsort(np.argsort(values, kind="stable")) / n
    part = np.argsort(np.argsort(y, kind="stable"), kind="stable") * 40 // n
    if problem.is_classification:
        part = y.astype(np.intp)
    residual = rank - np.bincount(part, weights=rank)[part] / np.bincount(part)[part]
    half = rng.permutation(n) % 2 == 0
    model = HistGradientBoostingRegressor(
        max_iter=60, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False, random_state=0
    )
    features = np.column_stack([filled(others, others[half]), y])
    model.fit(features[half], residual[half])
    total = max(float(residual[~half].var()), 1e-12)
    bent = residual[~half] - model.predict(features[~half])
    straight = residual[~half] - _straight(features, residual, half)
    return 1 - min(float(bent.var()), float(straight.var())) / total


def _straight(
    features: NDArray[np.float64], target: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Predict the other rows by a ridge regression; what is missing is average."""
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    model = make_pipeline(
        SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge(alpha=RIDGE)
    ).fit(features[known], target[known])
    return np.asarray(model.predict(features[~known]))
