"""Label noise: wrong labels in the training rows, told from noise that is in the world.

Where a reference is most confident, rows of clean labels are hardly ever contradicted; the
rate at which they are bounds the share of wrong labels from above (anchor points). When
the test rows show no such plateau and the training rows do, the labels of the training
rows are wrong. When both show it, tables cannot tell wrong labels from a noisy world.

References
----------
Liu and Tao (2016), Classification with noisy labels by importance reweighting (anchor
points). Wilson (1927), the interval of a share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.cleaning import (
    EXPLAINS,
    cleaned,
    told_from_more,
    turned_again,
)
from leadline.analysis.diagnosis.causes.outliers import outliers
from leadline.analysis.diagnosis.priors import as_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample

LEAST_CONFIDENT_ROWS = 20
TELLING = 0.85
"""A plateau of both samples is looked at where a reference gets below this share of the loss
of a constant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plateau:
    """Share of confident predictions that the labels contradict, with Wilson's interval."""

    rate: float
    lower: float
    upper: float
    wider_rate: float
    n_wider: int
    widest_rate: float


def noise(bench: Bench) -> list[Suspicion]:
    """Look for contradicted confident rows; clean the labels and train again."""
    if bench.case.is_ranking or len(bench.trials.pool) < 100:
        return []
    if not bench.case.clock.allows(bench.out_of_fold_seconds, "label noise"):
        bench.untried.append("label noise")
        return []
    if bench.case.problem.is_classification:
        return _classes(bench)
    return outliers(bench)


def _classes(bench: Bench) -> list[Suspicion]:
    case = bench.case
    rows, scores = bench.out_of_fold
    train_scores = as_matrix(scores)
    test_scores = as_matrix(bench.best_reference.scores[0])
    in_train = plateau(rows.target, train_scores)
    in_test = plateau(case.test.target, test_scores)
    shared = in_train.keys() & in_test.keys()
    if not shared:
        return []
    worst = max(shared, key=lambda c: in_train[c].wider_rate - in_test[c].wider_rate)
    train, test = in_train[worst], in_test[worst]
    wrong = [
        float(np.mean(scores.argmax(axis=1) != y))
        for scores, y in ((train_scores, rows.target), (test_scores, case.test.target))
    ]
    k = train_scores.shape[1]
    rate = (wrong[0] - wrong[1]) / max(1 - wrong[1] * k / (k - 1), 0.1)
    confident = (train.wider_rate, train.n_wider, test.wider_rate, test.n_wider)
    overall = (wrong[0], len(rows), wrong[1], len(case.test))
    only_train = in_training_only(_more(*confident), _more(*overall))
    flat = train.lower > thresholds.NOISE_LEAST and (
        train.widest_rate < thresholds.NOISE_FLAT * train.rate
    )
    # where columns hardly tell the classes apart, every row is contradicted alike
    tells = float(bench.best_reference.losses.mean()) < TELLING * bench.constant_loss
    both = tells and flat and not only_train and test.rate > train.rate / 2
    numbers = {
        "plateau_training": train.rate,
        "plateau_test": test.rate,
        "error_training_out_of_fold": wrong[0],
        "error_test": wrong[1],
        "estimated_rate": rate if only_train else train.rate,
    }
    same = np.full(k, numbers["estimated_rate"])
    rates = [same]
    if only_train:
        by_class = [in_train[c].wider_rate - in_test[c].wider_rate if c in shared else same[c]
                    for c in range(k)]  # fmt: skip
        rates.append(np.array(by_class))
    rates = [np.clip(rate, 0.01, 0.45) for rate in rates]
    return [_suspicion(bench, rows, train_scores, rates, numbers, gate=only_train, both=both)]


def in_training_only(confident: float, overall: float) -> bool:
    """Whether labels are contradicted more in training than in test rows.

    Parameters
    ----------
    confident, overall : float
        By how many standard errors: where a reference is surest, and everywhere. Where labels
        of one class are wrong, whole classes are mistaken in the test rows too, and only the
        former shows it; where few rows are sure, both together do (Stouffer's sum).
    """
    each = min(confident, overall)
    together = (confident + overall) / np.sqrt(2)
    return bool(
        confident > thresholds.NOISE_SURE
        or each > thresholds.NOISE_STANDARD_ERRORS
        or (each > thresholds.NOISE_EACH and together > thresholds.NOISE_TOGETHER)
    )


def _more(first: float, n_first: int, second: float, n_second: int) -> float:
    """By how many standard errors the first share is above the second."""
    error = np.sqrt(first * (1 - first) / n_first + second * (1 - second) / n_second)
    return float((first - second) / max(error, 1e-12))


def plateau(y: NDArray[Any], scores: NDArray[np.float64]) -> dict[int, Plateau]:
    """Return the plateau of each class that is predicted often enough."""
    said = scores.argmax(axis=1)
    found = {}
    for c in np.unique(said):
        members = np.flatnonzero(said == c)
        order = members[np.argsort(-scores[members, c], kind="stable")]
        few, more, most = (
            max(LEAST_CONFIDENT_ROWS, int(share * members.size))
            for share in thresholds.NOISE_CONFIDENT
        )
        if members.size < 3 * LEAST_CONFIDENT_ROWS:
            continue
        wrong = y[order] != c
        lower, upper = wilson(int(wrong[:few].sum()), few)
        found[int(c)] = Plateau(
            rate=float(wrong[:few].mean()),
            lower=lower,
            upper=upper,
            wider_rate=float(wrong[:more].mean()),
            n_wider=more,
            widest_rate=float(wrong[:most].mean()),
        )
    return found


def wilson(count: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    p = count / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return centre - half, centre + half


def _suspicion(
    bench: Bench,
    rows: Sample,
    scores: NDArray[np.float64],
    rates: list[NDArray[np.float64]],
    numbers: dict[str, float],
    *,
    gate: bool,
    both: bool,
) -> Suspicion:
    case = bench.case
    tried = cleaned(bench, rows, scores, rates, train=gate or both)
    gain, measured_on = tried.gain, "test"
    if gate:  # what was found is not all that is wrong
        rate = np.mean(rates, axis=0)
        right = 1 - float(rate[rows.target].mean()) * rate.size / (rate.size - 1)
        told = told_from_more(bench, turned_again(bench, rows, rate), right=right)
        if told.estimate > gain.estimate:
            gain, measured_on = told, "test rows, told from turning more labels"
    return Suspicion(
        cause="label_noise",
        gain=gain,
        floor=bench.floor,
        gate=gate,
        undecidable=both,
        evidence=f"of the predictions a reference is surest of, the labels contradict"
        f" {numbers['plateau_training']:.1%} in training and {numbers['plateau_test']:.1%} in"
        " test rows"
        + (": the same, so it may be the world and not the labels" if both else ""),
        remedy=tried.remedy,
        question="Who labels the training rows, and are the test rows labelled the same way?",
        measured_on=measured_on,
        numbers=numbers | {"contradicted_rows": tried.contradicted},
        explains=EXPLAINS if gate else (),
        sample=case.test,
        before=bench.base.scores[0],
        after=tried.scores,
    )
