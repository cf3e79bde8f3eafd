"""What must hold for every country, start and calendar."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.practice.dates import is_working_day
from leadline.practice.probation import (
    AskHR,
    Contract,
    ProbationDates,
    load_law,
    probation_dates,
)
from leadline.practice.probation.spans import Span, last_day, notice_ends, same_date

COUNTRIES = sorted({rule.country for rule in load_law().rules if rule.enabled})
STARTS = st.dates(date(2023, 6, 1), date(2032, 12, 31))
HOLIDAYS = st.frozensets(st.dates(date(2023, 6, 1), date(2034, 12, 31)), max_size=20)
CONTRACTS = st.builds(
    Contract,
    role=st.sampled_from([None, "employee", "professional", "manager"]),
    employer_size=st.sampled_from([None, 5, 20, 500]),
    agreed_months=st.sampled_from([None, 1, 3, 6]),
    next_contract=st.sampled_from([None, "under-6-months", "longer-or-permanent"]),
)


def every(answer: ProbationDates | AskHR) -> list[ProbationDates]:
    return [answer] if isinstance(answer, ProbationDates) else list(answer.candidates)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(COUNTRIES), STARTS, CONTRACTS, HOLIDAYS)
def test_the_dates_stand_in_order_and_can_be_acted_on(
    country: str, start_on: date, contract: Contract, holidays: frozenset[date]
) -> None:
    answer = probation_dates(
        country=country, start_on=start_on, contract=contract, holidays=holidays
    )
    for found in every(answer):
        assert start_on <= found.evaluate_on <= found.last_safe_on
        assert found.last_safe_on <= found.last_notice_on <= found.ends_on
        assert is_working_day(found.last_notice_on, holidays=holidays)
        assert is_working_day(found.last_safe_on, holidays=holidays)
        assert found.protected_on is None or found.protected_on > start_on
        assert found.steps[-1].on == found.last_safe_on


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(COUNTRIES),
    STARTS,
    st.integers(30, 300),
    st.integers(1, 40),
    st.integers(0, 30),
)
def test_a_longer_notice_never_gives_a_later_safe_day(
    country: str, start_on: date, days: int, notice: int, more: int
) -> None:
    ends_on = start_on + timedelta(days=days)
    safe = []
    for length in (notice, notice + more):
        answer = probation_dates(
            country=country,
            start_on=start_on,
            ends_on_override=ends_on,
            contract=Contract(agreed_notice_days=length),
        )
        safe.append(answer.last_safe_on if isinstance(answer, ProbationDates) else date.min)
    assert safe[1] <= safe[0]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(COUNTRIES), STARTS, st.integers(40, 300), HOLIDAYS, st.integers(0, 300))
def test_another_holiday_never_gives_a_later_safe_day(
    country: str, start_on: date, days: int, holidays: frozenset[date], offset: int
) -> None:
    # The end is given: where the law counts working days a holiday moves the end itself.
    more = holidays | {start_on + timedelta(days=offset)}
    safe = []
    for free in (holidays, more):
        answer = probation_dates(
            country=country,
            start_on=start_on,
            ends_on_override=start_on + timedelta(days=days),
            contract=Contract(agreed_notice_days=7),
            holidays=free,
        )
        safe.append(answer.last_safe_on if isinstance(answer, ProbationDates) else date.min)
    assert safe[1] <= safe[0]


@given(st.dates(date(1996, 1, 1), date(2096, 1, 1)), st.integers(1, 36))
def test_months_end_the_day_before_the_same_date_or_with_the_month(
    start_on: date, months: int
) -> None:
    # BGB §§ 187(2), 188(2)–(3), written the other way round: the day after the last one is
    # the same date, or the month has no such date and ends.
    end = last_day(start_on, Span(months, "months"))
    after = end + timedelta(days=1)
    ends_its_month = end.day == calendar.monthrange(end.year, end.month)[1]
    assert after.day == start_on.day or (ends_its_month and start_on.day > end.day)
    total = start_on.year * 12 + start_on.month + months
    assert total in (after.year * 12 + after.month, end.year * 12 + end.month)


@given(st.dates(date(1996, 1, 1), date(2096, 1, 1)), st.integers(1, 35))
def test_a_longer_span_ends_later(start_on: date, length: int) -> None:
    for unit in ("days", "weeks", "months", "working-days"):
        assert last_day(start_on, Span(length, unit)) < last_day(
            start_on, Span(length + 1, unit)
        )


@pytest.mark.parametrize(
    ("start_on", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_the_same_date_some_months_away(start_on: date, months: int, expected: date) -> None:
    # Counted on a calendar.
    assert same_date(start_on, months=months) == expected


def test_notice_counts_from_the_day_after_telling() -> None:
    # § 187(1) BGB: told on Monday 1 June 2026, two weeks end on Monday 15 June.
    assert notice_ends(date(2026, 6, 1), Span(2, "weeks")) == date(2026, 6, 15)
    assert notice_ends(date(2026, 6, 1), Span(1, "months")) == date(2026, 7, 1)
    assert notice_ends(date(2026, 1, 31), Span(1, "months")) == date(2026, 2, 28)
    assert notice_ends(date(2026, 6, 1), Span(0, "days")) == date(2026, 6, 1)
    # Three working days after a Thursday: Friday, Monday, Tuesday.
    assert notice_ends(date(2026, 6, 4), Span(3, "working-days")) == date(2026, 6, 9)
