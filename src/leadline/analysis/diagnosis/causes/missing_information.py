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
    usual = _losses_with(bench, train, test, [])
    options = {name: [name] for name in case.candidates}
    if len(options) > 1:
        options[", ".join(options)] = list(case.candidates)
    gains = {
        label: measured(
            usual,
            _losses_with(bench, train, test, columns),
            clusters=case.clusters(test, usual.size),
        )
        for label, columns in options.items()
        if case.clock.allows(0.5, f"candidate {label}")
    }
    if not gains:
        return []
    best = max(gains, key=lambda label: gains[label].estimate)
    return [
        Suspicion(
            cause="missing_information",
            gain=gains[best],
            floor=bench.floor,
            evidence="with "
            + "; with ".join(f"{n}: {signed(g.estimate)}" for n, g in gains.items()),
            remedy=f"add {best}",
            question=f"Is {best} known at the moment of the prediction?",
            numbers={name: g.estimate for name, g in gains.items()},
        )
    ]


def _losses_with(
    bench: Bench, train: Sample, test: Sample, columns: list[str]
) -> NDArray[np.float64]:
    """Losses of the model (or of boosted trees, where it takes no new columns)."""
    case = bench.case
    kept = np.isin(case.candidate_sources, columns)
    categorical = np.concatenate(
        [case.encoder.categorical_mask, np.asarray(case.candidate_categorical)[kept]]
    )
    learner = references(
        problem=case.problem, categorical=categorical, n_rows=len(train), seed=case.seed
    )[0]
    score = learner.train(_with_columns(train, kept))
    return case.losses(test, score(_with_columns(test, kept)))


def _with_columns(sample: Sample, kept: NDArray[np.bool_]) -> Sample:
    extra = np.asarray(sample.extra)[:, kept]
    return replace(sample, matrix=np.column_stack([sample.matrix, extra]))
