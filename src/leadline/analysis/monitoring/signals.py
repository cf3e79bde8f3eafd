"""What one day says of each column: drift and rates, each with its effect and floor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Literal

import numpy as np

from leadline.analysis.monitoring.counts import Counts, Slice
from leadline.analysis.monitoring.drift import MIN_ROWS, drift
from leadline.analysis.monitoring.rates import Rate, mean, share
from leadline.analysis.monitoring.reference import Measure, Reference
from leadline.analysis.multiplicity import benjamini_hochberg

Rule = Literal["drift", "nulls", "new-values", "slow", "fallback", "kpi", "volume", "risk-rise"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From where on a difference counts, before anything is tested.

    Attributes
    ----------
    psi : float
        Excess PSI, in nats.
    share : float
        Of a share of nulls or of new values, absolute.
    slow : float
        Share of decisions slower than the slowest twentieth of the reference, above 0.05.
    fallback : float
        Share of decisions that the rule had to answer, absolute.
    kpi, volume : float
        Relative to the reference.
    loss : float
        Rise of the loss, relative to the reference's.
    alpha : float
        Expected share of false alarms among a day's signals (Benjamini–Hochberg); of a
        rise in loss, the chance of ever raising a false alarm.
    k, m : int
        An alert stands when a signal fired on k of the last m days.
    """

    psi: float = 0.1
    share: float = 0.02
    slow: float = 0.05
    fallback: float = 0.01
    kpi: float = 0.05
    volume: float = 0.4
    loss: float = 0.1
    alpha: float = 0.01
    k: int = 2
    m: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One check of one day.

    Attributes
    ----------
    rule : str
    column : str
        Empty where no column is meant.
    segment, level : str
        Empty for all rows.
    day : date
    value, reference : float
        A share, a mean, a number of rows; of drift the PSI and its null bias.
    effect, floor : float
        In the rule's own unit; the signal fires only where the effect reaches the floor.
    pvalue : float
        Adjusted over all checks of the day.
    fired : bool
    outside : float
        Of drift: by how much the share of rows with values that the reference never held
        has grown.
    """

    rule: Rule
    column: str = ""
    segment: str = ""
    level: str = ""
    day: date
    value: float
    reference: float
    effect: float
    floor: float
    pvalue: float
    fired: bool = False
    outside: float = 0.0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same from day to day."""
        return (self.rule, self.column, self.segment, self.level)


def signals_on(
    day: date, *, current: Counts, reference: Reference, limits: Limits
) -> tuple[Signal, ...]:
    """Return every check of a day, with p-values adjusted over all of them.

    Parameters
    ----------
    day : date
        A day with rows.
    current : Counts
        With the reference's plan.
    """
    found = [
        *_rate_signals(day, current, reference, limits),
        *_drift_signals(day, current, reference, limits),
    ]
    if not found:
        return ()
    adjusted = benjamini_hochberg([signal.pvalue for signal in found])
    return tuple(
        replace(
            signal,
            pvalue=float(p),
            fired=bool(signal.effect >= signal.floor and p <= limits.alpha),
        )
        for signal, p in zip(found, adjusted, strict=True)
    )


def _drift_signals(
    day: date, current: Counts, reference: Reference, limits: Limits
) -> Iterator[Signal]:
    known = set(reference.counts.groups)
    for segment, level in current.groups:
        if (segment, level) not in known:
            continue
        today = current.over([day], segment, level)
        for column in current.plan.columns:
            bins = today.bins(column.name)
            usual = reference.bins(column.name, day, segment, level)
            is_asked = column.name not in {segment, current.plan.latency}  # "slow" asks that
            if not is_asked or min(bins.sum(), usual.sum()) < MIN_ROWS:
                continue
            moved = drift(usual, bins)
            floor = limits.psi
            if moved.excess >= floor:  # only then is it worth asking how days differ anyway
                floor = max(floor, reference.usual(column.name, segment, level))
            beyond = today.outside(column.name)
            if beyond:
                beyond -= reference.whole(segment, level).outside(column.name)
            yield Signal(
                rule="drift",
                column=column.name,
                segment=segment,
                level=level,
                day=day,
                value=moved.psi,
                reference=moved.psi - moved.excess,
                effect=moved.excess,
                floor=floor,
                pvalue=moved.pvalue,
                outside=beyond,
            )


def _rate_signals(
    day: date, current: Counts, reference: Reference, limits: Limits
) -> Iterator[Signal]:
    """Ask about every rate; only a relative one has a floor that depends on the reference."""
    plan = current.plan
    asked: list[tuple[Rule, str, Measure, float]] = []
    for column in plan.columns:
        asked.append(("nulls", column.name, partial(_nulls, name=column.name), limits.share))
        if column.kind == "category":
            others = partial(_others, name=column.name)
            asked.append(("new-values", column.name, others, limits.share))
    if plan.latency:
        cut = slow_cut(reference)
        slow = partial(_slow, name=plan.latency, cut=cut)
        asked.append(("slow", plan.latency, slow, limits.slow))
    if plan.fallback:
        asked.append(("fallback", plan.fallback, _fallback, limits.fallback))
    if plan.kpi:
        asked.append(("kpi", plan.kpi, _kpi, math.nan))
    asked.append(("volume", "", _volume, limits.volume))
    today = current.over([day])
    for rule, name, measure, floor in asked:
        rate = measure(today)
        change = rate and reference.change((rule, name), measure, day, rate)
        if not change:
            continue
        sided = rule in {"kpi", "volume", "nulls"}
        yield Signal(
            rule=rule,
            column=name,
            day=day,
            value=change.value,
            reference=change.reference,
            effect=abs(change.difference) if sided else change.difference,
            floor=abs(change.reference) * limits.kpi if math.isnan(floor) else floor,
            pvalue=change.pvalue,
        )


def slow_cut(reference: Reference) -> int:
    """Return the edge of the latency above which nearest to a twentieth of rows lay.

    Edges come from a sample, so the share of all rows is seldom a twentieth to the digit.
    """
    whole = reference.whole()
    name = whole.plan.latency
    edges = whole.plan.column(name).n_cuts
    known = whole.number("known", name)
    off = [abs(whole.number("cut", name, i) - 0.95 * known) for i in range(edges)]
    return off.index(min(off)) if off else -1


def latency_quantile(rows: Slice, q: float) -> float:
    """Return the latency that a share `q` of rows does not exceed.

    Rows are counted up to edges; between two edges the count is taken to grow evenly.

    Returns
    -------
    float
        In the column's unit; infinite where the quantile lies beyond the last edge.
    """
    column = rows.plan.column(rows.plan.latency)
    known = rows.number("known", column.name)
    below = np.array([rows.number("cut", column.name, i) for i in range(column.n_cuts)])
    reached = np.flatnonzero(below >= q * known)
    if not len(reached):
        return math.inf
    upper = int(reached[0])
    if upper == 0:
        return column.edges[0]
    part = (q * known - below[upper - 1]) / (below[upper] - below[upper - 1])
    low, high = column.edges[upper - 1], column.edges[upper]
    return float(low + part * (high - low))


def _nulls(rows: Slice, *, name: str) -> Rate | None:
    if rows.rows < MIN_ROWS:
        return None
    return share(rows.rows - rows.number("known", name), rows.rows)


def _others(rows: Slice, *, name: str) -> Rate | None:
    known = rows.number("known", name)
    return share(float(rows.bins(name)[-2]), known) if known >= MIN_ROWS else None


def _slow(rows: Slice, *, name: str, cut: int) -> Rate | None:
    known = rows.number("known", name)
    if known < MIN_ROWS or cut < 0:
        return None
    return share(known - rows.number("cut", name, cut), known)


def _fallback(rows: Slice) -> Rate | None:
    return share(rows.number("fallback"), rows.rows) if rows.rows >= MIN_ROWS else None


def _kpi(rows: Slice) -> Rate | None:
    n = rows.number("kpi_known")
    if n < MIN_ROWS:
        return None
    return mean(n, rows.number("kpi_sum"), rows.number("kpi_squares"))


def _volume(rows: Slice) -> Rate | None:
    """Return the log of a day's rows: twice as many and half as many are equally odd."""
    return Rate(value=math.log(rows.rows), variance=1 / rows.rows, n=1) if rows.rows else None
