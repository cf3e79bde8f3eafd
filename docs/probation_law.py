"""The reference of probation law, read off the rows that the engine answers from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from leadline.practice.probation import Rule, load_law
from leadline.practice.probation.law import AbsenceRule, Period, Wait, When

TAGS = {
    "V": "read at its source by the survey of 2026, and looked up again where `Source` says",
    "V2": "read on a secondary page",
    "M": "from memory, switched off: Leadline asks",
}


def law_lines() -> Iterator[str]:
    """Yield the lines of the page."""
    rules = sorted(load_law().rules, key=lambda rule: (rule.name, rule.valid_from))
    countries = {rule.country for rule in rules}
    yield f"The rows of `law.toml`: {len(countries)} countries and regions. Not legal advice:"
    yield "a collective agreement or the contract may say something else, and HR confirms."
    yield "[How the dates come about](../explanation/probation.md) explains what is done with"
    yield "them and how to correct one."
    yield ""
    yield "| tag | meaning |"
    yield "| --- | --- |"
    yield from (f"| {tag} | {meaning} |" for tag, meaning in TAGS.items())
    yield ""
    for rule in rules:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"## {rule.name}{_years(rule)}"
    yield ""
    yield rule.summary[:1].upper() + rule.summary[1:].rstrip(".") + "."
    yield ""
    yield from (f"- {fact}" for fact in _facts(rule))
    yield ""


def _years(rule: Rule) -> str:
    """Tell two versions of one country apart."""
    if rule.valid_until != date.max:
        return f", until {rule.valid_until}"
    return f", from {rule.valid_from}" if rule.valid_from != date.min else ""


def _facts(rule: Rule) -> Iterator[str]:
    if rule.periods:
        yield f"Length: {'; '.join(map(_period, rule.periods))}"
    if rule.wait:
        yield f"Protection against dismissal after: {'; '.join(map(_wait, rule.wait))}"
    if rule.notice:
        yield f"Notice inside: {_notice(rule)}"
    form = [
        *(["in writing"] if rule.written else []),
        *([f"a works council is heard ({rule.hearing})"] if rule.hearing else []),
    ]
    if form:
        yield f"Form: {', '.join(form)}"
    if rule.absence:
        yield f"Absence: {_absence(rule.absence)}"
    if rule.silence == "ends":
        yield "Without a word: it ends by itself"
    yield from (f"Watch: {trap}" for trap in rule.traps)
    if rule.note:
        yield f"Note: {rule.note}"
    yield f"Law: {rule.statute}"
    checked = f", checked {rule.checked_on}" if rule.checked_on else ""
    yield f"Source: {rule.source}{checked} ({rule.tag})"


def _period(period: Period) -> str:
    if period.ask:
        length = "no number in the law"
    elif period.length is None:
        length = "none"
    elif period.share:
        length = f"{period.share} of the term, at most {period.length}"
    elif period.one_day_per:
        unit = "working day" if period.length.unit == "working-days" else "day"
        length = f"a {unit} for each {period.one_day_per} days, at most {period.length}"
    else:
        length = str(period.length)
    return length + _conditions(period.when)


def _wait(wait: Wait) -> str:
    shorter = (
        f", {wait.shorter} for dismissals from {wait.shorter_from}" if wait.shorter else ""
    )
    return f"{wait.length}{shorter}{_conditions(wait.when)}"


def _conditions(when: When) -> str:
    known: Sequence[str] = [
        *([f"{when.kind}"] if when.kind else []),
        *([f"up to {when.term_up_to}"] if when.term_up_to else []),
        *([f"under {when.term_under}"] if when.term_under else []),
        *(["/".join(sorted(when.roles))] if when.roles else []),
        *([f"{when.size_from} employees or more"] if when.size_from else []),
        *([f"{when.size_to} employees or fewer"] if when.size_to else []),
        *([f"next contract {when.next_contract}"] if when.next_contract else []),
        *(["where the contract agrees it"] if when.needs_agreement else []),
    ]
    return f" ({', '.join(known)})" if known else ""


def _notice(rule: Rule) -> str:
    steps = "; ".join(
        f"{notice.length}{f' after {notice.after}' if notice.after else ''}"
        for notice in rule.notice
    )
    by = " (by the length of the probation)" if rule.notice_by == "length" else ""
    ends = "ends inside" if rule.notice_inside else "given inside, may end later"
    return f"{steps}{by}; {ends}"


def _absence(rule: AbsenceRule) -> str:
    unit = {
        "calendar-days": "moves the end by its calendar days",
        "working-days": "moves the end by the working days missed",
        "month-per-30-days": "moves the end by a month for each 30 days",
    }[rule.counts]
    kinds = f" ({', '.join(sorted(rule.kinds))})" if rule.kinds else ""
    return f"{unit}{kinds}{f', if {rule.condition}' if rule.condition else ''}"
