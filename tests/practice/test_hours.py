"""Hours by kind. Every expected number is added up by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import ConfigurationError, InputError
from leadline.findings import LEAD
from leadline.practice.hours import findings, hours_by_kind, split, weekly
from leadline.practice.meetings import Meeting, Status
from tests.practice.meetings_at import away, meeting

TODAY = date(2026, 3, 18)  # a Wednesday; the last full week is 9–15 March
WEEK = {"start_on": date(2026, 3, 9), "end_on": date(2026, 3, 16)}


def test_hours_add_up_by_kind() -> None:
    meetings = [
        meeting("2026-03-09 09:00", minutes=30, kind="status"),
        meeting("2026-03-10 09:00", minutes=60, kind="status"),
        meeting("2026-03-10 11:00", minutes=15, kind="one-on-one"),
        meeting("2026-03-16 09:00", minutes=60, kind="status"),
    ]
    assert hours_by_kind(meetings, **WEEK) == {"one-on-one": 0.25, "status": 1.5}


def test_two_meetings_at_once_share_the_hour() -> None:
    meetings = [
        meeting("2026-03-09 09:00", minutes=60, kind="status"),
        meeting("2026-03-09 09:30", minutes=60, kind="project"),
    ]
    # 30 minutes alone, 30 shared, 30 alone: 45 minutes each
    assert hours_by_kind(meetings, **WEEK) == {"project": 0.75, "status": 0.75}


@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(1, 180), st.sampled_from("abc")), max_size=12
    )
)
def test_the_sum_is_the_time_that_really_passed(spans: list[tuple[int, int, str]]) -> None:
    meetings = [
        meeting(f"2026-03-09 {start // 60:02}:{start % 60:02}", minutes=minutes, kind=kind)
        for start, minutes, kind in spans
    ]
    # oracle: minute by minute, busy or not
    busy = {minute for start, minutes, _ in spans for minute in range(start, start + minutes)}
    assert sum(hours_by_kind(meetings, **WEEK).values()) == pytest.approx(len(busy) / 60)


@pytest.mark.parametrize(
    "left_out",
    [
        meeting("2026-03-09 09:00", status=Status.CANCELLED),
        meeting("2026-03-09 09:00", status=Status.DECLINED),
        meeting("2026-03-09 09:00", is_busy=False),
        away("2026-03-09 00:00", days=1),
        meeting("2026-03-09 09:00", absent="lead"),
    ],
)
def test_what_takes_none_of_the_leads_time_is_left_out(left_out: Meeting) -> None:
    assert hours_by_kind([left_out], **WEEK) == {}


def test_weeks_run_from_monday_and_the_running_one_is_not_over() -> None:
    meetings = [
        meeting("2026-03-08 09:00", minutes=60),
        meeting("2026-03-09 09:00", minutes=120),
        meeting("2026-03-16 09:00", minutes=60),
    ]
    first, second = weekly(meetings, today=TODAY, weeks=2)
    assert (first.week_on, first.hours) == (date(2026, 3, 2), {"other": 1.0})
    assert (second.week_on, second.hours) == (date(2026, 3, 9), {"other": 2.0})


def test_shares_stand_beside_what_was_intended() -> None:
    meetings = [
        meeting("2026-03-09 09:00", minutes=180, kind="status"),
        meeting("2026-03-03 09:00", minutes=60, kind="project"),
    ]
    rows = split(meetings, today=TODAY, weeks=2, intended={"focus": 0.5, "status": 0.25})
    assert [
        (row.kind, row.hours, row.hours_per_week, row.share, row.intended) for row in rows
    ] == [
        ("status", 3.0, 1.5, 0.75, 0.25),
        ("project", 1.0, 0.5, 0.25, None),
        ("focus", 0.0, 0.0, 0.0, 0.5),
    ]


def test_a_share_of_no_hours_is_not_a_number() -> None:
    (row,) = split([], today=TODAY, intended={"focus": 0.5})
    assert math.isnan(row.share)


@pytest.mark.parametrize("intended", [{"focus": 1.2}, {"focus": -0.1}])
def test_a_share_outside_0_to_1_is_refused(intended: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match="intended share of focus must be 0–1"):
        split([], today=TODAY, intended=intended)


def test_shares_above_a_whole_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"add up to 1\.20"):
        split([], today=TODAY, intended={"focus": 0.6, "status": 0.6})


def test_no_week_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 week, got 0"):
        split([], today=TODAY, weeks=0)


def test_a_kind_far_from_its_aim_is_named_for_the_lead() -> None:
    meetings = [
        meeting("2026-03-09 09:00", minutes=360, kind="status"),
        meeting("2026-03-10 09:00", minutes=120, kind="one-on-one"),
    ]
    intended = {"status": 0.25, "one-on-one": 0.3}
    (line,) = findings(meetings, today=TODAY, weeks=1, intended=intended)
    assert line.rule == "hours-off-intent"
    assert line.subject == "calendar:hours/status"
    assert line.sentence == (
        "“status” took 75% of your hours in meetings over the last week (6.0 h a week), "
        "more than the 25% you intended."
    )
    assert line.magnitude == pytest.approx(0.5)
    assert line.readers == (LEAD,)
    assert line.receipts[0].place == "weeks from 2026-03-09 to 2026-03-16"


def test_too_little_of_a_kind_is_named_too() -> None:
    meetings = [meeting("2026-03-09 09:00", minutes=480, kind="status")]
    (line,) = findings(meetings, today=TODAY, intended={"focus": 0.5})
    assert "less than the 50% you intended" in line.sentence


def test_a_few_hours_say_nothing() -> None:
    meetings = [meeting("2026-03-09 09:00", minutes=60, kind="status")]
    assert findings(meetings, today=TODAY, intended={"focus": 0.5}) == ()


def test_without_an_aim_there_is_nothing_to_say() -> None:
    assert findings([meeting("2026-03-09 09:00", minutes=600)], today=TODAY) == ()
