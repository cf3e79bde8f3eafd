"""Label shift: the shares of classes moved, the classes themselves did not.

References
----------
Lipton, Wang and Smola (2018), Detecting and correcting for label shift with black box
predictors (BBSE), with scores instead of hard decisions.
Saerens, Latinne and Decaestecker (2002), the correction of scores for new shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.domain import domain
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.result import Gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample

LEAST_MOVE = 0.03
"""Least total variation between old and new shares that is looked at."""


DRAWS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Prior:
    """The correction, tried; `holds` says whether label shift explains what was seen.

    Attributes
    ----------
    scores : array of shape (n, …)
        Corrected ones of the rows that it was judged on.
    ratio : array of shape (k,)
        How much commoner each class became.
    """

    suspicion: Suspicion
    scores: NDArray[np.float64]
    ratio: NDArray[np.float64]
    holds: bool


def correction(bench: Bench, production: Sample) -> Prior | None:
    """Estimate the new shares from scores alone and correct for them."""
    problem = bench.case.problem
    if not problem.is_classification:
        return None
    test = bench.case.test
    old = as_matrix(bench.test_scores)
    new = as_matrix(bench.score(production))
    before = np.bincount(test.target, minlength=old.shape[1]) / len(test)
    after = estimated_shares(old, test.target, new)
    if after is None:
        return None
    chance = chance_move(old, test.target, new, rng=bench.case.rng("shares"))
    least, agrees = chance, True
    if production.y is not None:  # labels say how common each class is, scores only whether
        counts = np.bincount(production.target, minlength=old.shape[1])
        actual = (counts + 1) / (counts + 1).sum()
        apart = float(np.abs(after - actual).sum() / 2)
        agrees = apart < max(0.3 * float(np.abs(after - before).sum() / 2), 0.02, chance)
        after, least = actual, chance_of_counts(before, n=len(test), m=len(production))
    least = max(LEAST_MOVE, least)
    moved = float(np.abs(after - before).sum() / 2)
    same_inside = _same_within_classes(bench, production, after / np.clip(before, 1e-3, 1))
    holds = moved > least and same_inside and agrees
    ratio = after / np.clip(before, 1e-3, 1)
    if production.y is None:
        weight = ratio[test.target]
        corrected = from_matrix(reweighed(old, ratio), bench.test_scores)
        losses = bench.case.losses(test, corrected)
        gain = measured(
            bench.test_losses,
            losses,
            clusters=bench.case.clusters(test, losses.size),
            weight=weight,
        )
    else:
        corrected = from_matrix(reweighed(new, ratio), bench.score(production))
        losses = bench.case.losses(production, corrected)
        gain = measured(
            bench.case.losses(production, bench.score(production)),
            losses,
            clusters=bench.case.clusters(production, losses.size),
        )
    holds_and_pays = holds and gain.estimate > bench.floor and gain.lower > 0
    if production.y is None and not holds:  # weighed by shares that nobody believes
        gain = Gain(estimate=np.nan, lower=np.nan, upper=np.nan)
    shares = ", ".join(
        f"{c!r} {b:.1%} → {a:.1%}"
        for c, b, a in list(zip(problem.classes, before, after, strict=True))[-3:]
    )
    estimated = ", estimated from scores alone:" if production.y is None else " of classes:"
    return Prior(
        holds=holds_and_pays,
        scores=corrected,
        ratio=ratio,
        suspicion=Suspicion(
            cause="label_shift",
            gain=gain,
            floor=bench.floor,
            gate=holds,
            evidence=f"shares{estimated} {shares}; within the classes the"
            f" rows look {'the same' if same_inside else 'different'}",
            remedy="correct the scores for the new shares of classes (multiply the odds by"
            f" {ratio[-1] / max(ratio[0], 1e-6):.3g})"
            if len(ratio) == 2
            else "correct the scores for the new shares of classes",
            question="Did what comes in change, or only how often each class comes?",
            measured_on="production" if production.y is not None else "test, weighed",
            numbers={
                "before": before.tolist(),
                "after": after.tolist(),
                "same_within_classes": same_inside,
            },
        ),
    )


def as_matrix(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one column per class."""
    return np.column_stack([1 - scores, scores]) if scores.ndim == 1 else scores


def from_matrix(matrix: NDArray[np.float64], like: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores in the shape they came in."""
    return matrix[:, 1] if like.ndim == 1 else matrix


def reweighed(matrix: NDArray[np.float64], ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply each class's score by how much commoner it became; rows add to 1."""
    # A score of exactly 0 could never come back.
    changed = np.clip(matrix, 1e-6, 1) * ratio
    return np.asarray(changed / np.clip(changed.sum(axis=1, keepdims=True), 1e-12, None))


def estimated_shares(
    old: NDArray[np.float64], y: NDArray[np.intp], new: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Solve mean score in production = shares × mean score of each class in the test."""
    k = old.shape[1]
    counts = np.bincount(y, minlength=k)
    if (counts < 5).any():
        return None
    confusion = np.stack([old[y == c].mean(axis=0) for c in range(k)], axis=1)
    if np.linalg.cond(confusion) > 100:
        return None
    shares = np.clip(np.linalg.solve(confusion, new.mean(axis=0)), 0.001, None)
    return np.asarray(shares / shares.sum())


def chance_move(
    old: NDArray[np.float64],
    y: NDArray[np.intp],
    new: NDArray[np.float64],
    *,
    rng: np.random.Generator,
) -> float:
    """Return how far the estimated shares may move by chance: three standard errors.

    Both samples are drawn again from themselves (bootstrap).
    """
    usual = estimated_shares(old, y, new)
    moves = []
    for _ in range(DRAWS):
        i, j = rng.integers(0, len(old), len(old)), rng.integers(0, len(new), len(new))
        drawn = estimated_shares(old[i], y[i], new[j])
        if usual is not None and drawn is not None:
            moves.append(float(np.abs(drawn - usual).sum() / 2))
    if not moves:
        return float("inf")
    return thresholds.SHIFT_STANDARD_ERRORS * float(np.sqrt(np.mean(np.square(moves))))


def chance_of_counts(shares: NDArray[np.float64], *, n: int, m: int) -> float:
    """Return how far counted shares of two samples lie apart by chance: three standard errors.

    The scores of a weak model say little about shares; labels need no model.
    """
    error = np.sqrt(shares * (1 - shares) * (1 / n + 1 / m))
    return thresholds.SHIFT_STANDARD_ERRORS * float(error.sum()) / 2


def _same_within_classes(bench: Bench, production: Sample, ratio: NDArray[np.float64]) -> bool:
    """Whether test rows, weighed to the new shares, look like production."""
    kept = np.isin(bench.case.encoder.sources, bench.dependent_columns)
    test = bench.case.test
    least = {False: thresholds.WITHIN_AUC, True: thresholds.SHIFT_AUC}
    return not any(
        domain(
            test.matrix[:, kept],
            production.matrix[:, kept],
            categorical=bench.case.encoder.categorical_mask[kept],
            rng=bench.case.rng("within classes"),
            old_weight=ratio[test.target],
            linear=linear,
        ).differs(auc)
        for linear, auc in least.items()
    )
