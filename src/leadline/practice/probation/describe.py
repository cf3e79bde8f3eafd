"""Probation dates in plain lines, the same for the lead and for the person."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.practice.dates import long_date
from leadline.practice.probation.results import AskHR, ProbationDates

REASSURANCE = (
    "Doing fine? Say so on that day, in so many words; the day is the same for everybody."
)

TITLES = {
    "probation": "Probation",
    "contract": "Probation, by the contract's own date",
    "wait": "Time before protection against dismissal (no probation in statute)",
}


def describe(answer: ProbationDates | AskHR) -> list[str]:
    """Return the lines a person can follow: dates, each step, source, and what to ask."""
    return list(_dates(answer) if isinstance(answer, ProbationDates) else _ask(answer))


def _dates(dates: ProbationDates) -> Iterator[str]:
    yield f"{TITLES[dates.kind]}: {long_date(dates.start_on)} to {long_date(dates.ends_on)}"
    yield f"Evaluation: {long_date(dates.evaluate_on)}. {REASSURANCE}"
    yield f"Last safe day for a decision: {long_date(dates.last_safe_on)}"
    if dates.protected_on is not None:
        yield f"Protection against dismissal from: {long_date(dates.protected_on)}"
    yield "How the dates come about:"
    yield from (f"  {long_date(step.on)}  {step.text}" for step in dates.steps)
    yield from (f"Taken for granted: {text}" for text in dates.assumptions)
    yield from (f"Watch: {text}" for text in dates.traps)
    yield f"Law: {dates.statute}"
    yield f"Checked: {dates.checked_on} at {dates.source} ({dates.tag})"
    yield dates.confirm


def _ask(ask: AskHR) -> Iterator[str]:
    yield f"Probation: ask HR. {ask.reason}"
    yield from (f"Ask: {question}" for question in ask.questions)
    if ask.ends_on is not None and ask.evaluate_on is not None:
        yield f"Ends by the contract: {long_date(ask.ends_on)}"
        yield f"Evaluation: {long_date(ask.evaluate_on)}. {REASSURANCE}"
    for dates in ask.candidates:
        yield (
            f"Possible: ends {long_date(dates.ends_on)}, evaluation "
            f"{long_date(dates.evaluate_on)}, last safe day {long_date(dates.last_safe_on)}"
        )
    if ask.candidates:
        yield f"Until HR has answered the earliest is safe: {long_date(ask.safe_on)}"
    if ask.statute:
        yield f"Law: {ask.statute} ({ask.source})"
    yield ask.confirm
