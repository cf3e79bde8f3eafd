"""One-on-ones. Every expected date is counted by hand on the calendar of 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from leadline.errors import InputError
from leadline.findings import LEAD
from leadline.practice.meetings import Actor, Meeting, Status
from leadline.practice.one_on_ones import Cadence, days_away, findings, one_on_ones
from tests.practice.meetings_at import BO, MIRA, away, with_report

MONDAYS = ("2026-03-02 09:00", "2026-03-09 09:00", "2026-03-16 09:00", "2026-03-23 09:00")


def held(*starts: str) -> list[Meeting]:
    return [with_report(start) for start in starts]


def test_last_held_and_next_planned_are_read_off_the_calendar() -> None:
    (row,) = one_on_ones(held(*MONDAYS), reports=[MIRA], today=date(2026, 3, 18))
    assert row.last_held == with_report(MONDAYS[2])
    assert row.next_planned == with_report(MONDAYS[3])
    assert f"{row.last_held_at:%Y-%m-%d %H:%M}" == MONDAYS[2]
    assert f"{row.next_planned_at:%Y-%m-%d %H:%M}" == MONDAYS[3]
    assert row.due_on == date(2026, 3, 23)
    assert row.days_overdue == 0
    assert row.n_planned == 3


def test_a_one_on_one_of_today_is_planned_and_not_yet_held() -> None:
    (row,) = one_on_ones(held(*MONDAYS), reports=[MIRA], today=date(2026, 3, 16))
    assert row.last_held == with_report(MONDAYS[1])
    assert row.next_planned == with_report(MONDAYS[2])


@pytest.mark.parametrize(("today", "days"), [(19, 0), (20, 1), (27, 8)])
def test_it_is_overdue_after_the_cadence_and_half_of_it(today: int, days: int) -> None:
    # held on 9 March, due on 16 March, late from 19 March on
    (row,) = one_on_ones(held(*MONDAYS[:2]), reports=[MIRA], today=date(2026, 3, today))
    assert row.due_on == date(2026, 3, 16)
    assert row.days_overdue == days


def test_a_longer_cadence_is_late_later() -> None:
    fortnightly = Cadence(every_days=14, minutes=30)
    (row,) = one_on_ones(
        held(*MONDAYS[:2]), reports=[MIRA], today=date(2026, 3, 27), cadence=fortnightly
    )
    assert row.due_on == date(2026, 3, 23)
    assert row.days_overdue == 0
    assert fortnightly.minutes_per_week == 15


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DECLINED, Status.TENTATIVE])
def test_what_did_not_take_place_is_not_held(status: Status) -> None:
    meetings = [*held(MONDAYS[0]), with_report(MONDAYS[1], status=status)]
    (row,) = one_on_ones(meetings, reports=[MIRA], today=date(2026, 3, 18))
    assert row.last_held == with_report(MONDAYS[0])


def test_a_tentative_one_is_planned_and_a_cancelled_one_is_not() -> None:
    meetings = [
        with_report(MONDAYS[1], status=Status.CANCELLED),
        with_report(MONDAYS[2], status=Status.TENTATIVE),
    ]
    (row,) = one_on_ones(meetings, reports=[MIRA], today=date(2026, 3, 5))
    assert row.next_planned == meetings[1]


@pytest.mark.parametrize("who", ["lead", MIRA.key])
def test_days_on_which_either_is_away_do_not_count(who: str) -> None:
    meetings = [*held(*MONDAYS[:2]), away("2026-03-16 00:00", days=5, who=who)]
    (row,) = one_on_ones(meetings, reports=[MIRA], today=date(2026, 3, 23))
    # 9 March plus seven days that are not 16–20 March is 21 March
    assert row.due_on == date(2026, 3, 21)
    assert row.days_overdue == 0


def test_nothing_is_overdue_while_the_report_is_away_and_only_for_them() -> None:
    meetings = [
        *held(MONDAYS[0]),
        with_report(MONDAYS[0], BO),
        away("2026-03-23 00:00", days=30, who=MIRA.key),
    ]
    mira, bo = one_on_ones(meetings, reports=[MIRA, BO], today=date(2026, 3, 25))
    assert (mira.days_overdue, bo.days_overdue) == (0, 13)


def test_a_cancelled_absence_is_none() -> None:
    holiday = away("2026-03-16 00:00", days=2)
    assert days_away([holiday], who={"lead"}) == {date(2026, 3, 16), date(2026, 3, 17)}
    assert days_away([replace(holiday, status=Status.CANCELLED)], who={"lead"}) == frozenset()


def test_an_hour_at_the_dentists_leaves_the_day_for_a_talk() -> None:
    hour = replace(away("2026-03-16 09:00", days=1), all_day=False)
    short = replace(hour, ends_at=hour.starts_at + timedelta(hours=3))
    long = replace(hour, ends_at=hour.starts_at + timedelta(hours=4))
    assert days_away([short], who={"lead"}) == frozenset()
    assert days_away([long], who={"lead"}) == {date(2026, 3, 16)}


def test_a_new_joiner_is_due_a_week_after_the_first_day() -> None:
    joiner = replace(MIRA, start_on=date(2026, 3, 16))
    (row,) = one_on_ones([], reports=[joiner], today=date(2026, 3, 18))
    assert (row.due_on, row.days_overdue) == (date(2026, 3, 23), 0)


def test_people_not_here_yet_or_any_more_are_left_out() -> None:
    gone = replace(MIRA, ends_on=date(2026, 3, 1))
    coming = replace(BO, start_on=date(2026, 4, 1))
    assert one_on_ones([], reports=[gone, coming], today=date(2026, 3, 18)) == ()


def test_only_what_the_lead_moved_or_cancelled_is_counted() -> None:
    moved_from = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    meetings = [
        with_report("2026-03-04 09:00", moved_from=moved_from, changed_by=Actor.LEAD),
        with_report(MONDAYS[1], status=Status.CANCELLED, changed_by=Actor.LEAD),
        with_report(MONDAYS[2], status=Status.CANCELLED, changed_by=Actor.OTHER),
        with_report("2026-03-17 09:00", status=Status.CANCELLED, changed_by=Actor.UNKNOWN),
        with_report("2026-03-18 09:00", status=Status.DECLINED, changed_by=Actor.LEAD),
    ]
    (row,) = one_on_ones(meetings, reports=[MIRA], today=date(2026, 3, 19))
    assert row.moved_by_lead == (meetings[0],)
    assert row.cancelled_by_lead == (meetings[1], meetings[4])


def test_cancelling_because_of_a_holiday_is_not_counted() -> None:
    meetings = [
        with_report(MONDAYS[1], status=Status.CANCELLED, changed_by=Actor.LEAD),
        away("2026-03-09 00:00", days=5),
    ]
    (row,) = one_on_ones(meetings, reports=[MIRA], today=date(2026, 3, 19))
    assert row.cancelled_by_lead == ()


def test_what_lies_before_the_window_is_not_seen() -> None:
    (row,) = one_on_ones(
        held(MONDAYS[0]), reports=[MIRA], today=date(2026, 3, 18), window_days=7
    )
    assert (row.last_held_at, row.next_planned_at) == (None, None)
    assert row.due_on == date(2026, 3, 18)


def test_an_overdue_line_names_both_dates_and_is_read_by_lead_and_report() -> None:
    meetings = held(MONDAYS[0], "2026-03-30 09:00")
    (line,) = findings(meetings, reports=[MIRA], today=date(2026, 3, 20))
    assert line.rule == "one-on-one-overdue"
    assert line.subject == "person:mira@example.com"
    assert line.sentence == (
        "The last one-on-one with Mira Lund was 18 days ago (2026-03-02); "
        "the next one is planned for 2026-03-30."
    )
    assert line.readers == (LEAD, "mira@example.com")
    assert line.due_on is None  # it is never too late for it
    assert line.magnitude == 8  # late from 12 March on
    assert line.receipts[0].place == "“Meeting” of 2026-03-02 09:00 (own.ics line 7)"
    assert line.receipts[0].command == "leadline people mira@example.com"


def test_someone_without_any_is_named_when_others_have_theirs() -> None:
    meetings = [with_report("2026-03-17 09:00", BO)]
    (line,) = findings(meetings, reports=[MIRA, BO], today=date(2026, 3, 20))
    assert line.sentence == (
        "No one-on-one with Mira Lund stands in your calendar so far; none is planned."
    )
    assert line.receipts[0].place == "no one-on-one with mira@example.com in the window"


def test_a_calendar_without_a_single_one_gives_one_line_for_the_lead() -> None:
    (line,) = findings([], reports=[MIRA, BO], today=date(2026, 3, 20))
    assert line.rule == "one-on-ones-not-in-calendar"
    assert line.readers == (LEAD,)
    assert "any of your 2 reports" in line.sentence
    assert "2026-01-23" in line.sentence


def test_a_team_of_nobody_gives_no_line() -> None:
    assert findings([], reports=[], today=date(2026, 3, 20)) == ()


def test_often_moved_counts_the_leads_changes_with_a_receipt_each() -> None:
    meetings = [
        with_report(MONDAYS[0], status=Status.CANCELLED, changed_by=Actor.LEAD),
        with_report(MONDAYS[1], status=Status.CANCELLED, changed_by=Actor.LEAD),
        with_report(
            "2026-03-18 09:00",
            changed_by=Actor.LEAD,
            moved_from=datetime(2026, 3, 16, 9, 0, tzinfo=UTC),
        ),
    ]
    (line,) = findings(meetings, reports=[MIRA], today=date(2026, 3, 20))
    assert line.rule == "one-on-one-often-moved"
    assert line.sentence == (
        "You moved 1 and cancelled or declined 2 of the last 3 one-on-ones with Mira Lund "
        "(in 8 weeks)."
    )
    assert line.magnitude == 3
    assert [receipt.place.split(" (")[0] for receipt in line.receipts] == [
        "“Meeting” of 2026-03-16 09:00",
        "“Meeting” of 2026-03-02 09:00",
        "“Meeting” of 2026-03-09 09:00",
    ]


def test_what_did_not_happen_is_not_mentioned() -> None:
    meetings = [
        with_report(day, status=Status.DECLINED, changed_by=Actor.LEAD) for day in MONDAYS[:3]
    ]
    meetings.append(with_report("2026-03-18 09:00"))
    (line,) = findings(meetings, reports=[MIRA], today=date(2026, 3, 20), window_days=21)
    assert line.sentence == (
        "You cancelled or declined 3 of the last 4 one-on-ones with Mira Lund (in 3 weeks)."
    )


@pytest.mark.parametrize("name", ["every_days", "minutes"])
def test_a_cadence_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} must be at least 1, got 0"):
        Cadence(**{name: 0})
