"""Columns that broke between two samples: missing, in another unit, a default, unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.domain import distance
from leadline.analysis.problem.tables import column, with_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.samples import Sample

FACTORS = (10.0, 100.0, 1_000.0, 1e6, 60.0, 24.0, 7.0, 2.54, 2.2046, 1.609, 0.3048)
MENDED = 0.5
"""A unit is found when undoing it takes away this share of the column's distance."""

OTHERS_MOVED = 0.1
"""From this distance on, the values beside a new one have moved, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """One column that broke between two samples."""

    name: str
    what: str
    share: float
    factor: float = 1.0
    everywhere: bool = False
    value: float = float("nan")
    is_unknown: bool = False


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
            n = len(encoder.categories.get(source, ()))
            broken = _unknown(source, before, after, n=n, train=bench.case.train)
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
    """Find a number that now stands in many rows and stood in hardly any: a default.

    A default takes the place of any value, so that the others keep their shape; where other
    rows come, the others move too.
    """
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if min(before.size, after.size) < 2 * thresholds.LEAST_ROWS:
        return None
    values, counts = np.unique(after, return_counts=True)
    value, now = float(values[counts.argmax()]), float(counts.max() / after.size)
    was = float((before == value).mean())
    if was > thresholds.SPIKE_BEFORE or now - was < thresholds.SPIKE_RISE:
        return None
    others = [side[side != value] for side in (before, after)]
    chance = 2.0 * float(np.sqrt(sum(1 / max(side.size, 1) for side in others)))
    if distance(*others, categorical=False) > max(OTHERS_MOVED, chance):
        return None
    return Broken(name=name, what=f"is {value:.6g} in {now:.0%} (was {was:.1%})",
                  share=now, value=value)  # fmt: skip


def _unknown(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64], *, n: int, train: Sample
) -> Broken | None:
    was, now = float((before > n).mean()), float((after > n).mean())
    least = thresholds.NULL_RISE
    if now - was < least or now - was < least + yet_unseen(column(train.X, name)):
        return None
    what = f"has unknown categories in {now:.0%}"
    return Broken(name=name, what=what, share=now - was, is_unknown=True)


def yet_unseen(values: NDArray[Any]) -> float:
    """Return the chance that the next row brings a category that no row has had so far.

    Few rows have not met all categories: what is new then broke nowhere. Three standard errors
    are added.

    References
    ----------
    Good (1953), The population frequencies of species and the estimation of population
    parameters (Good and Turing's estimate: the share of values that stand once).
    """
    _, counts = np.unique(values.astype(str), return_counts=True)
    chance = float((counts == 1).sum()) / values.size
    return chance + 3 * float(np.sqrt(chance * (1 - chance) / values.size))


def _unit(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Broken | None:
    """Find a factor that brings the column (or what is out of range) back to its shape."""
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if min(before.size, after.size) < 2 * thresholds.LEAST_ROWS or np.unique(before).size < 5:
        return None
    usual = distance(before, after, categorical=False)
    noise = 2.0 * float(np.sqrt(1 / before.size + 1 / after.size))
    if usual < max(0.03, noise):
        return None
    best: tuple[float, Broken] | None = None
    for factor in (*FACTORS, *(1 / f for f in FACTORS), -1.0, *_scale(before, after)):
        out = misplaced(before, after, factor)
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


MUCH = 8.0
"""A factor by which hardly any column moves by itself; then values that are common enough only
after they are divided by it are taken for values in another unit, within the old range too."""

NEAR = 1.25
"""Values within this factor of another one are near it."""


def misplaced(
    before: NDArray[np.float64], values: NDArray[np.float64], factor: float
) -> NDArray[np.bool_]:
    """Which values came in another unit, if some of them did: a mixture of two.

    Parameters
    ----------
    before : array of shape (n,)
        Values in the old unit.
    values : array of shape (m,)
        In both; nan is in none.
    factor : float
        Of the new unit.
    """
    out = outside(before, values)
    if 1 / MUCH < factor < MUCH:
        return out
    seen = np.sort(before[np.isfinite(before)])
    return out | (_near(seen, values / factor) > _near(seen, values))


def _near(seen: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Count the sorted values that lie near each of others."""
    low, high = values / NEAR, values * NEAR
    low, high = np.minimum(low, high), np.maximum(low, high)
    found = np.searchsorted(seen, high, side="right") - np.searchsorted(seen, low, side="left")
    return np.where(np.isnan(values), 0, found)


def outside(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values lie outside the old range."""
    return np.asarray((after < np.nanmin(before)) | (after > np.nanmax(before)))


def rescaled(sample: Sample, b: Broken, *, reference: Sample, sources: list[str]) -> Sample:
    """Return the rows with a change of unit undone, in table and matrix."""
    j = sources.index(b.name)
    values = sample.matrix[:, j]
    out = misplaced(reference.matrix[:, j], values, b.factor) | b.everywhere
    fixed = np.where(out, values / b.factor, values)
    matrix = sample.matrix.copy()
    matrix[:, j] = fixed
    return replace(sample, X=with_column(sample.X, b.name, fixed), matrix=matrix)
