"""Weak segments: values of one column on which the model is worse than elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.result import Segment
from leadline.analysis.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench

LEAST_ROWS = 50
MOST_CATEGORIES = 20
MOST_SEGMENTS = 10
FEW_VALUES = 10


def weak_segments(bench: Bench) -> list[Segment]:
    """Compare each quarter of a number and each common category with all other rows."""
    losses = bench.test_losses
    clusters = bench.case.clusters(bench.case.test, losses.size)
    found = [
        _compared(sentence, rows, losses, clusters=clusters)
        for sentence, rows in _candidates(bench)
        if LEAST_ROWS <= rows.sum() <= losses.size - LEAST_ROWS
    ]
    adjusted = benjamini_hochberg(np.array([s.pvalue for s in found]))
    weak = [
        Segment(
            sentence=s.sentence,
            n_rows=s.n_rows,
            loss=s.loss,
            loss_elsewhere=s.loss_elsewhere,
            pvalue=float(p),
        )
        for s, p in zip(found, adjusted, strict=True)
        if p <= thresholds.FALSE_DISCOVERY_RATE and s.loss - s.loss_elsewhere > bench.floor
    ]
    weak.sort(key=lambda s: -(s.loss - s.loss_elsewhere) * s.n_rows)
    return weak[:MOST_SEGMENTS]


def _compared(
    sentence: str,
    rows: NDArray[np.bool_],
    losses: NDArray[np.float64],
    *,
    clusters: NDArray[np.intp],
) -> Segment:
    """Compare two means; rows of one cluster are one witness."""
    here, elsewhere = losses[rows], losses[~rows]
    off = np.where(rows, (losses - here.mean()) / here.size, 0.0)
    off -= np.where(rows, 0.0, (losses - elsewhere.mean()) / elsewhere.size)
    error = np.sqrt((np.bincount(clusters, weights=off) ** 2).sum())
    z = (here.mean() - elsewhere.mean()) / max(float(error), 1e-12)
    return Segment(
        sentence=sentence,
        n_rows=here.size,
        loss=float(here.mean()),
        loss_elsewhere=float(elsewhere.mean()),
        pvalue=float(norm.sf(z)),
    )


def _candidates(bench: Bench) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    encoder, matrix = bench.case.encoder, bench.case.test.matrix
    for j, name in enumerate(encoder.names):
        values = matrix[:, j]
        yield f"{name} is missing", np.isnan(values)
        if encoder.categorical_mask[j]:
            known = encoder.categories.get(encoder.sources[j], ())
            for code, category in enumerate(known[:MOST_CATEGORIES]):
                yield f"{name} is {category}", values == code
            continue
        few = np.unique(values[np.isfinite(values)])
        if few.size <= FEW_VALUES:
            yield from ((f"{name} is {value:g}", values == value) for value in few)
        else:
            edges = np.nanquantile(values, [0.25, 0.5, 0.75])
            yield f"{name} ≤ {edges[0]:.4g}", values <= edges[0]
            yield f"{name} > {edges[2]:.4g}", values > edges[2]
