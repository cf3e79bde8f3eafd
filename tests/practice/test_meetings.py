"""The facts of a meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leadline.practice.meetings import Status, unique
from tests.practice.meetings_at import meeting


def test_a_meeting_knows_how_long_it_lasts() -> None:
    assert meeting("2026-03-09 09:00", minutes=45).duration == timedelta(minutes=45)


@pytest.mark.parametrize("status", list(Status))
def test_only_a_confirmed_meeting_takes_place(status: Status) -> None:
    assert meeting("2026-03-09 09:00", status=status).takes_place is (status == "confirmed")


def test_an_occurrence_in_two_calendars_counts_once_and_the_first_stands() -> None:
    live = meeting(
        "2026-03-10 09:00", moved_from=meeting("2026-03-09 09:00").starts_at, source="live"
    )
    export = meeting("2026-03-09 09:00", source="export")
    week_later = meeting("2026-03-16 09:00")
    other = meeting("2026-03-02 09:00", uid="two")
    assert unique([live, week_later, export, other]) == (other, live, week_later)
