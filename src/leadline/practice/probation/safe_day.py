"""The last day for a safe decision: notice, weekends, written form and hearing come off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from leadline.practice.dates import (
    DAY,
    is_working_day,
    previous_working_day,
    shift_working_days,
)
from leadline.practice.probation.contract import Contract
from leadline.practice.probation.law import Rule
from leadline.practice.probation.results import Step
from leadline.practice.probation.spans import Span, last_day, notice_ends

NO_NOTICE = Span(0, "days")


@dataclass(frozen=True, slots=True)
class SafeDay:
    """Last day to tell the person, last day to decide, and each subtraction."""

    told_by: date
    decide_by: date
    steps: tuple[Step, ...]


def last_safe_day(
    *, rule: Rule, contract: Contract, start_on: date, ends_on: date, holidays: frozenset[date]
) -> SafeDay | None:
    """Count back from the last day; None where no day inside the period is left.

    Parameters
    ----------
    rule : Rule
        Notice, form and hearing of the country.
    contract : Contract
        A longer agreed notice, and whether there is a works council.
    start_on, ends_on : date
        First and last day of the period, absences included.
    holidays : frozenset of date
        Days on which nothing is delivered.
    """
    told_by = ends_on
    while told_by >= start_on and not (
        is_working_day(told_by, holidays=holidays)
        and _fits(
            told_by,
            rule=rule,
            contract=contract,
            start_on=start_on,
            ends_on=ends_on,
            holidays=holidays,
        )
    ):
        told_by -= DAY
    notice = notice_at(told_by, rule=rule, start_on=start_on, ends_on=ends_on)
    steps = [Step(told_by, _notice_text(rule, notice, contract))]
    day = told_by
    if rule.written:
        day = shift_working_days(day, -1, holidays=holidays)
        steps.append(Step(day, "Written form: one working day to sign and to hand it over."))
    if rule.hearing is not None and contract.works_council is not False:
        day -= timedelta(days=rule.hearing.length)
        day = previous_working_day(day, holidays=holidays)
        steps.append(
            Step(day, f"A works council, if there is one, is heard first: {rule.hearing}.")
        )
    if day < start_on:
        return None
    steps.append(Step(day, "The last safe day for the decision."))
    return SafeDay(told_by, day, tuple(steps))


def notice_at(told_on: date, *, rule: Rule, start_on: date, ends_on: date) -> Span:
    """Return the notice that holds when the person is told that day.

    Counted by the time elapsed, or by the whole length of the probation where the
    statute says so (Poland).
    """
    measured = ends_on if rule.notice_by == "length" else told_on
    notice = NO_NOTICE
    for entry in rule.notice:
        if entry.after is None or measured > last_day(start_on, entry.after):
            notice = entry.length
    return notice


def _fits(
    told_on: date,
    *,
    rule: Rule,
    contract: Contract,
    start_on: date,
    ends_on: date,
    holidays: frozenset[date],
) -> bool:
    if not rule.notice_inside:
        return True
    agreed = Span(contract.agreed_notice_days or 0, "days")
    notice = notice_at(told_on, rule=rule, start_on=start_on, ends_on=ends_on)
    ends = [notice_ends(told_on, span, holidays=holidays) for span in (agreed, notice)]
    return max(ends) <= ends_on


def _notice_text(rule: Rule, notice: Span, contract: Contract) -> str:
    working = "counting back to a working day"
    if not notice.length and not contract.agreed_notice_days:
        return f"No notice inside probation: tell the person by this day, {working}."
    if not rule.notice_inside:
        return (
            f"The notice of {notice} may run past the end; it must reach the person "
            f"by this day, {working}."
        )
    if contract.agreed_notice_days:
        return f"The contract's notice must end inside: tell them by this day, {working}."
    return f"The notice of {notice} must end inside: tell them by this day, {working}."
