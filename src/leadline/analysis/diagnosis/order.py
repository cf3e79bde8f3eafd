"""In which order causes are named: what is behind others, what costs less, what gains more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.result import BLOCKER, CONFIRMED, RULED_OUT, UNDECIDABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.diagnosis.bench import Bench, Suspicion
    from leadline.analysis.diagnosis.result import Gain

_PLACE = {BLOCKER: 0, CONFIRMED: 1, UNDECIDABLE: 2, RULED_OUT: 3}


def deciding(s: Suspicion) -> Gain:
    """Return the gain that decides: the metric's where decisions alone change."""
    return s.gain if s.metric_gain is None else s.metric_gain


def _worth(bench: Bench, s: Suspicion) -> float:
    """Gain in floors, so that gains of different units can be ranked; blockers by size."""
    gain = deciding(s).estimate
    floor = s.floor if s.metric_gain is not None else bench.floor
    return float(np.nan_to_num(abs(gain) if s.blocker else gain, nan=0.0)) / floor


def ranked(
    bench: Bench, suspicions: Sequence[Suspicion], verdicts: list[str], explained: set[str]
) -> list[int]:
    """Return the places of the suspicions, what to do first at the front."""
    order = sorted(
        range(len(suspicions)),
        key=lambda i: (
            _PLACE[verdicts[i]],
            suspicions[i].cause in explained and verdicts[i] != BLOCKER,
            -_worth(bench, suspicions[i]),
        ),
    )
    order = _equals_by_cost(bench, suspicions, order, verdicts, explained)
    order = _cheapest_first(bench, suspicions, order, verdicts)
    return _root_first(bench, suspicions, order, verdicts)


MORE_THAN_A_SYMPTOM = 2.0
"""What gains more than so many times what explains it is no mere symptom of it."""


def symptoms(bench: Bench, suspicions: Sequence[Suspicion], verdicts: list[str]) -> set[str]:
    """Return the causes that are symptoms of another one."""
    gains = {s.cause: _worth(bench, s) for s in suspicions}
    return {
        cause
        for s, verdict in zip(suspicions, verdicts, strict=True)
        for cause in s.explains
        if verdict == BLOCKER
        or (
            verdict == CONFIRMED
            and gains.get(cause, 0.0) <= MORE_THAN_A_SYMPTOM * _worth(bench, s)
        )
    }


EQUAL_SHARE = 0.02
"""Gains are equal when they differ by less than this share of the interval of the best."""

COST = (
    "imbalance", "label_shift", "label_noise", "miscalibration", "overfitting", "underfitting",
    "covariate_shift", "concept_drift", "missing_information", "not_enough_data",
)  # fmt: skip
"""What a remedy costs, the cheapest first: a threshold, a map, a setting, other rows. Wrong
labels stand before the map that would hide them."""


def _equals_by_cost(
    bench: Bench,
    suspicions: Sequence[Suspicion],
    order: list[int],
    verdicts: list[str],
    explained: set[str],
) -> list[int]:
    """Of causes whose gains cannot be told apart from the best, name the cheapest first.

    What another cause explains stays behind it: a symptom is no cheaper remedy.
    """
    best = order[0] if order else -1
    if best < 0 or verdicts[best] != CONFIRMED:
        return order
    gain = deciding(suspicions[best])
    hair = (gain.upper - gain.lower) * EQUAL_SHARE / bench.floor
    equal = [
        i
        for i in order
        if verdicts[i] == CONFIRMED
        and suspicions[i].cause in COST
        and suspicions[i].cause not in explained
        and _worth(bench, suspicions[best]) - _worth(bench, suspicions[i]) <= hair
        and (suspicions[i].metric_gain is None) == (suspicions[best].metric_gain is None)
    ]
    equal.sort(key=lambda i: COST.index(suspicions[i].cause))
    return [*equal, *(i for i in order if i not in equal)]


NO_TRAINING = {"imbalance", "miscalibration", "label_shift"}
"""Their remedies change what is done with the scores and need no training."""


def _cheapest_first(
    bench: Bench, suspicions: Sequence[Suspicion], order: list[int], verdicts: list[str]
) -> list[int]:
    """Before another model or other rows, name what gains as much and needs no training.

    Before rows that nobody has yet, and whose gain is told from a curve, name what was tried.
    """
    best = order[0] if order else -1
    if best < 0 or verdicts[best] != CONFIRMED:
        return order
    first = suspicions[best]
    another = first.cause == "underfitting" and first.numbers["another_model"]
    if another or first.cause in {"concept_drift", "covariate_shift"}:
        cheaper = NO_TRAINING
    elif first.cause == "not_enough_data":
        cheaper = {*COST} - {"not_enough_data", "missing_information"}
    else:  # a setting costs no more
        return order
    least = thresholds.AS_GOOD * _worth(bench, first)
    if first.cause == "not_enough_data":  # what was tried is surer than what is foretold
        foretold = deciding(first)
        least = min(least, (foretold.estimate + foretold.lower) / 2 / bench.floor)
    cheap = [
        i
        for i in order
        if suspicions[i].cause in cheaper
        and verdicts[i] == CONFIRMED
        and _worth(bench, suspicions[i]) >= least
    ]
    return [*cheap, *(i for i in order if i not in cheap)]


MOSTLY = 0.5
"""From this share of a gain on, what brings it is most of it."""


def _root_first(
    bench: Bench, suspicions: Sequence[Suspicion], order: list[int], verdicts: list[str]
) -> list[int]:
    """Before scores that are too sure or too flat, name the setting that made them so.

    A model that learned its training rows by heart is sure of every row, one that is held
    back too much is sure of none. Where another setting mends as much as recalibration does,
    the scores are the symptom. After overfitting the training rows do not show it. Scores that
    are all too high are no such symptom: classes were weighed, or shares moved.
    """
    found = {suspicions[i].cause: i for i in order if verdicts[i] == CONFIRMED}
    scores = found.get("miscalibration", -1)
    if scores < 0 or order[0] != scores:
        return order
    if suspicions[scores].numbers["by_level"] > MOSTLY:
        return order
    gain = thresholds.AS_GOOD * _worth(bench, suspicions[scores])
    for cause in ("overfitting", "underfitting"):
        root = found.get(cause, -1)
        if root < 0 or _worth(bench, suspicions[root]) < gain:
            continue
        numbers = suspicions[root].numbers
        unseen = numbers["gap"] >= gain * bench.floor
        if not numbers["another_model"] and (unseen or cause == "underfitting"):
            return [root, *(i for i in order if i != root)]
    return order
