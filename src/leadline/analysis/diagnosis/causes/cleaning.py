"""Wrong labels: what mending them brings, tried and told from adding more of them.

Whatever finds wrong labels finds some of them, and trains on rows with the others. So the
gain of right labels is told from the other side, too: labels are turned at the rates that were
found, and what that costs tells what turning them back brings.

References
----------
Cook and Stefanski (1994), Simulation-extrapolation estimation. Küchenhoff, Mwalili and Lesaffre
(2006), A general method for dealing with misclassification (MC-SIMEX).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench
from leadline.analysis.diagnosis.gains import chosen, measured
from leadline.analysis.diagnosis.priors import as_matrix, from_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Gain
    from leadline.analysis.diagnosis.samples import Sample

AS_IT_IS = "as it is"
LABEL_AGAIN = "label 200 training rows a second time and count the disagreements"

EXPLAINS = ("miscalibration", "overfitting", "not_enough_data", "underfitting")
"""What wrong labels look like."""

REPEATS = 3
"""Draws of labels that are turned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """What the best way to live with wrong labels brought.

    Attributes
    ----------
    scores : array of shape (n, …)
        Of the test rows after it.
    contradicted : int
        Training rows whose label is less likely than another one.
    """

    gain: Gain
    name: str
    scores: NDArray[np.float64]
    contradicted: int

    @property
    def remedy(self) -> str:
        """What to do about the labels, and what to do until then."""
        return (
            LABEL_AGAIN if self.name == AS_IT_IS else f"{LABEL_AGAIN}; until then: {self.name}"
        )


def cleaned(
    bench: Bench,
    rows: Sample,
    scores: NDArray[np.float64],
    rates: list[NDArray[np.float64]],
    *,
    train: bool,
) -> Cleaned:
    """Try what mends wrong labels, at every rate of them that was estimated.

    Parameters
    ----------
    scores : array of shape (n, k)
        Out-of-fold scores of training rows.
    rates : list of arrays of shape (k,)
        Chances that a row of each class is labelled wrong.
    train : bool
        Whether to train on cleaned rows, too.
    """
    case = bench.case
    usual = bench.base.scores[0]
    after = {AS_IT_IS: usual}
    wrong = np.zeros(len(rows), dtype=bool)
    n_classes = np.unique(rows.target).size  # a class that is gone cannot be learned
    for number, rate in enumerate(rates):
        turned = confusion(rate)
        which = " of each class" if number else ""
        after[f"scores corrected for the rate{which}"] = from_matrix(
            unmixed(as_matrix(usual), turned), usual
        )
        # of each row: the chance of every true class, given columns and label
        chance = unmixed(scores, turned) * turned[:, rows.target].T
        likeliest = chance.argmax(axis=1)
        wrong = chance[np.arange(len(rows)), rows.target] < 0.5 * chance.sum(axis=1)
        if not train:
            continue
        tried = {
            "drop the rows whose labels are contradicted": rows.take(np.flatnonzero(~wrong)),
            "put right the labels that are contradicted": relabelled(
                rows, np.where(wrong, likeliest, rows.target), classes=case.problem.classes
            ),
        }
        after |= {
            name + which: trained(bench, sample)
            for name, sample in tried.items()
            if np.unique(sample.target).size == n_classes
        }
    return best_of(bench, after, contradicted=int(wrong.sum()))


def best_of(
    bench: Bench, options: dict[str, NDArray[np.float64]], *, contradicted: int
) -> Cleaned:
    """Choose among scores of the test rows, by name; each row by the choice of others."""
    case = bench.case
    clusters = case.clusters(case.test, len(case.test))
    losses, best = chosen(
        [case.losses(case.test, s) for s in options.values()],
        clusters=clusters,
        rng=case.rng("noise"),
    )
    name = list(options)[best]
    return Cleaned(
        gain=measured(bench.trained_losses, losses, clusters=clusters),
        name=name,
        scores=options[name],
        contradicted=contradicted,
    )


def turned_again(bench: Bench, rows: Sample, rates: NDArray[np.float64]) -> list[Sample]:
    """Return draws of the rows with as many labels turned again as were found turned."""
    rng = bench.case.rng("more noise")
    noisier = []
    for _ in range(REPEATS):
        hit = rng.random(len(rows)) < rates[rows.target]
        other = (rows.target + rng.integers(1, rates.size, len(rows))) % rates.size
        y = np.where(hit, other, rows.target)
        noisier.append(relabelled(rows, y, classes=bench.case.problem.classes))
    return noisier


def told_from_more(bench: Bench, noisier: list[Sample], *, right: float) -> Gain:
    """Tell from what as many wrong labels again cost what right ones would bring.

    Parameters
    ----------
    noisier : list of Sample
        Draws of the training rows with more wrong labels.
    right : float
        Share of the turned labels that this made wrong: others were wrong before.
    """
    case = bench.case
    scores = bench.trials.scored([(bench.learner, sample, case.test) for sample in noisier])
    losses = np.stack([case.losses(case.test, s) for s in scores])
    factor = thresholds.NOISE_SLOPE / max(right, 0.2)
    cost = losses.mean(axis=0) - bench.trained_losses
    drawn = float(losses.mean(axis=1).std(ddof=1)) / np.sqrt(len(noisier))
    unsure = (
        abs(float(cost.mean())) * factor * thresholds.NOISE_SLOPE_SD / thresholds.NOISE_SLOPE
    )
    return measured(
        losses.mean(axis=0),
        bench.trained_losses,
        clusters=case.clusters(case.test, cost.size),
        factor=factor,
        extra_sd=float(np.hypot(factor * drawn, unsure)),
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


def relabelled(rows: Sample, y: NDArray[np.intp], *, classes: Any) -> Sample:
    """Return the rows with other answers, as codes and as the user's labels."""
    labels, changed = np.array(rows.labels), y != rows.target
    for code in np.unique(y[changed]):
        labels[changed & (y == code)] = classes[code]
    return replace(rows, y=y, labels=labels)


def trained(bench: Bench, sample: Sample) -> NDArray[np.float64]:
    """Return test scores of the model after training on these rows."""
    return bench.learner.train(sample)(bench.case.test)
