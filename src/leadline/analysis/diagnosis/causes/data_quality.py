"""Data quality: columns that broke on the way, and what mending them buys.

A change of unit is undone and the rows are scored again. Values that went missing cannot
be brought back, so the same share is taken from rows that still have them: what that
costs is what mending buys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.broken import Broken, broken_columns, rescaled
from leadline.analysis.diagnosis.deployed import columns_domain
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.problem.tables import column, with_column

if TYPE_CHECKING:
    from leadline.analysis.diagnosis.result import Gain

OTHER_ROWS = 0.6
"""From this AUC of other columns on, new categories come with other rows."""


def data_quality(bench: Bench) -> list[Suspicion]:
    """Compare each column of test and production rows with the training rows."""
    case = bench.case
    if case.is_ranking:
        return []
    found = [_suspicion(bench, case.train, case.test, "test")]
    if case.production is not None:
        found.append(_suspicion(bench, case.test, case.production, "production"))
    found.append(_in_training(bench))
    return [suspicion for suspicion in found if suspicion is not None]


def _suspicion(bench: Bench, old: Sample, new: Sample, where: str) -> Suspicion | None:
    broken = [b for b in broken_columns(bench, old, new) if _matters(bench, b)]
    unknown = {b.name for b in broken if b.is_unknown}
    if unknown and _others_come(bench, old, new, unknown):
        broken = [b for b in broken if not b.is_unknown]
    if not broken:
        return None
    gain, scored = _mended(bench, new, broken)
    gate = gain.estimate >= bench.floor and gain.lower > 0
    certain = gain.pvalue <= thresholds.FALSE_DISCOVERY_RATE or gain.lower >= bench.floor
    if where == "production" and gate and certain:  # else it may be how production is
        bench.broken = broken
    names = ", ".join(f"{b.name!r} {b.what}" for b in broken[:5])
    return Suspicion(
        cause="data_quality",
        gain=gain,
        floor=bench.floor,
        gate=gate,
        blocker=True,
        evidence=f"in {where} rows, {names}",
        remedy="mend " + ", ".join(f"{b.name!r} ({b.what})" for b in broken[:5]),
        question=f"What changed in the pipeline that fills {broken[0].name!r}?",
        measured_on=where,
        **scored,
        numbers={
            b.name: {"what": b.what, "share": b.share, "factor": b.factor} for b in broken
        },
        explains=("covariate_shift", "concept_drift", "label_shift")
        + (("overfitting", "miscalibration", "not_enough_data") if where == "test" else ()),
    )


def _others_come(bench: Bench, old: Sample, new: Sample, names: set[str]) -> bool:
    """Whether rows differ in other columns that the model depends on: then nothing broke."""
    kept = [name for name in bench.dependent_columns if name not in names]
    return bool(kept) and columns_domain(bench, old, new, kept).differs(OTHER_ROWS)


def _matters(bench: Bench, b: Broken) -> bool:
    """Whether it may cost anything; values never seen before may, whatever was seen."""
    told = bench.dependence.get(b.name, 0.0)
    return b.factor != 1.0 or told > bench.floor / 4 or b.name in bench.dependent_columns


def _mended(bench: Bench, new: Sample, broken: list[Broken]) -> tuple[Gain, dict[str, Any]]:
    """Return what mending buys on the new rows, or on rows broken in the same way.

    And the scores before and after, where they are of the whole damage.
    """
    case = bench.case
    units = [b for b in broken if b.factor != 1.0]
    if new.y is not None and len(units) == len(broken):
        before = bench.score(new)
        usual = case.losses(new, before)
        fixed = new
        for b in units:
            fixed = rescaled(fixed, b, reference=case.train, sources=case.encoder.sources)
        scores = bench.score(fixed)
        gain = measured(
            usual, case.losses(fixed, scores), clusters=case.clusters(new, usual.size)
        )
        return gain, {"sample": new, "before": before, "after": scores}
    rows = case.test
    hurt = rows
    rng = case.rng("break")
    # one column is taken from every row and the cost divided: surer than from some rows
    alone = broken[0].share if len(broken) == 1 else 1.0
    for b in broken:
        hurt = _break(hurt, replace(b, share=b.share / alone), rng=rng)
    before = bench.score(hurt)
    damaged = case.losses(rows, before)
    # rows whose value was missing anyway cannot be hurt again: the damage is a lower bound
    clusters = case.clusters(rows, damaged.size)
    gain = measured(damaged, bench.test_losses, clusters=clusters, factor=alone)
    whole = {"sample": rows, "before": before, "after": bench.test_scores}
    return gain, whole if alone == 1.0 else {}


def mended_rows(bench: Bench, sample: Sample) -> Sample:
    """Return the rows with units put right, without rows whose values went missing."""
    kept = np.ones(len(sample), dtype=bool)
    fixed = sample
    for b in bench.broken:
        j = bench.case.encoder.sources.index(b.name)
        if b.factor != 1.0:
            fixed = rescaled(
                fixed, b, reference=bench.case.train, sources=bench.case.encoder.sources
            )
        else:
            known = len(bench.case.encoder.categories.get(b.name, ()))
            values = sample.matrix[:, j]
            unknown = bench.case.encoder.categorical_mask[j] & (values > known)
            kept &= ~(np.isnan(values) | unknown | (values == b.value))
    return fixed.take(np.flatnonzero(kept))


def _break(sample: Sample, b: Broken, *, rng: np.random.Generator) -> Sample:
    values = column(sample.X, b.name)
    hit = rng.random(len(sample)) < b.share
    if b.factor != 1.0:
        broken = np.where(hit, np.asarray(values, dtype=float) * b.factor, values)
    elif values.dtype.kind in "iufb":
        broken = np.where(hit, b.value, values.astype(float))  # nan where values went missing
    else:
        broken = values.astype(object)
        broken[hit] = "never seen before" if b.is_unknown else None
    return replace(sample, X=with_column(sample.X, b.name, broken))


def _in_training(bench: Bench) -> Suspicion | None:
    """Broken training rows: mend them, train again, judge on the test rows."""
    case = bench.case
    pool = bench.trials.pool
    broken = [b for b in broken_columns(bench, case.test, pool) if b.factor != 1.0]
    if not broken or not bench.model.can_train:
        return None
    fixed = pool
    for b in broken:
        fixed = rescaled(fixed, b, reference=case.test, sources=case.encoder.sources)
    scores = bench.model.learner().train(fixed)(case.test)
    after = case.losses(case.test, scores)
    gain = measured(bench.trained_losses, after, clusters=case.clusters(case.test, after.size))
    names = ", ".join(f"{b.name!r} {b.what}" for b in broken[:5])
    return Suspicion(
        cause="data_quality",
        gain=gain,
        floor=bench.floor,
        gate=gain.estimate >= bench.floor and gain.lower > 0,
        blocker=True,
        evidence=f"in training rows, {names}",
        sample=case.test,
        before=bench.base.scores[0],
        after=scores,
        remedy=f"mend {names} in the training rows and train again",
        question=f"What changed in the pipeline that fills {broken[0].name!r}?",
        numbers={b.name: {"what": b.what, "factor": b.factor} for b in broken},
        explains=("overfitting", "underfitting", "miscalibration", "not_enough_data"),
    )
