"""From a look at a model to the numbers of its page."""

from __future__ import annotations

import math

from leadline.analysis.monitoring.alerts import weight_of
from leadline.analysis.monitoring.look import risk_limit
from leadline.analysis.monitoring.signals import signals_on
from leadline.analysis.monitoring.test_score import MLTestScore
from leadline.findings import without_password
from leadline.library.watch_numbers import (
    Drifted,
    RiskDay,
    State,
    VolumeDay,
    WatchSeries,
)
from leadline.library.watch_result import Watch, sentence

_STATES: dict[str, State] = {"alert": "does harm", "info": "benign", "undecided": "not known"}


def series_of(watch: Watch, score: MLTestScore, *, command: str) -> WatchSeries:
    """Return a look's numbers by day and column, with its ML Test Score.

    Parameters
    ----------
    command : str
        What gives the numbers again.
    """
    of_level = {
        level: tuple(sentence(one) for one in watch.look.standing if one.level == level)
        for level in _STATES
    }
    base, scale = watch.reference.whole(), watch.current.plan.loss_scale
    has_risk = watch.look.before is not None
    days = watch.current.days
    return WatchSeries(
        model=watch.model,
        owner=watch.owner,
        place=watch.place,
        verdict=watch.verdict,
        today=watch.today,
        reference_until=watch.reference.days[-1],
        failures=tuple(one.sentence for one in watch.failures),
        alerts=of_level["alert"],
        benign=of_level["info"],
        undecided=of_level["undecided"],
        unanswered=tuple(f"{what}: {how}" for what, how in watch.look.unanswered.items()),
        target=watch.current.plan.target,
        risk=_risk(watch) if has_risk else (),
        usual=base.number("loss") / base.number("labelled") * scale if has_risk else None,
        bound=risk_limit(base, limits=watch.limits) * scale if has_risk else None,
        drift_on=days[-1] if days else None,
        drift=_drift(watch),
        volume=tuple(
            VolumeDay(on=day, rows=round(counts.over([day]).rows))
            for counts in (watch.reference.counts, watch.current)
            for day in counts.days
        ),
        test_score=score,
        command=without_password(command),
    )  # fmt: skip


def _risk(watch: Watch) -> tuple[RiskDay, ...]:
    found = []
    for counts in (watch.reference.counts, watch.current):
        for day in counts.days:
            rows = counts.over([day])
            n = rows.number("labelled")
            if n:
                loss = rows.number("loss") / n * counts.plan.loss_scale
                found.append(RiskDay(on=day, loss=loss, rows=round(n)))
    return tuple(found)


def _drift(watch: Watch) -> tuple[Drifted, ...]:
    if not watch.current.days:
        return ()
    signals = signals_on(
        watch.current.days[-1],
        current=watch.current,
        reference=watch.reference,
        limits=watch.limits,
    )
    standing = {
        one.signal.column: _STATES[one.level]
        for one in watch.look.standing
        if one.signal.rule == "drift" and not one.signal.segment
    }
    found = []
    for one in signals:
        if one.rule != "drift" or one.segment:
            continue
        weight = weight_of(one, watch.dependence, frozenset({watch.current.plan.score}))
        found.append(
            Drifted(
                column=one.column,
                excess=max(0.0, one.effect),
                weight=None if math.isnan(weight) else weight,
                outside=one.outside,
                state=standing.get(one.column, "one day so far" if one.fired else "as usual"),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.weighted, -one.excess, one.column)))
