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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.priors import as_matrix, from_matrix
from leadline.analysis.diagnosis.trials import chosen, measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample

LEAST_CONFIDENT_ROWS = 20
OUTLIER = 6.0
"""Residuals beyond this many robust standard deviations are outliers."""

TELLING = 0.85
"""A plateau of both samples is looked at where a reference gets below this share of the loss
of a constant."""

AS_IT_IS = "as it is"
AUDIT = "label 200 training rows a second time and count the disagreements"


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
    return _numbers(bench)


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
    # where labels of one class are wrong, whole classes are mistaken in the test rows too
    only_train = _more(*confident) > thresholds.NOISE_SURE or (
        min(_more(*confident), _more(*overall)) > thresholds.NOISE_STANDARD_ERRORS
    )
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
    return [_cleaned(bench, rows, train_scores, rates, numbers, gate=only_train, both=both)]


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


def _cleaned(
    bench: Bench,
    rows: Sample,
    scores: NDArray[np.float64],
    rates: list[NDArray[np.float64]],
    numbers: dict[str, float],
    *,
    gate: bool,
    both: bool,
) -> Suspicion:
    """Try what mends wrong labels, at every rate of them that was estimated."""
    case = bench.case
    usual = bench.base.scores[0]
    after_scores = {AS_IT_IS: usual}
    wrong = np.zeros(len(rows), dtype=bool)
    for number, rate in enumerate(rates):
        turned = confusion(rate)
        which = " of each class" if number else ""
        after_scores[f"scores corrected for the rate{which}"] = from_matrix(
            unmixed(as_matrix(usual), turned), usual
        )
        # of each row: the chance of every true class, given columns and label
        chance = unmixed(scores, turned) * turned[:, rows.target].T
        likeliest = chance.argmax(axis=1)
        wrong = chance[np.arange(len(rows)), rows.target] < 0.5 * chance.sum(axis=1)
        if not (gate or both):
            continue
        cleaned = {
            "drop the rows whose labels are contradicted": rows.take(np.flatnonzero(~wrong)),
            "put right the labels that are contradicted": _relabelled(
                rows, wrong, likeliest, classes=case.problem.classes
            ),
        }
        n_classes = np.unique(rows.target).size  # a class that is gone cannot be learned
        after_scores |= {
            name + which: _trained(bench, sample)
            for name, sample in cleaned.items()
            if np.unique(sample.target).size == n_classes
        }
    options = {name: case.losses(case.test, s) for name, s in after_scores.items()}
    clusters = case.clusters(case.test, len(case.test))
    after, best = chosen(list(options.values()), clusters=clusters, rng=case.rng("noise"))
    name = list(options)[best]
    return Suspicion(
        cause="label_noise",
        gain=measured(bench.trained_losses, after, clusters=clusters),
        floor=bench.floor,
        gate=gate,
        undecidable=both,
        evidence="of the predictions a reference is surest of, the labels contradict"
        f" {numbers['plateau_training']:.1%} in training and {numbers['plateau_test']:.1%} in"
        " test rows"
        + (": the same, so it may be the world and not the labels" if both else ""),
        remedy=AUDIT if name == AS_IT_IS else f"{AUDIT}; until then: {name}",
        question="Who labels the training rows, and are the test rows labelled the same way?",
        numbers=numbers | {"contradicted_rows": int(wrong.sum())},
        explains=("miscalibration", "overfitting", "not_enough_data", "underfitting")
        if gate
        else (),
        sample=case.test,
        before=bench.base.scores[0],
        after=after_scores[name],
    )


def confusion(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance of each label (column) of rows that are truly of a class (row).

    Parameters
    ----------
    rate : array of shape (k,)
        Chance that a row of this class is labelled wrong, all other labels alike.
    """
    k = rate.size
    off = np.repeat(rate[:, None] / (k - 1), k, axis=1)
    return np.asarray(np.where(np.eye(k, dtype=bool), 1 - rate[:, None], off))


def unmixed(scores: NDArray[np.float64], turned: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chances of true classes behind chances of labels; rows add to 1.

    References
    ----------
    Patrini et al. (2017), Making deep neural networks robust to label noise, section 3.
    """
    clean = np.clip(scores @ np.linalg.inv(turned), 1e-3, None)
    return np.asarray(clean / clean.sum(axis=1, keepdims=True))


def _relabelled(
    rows: Sample, wrong: NDArray[np.bool_], likeliest: NDArray[np.intp], *, classes: Any
) -> Sample:
    y, labels = rows.target.copy(), np.array(rows.labels)
    y[wrong] = likeliest[wrong]
    for code in np.unique(likeliest[wrong]):
        labels[wrong & (likeliest == code)] = classes[code]
    return replace(rows, y=y, labels=labels)


def _trained(bench: Bench, sample: Sample) -> NDArray[np.float64]:
    learner = bench.model.learner() if bench.model.can_train else bench.best_reference.learner
    return learner.train(sample)(bench.case.test)


def _numbers(bench: Bench) -> list[Suspicion]:
    case = bench.case
    rows, scores = bench.out_of_fold
    residual = rows.target - scores
    centre = float(np.median(residual))
    spread = 1.4826 * float(np.median(np.abs(residual - centre)))
    if spread <= 0:
        return []
    far = np.abs(residual - centre) > OUTLIER * spread
    test_residual = case.test.target - bench.best_reference.scores[0]
    test_far = np.abs(test_residual - centre) > OUTLIER * spread
    lower, _ = wilson(int(far.sum()), far.size)
    _, upper = wilson(int(test_far.sum()), test_far.size)
    gate = lower > max(upper, 0.005)
    after_scores = bench.base.scores[0]
    if gate:
        after_scores = _trained(bench, rows.take(np.flatnonzero(~far)))
    losses = case.losses(case.test, after_scores)
    clusters = case.clusters(case.test, losses.size)
    return [
        Suspicion(
            cause="label_noise",
            gain=measured(bench.trained_losses, losses, clusters=clusters),
            floor=bench.floor,
            gate=gate,
            evidence=f"{far.mean():.1%} of training rows lie beyond {OUTLIER:g} robust standard"
            f" deviations of what a reference expects, {test_far.mean():.1%} of test rows",
            remedy=f"check the {int(far.sum()):,} training labels farthest off, or drop them",
            question="Are there typing errors, other units or placeholders in the target?",
            numbers={
                "outliers_training": float(far.mean()),
                "outliers_test": float(test_far.mean()),
            },
            explains=("overfitting", "not_enough_data", "underfitting") if gate else (),
            sample=case.test,
            before=bench.base.scores[0],
            after=after_scores,
        )
    ]
