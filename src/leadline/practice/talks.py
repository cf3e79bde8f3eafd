"""The page before a one-on-one: two facts about the work, open points, one human question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.kinds import ONE_ON_ONE
from leadline.practice.meetings import Meeting, Status

HUMAN_FIRST = Citation(
    text="One question about the human before anything about work; nearly half of all "
    "one-on-ones are rated suboptimal, and leads overrate their own.",
    source="Interview with a head of data science, 48:13; Rogelberg on meetings",
)

QUESTIONS = (
    "How are you, before we talk about work?",
    "What gave you energy this week?",
    "What would make next week a little easier for you?",
    "What have you enjoyed lately that has nothing to do with us?",
    "Is there anything you are carrying that I should know of, or should not ask about?",
    "What are you looking forward to?",
    "How is your week outside work, if you feel like telling?",
    "What went better than you expected?",
)
"""Asked and not written down: there is no field for the answer."""


class Held(StrEnum):
    """What became of a planned one-on-one."""

    HELD = "held"
    MOVED = "moved"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One planned one-on-one, as the calendar says or as somebody put it right.

    Attributes
    ----------
    uid, planned_at : str, datetime
        Which occurrence it is; a correction names both.
    starts_at : datetime
        When it takes or took place.
    held : Held or None
        None for one that lies ahead.
    is_corrected : bool
        Whether somebody put the calendar right.
    place : str
        The calendar and line it comes from.
    """

    uid: str
    planned_at: datetime
    starts_at: datetime
    held: Held | None
    is_corrected: bool
    place: str


def occurrences(
    meetings: Sequence[Meeting],
    *,
    report: str,
    today: date,
    corrections: Mapping[tuple[str, datetime], Held],
    n_past: int | None = None,
) -> tuple[Occurrence, ...]:
    """Return the one-on-ones with a report, the newest first.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar.
    report : str
        Key of the report.
    today : date
        From today on nothing has become of a meeting yet.
    corrections : mapping from (uid, planned_at)
        What somebody said instead of the calendar; it wins.
    n_past : int, optional
        How many from before today; all by default.
    """
    theirs = [one for one in meetings if one.kind == ONE_ON_ONE and one.report == report]
    theirs.sort(key=lambda one: one.starts_at, reverse=True)
    n_ahead = sum(one.starts_at.date() >= today for one in theirs)
    wanted = theirs if n_past is None else theirs[: n_ahead + n_past]
    return tuple(_occurrence(one, today=today, corrections=corrections) for one in wanted)


def _occurrence(
    meeting: Meeting, *, today: date, corrections: Mapping[tuple[str, datetime], Held]
) -> Occurrence:
    corrected = corrections.get((meeting.uid, meeting.planned_at))
    if meeting.status in {Status.CANCELLED, Status.DECLINED}:
        by_calendar = Held.SKIPPED
    else:
        by_calendar = Held.MOVED if meeting.moved_from else Held.HELD
    is_ahead = meeting.starts_at.date() >= today and by_calendar is not Held.SKIPPED
    return Occurrence(
        uid=meeting.uid,
        planned_at=meeting.planned_at,
        starts_at=meeting.starts_at,
        held=corrected or (None if is_ahead else by_calendar),
        is_corrected=corrected is not None,
        place=f"{meeting.source or 'calendar'} line {meeting.line}",
    )


def with_corrections(
    meetings: Iterable[Meeting], *, corrections: Mapping[tuple[str, datetime], Held]
) -> tuple[Meeting, ...]:
    """Return the calendar as it was put right, for the rules on overdue one-on-ones."""
    if not corrections:
        return tuple(meetings)
    return tuple(
        _put_right(one, corrections.get((one.uid, one.planned_at))) for one in meetings
    )


def _put_right(meeting: Meeting, held: Held | None) -> Meeting:
    if held is None:
        return meeting
    status = Status.CANCELLED if held is Held.SKIPPED else Status.CONFIRMED
    return replace(meeting, status=status)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkFact:
    """One fact about somebody's work, never about them: its subject, its text, its day."""

    subject: str
    text: str
    on: date | None


def two_facts(facts: Sequence[WorkFact]) -> tuple[WorkFact, ...]:
    """Return at most two facts, the newest first, each about another subject."""
    found: dict[str, WorkFact] = {}
    for fact in sorted(facts, key=lambda fact: fact.on or date.min, reverse=True):
        found.setdefault(fact.subject, fact)
    return tuple(found.values())[:2]


def human_question(*, report: str, on: date) -> str:
    """Return the one question before work; another each week, the same all that week."""
    weeks = (on - date(2024, 1, 1)).days // 7
    return QUESTIONS[(weeks + sum(report.encode())) % len(QUESTIONS)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A point for the next talk: who brought it, when, and whether it is dealt with."""

    text: str
    by: str
    on: date
    closed_on: date | None


def agenda(points: Sequence[Point], *, report: str) -> tuple[Point, ...]:
    """Return the open points: the report's own first, each side's oldest first.

    What was not reached is carried forward by itself, for it is still open.
    """
    still = [point for point in points if point.closed_on is None]
    return tuple(sorted(still, key=lambda point: (point.by != report, point.on)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """Something agreed on in a one-on-one: whose it is, and until when.

    Attributes
    ----------
    text : str
        What was agreed.
    report, name : str
        Key and name of the report whose one-on-one it was.
    owner : str
        Key of whoever does it.
    agreed_on : date
        The day it was written down.
    due_on : date or None
        Until when, where they said so.
    done_on : date or None
        When it was done.
    """

    text: str
    report: str
    name: str
    owner: str
    agreed_on: date
    due_on: date | None
    done_on: date | None


def findings(
    actions: Sequence[Action], *, lead: Collection[str], today: date
) -> tuple[Finding, ...]:
    """Say what the lead owes from one-on-ones; what a report owes stays on their page.

    Parameters
    ----------
    actions : sequence of Action
        All that was agreed on.
    lead : collection of str
        Addresses of the lead.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        One "lead-owes-action" a report, for the lead and that report.
    """
    owed: dict[str, list[Action]] = {}
    for action in actions:
        late = action.due_on is not None and action.due_on < today
        if late and action.done_on is None and action.owner in lead:
            owed.setdefault(action.report, []).append(action)
    return tuple(_owed(late, today=today) for late in owed.values())


def _owed(actions: list[Action], *, today: date) -> Finding:
    first = min(actions, key=lambda action: action.due_on or today)
    more = f" and {len(actions) - 1} more" if len(actions) > 1 else ""
    days = (today - (first.due_on or today)).days
    return Finding(
        rule="lead-owes-action",
        subject=f"person:{first.report}",
        sentence=f"You said to {first.name} you would do “{first.text}”{more}, due "
        f"{first.due_on}.",
        receipts=(
            Receipt(
                source="one-on-one",
                place=f"agreed on {first.agreed_on}",
                as_of=today,
                command=f"leadline mine {first.report}",
            ),
        ),
        magnitude=float(days),
        worth=0.6,
        readers=(LEAD, first.report),
        question="Can it be done this week, or told that it will not be?",
        due_on=first.due_on,
    )
