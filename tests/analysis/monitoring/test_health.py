"""A monitor that fails says so: no rows, gaps, columns that are gone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from leadline.analysis.monitoring.counts import Counts
from leadline.analysis.monitoring.health import failures
from leadline.analysis.monitoring.reference import Reference
from tests.made_predictions import START, Rows, counts_of, plan_of, split_at


def made(
    lost: set[int] = frozenset(), *, last: int = 40, weekdays: int = 7
) -> tuple[Reference, Counts]:  # type: ignore[assignment]
    rows: Rows = {"x": np.arange(100.0)}
    days = {
        START + timedelta(days=i): rows
        for i in range(last + 1)
        if i not in lost and (START + timedelta(days=i)).weekday() < weekdays
    }
    return split_at(counts_of(plan_of(rows), days), 20)


def told(today: date, reference: Reference, current: Counts, **options: object) -> list[str]:
    found = failures(current, reference=reference, today=today, **options)  # type: ignore[arg-type]
    return [failure.reason for failure in found]


def test_yesterdays_rows_are_enough() -> None:
    reference, current = made()
    assert told(START + timedelta(days=41), reference, current) == []


def test_rows_that_stopped_coming_are_counted_in_days() -> None:
    reference, current = made()
    today = START + timedelta(days=44)
    (found,) = failures(current, reference=reference, today=today)
    assert found.reason == "stale"
    assert found.days == 3  # the days 41, 42 and 43
    assert told(today, reference, current, grace_days=4) == []


def test_a_day_on_which_the_reference_never_has_rows_is_not_missed() -> None:
    reference, current = made(last=39, weekdays=5)  # a Friday is the last day
    sunday = START + timedelta(days=41)
    assert current.days[-1].weekday() == 4
    assert told(sunday, reference, current) == []
    assert told(sunday + timedelta(days=2), reference, current) == ["stale"]


def test_a_gap_and_a_lost_column_and_a_thin_day_are_told() -> None:
    reference, current = made({30, 35})
    today = START + timedelta(days=41)
    found = told(today, reference, current, missing=("price",))
    assert found == ["missing column", "missing day", "missing day"]
    thin: Rows = {"x": np.arange(3.0)}
    day = {today - timedelta(days=1): thin}
    few = current.replace_from(today - timedelta(days=1), counts_of(current.plan, day))
    assert told(today, reference, few)[-1] == "too few rows"


def test_no_day_after_the_reference_is_stale() -> None:
    reference, current = made()
    empty = Counts(plan=current.plan, cells={})
    assert told(START + timedelta(days=41), reference, empty) == ["stale"]


def test_a_look_before_any_day_is_over_says_that_nothing_was_seen() -> None:
    reference, current = made()
    empty = Counts(plan=current.plan, cells={})
    (found,) = failures(empty, reference=reference, today=reference.days[-1])
    assert "no day after the reference, which ends on 2026-01-24" in found.sentence
