"""One-on-ones: when the last one was, when the next one is, and what the lead did to them.

A missed one-on-one is the lead's to mend. Nothing here counts against a report: what a
report moved, declined or cancelled is neither counted nor kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leadline.errors import InputError
from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.kinds import ONE_ON_ONE
from leadline.practice.meetings import Actor, Meeting, Status
from leadline.practice.people import Person

OFTEN = 3
"""Moved or cancelled by the lead this often in the window is worth a line."""

HALF_A_DAY = timedelta(hours=4)
"""A shorter absence, such as an hour at the dentist's, leaves the day for a talk."""

WEEKLY = Citation(
    text=(
        "A short one-on-one every week, 15 minutes or so, and never skipped; with frequent "
        "talks 15–30 minutes are enough (a correlation, not an experiment)."
    ),
    source="A head of data science, interview at 48:07; Gallup on weekly meaningful feedback",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """How often and how long; weekly and 15 minutes unless the lead says otherwise."""

    every_days: int = 7
    minutes: int = 15

    def __post_init__(self) -> None:
        for name in ("every_days", "minutes"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")

    @property
    def grace_days(self) -> int:
        """How late is not yet late: a Monday talk held on Thursday is no missed week."""
        return self.every_days // 2

    @property
    def minutes_per_week(self) -> float:
        """Minutes that one report takes in a week, on average."""
        return self.minutes * 7 / self.every_days


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOnOne:
    """How the one-on-ones with one report stand.

    Attributes
    ----------
    report : Person
        With whom.
    last_held : Meeting or None
        The last one before today, within the window.
    next_planned : Meeting or None
        The first one from today on.
    due_on : date
        Last held (or first day of work, or start of the window) plus the cadence, plus
        the days on which either was away.
    days_overdue : int
        Days from `due_on` and its grace to today, at least 0; 0 while either is away.
    moved_by_lead, cancelled_by_lead : tuple of Meeting
        What the lead moved, and what the lead cancelled or declined, in the window;
        days on which either was away do not count.
    n_planned : int
        Occurrences in the window before today, held or not.
    """

    report: Person
    last_held: Meeting | None
    next_planned: Meeting | None
    due_on: date
    days_overdue: int
    moved_by_lead: tuple[Meeting, ...]
    cancelled_by_lead: tuple[Meeting, ...]
    n_planned: int

    @property
    def last_held_at(self) -> datetime | None:
        """When the last one began."""
        return self.last_held.starts_at if self.last_held else None

    @property
    def next_planned_at(self) -> datetime | None:
        """When the next one begins."""
        return self.next_planned.starts_at if self.next_planned else None


def one_on_ones(
    meetings: Sequence[Meeting],
    *,
    reports: Sequence[Person],
    today: date,
    cadence: Cadence = Cadence(),
    window_days: int = 56,
) -> tuple[OneOnOne, ...]:
    """Tell how the one-on-ones with each report stand.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar, from `window_days` before today to a few weeks after.
    reports : sequence of Person
        Direct reports; those not yet or no longer here are left out.
    today : date
        The day of asking; a one-on-one of today counts as planned, not as held.
    cadence : Cadence
        How often and how long.
    window_days : int
        How far back to look.

    Returns
    -------
    tuple of OneOnOne
        In the order of `reports`.
    """
    since = today - timedelta(days=window_days)
    theirs: defaultdict[str, list[Meeting]] = defaultdict(list)
    absences = []
    for one in meetings:
        if one.kind == ONE_ON_ONE and one.starts_at.date() >= since:
            theirs[one.report].append(one)
        if one.absent:
            absences.append(one)
    return tuple(
        _one_on_one(
            theirs[report.key],
            report=report,
            today=today,
            since=since,
            cadence=cadence,
            away=days_away(absences, who={"lead", report.key}),
        )
        for report in reports
        if report.is_here(on=today)
    )


def findings(
    meetings: Sequence[Meeting],
    *,
    reports: Sequence[Person],
    today: date,
    cadence: Cadence = Cadence(),
    window_days: int = 56,
) -> tuple[Finding, ...]:
    """Say which one-on-ones are overdue, and which the lead often moves or cancels.

    Parameters
    ----------
    meetings, reports, today, cadence, window_days
        As for `one_on_ones`.

    Returns
    -------
    tuple of Finding
        "one-on-one-overdue" and "one-on-one-often-moved", one subject per report, read
        by the lead and that report; one "one-on-ones-not-in-calendar" for the lead in
        their place where the calendar holds not a single one.
    """
    rows = one_on_ones(
        meetings, reports=reports, today=today, cadence=cadence, window_days=window_days
    )
    if rows and not any(meeting.kind == ONE_ON_ONE for meeting in meetings):
        return (_none_at_all(len(rows), today=today, window_days=window_days),)
    overdue = (
        _overdue(row, today=today, minutes=cadence.minutes) for row in rows if row.days_overdue
    )
    moved = (
        _often_moved(row, today=today, window_days=window_days)
        for row in rows
        if len(row.moved_by_lead) + len(row.cancelled_by_lead) >= OFTEN
    )
    return (*overdue, *moved)


def _one_on_one(
    theirs: Sequence[Meeting],
    *,
    report: Person,
    today: date,
    since: date,
    cadence: Cadence,
    away: Collection[date],
) -> OneOnOne:
    past = [one for one in theirs if one.starts_at.date() < today]
    last_held = max(
        (one for one in past if one.takes_place), key=lambda one: one.starts_at, default=None
    )
    coming = (one for one in theirs if one.starts_at.date() >= today and _is_planned(one))
    began = max(since, report.start_on or since)
    anchor = last_held.starts_at.date() if last_held else began
    due_on = _after(anchor, days=cadence.every_days, away=away)
    late_from = _after(due_on, days=cadence.grace_days, away=away)
    by_lead = [one for one in past if _is_by_lead(one) and one.planned_at.date() not in away]
    return OneOnOne(
        report=report,
        last_held=last_held,
        next_planned=min(coming, key=lambda one: one.starts_at, default=None),
        due_on=due_on,
        days_overdue=0 if today in away else max(0, (today - late_from).days),
        moved_by_lead=tuple(one for one in by_lead if one.takes_place),
        cancelled_by_lead=tuple(one for one in by_lead if not one.takes_place),
        n_planned=len(past),
    )


def days_away(meetings: Sequence[Meeting], *, who: Collection[str]) -> frozenset[date]:
    """Return the days on which one of these is away by an entry of the calendar.

    Parameters
    ----------
    meetings : sequence of Meeting
        The lead's calendar.
    who : collection of str
        "lead" and keys of reports.
    """
    days: set[date] = set()
    for one in meetings:
        if one.absent not in who:
            continue
        is_long = one.all_day or one.duration >= HALF_A_DAY
        if is_long and one.status is not Status.CANCELLED:
            last = max(one.starts_at, one.ends_at - timedelta(microseconds=1)).date()
            first = one.starts_at.date()
            days.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(days)


def _after(start: date, *, days: int, away: Collection[date]) -> date:
    """Return the day that lies so many days after the start, days away not counted."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= day not in away
    return day


def _is_planned(meeting: Meeting) -> bool:
    return meeting.status in {Status.CONFIRMED, Status.TENTATIVE}


def _is_by_lead(meeting: Meeting) -> bool:
    return meeting.changed_by is Actor.LEAD


def _overdue(row: OneOnOne, *, today: date, minutes: int) -> Finding:
    name, key = row.report.name, row.report.key
    following = (
        f"the next one is planned for {row.next_planned.starts_at.date()}"
        if row.next_planned
        else "none is planned"
    )
    if row.last_held:
        held_on = row.last_held.starts_at.date()
        days = (today - held_on).days
        sentence = (
            f"The last one-on-one with {name} was {days} days ago ({held_on}); {following}."
        )
        place = _place(row.last_held)
    else:
        sentence = f"No one-on-one with {name} stands in your calendar so far; {following}."
        place = f"no one-on-one with {key} in the window"
    return Finding(
        rule="one-on-one-overdue",
        subject=f"person:{key}",
        sentence=sentence,
        receipts=(_receipt(place, key=key, today=today),),
        magnitude=float(row.days_overdue),
        worth=min(0.9, 0.5 + 0.02 * row.days_overdue),
        readers=(LEAD, key),
        question=f"When this week do you have {minutes} minutes for {name}?",
        citation=WEEKLY,
    )


def _often_moved(row: OneOnOne, *, today: date, window_days: int) -> Finding:
    name, key = row.report.name, row.report.key
    n_moved, n_cancelled = len(row.moved_by_lead), len(row.cancelled_by_lead)
    counts = ((n_moved, "moved"), (n_cancelled, "cancelled or declined"))
    changes = " and ".join(f"{verb} {count}" for count, verb in counts if count)
    return Finding(
        rule="one-on-one-often-moved",
        subject=f"person:{key}",
        sentence=(
            f"You {changes} of the last {row.n_planned} one-on-ones with {name} "
            f"(in {window_days // 7} weeks)."
        ),
        receipts=tuple(
            _receipt(_place(one), key=key, today=today)
            for one in (*row.moved_by_lead, *row.cancelled_by_lead)
        ),
        magnitude=float(n_moved + n_cancelled),
        worth=min(0.8, 0.3 + 0.1 * (n_moved + n_cancelled)),
        readers=(LEAD, key),
        question=f"Is there a time in the week that you could keep for {name}?",
        citation=WEEKLY,
    )


def _none_at_all(n_reports: int, *, today: date, window_days: int) -> Finding:
    since = today - timedelta(days=window_days)
    return Finding(
        rule="one-on-ones-not-in-calendar",
        subject="calendar:one-on-ones",
        sentence=(
            f"Your calendar since {since} shows no one-on-one with any of your "
            f"{n_reports} reports."
        ),
        receipts=(
            Receipt(
                source="calendar",
                place=f"no meeting of you and one report since {since}",
                as_of=today,
                command="leadline people --calendar",
            ),
        ),
        magnitude=float(n_reports),
        worth=0.7,
        readers=(LEAD,),
        question="Do they stand in another calendar, or under another address of yours?",
        citation=WEEKLY,
    )


def _receipt(place: str, *, key: str, today: date) -> Receipt:
    return Receipt(
        source="calendar", place=place, as_of=today, command=f"leadline people {key}"
    )


def _place(meeting: Meeting) -> str:
    when = f"{meeting.planned_at:%Y-%m-%d %H:%M}"
    return f"“{meeting.title}” of {when} ({meeting.source or 'calendar'} line {meeting.line})"
