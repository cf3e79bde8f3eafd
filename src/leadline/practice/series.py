"""Recurring meetings to drop, to shorten, or to turn into a message, each with the reason.

It judges the meeting, never who attends it. One-on-ones, focus time and interviews are
left alone: they need no agenda to be worth their time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from leadline.errors import InputError
from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.kinds import ONE_ON_ONE
from leadline.practice.meetings import Meeting, Status

SPARED = frozenset({ONE_ON_ONE, "focus", "hiring"})
"""Kinds that are not asked for an agenda."""

NECESSARY = Citation(
    text="Meetings: more than wished, required, not very necessary.",
    source="A head of data science, interview at 6:01",
)


class Action(StrEnum):
    """What could become of a series."""

    DROP = "drop"
    MESSAGE = "message"
    SHORTEN = "shorten"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From where on a series is asked about; the lead may set each.

    Attributes
    ----------
    many_people : int
        Attendees, the lead included.
    long_minutes : int
        Length of one occurrence.
    often_cancelled : float
        Share of past occurrences that did not take place, 0–1.
    fewest : int
        Past occurrences needed before the share says anything.
    """

    many_people: int = 8
    long_minutes: int = 45
    often_cancelled: float = 0.5
    fewest: int = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """One series, what could become of it, and why.

    Attributes
    ----------
    series : str
        Its id in the calendar.
    latest : Meeting
        The occurrence that the receipt shows: the last one before today, or the next.
    action : Action
        Drop, shorten, or turn into a message.
    reasons : tuple of str
        Each a half-sentence with its number.
    hours_per_week : float
        What it takes of the lead's week, on average over the window.
    """

    series: str
    latest: Meeting
    action: Action
    reasons: tuple[str, ...]
    hours_per_week: float


def advise(
    meetings: Sequence[Meeting],
    *,
    today: date,
    weeks: int = 8,
    limits: Limits = Limits(),
    spared: Collection[str] = SPARED,
) -> tuple[Advice, ...]:
    """Find the series that could be dropped, shortened, or turned into a message.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar, `weeks` weeks back and a few ahead.
    today : date
        The day of asking. A series without an occurrence from today on is over.
    weeks : int
        How far back to look.
    limits : Limits
        From where on to ask.
    spared : collection of str
        Kinds that are left alone.

    Returns
    -------
    tuple of Advice
        Most hours first.

    Raises
    ------
    InputError
        No week to look at.
    """
    if weeks < 1:
        raise InputError(f"series are judged over at least 1 week, got {weeks}")
    since = today - timedelta(weeks=weeks)
    series: dict[str, list[Meeting]] = {}
    for one in meetings:
        if one.series and one.starts_at.date() >= since and _may_be_asked(one, spared=spared):
            series.setdefault(one.series, []).append(one)
    found = (
        _advice(occurrences, today=today, weeks=weeks, limits=limits)
        for occurrences in series.values()
        if any(one.starts_at.date() >= today and one.takes_place for one in occurrences)
    )
    kept = [advice for advice in found if advice is not None]
    return tuple(sorted(kept, key=lambda advice: (-advice.hours_per_week, advice.series)))


def _may_be_asked(meeting: Meeting, *, spared: Collection[str]) -> bool:
    """Only meetings with others: an entry for oneself is a note, not a meeting."""
    is_meeting = bool(meeting.attendees) and not meeting.all_day and not meeting.absent
    return is_meeting and meeting.kind not in spared


def _advice(
    occurrences: Sequence[Meeting], *, today: date, weeks: int, limits: Limits
) -> Advice | None:
    past = [one for one in occurrences if one.starts_at.date() < today]
    coming = [one for one in occurrences if one.starts_at.date() >= today and one.takes_place]
    latest = (past or coming)[-1]
    often_off = _often_off(past, limits=limits)
    silent = (
        "" if any(one.has_agenda for one in occurrences) else "no text says what it is about"
    )
    action, reasons = _judge(latest, often_off=often_off, silent=silent, limits=limits)
    if action is None:
        return None
    held = sum((one.duration for one in past if one.takes_place), timedelta())
    return Advice(
        series=latest.series,
        latest=latest,
        action=action,
        reasons=tuple(reason for reason in reasons if reason),
        hours_per_week=held / timedelta(hours=1) / weeks,
    )


def _often_off(past: Sequence[Meeting], *, limits: Limits) -> str:
    n_off = sum(one.status in {Status.CANCELLED, Status.DECLINED} for one in past)
    if len(past) < limits.fewest or n_off < limits.often_cancelled * len(past):
        return ""
    return f"{n_off} of the last {len(past)} did not take place with you"


def _judge(
    meeting: Meeting, *, often_off: str, silent: str, limits: Limits
) -> tuple[Action | None, tuple[str, ...]]:
    minutes = int(meeting.duration / timedelta(minutes=1))
    n_people = len(meeting.attendees) + 1
    large = f"{n_people} people are invited" if n_people >= limits.many_people else ""
    long = f"it takes {minutes} minutes" if minutes >= limits.long_minutes else ""
    if often_off:
        return Action.DROP, (often_off, silent)
    if silent and meeting.kind == "status":
        return Action.MESSAGE, ("it passes on where things stand", silent, large, long)
    if silent and large:
        return Action.MESSAGE, (silent, large, long)
    if silent and long:
        return Action.SHORTEN, (silent, long)
    return None, ()


def findings(
    meetings: Sequence[Meeting],
    *,
    today: date,
    weeks: int = 8,
    limits: Limits = Limits(),
    spared: Collection[str] = SPARED,
) -> tuple[Finding, ...]:
    """Say which series could be dropped, shortened, or turned into a message.

    Parameters
    ----------
    meetings, today, weeks, limits, spared
        As for `advise`.

    Returns
    -------
    tuple of Finding
        "series-often-cancelled" or "series-without-agenda", for the lead only.
    """
    advices = advise(meetings, today=today, weeks=weeks, limits=limits, spared=spared)
    return tuple(_finding(advice, today=today) for advice in advices)


def _weight(advice: Advice) -> str:
    if not advice.hours_per_week:
        return "still stands in your calendar"
    return f"takes {advice.hours_per_week:.1f} h of your week"


_QUESTIONS = {
    Action.DROP: "What would be missed if it ended?",
    Action.MESSAGE: "Could a message a week say the same?",
    Action.SHORTEN: "What does it decide, and would half the time do?",
}


def _finding(advice: Advice, *, today: date) -> Finding:
    meeting = advice.latest
    is_drop = advice.action is Action.DROP
    return Finding(
        rule="series-often-cancelled" if is_drop else "series-without-agenda",
        subject=f"series:{advice.series}",
        sentence=(f"“{meeting.title}” {_weight(advice)}: {', '.join(advice.reasons)}."),
        receipts=(
            Receipt(
                source="calendar",
                place=(
                    f"“{meeting.title}” of {meeting.starts_at:%Y-%m-%d %H:%M} "
                    f"({meeting.source or 'calendar'} line {meeting.line})"
                ),
                as_of=today,
                command="leadline people --calendar",
            ),
        ),
        magnitude=advice.hours_per_week,
        worth=min(0.6, 0.15 + 0.1 * advice.hours_per_week),
        readers=(LEAD,),
        question=_QUESTIONS[advice.action],
        citation=NECESSARY,
    )
