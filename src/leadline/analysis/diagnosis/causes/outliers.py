"""Wrong numbers among the answers: outliers in training rows that test rows do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.cleaning import trained
from leadline.analysis.diagnosis.trials import measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAR = (6.0, 12.0, 24.0)
"""Residuals beyond so many robust standard deviations are outliers: where the world has heavy
tails, typing errors lie farther out."""

LEAST_SHARE = 0.005
"""Fewer outliers than this share of the training rows are no cause."""


def outliers(bench: Bench) -> list[Suspicion]:
    """Compare outliers of training and test rows; train without the former's."""
    case = bench.case
    rows, scores = bench.out_of_fold
    residual = rows.target - scores
    centre = float(np.median(residual))
    spread = 1.4826 * float(np.median(np.abs(residual - centre)))
    if spread <= 0:
        return []
    off = np.abs(residual - centre) / spread
    test_off = np.abs(case.test.target - bench.best_reference.scores[0] - centre) / spread
    limit = max(FAR, key=lambda far: more(off > far, test_off > far))
    far, test_far = off > limit, test_off > limit
    gate = far.mean() > LEAST_SHARE and more(far, test_far) > thresholds.NOISE_STANDARD_ERRORS
    after_scores = bench.base.scores[0]
    if gate:
        after_scores = trained(bench, rows.take(np.flatnonzero(~far)))
    losses = case.losses(case.test, after_scores)
    clusters = case.clusters(case.test, losses.size)
    return [
        Suspicion(
            cause="label_noise",
            gain=measured(bench.trained_losses, losses, clusters=clusters),
            floor=bench.floor,
            gate=bool(gate),
            evidence=f"{far.mean():.1%} of training rows lie beyond {limit:g} robust standard"
            f" deviations of what a reference expects, {test_far.mean():.1%} of test rows",
            remedy=f"check the {int(far.sum()):,} training labels farthest off, or drop them",
            question="Are there typing errors, other units or placeholders in the target?",
            numbers={
                "outliers_training": float(far.mean()),
                "outliers_test": float(test_far.mean()),
            },
            explains=("overfitting", "not_enough_data", "underfitting", "miscalibration")
            if gate
            else (),
            sample=case.test,
            before=bench.base.scores[0],
            after=after_scores,
        )
    ]


def more(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """By how many standard errors the first share is above the second (pooled)."""
    pooled = (first.sum() + second.sum() + 1) / (first.size + second.size + 2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / first.size + 1 / second.size))
    return float((first.mean() - second.mean()) / error)
