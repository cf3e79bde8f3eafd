"""Missing information: what a column that the team could add would buy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis.bench import Bench, Suspicion, with_values
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.references import references
from leadline.analysis.diagnosis.samples import folds
from leadline.analysis.problem.tables import names
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample


def missing_information(bench: Bench) -> list[Suspicion]:
    """Train the model with each candidate, and with all of them.

    A model that takes no new columns, or makes nothing of them, is stood in for by trees.
    """
    case = bench.case
    train, test = bench.trials.pool, case.test
    if not case.candidates or train.extra is None:
        return []
    if test.extra is None:  # known for the training rows only: judge on some of those
        fold = folds(train, n_folds=3, rng=case.rng("candidates"), stratify=case.stratify)
        test = train.take(np.flatnonzero(fold == 0))
        train = train.take(np.flatnonzero(fold != 0))
    own = _of_own_model(bench, train, test)
    train_with = partial(_of_model if own else _of_trees, bench, train, test)

    def scored(columns: list[str]) -> NDArray[np.float64]:
        known = own.get(tuple(columns))
        return train_with(columns) if known is None else known

    before = scored([])
    usual = case.losses(test, before)
    options = {name: [name] for name in case.candidates}
    if len(options) > 1:
        options[", ".join(options)] = list(case.candidates)
    seconds = bench.trials.seconds.get(bench.base.learner.name, 0.0) if own else 0.5
    scores = {
        label: scored(columns)
        for label, columns in options.items()
        if case.clock.allows(seconds, f"candidate {label}")
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
            evidence=("the model" if own else "trees")
            + " on the same rows, with and without it, gain "
            + "; ".join(f"{signed(g.estimate)} by {n}" for n, g in gains.items()),
            remedy=f"add {best}",
            question=f"Is {best} known at the moment of the prediction?",
            numbers={name: g.estimate for name, g in gains.items()},
            sample=test,
            before=before,
            after=scores[best],
        )
    ]


def _of_own_model(
    bench: Bench, train: Sample, test: Sample
) -> dict[tuple[str, ...], NDArray[np.float64]]:
    """Scores of the model at hand without the candidates and with all of them, by columns.

    Empty where it cannot be trained with them, or does not look at them.
    """
    case, columns = bench.case, bench.case.candidates
    if not bench.model.can_train or np.any(case.candidate_categorical):
        return {}
    seconds = 2 * bench.trials.seconds.get(bench.base.learner.name, 0.0)
    if {*columns} & {*names(train.X)} or not case.clock.allows(seconds, "the model's own gain"):
        return {}
    try:
        found = {chosen: _of_model(bench, train, test, chosen) for chosen in (columns, ())}
    except InputError:
        return {}
    return {} if np.array_equal(found[columns], found[()]) else found


def _of_model(
    bench: Bench, train: Sample, test: Sample, columns: Sequence[str]
) -> NDArray[np.float64]:
    """Scores of the model at hand with some of the candidates, which are numbers."""
    for name in columns:
        j = bench.case.candidate_sources.index(name)
        train, test = (with_values(s, name, np.asarray(s.extra)[:, j]) for s in (train, test))
    return bench.model.learner().train(train)(test)


def _of_trees(
    bench: Bench, train: Sample, test: Sample, columns: Sequence[str]
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
