"""One look: what is planted is caught with its delay, what is benign is no alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from unittest import mock

import numpy as np
import pytest

from leadline.analysis.monitoring.alerts import standing, within_budget
from leadline.analysis.monitoring.counts import Counts
from leadline.analysis.monitoring.look import Look, look
from leadline.analysis.monitoring.reference import Reference
from leadline.analysis.monitoring.signals import Limits, latency_quantile, signals_on
from tests.made_predictions import (
    START,
    Rows,
    cell_of,
    counts_of,
    days_from,
    plan_of,
    scored,
    split_at,
)

N_REFERENCE, N_DAYS, BROKEN_ON = 28, 42, 35
ROLES = {
    "score": "score",
    "target": "y",
    "latency": "latency",
    "fallback": "fallback",
    "kpi": "kpi",
}
DEPENDENCE = {"x": 0.5, "z": 0.5, "noise": 0.0, "place": 0.0}


def normal_day(rng: np.random.Generator, i: int, **changed: Any) -> Rows:
    """Draw a day of a healthy world: half as many rows at weekends, and a weekly rhythm."""
    weekend = (START + timedelta(days=i)).weekday() >= 5
    n = 300 if weekend else 600
    shift = 0.3 if weekend else 0.0
    rhythm = {"x": lambda x: x + shift}
    rows = scored(rng, n, **(rhythm | changed))
    rows["latency"] = rng.lognormal(3, 0.4, n)
    rows["fallback"] = rng.random(n) < 0.01
    rows["kpi"] = rng.gamma(2, 5, n)
    return rows


def watched(
    rng: np.random.Generator, broken: Callable[[Rows, np.random.Generator], None], **roles: Any
) -> tuple[Reference, Counts]:
    def draw(i: int) -> Rows:
        rows = normal_day(rng, i)
        if i >= BROKEN_ON:
            broken(rows, rng)
        return rows

    days = days_from(N_DAYS, draw)
    sample = {
        name: np.concatenate(
            [days[START + timedelta(days=i)][name] for i in range(N_REFERENCE)]
        )
        for name in days[START]
    }
    return split_at(counts_of(plan_of(sample, **(ROLES | roles)), days), N_REFERENCE)


def healthy(rows: Rows, rng: np.random.Generator) -> None:
    """Change nothing."""


def drifting(rows: Rows, rng: np.random.Generator) -> None:
    rows["z"] = rows["z"] + 1.0


def benign(rows: Rows, rng: np.random.Generator) -> None:
    rows["noise"] = rows["noise"] + 1.0


def broken_feature(rows: Rows, rng: np.random.Generator) -> None:
    rows["x"] = np.where(rng.random(len(rows["x"])) < 0.3, np.nan, rows["x"])


def other_unit(rows: Rows, rng: np.random.Generator) -> None:
    rows["x"] = rows["x"] * 100


def slow(rows: Rows, rng: np.random.Generator) -> None:
    rows["latency"] = rows["latency"] * 1.5


def falling_back(rows: Rows, rng: np.random.Generator) -> None:
    rows["fallback"] = rng.random(len(rows["fallback"])) < 0.1


def new_values(rows: Rows, rng: np.random.Generator) -> None:
    rows["place"] = np.where(rng.random(len(rows["place"])) < 0.2, "fr", rows["place"])


def concept(rows: Rows, rng: np.random.Generator) -> None:
    flipped = rng.random(len(rows["y"])) < 0.4
    rows["y"] = np.where(flipped, 1 - rows["y"], rows["y"])


def poorer(rows: Rows, rng: np.random.Generator) -> None:
    rows["kpi"] = rows["kpi"] * 0.7


def fewer(rows: Rows, rng: np.random.Generator) -> None:
    for name in rows:
        rows[name] = rows[name][: len(rows[name]) // 4]


def looked(
    reference: Reference, current: Counts, until: date | None = None, **options: Any
) -> Look:
    cells = {k: v for k, v in current.cells.items() if until is None or k.day <= until}
    found = Counts(plan=current.plan, cells=cells)
    options = {"dependence": DEPENDENCE, "limits": Limits()} | options
    return look(found, reference=reference, **options)


def alerts(found: Look) -> set[tuple[str, str]]:
    return {(s.signal.rule, s.signal.column) for s in found.standing if s.level == "alert"}


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (drifting, ("drift", "z")),
        (broken_feature, ("nulls", "x")),
        (other_unit, ("drift", "x")),
        (slow, ("slow", "latency")),
        (falling_back, ("fallback", "fallback")),
        (concept, ("risk-rise", "y")),
        (poorer, ("kpi", "kpi")),
        (fewer, ("volume", "")),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_planted_is_caught_on_its_second_day(
    broken: Callable[[Rows, np.random.Generator], None], expected: tuple[str, str]
) -> None:
    # Simulation with known truth; one day is not enough by rule (2 of 3 days must fire),
    # but for the loss, whose evidence adds up by itself.
    reference, current = watched(np.random.default_rng(21), broken)
    first = START + timedelta(days=BROKEN_ON)
    before = looked(reference, current, until=first - timedelta(days=1))
    assert alerts(before) == set()
    on_second = looked(reference, current, until=first + timedelta(days=1))
    assert expected in alerts(on_second)
    found = next(s for s in on_second.standing if s.signal.key[:2] == expected)
    assert found.since == first
    assert found.severity >= 1


def test_what_began_long_ago_is_told_with_the_day_on_which_it_began() -> None:
    reference, current = watched(np.random.default_rng(21), drifting)
    first = START + timedelta(days=BROKEN_ON)
    assert len(current.days) - current.days.index(first) > 2
    for looked_back in (2, 3):  # fewer days than it has lasted
        with mock.patch("leadline.analysis.monitoring.look.LOOKED_BACK", looked_back):
            found = looked(reference, current)
        # Simulation with known truth, as above.
        assert {s.since for s in found.standing if s.signal.key[:2] == ("drift", "z")} == {
            first
        }


def test_benign_drift_is_told_and_is_no_alarm() -> None:
    reference, current = watched(np.random.default_rng(22), benign)
    found = looked(reference, current)
    assert alerts(found) == set()
    assert [(s.signal.column, s.level) for s in found.standing] == [("noise", "info")]
    unknown = looked(reference, current, dependence={})
    assert alerts(unknown) == set()
    assert "which drift does harm" in unknown.unanswered


def test_a_shift_past_what_a_column_does_is_an_alert_where_nothing_is_known_of_it() -> None:
    def far(rows: Rows, rng: np.random.Generator) -> None:
        rows["noise"] = rows["noise"] + 2.0

    reference, current = watched(np.random.default_rng(22), far)
    assert ("drift", "noise") in alerts(looked(reference, current, dependence={}))
    # P(N(2, 1) > 3.9), the highest of 14,400 normal values, is 3 %: outside of what was held.
    found = looked(reference, current)
    assert alerts(found) == set()
    assert [(s.signal.column, s.level) for s in found.standing] == [("noise", "undecided")]


@pytest.mark.parametrize(("weight", "level"), [(0.03, "alert"), (0.0, "undecided")])
def test_a_changed_unit_is_never_benign_however_little_depended_on_the_column(
    weight: float, level: str
) -> None:
    """A linear model goes on as a line: seven times a weak column is no weak column.

    Truth: of score = a + 0.18 b the weak column explains 3 % as much as the strong one,
    within the reference; with b seven times as large it explains 1.6 times as much.
    """
    assert round(0.18**2, 2) == 0.03
    assert (7 * 0.18) ** 2 > 1.5

    def sevenfold(rows: Rows, rng: np.random.Generator) -> None:
        rows["noise"] = rows["noise"] * 7

    reference, current = watched(np.random.default_rng(26), sevenfold)
    found = looked(reference, current, dependence={"x": 1.0, "noise": weight})
    (one,) = [s for s in found.standing if s.signal.column == "noise"]
    assert one.level == level
    # P(|7 N(0, 1)| > 3.9) = 58 % lies beyond the highest and lowest of 14,400 values
    assert one.signal.outside == pytest.approx(0.58, abs=0.06)


def test_values_that_the_reference_never_had_are_not_benign_either() -> None:
    reference, current = watched(np.random.default_rng(24), new_values)
    found = looked(reference, current, dependence=DEPENDENCE | {"place": 0.01})
    assert [(s.signal.key[:2], s.level) for s in found.standing] == [
        (("new-values", "place"), "undecided")
    ]


def test_drift_whose_harm_is_not_known_is_undecided() -> None:
    def mild(rows: Rows, rng: np.random.Generator) -> None:
        rows["noise"] = rows["noise"] + 0.8

    reference, current = watched(np.random.default_rng(23), mild)
    found = looked(reference, current, dependence={})
    assert [(s.signal.column, s.level) for s in found.standing] == [("noise", "undecided")]
    assert found.standing[0].severity >= 1


def test_new_values_of_a_column_that_matters_are_an_alert() -> None:
    reference, current = watched(np.random.default_rng(24), new_values)
    found = looked(reference, current, dependence=DEPENDENCE | {"place": 0.3})
    assert ("new-values", "place") in alerts(found)
    assert ("drift", "place") not in alerts(found)  # the same thing, said once


def test_drift_in_one_segment_is_found_and_not_told_twice() -> None:
    def one_segment(rows: Rows, rng: np.random.Generator) -> None:
        rows["z"] = np.where(rows["place"] == "at", rows["z"] + 0.9, rows["z"])

    reference, current = watched(np.random.default_rng(25), one_segment, segments=("place",))
    found = looked(reference, current, limits=Limits(psi=0.3))
    drifted = [s.signal for s in found.standing if s.signal.rule == "drift"]
    assert [(s.column, s.segment, s.level) for s in drifted] == [("z", "place", "at")]
    whole = looked(reference, current, limits=Limits(psi=0.05))
    columns = [s.signal.column for s in whole.standing if s.signal.rule == "drift"]
    assert columns.count("z") == 1


def test_a_level_that_the_reference_never_had_is_not_compared_with_nothing() -> None:
    def elsewhere(rows: Rows, rng: np.random.Generator) -> None:
        rows["place"] = np.where(rows["place"] == "at", "fr", rows["place"])

    reference, current = watched(np.random.default_rng(26), elsewhere, segments=("place",))
    day = current.days[-1]
    found = signals_on(day, current=current, reference=reference, limits=Limits())
    assert "fr" not in {s.level for s in found}
    assert "de" in {s.level for s in found}


def test_false_alarms_on_a_healthy_world_are_rare() -> None:
    # Published rate, by simulation with known truth: 12 checks a day of 7 columns, in 20
    # worlds of 14 healthy days with a weekly rhythm; each of the last 12 days is looked at.
    rng = np.random.default_rng(27)
    limits, alarmed, looks = Limits(), 0, 0
    for _ in range(5):
        reference, current = watched(rng, healthy)
        for _ in range(4):
            fresh = days_from(14, lambda i: normal_day(rng, N_REFERENCE + i))
            counts = counts_of(current.plan, fresh)
            history = {
                day: signals_on(day, current=counts, reference=reference, limits=limits)
                for day in counts.days
            }
            for last in range(limits.m, 15):
                window = {day: history[day] for day in counts.days[last - limits.m : last]}
                found = standing(window, limits=limits, dependence=DEPENDENCE)
                looks += 1
                alarmed += any(s.level == "alert" for s in found)
    assert looks == 240
    assert alarmed <= 2  # below 1 % of looks


def test_performance_and_its_estimate_are_told_and_what_is_missing_is_said() -> None:
    def late(rows: Rows, rng: np.random.Generator) -> None:
        rows["y"] = np.full(len(rows["y"]), np.nan)

    reference, current = watched(np.random.default_rng(28), late)
    found = looked(reference, current)
    assert found.before is not None
    assert found.realised is not None
    assert found.estimated is not None
    assert found.split is not None
    assert found.split.cause == "neither"
    assert found.labels_until == START + timedelta(days=BROKEN_ON - 1)
    assert found.unanswered == {}
    assert found.evidence < 1


def test_without_outcomes_performance_is_not_made_up() -> None:
    rng = np.random.default_rng(29)
    reference, current = watched(rng, healthy)
    unlabelled = watched(rng, healthy, target="")
    found = looked(*unlabelled)
    assert (found.before, found.realised, found.estimated, found.split) == (None,) * 4
    assert "performance" in found.unanswered
    empty = Counts(plan=current.plan, cells={})
    nothing = looked(reference, empty)
    assert nothing.standing == ()
    assert "performance now" in nothing.unanswered
    assert nothing.labels_until is None


def test_days_with_few_rows_are_not_judged() -> None:
    reference, current = watched(np.random.default_rng(30), healthy)
    day = current.days[-1]
    few = normal_day(np.random.default_rng(31), 41)
    few = {name: values[:20] for name, values in few.items()}
    thin = Counts(
        plan=current.plan, cells={next(iter(current.cells)): cell_of(current.plan, few)}
    )
    found = signals_on(thin.days[0], current=thin, reference=reference, limits=Limits())
    assert {s.rule for s in found} == {"volume"}
    nothing = signals_on(
        day, current=Counts(plan=current.plan, cells={}), reference=reference, limits=Limits()
    )
    assert nothing == ()


def test_a_latency_quantile_is_read_off_the_edges() -> None:
    rows: Rows = {"latency": np.arange(1.0, 1_001.0)}
    plan = plan_of(rows, latency="latency")
    found = counts_of(plan, {START: rows}).over([START])
    assert latency_quantile(found, 0.95) == 950  # of 1 … 1,000
    assert latency_quantile(found, 0.9999) == np.inf
    # By hand: evenly between two edges, of which 1 … 1,000 has one at each twentieth.
    assert latency_quantile(found, 0.94) == pytest.approx(940, abs=1)
    assert latency_quantile(found, 0.0001) == plan.column("latency").edges[0]


def test_a_latency_that_always_was_one_value_has_an_edge_there() -> None:
    rows: Rows = {"latency": np.full(200, 5.0)}
    plan = plan_of(rows, latency="latency")
    counts = counts_of(plan, days_from(4, lambda _: rows))
    reference, current = split_at(counts, 2)
    day = current.days[0]
    found = signals_on(day, current=current, reference=reference, limits=Limits())
    assert not any(s.fired for s in found)
    none: Rows = {"latency": np.full(200, np.nan), "a": np.ones(200)}
    empty = plan_of(none, latency="latency")
    reference, current = split_at(counts_of(empty, days_from(4, lambda _: none)), 2)
    found = signals_on(day, current=current, reference=reference, limits=Limits())
    assert "slow" not in {s.rule for s in found}


def test_a_weekly_budget_sends_the_worst_and_nothing_twice() -> None:
    today = date(2026, 3, 2)
    sent = {"old": today - timedelta(days=8), "b": today - timedelta(days=3)}
    chosen = within_budget(["a", "b", "c", "d"], sent=sent, today=today, budget=3)
    assert chosen == ("a", "c")  # b was sent this week and counts
    assert within_budget(["a"], sent=sent, today=today, budget=0) == ()


def test_a_run_of_days_begins_anew_after_quiet_ones() -> None:
    def on_some(rows: Rows, rng: np.random.Generator) -> None:
        rows["z"] = rows["z"] + 1.0

    reference, current = watched(np.random.default_rng(32), on_some)
    days = current.days
    quiet = signals_on(days[0], current=current, reference=reference, limits=Limits())
    loud = signals_on(days[-1], current=current, reference=reference, limits=Limits())
    limits = Limits()

    def since(pattern: str) -> date:
        history = {
            START + timedelta(days=i): loud if letter == "!" else quiet
            for i, letter in enumerate(pattern)
        }
        found = standing(history, limits=limits, dependence=DEPENDENCE)
        return next(s.since for s in found if s.signal.column == "z")

    assert since("!!...!.!") == START + timedelta(days=5)
    assert since("!!!") == START
    assert standing({}, limits=limits, dependence={}) == ()


def test_a_column_that_the_reference_lacked_on_most_days_is_compared_with_those_it_has() -> (
    None
):
    rng = np.random.default_rng(33)
    lone = {START: {"place": rng.choice(["a", "b"], 200)}}
    plan = plan_of(lone[START])
    reference, current = split_at(
        counts_of(plan, lone | {START + timedelta(days=1): {"place": np.full(200, "a")}}), 1
    )
    day = current.days[0]
    found = signals_on(day, current=current, reference=reference, limits=Limits())
    drifted = next(s for s in found if s.rule == "drift")
    assert drifted.fired  # with one reference day, only the fixed floor holds
    assert drifted.floor == Limits().psi


def test_a_rate_that_the_reference_cannot_give_is_not_compared() -> None:
    none: Rows = {"place": [None] * 200, "a": np.ones(200)}
    some: Rows = {"place": ["x"] * 200, "a": np.ones(200)}
    plan = plan_of(some)
    counts = counts_of(plan, {START: none, START + timedelta(days=1): some})
    reference, current = split_at(counts, 1)
    day = current.days[0]
    found = signals_on(day, current=current, reference=reference, limits=Limits())
    assert "new-values" not in {s.rule for s in found}
    assert next(s for s in found if s.rule == "nulls" and s.column == "place").fired
