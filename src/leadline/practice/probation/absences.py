"""How days away move the end of a probation, in the unit the statute counts in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from leadline.practice.dates import DAY, is_working_day, shift_working_days
from leadline.practice.probation.contract import Absence
from leadline.practice.probation.law import AbsenceRule
from leadline.practice.probation.results import Step
from leadline.practice.probation.spans import same_date


def days_away(absences: Iterable[Absence], *, kinds: frozenset[str]) -> frozenset[date]:
    """Return every day away once, of the kinds that count; no kinds means all."""
    return frozenset(
        absence.first_on + timedelta(days=offset)
        for absence in absences
        if not kinds or absence.kind in kinds
        for offset in range((absence.last_on - absence.first_on).days + 1)
    )


def extended_end(
    *,
    rule: AbsenceRule,
    start_on: date,
    ends_on: date,
    absences: Iterable[Absence],
    holidays: frozenset[date],
    never_after: date | None = None,
) -> list[Step]:
    """Return the step that moves the end, or none where no day away counts.

    Days away inside the added time count again, until the end stands still.

    Parameters
    ----------
    rule : AbsenceRule
        Unit and kinds.
    start_on, ends_on : date
        First and last day without absences.
    never_after : date, optional
        A cap by a share of a fixed term that the extension must respect too.
    """
    away = days_away(absences, kinds=rule.kinds)
    end, counted = ends_on, -1
    while True:
        inside = sum(
            start_on <= day <= end
            and (rule.counts != "working-days" or is_working_day(day, holidays=holidays))
            for day in away
        )
        if inside == counted:
            break
        counted = inside
        end = _moved(ends_on, counted, rule=rule, holidays=holidays)
        if rule.within_share and never_after is not None:
            end = min(end, never_after)
    if end == ends_on:
        return []
    unit = "working days" if rule.counts == "working-days" else "days"
    return [Step(end, f"{counted} {unit} away move the end from {ends_on}.")]


def _moved(ends_on: date, days: int, *, rule: AbsenceRule, holidays: frozenset[date]) -> date:
    if rule.counts == "working-days":
        return shift_working_days(ends_on, days, holidays=holidays)
    if rule.counts == "calendar-days":
        return ends_on + timedelta(days=days)
    return same_date(ends_on + DAY, months=days // 30) - DAY
