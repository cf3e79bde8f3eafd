"""The ladder: from a guess without machine learning to what is within reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline import choice, history
from leadline.analysis.baseline.rows import Rows
from leadline.analysis.diagnosis.learners import constant_scorer
from leadline.analysis.diagnosis.result import Rung
from leadline.analysis.diagnosis.samples import at_most
from leadline.analysis.problem.encoding import as_numbers, kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.samples import Sample

RULE_ROWS = 20_000
"""Rows from which the best rule is read: `leadline.baseline` looks at no more for its cuts."""

RULE_MOMENTS = 20_000
"""The same where rules look at what came before: the newest rows, without a gap."""

RULE_CELLS = 1_000_000
"""Rows times columns: of wide tables fewer rows are read …"""

LEAST_RULE_ROWS = 5_000
"""… and none where so few rows are too many: that takes longer than a rung is worth."""


def ladder(bench: Bench) -> list[Rung]:
    """Return constant → rule → train → held out → test → production, and what is in reach."""
    case = bench.case
    constant = constant_scorer(case.train.target, problem=case.problem)
    rungs = [_rung(bench, "constant", case.test, constant(case.test))]
    rungs += _rule(bench)
    rungs.append(_rung(bench, "train", bench.trials.seen, bench.base.train_scores))
    if len(bench.trials.jobs) > 1:
        n_test = bench.trained_losses.size
        held = bench.base.losses[n_test:]
        rungs.append(
            Rung(name="held out", loss=float(held.mean()), metric=_metric_of_folds(bench),
                 n_rows=held.size, note="folds of the training rows")
        )  # fmt: skip
    rungs.append(_rung(bench, "test", case.test, bench.test_scores))
    if case.production is not None and case.production.y is not None:
        rungs.append(_rung(bench, "production", case.production, bench.score(case.production)))
    if bench.recalibrated is not None:
        name, scores = bench.recalibrated
        rungs.append(_rung(bench, "recalibrated", case.test, scores, note=name))
    if not case.scores_only and bench.reference_outcomes:
        best = bench.best_reference
        rungs.append(
            _rung(bench, "reference", case.test, best.scores[0], note=best.learner.name)
        )
    if bench.curve:
        rungs.append(
            Rung(name="double the data", loss=bench.curve[-1].loss - bench.gain_of_doubling,
                 metric=float("nan"), n_rows=2 * len(case.train), note="expected")
        )  # fmt: skip
    return rungs


def _metric_of_folds(bench: Bench) -> float:
    """Return the user's metric averaged over the folds where it is defined."""
    folds = zip(bench.trials.jobs[1:], bench.base.scores[1:], strict=True)
    found = [
        bench.case.metric(job.held.target, scores, groups=job.held.groups)
        for job, scores in folds
    ]
    known = [value for value in found if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _rung(
    bench: Bench, name: str, sample: Sample, scores: NDArray[np.float64], note: str = ""
) -> Rung:
    case = bench.case
    return Rung(
        name=name,
        loss=float(case.losses(sample, scores).mean()),
        metric=float(case.metric(sample.target, scores, groups=sample.groups)),
        n_rows=len(sample),
        note=note,
    )


def _rule(bench: Bench) -> list[Rung]:
    """Judge the best rule without machine learning, as `leadline.baseline` would find it."""
    case = bench.case
    width = case.train.matrix.shape[1]
    if case.scores_only or width * min(len(case.train), LEAST_RULE_ROWS) > RULE_CELLS:
        return []
    if case.clock.is_over:
        case.clock.skipped.append("the best rule: the budget was over")
        return []
    learnt, test = _learnt(bench), _rows(bench, case.test)
    if (learnt.time is None) != (test.time is None):
        learnt, test = replace(learnt, time=None), replace(test, time=None)
    horizon = 0.0 if learnt.time is None else history.step_of(learnt.time)
    trials = choice.try_rules(
        learnt, problem=case.problem, metric=case.metric, horizon=horizon,
        rng=case.rng("rule"),
    )  # fmt: skip
    best = trials[0].rule
    return [_rung(bench, "rule", case.test, best.score(test), note=best.sentence)]


def _learnt(bench: Bench) -> Rows:
    case = bench.case
    train = _rows(bench, case.train)
    if train.time is not None:
        return train.take(np.sort(np.argsort(train.time, kind="stable")[-RULE_MOMENTS:]))
    most = min(RULE_ROWS, RULE_CELLS // case.train.matrix.shape[1])
    sample = at_most(case.train, most, rng=case.rng("rule rows"), whole_groups=True)
    return _rows(bench, sample)


def _rows(bench: Bench, sample: Sample) -> Rows:
    time = None if sample.time is None else as_numbers(sample.time)
    if time is not None and np.isnan(time).any():
        time = None
    return Rows(
        table=sample.X,
        matrix=sample.matrix,
        encoder=bench.case.encoder,
        y=sample.target,
        groups=sample.groups,
        time=time,
        dated=time is not None and kind_of(np.asarray(sample.time)) == "date",
    )
