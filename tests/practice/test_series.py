"""Series to ask about. Every case is one calendar, read by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadline.errors import InputError
from leadline.findings import LEAD
from leadline.practice.meetings import Meeting, Status
from leadline.practice.series import Action, Limits, advise, findings
from tests.practice.meetings_at import meeting

TODAY = date(2026, 3, 18)
DAYS = ("2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")
FEW = ("a@example.com", "b@example.com")
MANY = tuple(f"p{n}@example.com" for n in range(9))


def weekly(*, off: int = 0, status: Status = Status.CANCELLED, **changes: Any) -> list[Meeting]:
    """Return five past and one coming occurrence, the first `off` of which did not happen."""
    given: dict[str, Any] = {"series": "s", "attendees": FEW, "kind": "project"} | changes
    return [
        meeting(f"{day} 09:00", **given, **({"status": status} if at < off else {}))
        for at, day in enumerate(DAYS)
    ]


@pytest.mark.parametrize(
    ("occurrences", "action", "reasons"),
    [
        (weekly(kind="status"), Action.MESSAGE, ("it passes on where things stand", "agenda")),
        (weekly(attendees=MANY), Action.MESSAGE, ("agenda", "10 people are invited")),
        (weekly(minutes=60), Action.SHORTEN, ("agenda", "it takes 60 minutes")),
        (
            weekly(off=3, has_agenda=True),
            Action.DROP,
            ("3 of the last 5 did not take place with you",),
        ),
        (
            weekly(off=5, status=Status.DECLINED),
            Action.DROP,
            ("5 of the last 5 did not take place with you", "agenda"),
        ),
    ],
)
def test_each_series_gets_an_action_and_its_reasons(
    occurrences: list[Meeting], action: Action, reasons: tuple[str, ...]
) -> None:
    (advice,) = advise(occurrences, today=TODAY)
    agenda = "no text says what it is about"
    assert advice.action is action
    assert advice.reasons == tuple(agenda if one == "agenda" else one for one in reasons)


@pytest.mark.parametrize(
    "occurrences",
    [
        weekly(),
        weekly(off=2),
        weekly(minutes=60, has_agenda=True),
        weekly(kind="one-on-one", minutes=60),
        weekly(kind="focus", minutes=240),
        weekly(kind="hiring", minutes=60),
        weekly(kind="status", attendees=()),
        weekly(kind="status", all_day=True),
        weekly(kind="status", absent="lead"),
        weekly(kind="status", series=""),
        weekly(kind="status")[:5],
        weekly(off=6, kind="status"),
    ],
    ids=[
        "short and small", "seldom cancelled", "long with agenda", "one-on-one", "focus",
        "hiring", "alone", "all day", "absence", "once", "over", "all cancelled",
    ],
)  # fmt: skip
def test_these_are_left_alone(occurrences: list[Meeting]) -> None:
    assert advise(occurrences, today=TODAY) == ()


def test_a_series_that_only_begins_is_judged_by_what_comes() -> None:
    (advice,) = advise(weekly(kind="status")[-1:], today=TODAY)
    assert advice.latest.starts_at.date() == date(2026, 3, 23)
    assert advice.hours_per_week == 0


def test_hours_are_those_that_took_place_over_the_whole_window() -> None:
    (advice,) = advise(weekly(off=1, minutes=60), today=TODAY, weeks=8)
    assert advice.hours_per_week == 0.5  # four hours held in eight weeks


def test_the_costliest_comes_first_and_older_ones_are_not_seen() -> None:
    meetings = [
        *weekly(minutes=45, series="short"),
        *weekly(minutes=120, series="long"),
    ]
    assert [one.series for one in advise(meetings, today=TODAY)] == ["long", "short"]
    recent = advise(meetings, today=TODAY, weeks=1)
    assert [one.hours_per_week for one in recent] == [2.0, 0.75]


def test_no_week_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 week, got 0"):
        advise([], today=TODAY, weeks=0)


def test_limits_and_spared_kinds_are_the_leads_to_set() -> None:
    assert advise(weekly(minutes=60), today=TODAY, limits=Limits(long_minutes=90)) == ()
    assert advise(weekly(minutes=60), today=TODAY, spared={"project"}) == ()


def test_a_line_shows_hours_reasons_and_where_to_look() -> None:
    (line,) = findings(weekly(kind="status", title="Ranking sync"), today=TODAY)
    assert line.rule == "series-without-agenda"
    assert line.subject == "series:s"
    assert line.sentence == (
        "“Ranking sync” takes 0.3 h of your week: it passes on where things stand, "
        "no text says what it is about."
    )
    assert line.receipts[0].place == "“Ranking sync” of 2026-03-16 09:00 (own.ics line 7)"
    assert line.question == "Could a message a week say the same?"
    assert line.readers == (LEAD,)


def test_an_often_cancelled_series_has_a_rule_of_its_own() -> None:
    (line,) = findings(weekly(off=5, title="Forum"), today=TODAY)
    assert line.rule == "series-often-cancelled"
    assert line.sentence == (
        "“Forum” still stands in your calendar: 5 of the last 5 did not take place "
        "with you, no text says what it is about."
    )
    assert line.question == "What would be missed if it ended?"
