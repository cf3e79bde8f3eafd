"""Leakage: a column that is the answer, or test rows that stand in the training rows.

A leak makes the score too good to be true, so its "gain" is negative: what is left of the
score without it. It is a blocker: no other gain means anything before it is mended.

References
----------
Kaufman et al. (2012), Leakage in data mining: what is known when predicting must be told
from what is known when learning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.split import of_the_split
from leadline.analysis.diagnosis.copies import copies
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.samples import Sample, at_most
from leadline.analysis.diagnosis.single import (
    certain_share,
    column_shares,
    explained_within_target,
)
from leadline.analysis.problem.tables import column, with_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Gain

ROWS = 8_000
MOST_OTHERS = 60
MOST_SUSPECTS = 5
DRAWS = 40
LEAST_PRODUCTION = 300
"""Fewer labelled production rows do not show that a column tells nothing there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspect:
    """A column that may be the answer in disguise."""

    name: str
    share: float
    next_share: float
    explained_by_others: float
    others_explained: float
    others_tell: bool
    strength: float
    in_production: float = float("nan")
    certain: float = 0.0


def leakage(bench: Bench) -> list[Suspicion]:
    """Look for columns that carry the answer, and for what both sides of the split hold."""
    if bench.case.is_ranking:
        return []
    found = [_column_leak(bench), _twins(bench)]
    certain = [suspicion for suspicion in found if suspicion is not None]
    return [*certain, *of_the_split(bench, near=found[1] is None)]


def _column_leak(bench: Bench) -> Suspicion | None:
    """Judge the columns that tell most; report the copy whose loss costs most."""
    judged = [(suspect, *_lost(bench, suspect)) for suspect in _suspects(bench)]
    if not judged:
        return None
    suspect, lost, rest = max(
        judged, key=lambda found: (is_copy(found[0], lost=found[1], rest=found[2]), found[2])
    )
    case = bench.case
    without = _without(bench, suspect.name)
    clusters = case.clusters(case.test, len(case.test))
    return Suspicion(
        cause="leakage",
        gain=measured(
            bench.trained_losses, case.losses(case.test, without), clusters=clusters
        ),
        sample=case.test,
        before=bench.base.scores[0],
        after=without,
        floor=bench.floor,
        gate=is_copy(suspect, lost=lost, rest=rest),
        blocker=True,
        evidence=f"column {suspect.name!r} alone brings {suspect.share:.0%} of what all columns"
        f" bring, the next best {suspect.next_share:.0%}; without it {lost:.0%} is lost;"
        f" among rows of one answer, it and the other columns explain"
        f" {max(suspect.explained_by_others, 0):.0%} of each other",
        remedy=f"take {suspect.name!r} out of the features, unless it is known when predicting",
        question=f"When is {suspect.name!r} written: before or after the answer is known?",
        numbers={
            "column": suspect.name,
            "share": suspect.share,
            "next_share": suspect.next_share,
            "lost_without": lost,
            "explained_by_others": suspect.explained_by_others,
        },
        explains=("not_enough_data", "miscalibration", "overfitting", "underfitting",
                  "concept_drift", "covariate_shift"),
    )  # fmt: skip


def _lost(bench: Bench, suspect: Suspect) -> tuple[float, float]:
    """Return what is lost without a column: of what all bring, and of what is left over."""
    if suspect.explained_by_others >= thresholds.LEAK_INDEPENDENCE:
        return 0.0, 0.0  # no copy: it need not be tried without
    case = bench.case
    full = float(case.losses(case.test, bench.best_reference.scores[0]).mean())
    without = _reference_without(bench, suspect.name)
    blind = float(case.losses(case.test, without).mean())
    achieved = max(bench.constant_loss - full, 1e-12)
    return (blind - full) / achieved, (blind - full) / max(blind, 1e-12)


def is_copy(suspect: Suspect, *, lost: float, rest: float) -> bool:
    """Whether a column must be the answer: it stands out, and nothing else explains it.

    Causes of an answer depend on each other among rows of one answer; a copy does not.
    In a table whose columns all stand alone, a real feature too is explained by nothing;
    there only a column that brings nearly everything is called a leak.
    """
    share, jump = suspect.share, suspect.share / max(suspect.next_share, 1e-12)
    copied = suspect.explained_by_others < thresholds.LEAK_INDEPENDENCE and tells_much(suspect)
    go_together = suspect.others_explained > 2 * thresholds.LEAK_INDEPENDENCE
    enough = copied and (
        suspect.strength > thresholds.LEAK_NEARLY_ALL
        or (share > thresholds.LEAK_SHARE and go_together)
        or (
            share > thresholds.LEAK_ALONE
            and suspect.strength > thresholds.LEAK_STRENGTH
            and suspect.others_tell
        )
    )
    stands_out = jump > thresholds.LEAK_JUMP and lost > thresholds.LEAK_DROP
    # beside columns that tell nearly all, a copy shows in what they leave over
    told = copied and go_together and share > thresholds.LEAK_SHARE
    leaves_less = told and rest > thresholds.LEAK_REST
    # an answer that is not yet known where the model runs
    vanished = suspect.in_production < thresholds.LEAK_VANISHED
    gone = copied and stands_out and vanished and share > thresholds.LEAK_SHARE
    perfect = copied and go_together and suspect.strength > thresholds.LEAK_PERFECT
    # a rate of a few rows, their own answers among them: its ends are always right
    counted = copied and stands_out and suspect.certain > thresholds.LEAK_CERTAIN
    return (enough and stands_out) or leaves_less or perfect or gone or counted


def _suspects(bench: Bench) -> list[Suspect]:
    """Return the columns with the largest shares of the achievable fall of the loss."""
    case = bench.case
    rows = at_most(bench.trials.pool, ROWS, rng=case.rng("leakage"), whole_groups=True)
    best = float(case.losses(case.test, bench.best_reference.scores[0]).mean())
    achievable = bench.constant_loss - best
    if achievable <= bench.floor or len(set(case.encoder.sources)) < 2:
        return []
    shares = _shares(bench, rows)
    # shares are of the constant's loss; all columns together bring `achievable` of it
    by_source: dict[str, float] = {}
    for source, share in zip(case.encoder.sources, shares, strict=True):
        by_source[source] = max(by_source.get(source, -1.0), share)
    ranked = sorted(by_source, key=lambda name: -by_source[name])[:MOST_SUSPECTS]
    scale = bench.constant_loss / achievable
    telling = [n for n in ranked if by_source[n] > thresholds.LEAK_TELLING]
    suspected = [n for n in telling if by_source[n] * scale >= thresholds.LEAK_SHARE / 2]
    if not suspected:
        return []
    run = bench.trials.workers.run
    explained = dict(
        zip(telling, run([partial(_explained, bench, rows, n) for n in telling]), strict=True)
    )
    # a curve may explain its height and not its place: look in both directions
    alone = [n for n in suspected if explained[n] < thresholds.LEAK_INDEPENDENCE]
    pairs = [(n, other) for n in alone for other in telling if other != n]
    found = run([partial(_explained, bench, rows, other, by=n) for n, other in pairs])
    for (name, _), share in zip(pairs, found, strict=True):
        explained[name] = max(explained[name], share)
    new = case.production
    alive: dict[str, float] = {}
    if new is not None and new.y is not None and len(new) >= LEAST_PRODUCTION:
        # what broke on the way tells nothing there for that reason
        whole = {*suspected} - {broken.name for broken in bench.broken}
        alive = {name: still_told(bench, rows, new, name) for name in whole}
    return [
        Suspect(
            name=name,
            in_production=alive.get(name, float("nan")),
            share=by_source[name] * scale,
            next_share=max((by_source[n] * scale for n in ranked if n != name), default=0.0),
            explained_by_others=explained[name],
            others_explained=max((explained[n] for n in telling if n != name), default=0.0),
            others_tell=len(telling) > 1,
            strength=by_source[name],
            certain=certain_share(
                rows.matrix[:, case.encoder.sources.index(name)],
                rows.target,
                problem=case.problem,
            ),
        )
        for name in suspected
    ]


def still_told(bench: Bench, old: Sample, new: Sample, name: str) -> float:
    """Return what a column tells in production, as a share of what it tells in training.

    Few rows of a noisy answer tell little by themselves, and one wild number hides what the
    others tell: numbers count by their ranks, as many training rows are drawn time and again,
    and where production does not lie below them all, nothing is said (nan).
    """
    n, rng = min(len(old), len(new)), bench.case.rng(f"alive {name}")
    told = _by_rank(bench, at_most(new, n, rng=rng), name)
    usual = np.array([_by_rank(bench, at_most(old, n, rng=rng), name) for _ in range(DRAWS)])
    if told >= usual.min():
        return float("nan")
    return told / max(float(np.median(usual)), 1e-12)


def _by_rank(bench: Bench, rows: Sample, name: str) -> float:
    if not bench.case.problem.is_classification:
        order = np.argsort(np.argsort(rows.target, kind="stable"), kind="stable")
        rows = replace(rows, y=order / len(rows))
    return float(_shares(bench, rows, name).max())


def _shares(bench: Bench, rows: Sample, name: str = "") -> NDArray[np.float64]:
    encoder = bench.case.encoder
    kept = np.array([not name or source == name for source in encoder.sources])
    return column_shares(
        replace(rows, matrix=rows.matrix[:, kept]),
        problem=bench.case.problem,
        categorical=encoder.categorical_mask[kept],
    )


def _explained(bench: Bench, rows: Sample, name: str, *, by: str = "") -> float:
    """Among rows of one answer, how much of a column another (or all others) explain."""
    sources = np.array(bench.case.encoder.sources)
    others = sources == by if by else sources != name
    others[np.flatnonzero(others)[MOST_OTHERS:]] = False
    first = int(np.flatnonzero(sources == name)[0])
    return explained_within_target(
        rows.matrix[:, first],
        rows.matrix[:, others],
        rows.target,
        problem=bench.case.problem,
        rng=bench.case.rng("copied"),
    )


def _without(bench: Bench, name: str) -> NDArray[np.float64]:
    """Scores of the model trained with the column made meaningless."""
    case = bench.case
    if not bench.model.can_train:
        return _reference_without(bench, name)
    rng = case.rng("meaningless")
    score = bench.model.learner().train(_meaningless(bench.trials.pool, name, rng))
    return score(_meaningless(case.test, name, rng))


def _meaningless(sample: Sample, name: str, rng: np.random.Generator) -> Sample:
    values = column(sample.X, name)[rng.permutation(len(sample))]
    return replace(sample, X=with_column(sample.X, name, values))


def _reference_without(bench: Bench, name: str) -> NDArray[np.float64]:
    case = bench.case
    mask = np.array([source == name for source in case.encoder.sources])
    score = bench.best_reference.learner.train(_blind(bench.trials.pool, mask))
    return score(_blind(case.test, mask))


def _blind(sample: Sample, mask: NDArray[np.bool_]) -> Sample:
    matrix = sample.matrix.copy()
    matrix[:, mask] = 0.0
    return replace(sample, matrix=matrix)


def _twins(bench: Bench) -> Suspicion | None:
    """Test rows whose every value, the answer too, stands in a training row."""
    found = copies(bench.case.train, bench.case.test_as_given)
    if found is None:
        return None
    before, after, gain = _honest(bench, ~found.in_train)
    all_copies = before is after
    return Suspicion(
        cause="leakage",
        gain=gain,
        floor=bench.floor,
        gate=all_copies or (gain.estimate < -bench.floor and gain.upper < 0),
        blocker=True,
        sample=bench.case.test_as_given,
        before=before,
        after=after,
        evidence=f"{found.share:.1%} of the test rows stand in the training rows too, with"
        f" the same answer; among training rows {found.within:.1%} repeat",
        remedy=f"take the {int(found.in_train.sum()):,} training rows that are test rows out,"
        " and split again by what makes a row unique",
        question="Were rows copied or joined before the split?",
        numbers={
            "share": found.share,
            "within": found.within,
        },
        explains=("not_enough_data", "miscalibration", "overfitting", "underfitting"),
    )


def _honest(
    bench: Bench, kept: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], Gain]:
    """Train without the twins; the difference is what the score owes to them.

    Where all training rows are copies, the scores stay as they are.
    """
    case, given = bench.case, bench.case.test_as_given
    as_is = bench.model.can_train and not bench.trials.is_subsampled
    score = bench.score if as_is else bench.learner.train(bench.trials.pool)
    before = score(given)
    usual = case.losses(given, before)
    if kept.sum() < thresholds.LEAST_ROWS:
        return before, before, measured(usual, usual)
    rows = at_most(
        case.train.take(np.flatnonzero(kept)), len(bench.trials.pool), rng=case.rng("twins")
    )
    after = bench.learner.train(rows)(given)
    losses = case.losses(given, after)
    gain = measured(usual, losses, clusters=case.clusters(given, len(given)))
    return before, after, gain


def tells_much(suspect: Suspect) -> bool:
    """Whether a column takes away enough of the loss to be the answer in disguise.

    Where all columns together tell little, one honest column is most of it.
    """
    return suspect.strength > thresholds.LEAK_LEAST
