"""Where the lead's hours in meetings go, by kind, against what the lead intended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leadline.errors import ConfigurationError, InputError
from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.meetings import Meeting

TOLERANCE = 0.1
"""A share this far from the intended one is worth a line."""

FEWEST_HOURS = 5.0
"""With fewer hours of meetings in the window a share says nothing."""

COACHING = Citation(
    text=(
        "Coaching is the largest part of a lead's work, and meetings take more than "
        "anybody wishes; which split is right is the lead's own choice."
    ),
    source="A head of data science, interview at 6:01",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindHours:
    """Hours of one kind in a window.

    Attributes
    ----------
    kind : str
        The kind of meeting.
    hours : float
        In the whole window.
    hours_per_week : float
        On average.
    share : float
        Of all hours in the calendar, 0–1; nan in a window without any.
    intended : float or None
        The share the lead set, if any.
    """

    kind: str
    hours: float
    hours_per_week: float
    share: float
    intended: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Hours by kind in the week that begins on a Monday."""

    week_on: date
    hours: Mapping[str, float]


def hours_by_kind(
    meetings: Sequence[Meeting], *, start_on: date, end_on: date
) -> dict[str, float]:
    """Add up the hours of each kind.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar. All-day entries, free time, absences and what did not take
        place are left out.
    start_on, end_on : date
        The window; `end_on` is not part of it.

    Returns
    -------
    dict of str to float
        Kind → hours. An hour with two meetings at once counts half for each, so that
        the sum is time that really passed.
    """
    times = [
        (one.starts_at, one.ends_at, one.kind)
        for one in meetings
        if _counts(one) and start_on <= one.starts_at.date() < end_on
    ]
    edges = sorted(
        [(start, 1, kind) for start, _, kind in times]
        + [(end, -1, kind) for _, end, kind in times],
        key=lambda edge: edge[0],
    )
    hours: dict[str, float] = defaultdict(float)
    running: dict[str, int] = defaultdict(int)
    before: datetime | None = None
    for moment, step, kind in edges:
        n_running = sum(running.values())
        if before is not None and n_running:
            passed = (moment - before) / timedelta(hours=1)
            for one, count in running.items():
                hours[one] += passed * count / n_running
        running[kind] += step
        before = moment
    return {kind: total for kind, total in sorted(hours.items()) if total > 0}


def _counts(meeting: Meeting) -> bool:
    return (
        meeting.takes_place and meeting.is_busy and not meeting.all_day and not meeting.absent
    )


def weekly(meetings: Sequence[Meeting], *, today: date, weeks: int = 6) -> tuple[Week, ...]:
    """Return hours by kind for each of the last full weeks, oldest first."""
    monday = today - timedelta(days=today.weekday())
    starts = (monday - timedelta(weeks=n) for n in range(weeks, 0, -1))
    return tuple(
        Week(
            week_on=start,
            hours=hours_by_kind(meetings, start_on=start, end_on=start + timedelta(weeks=1)),
        )
        for start in starts
    )


def split(
    meetings: Sequence[Meeting],
    *,
    today: date,
    weeks: int = 6,
    intended: Mapping[str, float] | None = None,
) -> tuple[KindHours, ...]:
    """Compare the last full weeks with the intended split.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar, reaching back at least `weeks` weeks.
    today : date
        The day of asking; its own week is not over and does not count.
    weeks : int
        How many full weeks, at least 1.
    intended : mapping of str to float, optional
        Kind → intended share, each within 0–1, together at most 1.

    Returns
    -------
    tuple of KindHours
        Most hours first; intended kinds without any hour included.

    Raises
    ------
    ConfigurationError
        Shares outside 0–1, or a sum above 1.
    InputError
        No week to look at.
    """
    if weeks < 1:
        raise InputError(f"a split needs at least 1 week, got {weeks}")
    wanted = _checked(intended or {})
    monday = today - timedelta(days=today.weekday())
    hours = hours_by_kind(meetings, start_on=monday - timedelta(weeks=weeks), end_on=monday)
    total = sum(hours.values())
    rows = (
        KindHours(
            kind=kind,
            hours=hours.get(kind, 0.0),
            hours_per_week=hours.get(kind, 0.0) / weeks,
            share=hours.get(kind, 0.0) / total if total else float("nan"),
            intended=wanted.get(kind),
        )
        for kind in {**hours, **wanted}
    )
    return tuple(sorted(rows, key=lambda row: (-row.hours, row.kind)))


def _checked(intended: Mapping[str, float]) -> Mapping[str, float]:
    for kind, share in intended.items():
        if not 0 <= share <= 1:
            raise ConfigurationError(f"the intended share of {kind} must be 0–1, got {share}")
    if sum(intended.values()) > 1 + 1e-9:
        raise ConfigurationError(
            f"intended shares add up to {sum(intended.values()):.2f}; at most 1 is allowed"
        )
    return intended


def findings(
    meetings: Sequence[Meeting],
    *,
    today: date,
    weeks: int = 6,
    intended: Mapping[str, float] | None = None,
    tolerance: float = TOLERANCE,
) -> tuple[Finding, ...]:
    """Say which kinds take much more or less than the lead intended.

    Parameters
    ----------
    meetings, today, weeks, intended
        As for `split`. Without intended shares there is nothing to say.
    tolerance : float
        How far a share may be from the intended one, 0–1.

    Returns
    -------
    tuple of Finding
        "hours-off-intent", one per kind, for the lead only.
    """
    rows = split(meetings, today=today, weeks=weeks, intended=intended)
    if sum(row.hours for row in rows) < FEWEST_HOURS:
        return ()
    return tuple(
        _off_intent(row, intended=row.intended, today=today, weeks=weeks)
        for row in rows
        if row.intended is not None and abs(row.share - row.intended) >= tolerance
    )


def _off_intent(row: KindHours, *, intended: float, today: date, weeks: int) -> Finding:
    gap = abs(row.share - intended)
    word = "more" if row.share > intended else "less"
    monday = today - timedelta(days=today.weekday())
    period = "last week" if weeks == 1 else f"last {weeks} weeks"
    return Finding(
        rule="hours-off-intent",
        subject=f"calendar:hours/{row.kind}",
        sentence=(
            f"“{row.kind}” took {row.share:.0%} of your hours in meetings over the {period} "
            f"({row.hours_per_week:.1f} h a week), {word} than the {intended:.0%} you intended."
        ),
        receipts=(
            Receipt(
                source="calendar",
                place=f"weeks from {monday - timedelta(weeks=weeks)} to {monday}",
                as_of=today,
                command="leadline people --calendar",
            ),
        ),
        magnitude=gap,
        worth=min(0.6, 0.2 + gap),
        readers=(LEAD,),
        question=f"Which hour of “{row.kind}” next week would you move, or is the aim wrong?",
        citation=COACHING,
    )
