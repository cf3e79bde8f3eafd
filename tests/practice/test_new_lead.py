"""New-manager mode: on for 90 days, one prompt at a time, one slot for a mentor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from leadline.practice.meetings import Meeting, Status
from leadline.practice.new_lead import MODE_DAYS, PROMPTS, new_lead

SINCE = date(2027, 1, 4)


def test_the_mode_begins_with_the_first_day_and_ends_by_itself() -> None:
    assert new_lead(since=None, today=SINCE) is None
    assert new_lead(since=SINCE, today=SINCE - timedelta(days=1)) is None
    first = new_lead(since=SINCE, today=SINCE)
    assert first is not None
    # 4 January + 90 days = 4 April.
    assert (first.day, first.off_on) == (0, date(2027, 4, 4))
    assert new_lead(since=SINCE, today=date(2027, 4, 3)) is not None
    assert new_lead(since=SINCE, today=date(2027, 4, 4)) is None


def test_every_prompt_has_its_days() -> None:
    days = (new_lead(since=SINCE, today=SINCE + timedelta(days=n)) for n in range(MODE_DAYS))
    shown = [mode.prompt for mode in days if mode]
    assert [text for n, text in enumerate(shown) if text not in shown[:n]] == [
        text for _, text in PROMPTS
    ]


def test_the_next_meeting_with_a_mentor_fills_the_slot() -> None:
    starts_at = datetime(2027, 2, 10, 9, tzinfo=UTC)
    meeting = Meeting(
        uid="m",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        title="Mentor: Aunt Rosa",
        kind="other",
    )
    off = replace(meeting, uid="x", status=Status.CANCELLED)
    other = replace(meeting, uid="y", title="Stand-up")
    past = replace(meeting, uid="z", starts_at=starts_at - timedelta(days=30))
    found = new_lead(since=SINCE, today=date(2027, 2, 1), meetings=(past, off, other, meeting))
    assert found is not None
    assert found.mentor == meeting
    without = new_lead(since=SINCE, today=date(2027, 2, 1), meetings=(past, off, other))
    assert without is not None
    assert without.mentor is None
