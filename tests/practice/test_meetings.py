"""The facts of a meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leadline.practice.meetings import Status
from tests.practice.meetings_at import meeting


def test_a_meeting_knows_how_long_it_lasts() -> None:
    assert meeting("2026-03-09 09:00", minutes=45).duration == timedelta(minutes=45)


@pytest.mark.parametrize("status", list(Status))
def test_only_a_confirmed_meeting_takes_place(status: Status) -> None:
    assert meeting("2026-03-09 09:00", status=status).takes_place is (status == "confirmed")
