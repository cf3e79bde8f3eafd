"""Leaks of the split itself: one group, one time, or one row on both sides of it.

Nothing is decided from an overlap alone. The model is trained twice on equally many rows:
once without the rows that an honest split would have kept away, once without as many rows
drawn at random. What the score loses in the first and not in the second, it owed to the
split.

References
----------
Kaufman et al. (2012), Leakage in data mining: what is known when predicting must be told
from what is known when learning.
Fellegi and Sunter (1969), A theory for record linkage: agreement on a column counts by how
unlikely it is by chance.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.causes.twins import Pairs, twins
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.samples import units
from leadline.analysis.problem.encoding import as_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Gain
    from leadline.analysis.diagnosis.samples import Sample

DOUBT = 0.01
"""An honest split must be worse beyond this chance."""

PARTS = 4
"""Test groups are kept away from training in this many parts, one after the other."""

CUTS = (0.4, 0.7)
"""Shares of the test rows, in order of time, at which the past is cut from the future."""

TIME_BLOCKS = 30
"""Rows of one stretch of time are no independent witnesses: so many stretches are."""

LINKED = 0.5
"""Twins whose surprises agree this much (a correlation) are copies, not neighbours."""

EXPLAINS = ("not_enough_data", "miscalibration", "overfitting", "underfitting")


def of_the_split(bench: Bench, *, near: bool = True) -> list[Suspicion]:
    """Try an honest split by group and by time, and (if `near`) without near duplicates."""
    old, new = bench.trials.pool, bench.case.test
    checks: dict[str, Callable[[], Suspicion | None]] = {}
    if old.groups is not None and new.groups is not None:
        checks["by group"] = partial(_groups, bench, old.groups, new.groups)
    if old.time is not None and new.time is not None:
        checks["by time"] = partial(_time, bench, old.time, new.time)
    if near:
        checks["without near copies"] = partial(_near_twins, bench)
    found: list[Suspicion | None] = []
    for name, check in checks.items():
        seconds = 2 * PARTS * bench.trials.seconds.get(bench.base.learner.name, 0.0)
        if bench.case.clock.allows(seconds, f"an honest split {name}"):
            found.append(check())
    return [suspicion for suspicion in found if suspicion is not None]


def _losses(
    bench: Bench, wanted: list[tuple[NDArray[np.intp], Sample]]
) -> list[NDArray[np.float64]]:
    """Train on rows of the pool and return the losses on other rows, for each pair."""
    pool, learner = bench.trials.pool, bench.learner
    scores = bench.trials.scored([(learner, pool.take(rows), held) for rows, held in wanted])
    return [
        bench.case.losses(held, scored)
        for (_, held), scored in zip(wanted, scores, strict=True)
    ]


def _learnable(bench: Bench, rows: NDArray[np.intp]) -> bool:
    """Whether rows of the pool are enough to be trained on."""
    if rows.size < thresholds.LEAST_ROWS:
        return False
    if not bench.case.problem.is_classification:
        return True
    seen = np.unique(bench.trials.pool.target[rows])
    return bool(seen.size == np.unique(bench.trials.pool.target).size)


def _is_worse(bench: Bench, gain: Gain) -> bool:
    return gain.estimate < -bench.floor and gain.pvalue >= 1 - DOUBT


def _suspicion(bench: Bench, gain: Gain, **said: Any) -> Suspicion:
    """Return a blocker where the honest split is worse, and a remedy ruled out elsewhere."""
    return Suspicion(
        cause="leakage",
        gain=gain,
        floor=bench.floor,
        **{"gate": _is_worse(bench, gain), "blocker": True, "explains": EXPLAINS, **said},
    )


def _groups(bench: Bench, known: NDArray[Any], there: NDArray[Any]) -> Suspicion | None:
    """Keep the groups of the test rows away from training."""
    case, pool = bench.case, bench.trials.pool
    known, there = known.astype(str), there.astype(str)
    shared = np.flatnonzero(np.isin(there, known))
    share = shared.size / len(case.test)
    if share < thresholds.TWIN_SHARE:
        return None
    names = case.rng("shared groups").permutation(np.unique(there[shared]))
    if names.size < 2 * PARTS:
        return None  # a handful of groups is a column, not a crowd
    wanted, judged = [], []
    for k in range(PARTS):
        part = names[k::PARTS]
        honest = np.flatnonzero(~np.isin(known, part))
        rows = shared[np.isin(there[shared], part)]
        usual = np.sort(case.rng(f"as many {k}").permutation(len(pool))[: honest.size])
        if _learnable(bench, honest) and _learnable(bench, usual):
            wanted += [(usual, case.test.take(rows)), (honest, case.test.take(rows))]
            judged.append(rows)
    if not judged:
        return None
    losses = _losses(bench, wanted)
    gain = measured(
        np.concatenate(losses[::2]),
        np.concatenate(losses[1::2]),
        clusters=units(case.test.take(np.concatenate(judged))),
    )
    again = _known_in_production(bench, known)
    return _suspicion(
        bench,
        gain,
        gate=_is_worse(bench, gain) and not again > share / 2,
        evidence=f"{share:.0%} of the test rows belong to groups that training rows belong to"
        f" too; with their groups kept out of training, their loss changes by"
        f" {signed(-gain.estimate)} {bench.unit} (as many other rows taken out: 0)"
        + (f"; {again:.0%} of the production rows come from known groups" if again else ""),
        remedy="split by group, so that no group is on both sides, and judge the model by that"
        " score",
        question="Will the model meet these groups again where it runs, or new ones?",
        numbers={"share": share, "groups": int(names.size), "known_in_production": again},
        measured_on="test rows of shared groups",
    )


def _known_in_production(bench: Bench, known: NDArray[Any]) -> float:
    """Share of production rows from groups of the training rows; 0 where nobody knows."""
    production = bench.case.production
    if production is None or production.groups is None:
        return 0.0
    return float(np.isin(production.groups.astype(str), known).mean())


def _time(bench: Bench, before: NDArray[Any], now: NDArray[Any]) -> Suspicion | None:
    """Train on the past only and judge on the future, as the model will be used."""
    case, pool = bench.case, bench.trials.pool
    before, now = as_numbers(before), as_numbers(now)
    if not (np.isfinite(before).any() and np.isfinite(now).any()):
        case.clock.skipped.append("a split by time: `time` has neither dates nor numbers")
        return None
    order = np.argsort(now, kind="stable")[: np.isfinite(now).sum()]
    later = float((before > np.nanmedian(now)).mean())
    if later < 0.1:
        return None  # the test rows come after the training rows, as they should
    ends = [*(int(cut * order.size) for cut in CUTS), order.size]
    wanted, judged = [], []
    for start, end in pairwise(ends):
        rows = order[start:end]
        honest = np.flatnonzero(before < now[rows[0]]) if rows.size else np.empty(0, np.intp)
        usual = np.sort(case.rng(f"any time {start}").permutation(len(pool))[: honest.size])
        if _learnable(bench, honest) and _learnable(bench, usual):
            wanted += [(usual, case.test.take(rows)), (honest, case.test.take(rows))]
            judged.append(rows)
    if not judged:
        bench.unanswered["leakage"] = (
            "the training rows are later than the test rows: split the other way round, the"
            " past for training and the future for the test"
        )
        return None
    losses = _losses(bench, wanted)
    n = sum(rows.size for rows in judged)
    gain = measured(
        np.concatenate(losses[::2]),
        np.concatenate(losses[1::2]),
        clusters=np.arange(n) * min(TIME_BLOCKS, n) // n,
    )
    return _suspicion(
        bench,
        gain,
        evidence=f"{later:.0%} of the training rows are later than half of the test rows;"
        f" trained on the past only, the loss on later test rows changes by"
        f" {signed(-gain.estimate)} {bench.unit} (trained on as many rows of any time: 0)",
        remedy="split by time: train on the past, judge on what came after, and judge the"
        " model by that score",
        question="How long after its training will the model be asked?",
        numbers={"later": later},
        measured_on="the later test rows",
    )


def _near_twins(bench: Bench) -> Suspicion | None:
    """Take out of training what nearly equals a test row."""
    case, pool = bench.case, bench.trials.pool
    pairs = twins(
        pool.matrix,
        case.test.matrix,
        categorical=case.encoder.categorical_mask,
        rng=case.rng("near twins"),
    )
    if pairs is None or pairs.share < thresholds.TWIN_SHARE:
        return None
    pairs = pairs.leaving(len(pool) // 2)
    held = case.test.take(pairs.judged)
    honest = np.setdiff1d(np.arange(len(pool)), pairs.partners)
    usual = np.sort(case.rng("as many others").permutation(len(pool))[: honest.size])
    if not (_learnable(bench, honest) and _learnable(bench, usual)):
        return None
    usual_losses, honest_losses = _losses(bench, [(usual, held), (honest, held)])
    after = np.where(pairs.is_twin, honest_losses, usual_losses)
    gain = measured(usual_losses, after, clusters=case.clusters(held, len(held)))
    linked = _linked(bench, honest, pairs)
    much = gain.estimate < -thresholds.UNDECIDED_FLOORS * bench.floor
    gate = much and _is_worse(bench, gain) and linked > LINKED
    again = _met_in_production(bench) if gate else 0.0
    return _suspicion(
        bench,
        gain,
        gate=gate and not again > pairs.share / 2,
        evidence=f"{pairs.share:.0%} of the test rows nearly equal a training row"
        f" ({pairs.agreeing:.0%} of the columns agree), and where the model is surprised by"
        f" one it is surprised by the other (correlation {linked:.2f}); without the"
        f" {pairs.partners.size:,} training rows, the loss changes by"
        f" {signed(-gain.estimate)} {bench.unit}"
        + (f"; {again:.0%} of the production rows do so, too" if again else ""),
        remedy="keep all copies of a row on one side of the split, and judge the model by that"
        " score",
        question="Were rows copied, augmented or joined before the split?",
        numbers={"share": pairs.share, "linked": linked, "partners": int(pairs.partners.size)},
    )


def _met_in_production(bench: Bench) -> float:
    """Share of production rows that nearly equal a training row: there copies are no leak."""
    case, production = bench.case, bench.case.production
    if production is None:
        return 0.0
    pairs = twins(
        bench.trials.pool.matrix,
        production.matrix,
        categorical=case.encoder.categorical_mask,
        rng=case.rng("near twins in production"),
    )
    return 0.0 if pairs is None else pairs.share


def _linked(bench: Bench, honest: NDArray[np.intp], pairs: Pairs) -> float:
    """Correlate the surprises of a row and of its twin, by a model that saw neither.

    Neighbours that are no copies share what the model should have known, not the chance.
    """
    case, pool = bench.case, bench.trials.pool
    learner = bench.best_reference.learner
    first = case.test.take(pairs.judged[pairs.is_twin])
    second = pool.take(pairs.partner_of)
    scores = bench.trials.scored(
        [(learner, pool.take(honest), first), (learner, pool.take(honest), second)]
    )
    a, b = (
        _surprise(sample, scored)
        for sample, scored in zip((first, second), scores, strict=True)
    )
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0


def _surprise(rows: Sample, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if scores.ndim == 2:
        return np.asarray(np.eye(scores.shape[1])[rows.target.astype(int)] - scores)
    return np.asarray(rows.target - scores, dtype=np.float64)
