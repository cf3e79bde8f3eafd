"""What a remedy brings where the model runs: labelled production rows decide.

A setting that gains on the test rows may lose on the rows that come in production, and a gain
that is small here may be large there. What a remedy is, is seen on rows like the training
rows; what it is worth is measured where the model is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.domain import Domain, domain
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.problem.intervals import paired_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.result import Gain
    from leadline.analysis.diagnosis.samples import Sample

TINY = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Losses of the same units without and with a remedy, and the cluster of each unit."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    clusters: NDArray[np.intp]


def in_production(
    bench: Bench, before: NDArray[np.float64] | None, after: NDArray[np.float64] | None
) -> Pair | None:
    """Return the losses of labelled production rows as a pair; None where there are none.

    Rows of broken columns say nothing of a setting: the columns are to be mended first.
    """
    deployed = bench.trials.deployed
    if deployed is None or before is None or after is None or bench.broken:
        return None
    return Pair(before=before, after=after, clusters=bench.case.clusters(deployed, before.size))


def dependent_domain(bench: Bench, old: Sample, new: Sample) -> Domain:
    """Tell two samples apart by the columns that the model depends on."""
    return columns_domain(bench, old, new, bench.dependent_columns)


def any_domain(bench: Bench, new: Sample) -> Domain:
    """Tell new rows from the test rows by any column.

    What never moved in the training rows is nothing that a model can depend on.
    """
    return columns_domain(bench, bench.case.test, new, bench.case.encoder.sources)


def columns_domain(bench: Bench, old: Sample, new: Sample, names: Sequence[str]) -> Domain:
    """Tell two samples apart by some columns of the table.

    That it is later now is no other kind of rows: what is answered otherwise since then is
    concept drift, and a running clock would hide it behind rows that share no day.
    """
    encoder = bench.case.encoder
    kept = np.isin(encoder.sources, names)
    for j in np.flatnonzero(kept):
        kept[j] = not _is_later(bench, old, new, int(j))
    if not kept.any():
        old, new = (replace(s, matrix=np.zeros_like(s.matrix)) for s in (old, new))
        kept[0] = True
    return domain(
        old.matrix[:, kept],
        new.matrix[:, kept],
        categorical=encoder.categorical_mask[kept],
        rng=bench.case.rng("domain"),
    )


LATER = 0.9
"""From this share of new rows on that lie outside of the old rows' days, it is later now."""


def _is_later(bench: Bench, old: Sample, new: Sample, j: int) -> bool:
    """Whether a column of the matrix is a clock that ran on."""
    encoder = bench.case.encoder
    source = encoder.sources[j]
    before, after = old.matrix[:, j], new.matrix[:, j]
    if encoder.kinds[source] != "date" or encoder.names[j] != source:
        return False
    known = before[np.isfinite(before)]
    outside = (after > known.max(initial=-np.inf)) | (after < known.min(initial=np.inf))
    return float(outside.mean()) > LATER


def production_domain(bench: Bench, production: Sample) -> Domain:
    """Tell production rows as they came from the test rows, once in a run."""
    if bench.production_domain is None:
        bench.production_domain = dependent_domain(bench, bench.case.test, production)
    return bench.production_domain


def where_it_runs(
    bench: Bench,
    held: Pair,
    deployed: Pair | None,
    *,
    measured_on: str,
    factor: float = 1.0,
    extra_sd: tuple[float, float] = (0.0, 0.0),
) -> tuple[Gain, str]:
    """Return a remedy's gain where the model runs, and on which rows it was measured.

    Rows of the same kind are joined with the held-out ones, unless they contradict them: then
    production decides. Of rows of another kind production decides too, where it measures as
    finely as the held-out rows do or shows a gain or a loss for certain; else these decide.

    Parameters
    ----------
    held, deployed : Pair
        Of held-out rows like the training rows, and of labelled production rows.
    measured_on : str
        What the held-out rows are called.
    factor, extra_sd : float
        As in `measured`; the error beside that of the units on either kind of rows.
    """

    def gain(pair: Pair, sd: float) -> Gain:
        return measured(
            pair.before, pair.after, clusters=pair.clusters, factor=factor, extra_sd=sd
        )

    if deployed is None:
        return gain(held, extra_sd[0]), measured_on
    here, there = (
        paired_difference(p.before, p.after, clusters=p.clusters) for p in (held, deployed)
    )
    errors = [
        float(np.hypot(found.standard_error, sd / factor))
        for found, sd in zip((here, there), extra_sd, strict=True)
    ]
    apart = abs(here.estimate - there.estimate) / max(
        float(np.hypot(errors[0], errors[1])), TINY
    )
    certain = abs(there.estimate) / max(errors[1], TINY)
    others = _are_other_rows(bench)
    fine = others and errors[1] <= thresholds.AS_FINE * errors[0]
    if fine or max(apart, certain if others else 0.0) > thresholds.CONTRADICTED:
        return gain(deployed, extra_sd[1]), "production"
    if others:
        return gain(held, extra_sd[0]), measured_on
    both = Pair(
        before=np.concatenate([held.before, deployed.before]),
        after=np.concatenate([held.after, deployed.after]),
        clusters=np.concatenate([held.clusters, deployed.clusters + held.clusters.max() + 1]),
    )
    return gain(both, extra_sd[0]), f"{measured_on} and production"


def _are_other_rows(bench: Bench) -> bool:
    """Whether production rows are told from the test rows by what the model depends on."""
    production = bench.case.production
    return production is not None and production_domain(bench, production).differs(
        thresholds.SHIFT_AUC
    )
