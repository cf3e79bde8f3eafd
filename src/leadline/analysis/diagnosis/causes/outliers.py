"""Wrong numbers among the answers: training rows lie farther off than test rows do.

A few wild ones show as outliers that the test rows do not have; many that are possible numbers
show together (see `contamination`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.cleaning import (
    AS_IT_IS,
    EXPLAINS,
    REPEATS,
    Cleaned,
    best_of,
    told_from_more,
    trained,
)
from leadline.analysis.diagnosis.causes.contamination import (
    Apart,
    contaminated,
    farther,
    worse,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample

FAR = (6.0, 12.0, 24.0)
"""Distances beyond so many robust standard deviations are outliers: where the world has heavy
tails, typing errors lie farther out."""

NEAR = (2.5, 3.5)
"""Where many answers are wrong, those beyond these are left out for a trial, too."""

EXCHANGED = "Were answers joined to the wrong rows, or noted less well than those of the test?"
TYPED = "Are there typing errors, other units or placeholders in the target?"

FEWER = 0.75
"""Share of the rows from which what is expected of each row was learned."""

LEAST_SHARE = 0.005
"""Fewer outliers than this share of the training rows are no cause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """What looks wrong among the training answers.

    Attributes
    ----------
    distance : array of shape (n,)
        Of each answer from what is expected, in robust standard deviations.
    limit, beyond, test_beyond : float
        A distance, and the shares of training and of test rows that lie beyond it.
    wild, many : bool
        Whether outliers say so, and whether all answers together do.
    share, chance : float, array of shape (n,)
        Share of wrong answers, and the chance that each is one.
    """

    distance: NDArray[np.float64]
    limit: float
    beyond: float
    test_beyond: float
    wild: bool
    many: bool
    share: float
    chance: NDArray[np.float64]


def outliers(bench: Bench) -> list[Suspicion]:
    """Compare training and test answers; train without what lies off, and with more of it."""
    rows, expected = bench.out_of_fold
    wrong = wrong_answers(bench, rows, expected)
    if wrong is None:
        return []
    gate = wrong.wild or wrong.many
    tried = _without(bench, rows, wrong)
    gain, measured_on = tried.gain, "test"
    if gate:  # what was left out is not all that is wrong
        rngs = (bench.case.rng(f"more noise {repeat}") for repeat in range(REPEATS))
        noisier = [worse(rows, expected, wrong.chance, share=wrong.share, rng=r) for r in rngs]
        told = told_from_more(bench, noisier, right=1 - wrong.share)
        if told.estimate > gain.estimate:
            gain, measured_on = told, "test rows, told from making more labels wrong"
    return [
        Suspicion(
            cause="label_noise",
            gain=gain,
            floor=bench.floor,
            gate=gate,
            evidence=_evidence(wrong),
            remedy=tried.remedy,
            question=EXCHANGED if wrong.many else TYPED,
            measured_on=measured_on,
            numbers={
                "outliers_training": wrong.beyond,
                "outliers_test": wrong.test_beyond,
                "estimated_rate": wrong.share,
            },
            explains=EXPLAINS if gate else (),
            sample=bench.case.test,
            before=bench.base.scores[0],
            after=tried.scores,
        )
    ]


def wrong_answers(bench: Bench, rows: Sample, expected: NDArray[np.float64]) -> Wrong | None:
    """Compare distances of training and of test answers from what a reference expects."""
    centre, scale = middle_and_spread(rows.target - expected)
    if scale <= 0:
        return None

    def apart(sample: Sample, scores: NDArray[np.float64]) -> Apart:
        return Apart(expected=scores, distance=np.abs(sample.target - scores - centre) / scale)

    case, learner = bench.case, bench.best_reference.learner
    train, test = apart(rows, expected), apart(case.test, bench.best_reference.scores[0])
    limit = max(FAR, key=lambda far: more(train.distance > far, test.distance > far))
    beyond, test_beyond = train.distance > limit, test.distance > limit
    surely = more(beyond, test_beyond) > thresholds.NOISE_STANDARD_ERRORS
    share = max(float(beyond.mean() - test_beyond.mean()), 0.0)
    chance = beyond.astype(float)
    many = farther(train, test) > thresholds.NOISE_STANDARD_ERRORS
    if many:  # what is expected of training rows was learned on three quarters of them
        fewer = rows.take(np.flatnonzero(case.rng("fewer").random(len(rows)) < FEWER))
        test = apart(case.test, bench.trials.scored([(learner, fewer, case.test)])[0])
        least, likely = contaminated(train.distance, test.distance)
        surer = farther(train, test) > thresholds.NOISE_STANDARD_ERRORS
        many = surer and least > thresholds.NOISE_LEAST
        share, chance = (least, likely) if many else (share, chance)
    return Wrong(
        distance=train.distance,
        limit=limit,
        beyond=float(beyond.mean()),
        test_beyond=float(test_beyond.mean()),
        wild=bool(beyond.mean() > LEAST_SHARE and surely),
        many=bool(many),
        share=share,
        chance=chance,
    )


def _evidence(wrong: Wrong) -> str:
    far = (
        f"{wrong.beyond:.1%} of training rows lie beyond {wrong.limit:g} robust standard"
        f" deviations of what a reference expects, {wrong.test_beyond:.1%} of test rows"
    )
    if not wrong.many:
        return far
    return (
        f"at least {wrong.share:.0%} of the training labels are wrong: that many lie farther"
        f" from what a reference expects than test labels do; {far}"
    )


def middle_and_spread(residual: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and the robust standard deviation."""
    centre = float(np.median(residual))
    return centre, 1.4826 * float(np.median(np.abs(residual - centre)))


def _without(bench: Bench, rows: Sample, wrong: Wrong) -> Cleaned:
    """Try to leave out what lies off."""
    options = {AS_IT_IS: bench.base.scores[0]}
    for limit in [wrong.limit] * (wrong.wild or wrong.many) + [*NEAR] * wrong.many:
        kept = np.flatnonzero(wrong.distance <= limit)
        if kept.size < len(rows):
            name = f"drop the {len(rows) - kept.size:,} training labels farthest off"
            options[name] = trained(bench, rows.take(kept))
    return best_of(bench, options, contradicted=0)


def more(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """By how many standard errors the first share is above the second (pooled)."""
    pooled = (first.sum() + second.sum() + 1) / (first.size + second.size + 2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / first.size + 1 / second.size))
    return float((first.mean() - second.mean()) / error)
