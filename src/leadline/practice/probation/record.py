"""The record of a probation: check-ins in writing, so that no outcome is a surprise.

The dates come from law and contract (`ProbationDates`); here is what two people wrote down
about it. Everything is readable by both, and deleted when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from leadline.errors import InputError
from leadline.findings import LEAD, Finding, Receipt
from leadline.practice.dates import long_date
from leadline.practice.people import Person
from leadline.practice.probation.findings import EVALUATION_AHEAD_DAYS, PRACTICE, due_next
from leadline.practice.probation.results import ProbationDates

EARLIER_DAYS = 14
"""A check-in this long before the outcome leaves time to act on it."""

KEEP_ENDED_DAYS = 180
"""How long the record of a probation that ended the contract is kept, for claims."""


class Outcome(StrEnum):
    """What came of a probation."""

    PASSED = "passed"
    ENDED = "ended"


def evaluated_on(check_ins: Sequence[date], *, dates: ProbationDates) -> date | None:
    """Return the first check-in that counts as the evaluation; None where there is none."""
    from_on = dates.evaluate_on - timedelta(days=EVALUATION_AHEAD_DAYS)
    return min((on for on in check_ins if on >= from_on), default=None)


def surprise(*, outcome: Outcome, check_ins: Sequence[date], on: date) -> str:
    """Return why an outcome would be a surprise; empty where it would be none.

    Parameters
    ----------
    outcome : Outcome
        Passing surprises nobody.
    check_ins : sequence of date
        Days of written check-ins.
    on : date
        The day the outcome is told.
    """
    if outcome is Outcome.PASSED:
        return ""
    earlier = [day for day in check_ins if (on - day).days >= EARLIER_DAYS]
    if earlier:
        return ""
    return (
        f"No written check-in lies {EARLIER_DAYS} days or more before {on}: this would be the "
        "first the person hears of it, with no time to act on it."
    )


def reassurance(name: str, *, dates: ProbationDates) -> str:
    """Return the text that tells somebody doing fine that they do, before they must guess.

    The same dates stand in the lead's own list: no news must not be the only news.
    """
    return (
        f"{name}, your probation runs until {long_date(dates.ends_on)}, and we look at it "
        f"together on {long_date(dates.evaluate_on)}, as with everybody. From where I stand "
        "it is going well. If you see it differently, or something is missing for you to do "
        "your work well, I would like to know now rather than then."
    )


def warning(name: str, *, dates: ProbationDates) -> str:
    """Return the text that says in time, and without a label, that something must change."""
    return (
        f"{name}, your probation runs until {long_date(dates.ends_on)}. This is what I see "
        "today: [the moment, what you did, what it led to]. I may be wrong; how do you see "
        "it? These are ways I can think of: [two or more]. Which of them, or which other, "
        "would you choose? We look at it again on [a day], and "
        f"{long_date(dates.evaluate_on)} is the evaluation that everybody has."
    )


def check_extension(*, until: date, reason: str, dates: ProbationDates, today: date) -> None:
    """Refuse an extension without a reason, or one that is none.

    Whether the law allows it is not decided here: the trap of the country's row is shown
    beside the form, and HR confirms.

    Raises
    ------
    InputError
        It gives no reason, or does not lie after the end as it stands.
    """
    if not reason.strip():
        raise InputError("an extension needs its reason in writing")
    if until <= max(dates.ends_on, today):
        raise InputError(
            f"an extension must end after {max(dates.ends_on, today)}, got {until}"
        )


def purge_on(*, outcome: Outcome, told_on: date, keep_days: int = KEEP_ENDED_DAYS) -> date:
    """Return the day on which check-ins, extensions and reasons are deleted.

    A probation that was passed is nobody's business from the day it is told; one that
    ended the contract is kept for as long as it can be asked about in court.
    """
    if outcome is Outcome.PASSED:
        return told_on
    return told_on + timedelta(days=keep_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Somebody's probation as it stands: dates, check-ins, and whether it is over."""

    person: Person
    dates: ProbationDates
    check_ins: tuple[date, ...]
    is_over: bool


def findings(records: Sequence[Record], *, today: date) -> tuple[Finding, ...]:
    """Say whose probation has no written check-in at half the way to the evaluation.

    Parameters
    ----------
    records : sequence of Record
        Probations of the lead's reports.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        "probation-no-check-in", for the lead and the person, whether or not somebody is
        doing well.
    """
    found = []
    for record in records:
        dates = record.dates
        due_on = dates.start_on + (dates.evaluate_on - dates.start_on) / 2
        open_ = dates.start_on <= today <= dates.ends_on and not record.is_over
        if record.check_ins or not open_ or today < due_on:
            continue
        name, key = record.person.name, record.person.key
        found.append(
            Finding(
                rule="probation-no-check-in",
                subject=f"person:{key}",
                sentence=f"Half the way to the evaluation in {name}'s probation was on "
                f"{due_on}, and nothing is written down about how it is going.",
                receipts=(
                    Receipt(
                        source="probation record",
                        place=f"no check-in with {key} since {dates.start_on}",
                        as_of=today,
                        command=f"leadline people {key}",
                    ),
                ),
                magnitude=float((today - due_on).days // 7),
                worth=0.65,
                readers=(LEAD, key),
                question=f"Has {name} heard in writing how it is going, good news included?",
                due_on=due_next(dates, today=today),
                citation=PRACTICE,
            )
        )
    return tuple(found)
