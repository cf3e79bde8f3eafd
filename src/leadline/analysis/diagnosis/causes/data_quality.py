"""Data quality: columns that broke on the way, and what mending them buys.

A change of unit is undone and the rows are scored again. Values that went missing cannot
be brought back, so the same share is taken from rows that still have them: what that
costs is what mending buys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.domain import distance
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.diagnosis.trials import measured
from leadline.analysis.problem.tables import column, with_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Gain

FACTORS = (10.0, 100.0, 1_000.0, 1e6, 60.0, 24.0, 7.0, 2.54, 2.2046, 1.609, 0.3048)
MENDED = 0.5
"""A unit is found when undoing it takes away this share of the column's distance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """One column that broke between two samples."""

    name: str
    what: str
    share: float
    factor: float = 1.0
    everywhere: bool = False
    value: float = float("nan")


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
    broken = [b for b in broken_columns(bench, old, new) if _matters(bench, b.name)]
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


def _matters(bench: Bench, name: str) -> bool:
    return bench.dependence.get(name, 0.0) > bench.floor / 4 or name in bench.dependent_columns


def broken_columns(bench: Bench, old: Sample, new: Sample) -> list[Broken]:
    """Return columns with more missing values, another unit, or unknown categories."""
    encoder = bench.case.encoder
    found: list[Broken] = []
    sources, is_code = encoder.sources, encoder.categorical_mask
    for source in dict.fromkeys(sources):
        j = sources.index(source)
        before, after = old.matrix[:, j], new.matrix[:, j]
        broken = _missing(source, before, after)
        if broken is None and is_code[j]:
            broken = _unknown(source, before, after, n=len(encoder.categories.get(source, ())))
        elif broken is None:
            broken = _unit(source, before, after) or _stuck(source, before, after)
        if broken is not None:
            found.append(broken)
    return sorted(found, key=lambda b: -bench.dependence.get(b.name, 0.0))


def _missing(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64]
) -> Broken | None:
    was, now = float(np.isnan(before).mean()), float(np.isnan(after).mean())
    error = np.sqrt(was * (1 - was) / before.size + now * (1 - now) / after.size)
    if now - was < max(thresholds.NULL_RISE, 4 * error):
        return None
    return Broken(name=name, what=f"missing in {now:.0%} (was {was:.0%})", share=now - was)


def _stuck(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Broken | None:
    """Find a number that now stands in many rows and stood in hardly any: a default."""
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if min(before.size, after.size) < 2 * thresholds.LEAST_ROWS:
        return None
    values, counts = np.unique(after, return_counts=True)
    value, now = float(values[counts.argmax()]), float(counts.max() / after.size)
    was = float((before == value).mean())
    if was > thresholds.SPIKE_BEFORE or now - was < thresholds.SPIKE_RISE:
        return None
    return Broken(name=name, what=f"is {value:.6g} in {now:.0%} (was {was:.1%})",
                  share=now, value=value)  # fmt: skip


def _unknown(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64], *, n: int
) -> Broken | None:
    was, now = float((before > n).mean()), float((after > n).mean())
    if now - was < thresholds.NULL_RISE:
        return None
    return Broken(name=name, what=f"has unknown categories in {now:.0%}", share=now - was)


def _unit(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Broken | None:
    """Find a factor that brings the column (or what is out of range) back to its shape."""
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if min(before.size, after.size) < 2 * thresholds.LEAST_ROWS or np.unique(before).size < 5:
        return None
    usual = distance(before, after, categorical=False)
    noise = 2.0 * float(np.sqrt(1 / before.size + 1 / after.size))
    out = outside(before, after)
    if usual < max(0.03, noise):
        return None
    best: tuple[float, Broken] | None = None
    for factor in (*FACTORS, *(1 / f for f in FACTORS), -1.0, *_scale(before, after)):
        for everywhere in (True, False):
            fixed = np.where(out | everywhere, after / factor, after)
            left = distance(before, fixed, categorical=False)
            share = 1.0 if everywhere else float(out.mean())
            if best is None or left < best[0] - 1e-9:
                best = (
                    left,
                    Broken(
                        name=name,
                        what=f"{factor:.4g} times as large in {share:.0%} of the rows",
                        share=share,
                        factor=factor,
                        everywhere=everywhere,
                    ),
                )
    if best is None or best[0] > max((1 - MENDED) * usual, noise / 2):
        return None
    return best[1] if best[1].share > 0.01 and best[0] < max(0.1, noise) else None


def _scale(before: NDArray[np.float64], after: NDArray[np.float64]) -> list[float]:
    """Return the factor between the sizes of the values, where no natural drift is so large."""
    was, now = float(np.median(np.abs(before))), float(np.median(np.abs(after)))
    factor = now / was if was > 0 else 0.0
    least = thresholds.UNIT_FACTOR
    if factor <= 0 or 1 / least < factor < least:
        return []
    near = [f for f in (*FACTORS, *(1 / f for f in FACTORS)) if 0.9 < factor / f < 1.1]
    return [] if near else [factor]


def outside(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values lie outside the old range."""
    return np.asarray((after < np.nanmin(before)) | (after > np.nanmax(before)))


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


def rescaled(sample: Sample, b: Broken, *, reference: Sample, sources: list[str]) -> Sample:
    """Return the rows with a change of unit undone, in table and matrix."""
    j = sources.index(b.name)
    values = sample.matrix[:, j]
    out = outside(reference.matrix[:, j], values) | b.everywhere
    fixed = np.where(out, values / b.factor, values)
    matrix = sample.matrix.copy()
    matrix[:, j] = fixed
    return replace(sample, X=with_column(sample.X, b.name, fixed), matrix=matrix)


def _break(sample: Sample, b: Broken, *, rng: np.random.Generator) -> Sample:
    values = column(sample.X, b.name)
    hit = rng.random(len(sample)) < b.share
    if b.factor != 1.0:
        broken = np.where(hit, np.asarray(values, dtype=float) * b.factor, values)
    elif values.dtype.kind in "iufb":
        broken = np.where(hit, b.value, values.astype(float))  # nan where values went missing
    else:
        broken = values.astype(object)
        broken[hit] = "never seen before" if "unknown" in b.what else None
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
