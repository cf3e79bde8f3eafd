"""What a ranking or a click model is measured by beside its loss: each with an interval.

Which columns say where a row was shown, whether it reached the ranker, how likely it was
to be shown, and what it is about is read from their names; see the constants below.

References
----------
He et al. (2014), Practical lessons from predicting clicks on ads at Facebook, section 2:
normalised entropy and calibration.
Kish (1965), Survey sampling: the effective number of weighted rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.result import Measure
from leadline.analysis.problem.encoding import as_numbers, as_texts
from leadline.analysis.problem.losses import AT, CLIP, group_codes, ndcg_per_query
from leadline.analysis.problem.measures import mrr_per_query, recall_per_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.samples import Sample

POSITION = re.compile(r"position|slot|(^|_)rank($|_)", re.IGNORECASE)
PROPENSITY = re.compile(r"propensity", re.IGNORECASE)
RETRIEVED = re.compile(r"^(is_)?(retrieved|candidate|in_candidates)$", re.IGNORECASE)
THING = re.compile(
    r"^(user|customer|visitor|member|item|product|listing|doc|document|ad|creative)_?id$",
    re.IGNORECASE,
)

REPEATS = 400
LEAST_UNITS = 20
NEAR = 0.05
"""Scores that are this little too high or too low on average change no decision."""

CLIPPED = 0.01
"""A propensity below this counts as this: one row must not outweigh a hundred."""


def measures(bench: Bench) -> list[Measure]:
    """Return what applies: of a ranking by query, of clicks by row."""
    case = bench.case
    found: list[Measure | None] = []
    if case.is_ranking:
        found += [*_orders(bench), *_stages(bench), _shown(bench)]
    if case.problem.kind in {"binary", "click"}:
        found += [_normalised_entropy(bench), _ratio(bench), _position_bias(bench)]
    if case.is_ranking or case.problem.kind in {"binary", "click"}:
        found += _cold_starts(bench)
    found.append(_off_policy(bench))
    return [measure for measure in found if measure is not None]


def _resampled(
    bench: Bench,
    name: str,
    sums: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], Any],
) -> tuple[float, float, float]:
    """Bootstrap a function of sums over independent units, shape (n_units, k)."""
    rng = bench.case.rng(f"measure {name}")
    n = len(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = [
            float(statistic(sums[rng.integers(n, size=n)].sum(axis=0))) for _ in range(REPEATS)
        ]
        value = float(statistic(sums.sum(axis=0)))
    kept = np.array(drawn)[np.isfinite(drawn)]
    if kept.size < REPEATS / 2:
        return value, float("nan"), float("nan")
    tail = (1 - thresholds.LEVEL) / 2
    lower, upper = np.quantile(kept, [tail, 1 - tail])
    return value, float(lower), float(upper)


def _measure(
    bench: Bench,
    name: str,
    sums: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], Any],
    says: Callable[[float, float, float], str],
    *,
    elsewhere: Callable[[float, float], bool] | None = None,
) -> Measure | None:
    if len(sums) < LEAST_UNITS:
        return None
    value, lower, upper = _resampled(bench, name, sums, statistic)
    if not np.isfinite(value):
        return None
    return Measure(
        name=name, value=value, lower=lower, upper=upper, n_units=len(sums),
        sentence=says(value, lower, upper),
        elsewhere=elsewhere is not None and elsewhere(lower, upper),
    )  # fmt: skip


def _mean(sums: NDArray[np.float64]) -> Any:
    return sums[0] / sums[1]


def _ones(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (value, 1) of every unit that has a value."""
    kept = values[np.isfinite(values)]
    return np.column_stack([kept, np.ones(kept.size)])


def _by_unit(bench: Bench, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum rows over clusters: rows of one user are one witness."""
    sample = bench.case.test
    if sample.groups is None:
        return table
    codes = group_codes(sample.groups)
    return np.column_stack([np.bincount(codes, weights=column) for column in table.T])


def _named(bench: Bench, pattern: re.Pattern[str]) -> str | None:
    return next((n for n in bench.case.test.column_names if pattern.search(n)), None)


def _orders(bench: Bench) -> list[Measure | None]:
    sample, scores = bench.case.test, bench.test_scores
    codes, y = group_codes(sample.groups), sample.target
    per_query = {
        f"NDCG@{AT}": ndcg_per_query(y, scores, codes),
        "MRR": mrr_per_query(y, scores, codes),
        f"recall@{AT}": recall_per_query(y, scores, codes),
    }
    meaning = {
        "MRR": "one over the place of the first relevant row",
        f"recall@{AT}": f"share of a query's relevant rows among its first {AT}",
    }
    return [
        _measure(
            bench, name, _ones(values), _mean,
            lambda *_, name=name: meaning.get(name, "the order, against the best possible"),
        )
        for name, values in per_query.items()
    ]  # fmt: skip


def _stages(bench: Bench) -> list[Measure | None]:
    """Part what is lost into what never reached the ranker and what it put too low."""
    name = _named(bench, RETRIEVED)
    if name is None:
        return []
    sample, scores = bench.case.test, bench.test_scores
    codes, y = group_codes(sample.groups), sample.target
    reached = as_numbers(sample.column(name)) > 0
    last = float(min(scores.min(), y.min())) - 1
    best = ndcg_per_query(y, np.where(reached, y, last), codes)
    now = ndcg_per_query(y, np.where(reached, scores, last), codes)
    both = np.isfinite(best) & np.isfinite(now)
    before, after = _ones((1 - best)[both]), _ones((best - now)[both])
    gap = _resampled(bench, "stage", np.column_stack([before, after[:, 0]]),
                     lambda s: (s[0] - s[2]) / s[1])  # fmt: skip
    which = "undecided between the two stages"
    if gap[1] > 0:
        which = "more is lost here than in the order: work on finding candidates first"
    elif gap[2] < 0:
        which = "more is lost in the order than here: work on the ranker first"
    found = np.bincount(codes, weights=((y > 0) & reached) + 0.0)
    there = np.bincount(codes, weights=(y > 0) + 0.0)
    with np.errstate(invalid="ignore"):
        recall = np.where(there > 0, found / there, np.nan)
    return [
        _measure(bench, "recall of the candidate stage", _ones(recall), _mean,
                 lambda *_: f"share of a query's relevant rows that are {name}"),
        _measure(bench, "lost before the ranker", before, _mean,
                 lambda *_: f"NDCG@{AT} that the best order of the candidates lacks; {which}",
                 elsewhere=lambda *_: gap[1] > 0),
        _measure(bench, "lost by the ranker", after, _mean,
                 lambda *_: f"NDCG@{AT} that the best order of the same candidates gains"),
    ]  # fmt: skip


def _shown(bench: Bench) -> Measure | None:
    """Share of the things in the test rows that reach any query's first ten."""
    name = _thing(bench, user=False)
    if name is None:
        return None
    sample = bench.case.test
    codes = group_codes(sample.groups)
    order = np.lexsort((-bench.test_scores, codes))
    size = np.bincount(codes)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size) - np.repeat(np.cumsum(size) - size, size)
    things = np.unique(_texts(sample, name), return_inverse=True)[1]
    first = np.zeros(int(things.max()) + 1)
    np.maximum.at(first, things, (place < AT) + 0.0)
    return _measure(
        bench, "coverage", _ones(first), _mean,
        lambda *_: f"share of the values of {name} that reach any query's first {AT}",
    )  # fmt: skip


def _normalised_entropy(bench: Bench) -> Measure | None:
    y = bench.case.test.target.astype(float)
    p = np.clip(bench.test_scores, CLIP, 1 - CLIP)
    surprise = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    rows = np.column_stack([surprise, y, np.ones(y.size)])

    def says(_value: float, lower: float, _upper: float) -> str:
        if lower > 1:
            return "above 1: the average rate says more than the model; recalibrate it first"
        return "loss over that of predicting the average rate; below 1 the model knows more"

    return _measure(
        bench, "normalised entropy", _by_unit(bench, rows),
        lambda s: (s[0] / s[2]) / entropy_of(s[1] / s[2]), says,
    )  # fmt: skip


def entropy_of(share: float) -> float:
    """Entropy of a rate in nats; nan where everything is the same."""
    if not 0 < share < 1:
        return float("nan")
    return float(-share * np.log(share) - (1 - share) * np.log1p(-share))


def _ratio(bench: Bench) -> Measure | None:
    y = bench.case.test.target.astype(float)
    rows = np.column_stack([bench.test_scores, y])

    def says(value: float, lower: float, upper: float) -> str:
        if lower <= 1 <= upper:
            return "predicted over observed; 1 lies within"
        if abs(value - 1) < NEAR:
            return "predicted over observed; close to 1"
        if value > 1:
            why = "too high; were negatives left out of training, or did the rate change?"
        else:
            why = "too low; did positives come after training was cut off, or the rate change?"
        return f"predicted over observed: {why}"

    return _measure(
        bench, "calibration ratio", _by_unit(bench, rows), lambda s: s[0] / s[1], says
    )


def _position_bias(bench: Bench) -> Measure | None:
    """Compare observed over predicted at the top with the same at the bottom."""
    name = _named(bench, POSITION)
    if name is None:
        return None
    place = as_numbers(bench.case.test.column(name))
    low, high = np.nanquantile(place, [1 / 3, 2 / 3]) if np.isfinite(place).any() else (0, 0)
    if not low < high:
        return None
    y, p = bench.case.test.target.astype(float), bench.test_scores
    top, bottom = place <= low, place > high
    rows = np.column_stack([y * top, p * top, y * bottom, p * bottom])

    def says(value: float, lower: float, upper: float) -> str:
        if lower <= 1 <= upper:
            return f"observed over predicted is the same at low and high {name}; 1 lies within"
        return (
            f"observed over predicted is {value:.2f} times as high at {name} ≤ {low:.3g} as"
            f" at {name} > {high:.3g}: the labels say where a row stood too. Give the place to"
            " the model in training and one fixed place when it scores, or shuffle a small"
            " share"
        )

    return _measure(
        bench, "position bias", _by_unit(bench, rows),
        lambda s: (s[0] / s[1]) / (s[2] / s[3]), says,
        elsewhere=lambda lower, upper: not lower <= 1 <= upper,
    )  # fmt: skip


def _thing(bench: Bench, *, user: bool) -> str | None:
    found = [name for name in bench.case.test.column_names if THING.match(name)]
    people = re.compile(r"^(user|customer|visitor|member)", re.IGNORECASE)
    return next((name for name in found if bool(people.match(name)) is user), None)


def _texts(sample: Sample, name: str) -> NDArray[np.str_]:
    return np.array([text or "" for text in as_texts(sample.column(name))], dtype=str)


def _cold_starts(bench: Bench) -> list[Measure | None]:
    return [_cold_start(bench, _thing(bench, user=user)) for user in (True, False)]


def _cold_start(bench: Bench, name: str | None) -> Measure | None:
    """Loss on what training never saw, minus the loss on what it knows."""
    case = bench.case
    if name is None or name not in case.train.column_names:
        return None
    is_new = ~np.isin(_texts(case.test, name), _texts(case.train, name))
    losses = bench.test_losses
    if case.is_ranking:  # queries whose relevant rows training never saw
        codes, wanted = group_codes(case.test.groups), case.test.target > 0
        asked = np.bincount(codes, weights=wanted) > 0  # only these have a loss
        new = np.bincount(codes, weights=is_new & wanted)[asked] > 0
        rows = np.column_stack([losses * new, new, losses * ~new, ~new]).astype(float)
    else:
        rows = np.column_stack([losses * is_new, is_new, losses * ~is_new, ~is_new])
        rows = _by_unit(bench, rows.astype(float))
    share = float(is_new.mean())

    def says(_value: float, lower: float, _upper: float) -> str:
        seen = f"{share:.0%} of the test rows have a {name} that no training row has"
        if lower > 0:
            return f"{seen}, and the loss is higher there: what is known before the first row?"
        return f"{seen}; the loss is not certainly higher there"

    if not 0 < share < 1:
        return None
    return _measure(
        bench, f"cold start ({name})", rows, lambda s: s[0] / s[1] - s[2] / s[3], says,
        elsewhere=lambda lower, _: lower > 0,
    )  # fmt: skip


def _off_policy(bench: Bench) -> Measure | None:
    """Weigh the rows by how unlikely they were to be shown: another policy sees others."""
    name = _named(bench, PROPENSITY)
    if name is None or bench.case.is_ranking:
        return None
    p = as_numbers(bench.case.test.column(name))
    usable = np.isfinite(p) & (p > 0) & (p <= 1)
    if usable.mean() < 0.5:
        return None
    weight = np.where(usable, 1 / np.clip(np.where(usable, p, 1), CLIPPED, 1), 0.0)
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    losses = bench.test_losses
    rows = np.column_stack([weight * losses, weight, usable * losses, usable])

    def says(_value: float, lower: float, upper: float) -> str:
        worth = (
            f"{int(usable.sum()):,} logged rows are worth {effective:,.0f} for a policy that"
        )
        worth += " shows everything alike"
        if lower <= 0 <= upper:
            return f"{worth}; weighed so, the loss is not certainly another one"
        return (
            f"{worth}; weighed so, the loss changes: rows that the old policy showed are not"
            " those that a new one will. Judge a new policy by `leadline experiments"
            " off-policy`, not by this loss"
        )

    return _measure(
        bench, "loss off policy", _by_unit(bench, rows.astype(float)),
        lambda s: s[0] / s[1] - s[2] / s[3], says,
    )  # fmt: skip
