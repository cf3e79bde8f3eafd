"""The best one- and two-feature rules: "if days_since_last_visit > 30 → churn"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from leadline.analysis.baseline import wording
from leadline.analysis.baseline.features import (
    Ordered,
    best_cut,
    put_in_order,
    read_features,
    sums,
)
from leadline.analysis.baseline.rows import Rows, Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

Cells: TypeAlias = Callable[[Rows], "NDArray[np.int64]"]
Told: TypeAlias = tuple[str, "NDArray[np.float64]"]
Coarse: TypeAlias = tuple["NDArray[np.int64]", "NDArray[np.int64]"]

MOST_ROWS = 20_000
"""Rows among which cuts are searched; the values on both sides use all rows."""

MOST_PAIRED = 12
"""Features that are tried in pairs: those with the best single cuts."""

COARSE = 16
STEPS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What rules of cuts are searched in: features in order, best first."""

    rows: Rows
    targets: NDArray[np.float64]
    sample: Rows
    ordered: list[Ordered]
    cuts: list[int]
    fewest: int
    use_median: bool


def targets_of(y: NDArray[np.float64], *, problem: Problem) -> NDArray[np.float64]:
    """Return what rules average, shape (n, k): an indicator per class, or the number."""
    if problem.kind == "multiclass":
        return np.asarray(np.eye(len(problem.classes))[y])
    return np.asarray(y, dtype=np.float64)[:, None]


def search(
    rows: Rows, *, problem: Problem, rng: np.random.Generator, use_median: bool = False
) -> Search:
    """Order every feature's bins and find its best single cut."""
    picked = np.arange(rows.n)
    if rows.n > MOST_ROWS:
        picked = np.sort(rng.choice(rows.n, size=MOST_ROWS, replace=False))
    sample = replace(rows, table=None, matrix=rows.matrix[picked], y=rows.y[picked])
    targets = targets_of(sample.y, problem=problem)
    fewest = max(1, min(max(10, sample.n // 100), sample.n // 4))
    found = []
    for feature in read_features(rows.encoder, sample.matrix):
        ordered = put_in_order(feature, feature.bins(sample.matrix), targets)
        cut, gain = best_cut(ordered.count, ordered.total, fewest=fewest)
        if gain > 0:
            found.append((gain, ordered, cut))
    found.sort(key=lambda entry: -entry[0])
    return Search(
        rows=rows,
        targets=targets_of(rows.y, problem=problem),
        sample=sample,
        ordered=[ordered for _, ordered, _ in found],
        cuts=[cut for _, _, cut in found],
        fewest=fewest,
        use_median=use_median,
    )


def one_feature(found: Search, *, problem: Problem) -> Rule | None:
    """One cut of the feature whose cut says most; None where no feature says anything."""
    if not found.ordered:
        return None
    ordered, cut = found.ordered[0], found.cuts[0]
    cells = (ordered.places(found.rows.matrix) > cut).astype(np.int64)
    values = _values(found, cells, 2)
    told = [(ordered.above(cut), values[1]), (ordered.up_to(cut), values[0])]
    (condition, value), (_, other) = _likeliest_first(told)
    return _rule(
        "one feature",
        f"if {condition} → {wording.outcome(value, problem=problem)}; "
        f"otherwise {wording.outcome(other, problem=problem)}",
        lambda rows: (ordered.places(rows.matrix) > cut).astype(np.int64),
        values,
        problem=problem,
    )


def steps(found: Search, *, problem: Problem) -> Rule | None:
    """One number in up to five steps; None where no number says anything."""
    numbers = [o for o in found.ordered if o.feature.kind in {"number", "date"}]
    options = [(*_staircase(o, fewest=found.fewest), o) for o in numbers[:MOST_PAIRED]]
    if not options:
        return None
    _, cuts, ordered = max(options, key=lambda option: option[0])
    edges = np.array(cuts)

    def cells(rows: Rows) -> NDArray[np.int64]:
        return np.searchsorted(edges, ordered.places(rows.matrix), side="left")

    values = _values(found, cells(found.rows), edges.size + 1)
    told = [
        f"if {ordered.up_to(cut)} → {wording.outcome(values[i], problem=problem)}"
        for i, cut in enumerate(cuts)
    ]
    last = wording.outcome(values[-1], problem=problem)
    sentence = f"the first that fits: {'; '.join(told)}; otherwise {last}"
    return _rule("steps of one feature", sentence, cells, values, problem=problem)


def two_features(found: Search, *, problem: Problem) -> Rule | None:
    """Two features with one cut each: four cells."""
    targets = targets_of(found.sample.y, problem=problem)
    coarse = [
        _coarse(ordered, ordered.places(found.sample.matrix))
        for ordered in found.ordered[:MOST_PAIRED]
    ]
    options = [
        (*_best_cross(coarse[i], coarse[j], targets, fewest=found.fewest), i, j)
        for i, j in combinations(range(len(coarse)), 2)
    ]
    gain, a, b, i, j = max(options, default=(0.0, -1, -1, -1, -1))
    if gain <= 0:
        return None
    first, second = found.ordered[i], found.ordered[j]
    cut_a, cut_b = int(coarse[i][1][a]), int(coarse[j][1][b])

    def cells(rows: Rows) -> NDArray[np.int64]:
        high_a = first.places(rows.matrix) > cut_a
        high_b = second.places(rows.matrix) > cut_b
        return 2 * high_a.astype(np.int64) + high_b

    values = _values(found, cells(found.rows), 4)
    sides = [
        f"{x} and {y}"
        for x in (first.up_to(cut_a), first.above(cut_a))
        for y in (second.up_to(cut_b), second.above(cut_b))
    ]
    said = [
        f"if {condition} → {wording.outcome(value, problem=problem)}"
        for condition, value in _likeliest_first(list(zip(sides, values, strict=True)))
    ]
    return _rule("two features", "; ".join(said), cells, values, problem=problem)


def _rule(
    name: str, sentence: str, cells: Cells, values: NDArray[np.float64], *, problem: Problem
) -> Rule:
    per_cell = values if problem.kind == "multiclass" else values[:, 0]
    return Rule(name=name, sentence=sentence, score=lambda rows: per_cell[cells(rows)])


def _values(found: Search, cells: NDArray[np.int64], n_cells: int) -> NDArray[np.float64]:
    """What each cell says, shape (n_cells, k): its mean with one average row added."""
    targets = found.targets
    count = np.bincount(cells, minlength=n_cells)
    if found.use_median:
        parts = [targets[cells == i] if count[i] else targets for i in range(n_cells)]
        return np.array([np.median(part, axis=0) for part in parts])
    total = sums(cells, targets, n=n_cells)
    return np.asarray((total + targets.mean(axis=0)) / (count + 1)[:, None])


def _likeliest_first(told: list[Told]) -> list[Told]:
    """Begin with the cell that is furthest up: the one somebody acts on."""
    return sorted(told, key=lambda entry: -float(entry[1].max()))


def _staircase(ordered: Ordered, *, fewest: int) -> tuple[float, list[int]]:
    """Cut greedily where it removes most error; return what is removed and the cuts."""
    removed, cuts = 0.0, list[int]()
    pieces = [(0, ordered.count.size)]
    while len(pieces) < STEPS:
        options = []
        for start, stop in pieces:
            part = slice(start, stop)
            cut, gain = best_cut(ordered.count[part], ordered.total[part], fewest=fewest)
            options.append((gain, start + cut, (start, stop)))
        gain, cut, piece = max(options)
        if gain <= 0:
            break
        removed += gain
        cuts.append(cut)
        pieces.remove(piece)
        pieces += [(piece[0], cut + 1), (cut + 1, piece[1])]
    return removed, sorted(cuts)


def _coarse(ordered: Ordered, places: NDArray[np.int64]) -> Coarse:
    """Merge places into at most 16 about equally full ones; return each one's last place."""
    filled = np.cumsum(ordered.count) / ordered.count.sum()
    group = np.minimum((filled * COARSE * (1 - 1e-9)).astype(np.int64), COARSE - 1)
    last = np.flatnonzero(np.append(np.diff(group) > 0, True))
    return np.searchsorted(last, places, side="left"), last


def _best_cross(
    a: Coarse, b: Coarse, targets: NDArray[np.float64], *, fewest: int
) -> tuple[float, int, int]:
    """Find the pair of cuts whose four cells leave least squared error."""
    rows, columns = a[1].size, b[1].size
    flat = a[0] * columns + b[0]
    stacked = np.column_stack([np.ones(flat.size), targets])
    cube = np.stack(
        [np.bincount(flat, weights=w, minlength=rows * columns) for w in stacked.T]
    ).reshape(-1, rows, columns)
    below = cube.cumsum(axis=1).cumsum(axis=2)
    whole = below[:, -1:, -1:]
    both, left, under = below, below[:, :, -1:], below[:, -1:, :]
    cells = [both, left - both, under - both, whole - left - under + both]
    between = sum((cell[1:] ** 2).sum(axis=0) / np.maximum(cell[0], 1) for cell in cells)
    gain = between - (whole[1:] ** 2).sum() / whole[0, 0, 0]
    smallest = np.minimum.reduce([cell[0] for cell in cells])
    gain = np.where(smallest < fewest, -np.inf, gain)
    best = int(np.argmax(gain))
    return float(gain.flat[best]), best // columns, best % columns
