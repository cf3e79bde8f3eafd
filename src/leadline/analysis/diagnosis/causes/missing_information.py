"""Missing information: what a column that the team could add would buy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.references import references
from leadline.analysis.diagnosis.samples import folds
from leadline.analysis.diagnosis.trials import measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample


def missing_information(bench: Bench) -> list[Suspicion]:
    """Train a reference with each candidate, and with all of them."""
    case = bench.case
    train, test = bench.trials.pool, case.test
    if not case.candidates or train.extra is None:
        return []
    if test.extra is None:  # known for the training rows only: judge on some of those
        fold = folds(train, n_folds=3, rng=case.rng("candidates"), stratify=case.stratify)
        test = train.take(np.flatnonzero(fold == 0))
        train = train.take(np.flatnonzero(fold != 0))
    before = _scores_with(bench, train, test, [])
    usual = case.losses(test, before)
    options = {name: [name] for name in case.candidates}
    if len(options) > 1:
        options[", ".join(options)] = list(case.candidates)
    scores = {
        label: _scores_with(bench, train, test, columns)
        for label, columns in options.items()
        if case.clock.allows(0.5, f"candidate {label}")
    }
    if not scores:
        return []
    clusters = case.clusters(test, usual.size)
    gains = {
        label: measured(usual, case.losses(test, after), clusters=clusters)
        for label, after in scores.items()
    }
    best = max(gains, key=lambda label: gains[label].estimate)
    return [
        Suspicion(
            cause="missing_information",
            gain=gains[best],
            floor=bench.floor,
            evidence="trees on the same rows, with and without it, gain "
            + "; ".join(f"{signed(g.estimate)} by {n}" for n, g in gains.items()),
            remedy=f"add {best}",
            question=f"Is {best} known at the moment of the prediction?",
            numbers={name: g.estimate for name, g in gains.items()},
            sample=test,
            before=before,
            after=scores[best],
        )
    ]


def _scores_with(
    bench: Bench, train: Sample, test: Sample, columns: list[str]
) -> NDArray[np.float64]:
    """Scores of boosted trees: the model at hand may not take new columns."""
    case = bench.case
    kept = np.isin(case.candidate_sources, columns)
    categorical = np.concatenate(
        [case.encoder.categorical_mask, np.asarray(case.candidate_categorical)[kept]]
    )
    learner = references(
        problem=case.problem, categorical=categorical, n_rows=len(train), seed=case.seed
    )[0]
    score = learner.train(_with_columns(train, kept))
    return score(_with_columns(test, kept))


def _with_columns(sample: Sample, kept: NDArray[np.bool_]) -> Sample:
    extra = np.asarray(sample.extra)[:, kept]
    return replace(sample, matrix=np.column_stack([sample.matrix, extra]))
