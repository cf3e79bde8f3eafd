"""The report of a month: what was decided, what it brought, what moved, what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite

from leadline.findings import Receipt
from leadline.practice.dates import long_date
from leadline.practice.reports.draft import Draft, Section, Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Concluded:
    """An experiment that ended in the month.

    Attributes
    ----------
    experiment, metric : str
        Which.
    change : float or None
        Against the control, as a share of its value; None where it is undefined.
    is_claimed, stands : bool
        Whether anybody would claim a gain, and whether it passes every check.
    reason : str
        The first reason why it does not stand.
    on : date
        The day it ended.
    receipt : Receipt
        Where it stands.
    """

    experiment: str
    metric: str
    change: float | None
    is_claimed: bool
    stands: bool
    reason: str
    on: date
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """An experiment with a plan, and what it has come to: "ship", "stop", "extend" …"""

    experiment: str
    verdict: str
    reason: str
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """What all experiments of a table brought, in units of a metric: claimed and believed."""

    metric: str
    n_experiments: int
    n_stand: int
    claimed: float | None
    believed: float | None
    lower: float | None
    upper: float | None
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A project that moved in the month, and what holds it back now, if anything does."""

    project: str
    user: str
    held_back_by: str
    last_on: date
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """A line of the decisions log."""

    project: str
    what: str
    on: date
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """Somebody who joined the team in the month, or left it."""

    name: str
    on: date
    joined: bool
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """Something about a project that falls due soon."""

    what: str
    on: date
    receipt: Receipt


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The facts of a month, as far as sources show them.

    Attributes
    ----------
    since, until : date
        Its first and last day, both included.
    concluded, verdicts, sums, moved, agreed, came, due : tuple
        What happened, and what comes next.
    unread : tuple of str
        Sources that could not be read: what they know is not in the report.
    """

    since: date
    until: date
    concluded: tuple[Concluded, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    sums: tuple[Sum, ...] = ()
    moved: tuple[Moved, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    came: tuple[Came, ...] = ()
    due: tuple[Due, ...] = ()
    unread: tuple[str, ...] = ()


def month_report(month: Month) -> Draft:
    """Draft the report of a month, impact first; each sentence with its receipt.

    Parameters
    ----------
    month : Month
        What sources show of it.
    """
    return Draft(
        title=f"Report: {long_date(month.since)} to {long_date(month.until)}",
        as_of=month.until,
        sections=(
            Section(
                title="What it brought",
                sentences=(*map(as_sentence, month.concluded), *map(_summed, month.sums)),
                nothing="No experiment ended.",
            ),
            Section(
                title="What was decided",
                sentences=(*map(_verdict, month.verdicts), *map(_agreed, month.agreed)),
                nothing="Nothing stands in the decisions log.",
            ),
            Section(
                title="What moved",
                sentences=tuple(map(_moved, month.moved)),
                nothing="No movement is known; only the last weeks of commits are kept.",
            ),
            Section(title="Who came and went", sentences=tuple(map(_came, month.came))),
            Section(title="What comes next", sentences=tuple(map(_due, month.due))),
            Section(title="What only you can add", sentences=tuple(_asked(month))),
        ),
    )


def as_sentence(one: Concluded) -> Sentence:
    """Say what an ended experiment brought, and whether its claim stands."""
    change = (
        "an undefined change" if one.change is None else f"{one.change:+.1%}".replace("-", "−")
    )
    if one.is_claimed and one.stands:
        said = "; it passes every check"
    elif one.is_claimed:
        said = f", but the claim does not stand: {one.reason or 'a check failed'}"
    else:
        said = "; nobody claims a gain"
    text = f"{one.experiment}: {change} on {one.metric}{said} (ended on {long_date(one.on)})."
    return Sentence(text=text, receipt=one.receipt)


def _summed(one: Sum) -> Sentence:
    text = f"All {one.n_experiments} experiments so far: {one.n_stand} claims stand"
    if _known(one.believed, one.lower, one.upper):
        text += (
            f"; together they are believed to have brought {one.believed:+.3g} {one.metric} "
            f"a unit ({one.lower:+.3g} to {one.upper:+.3g})"
        )
    if _known(one.claimed):
        text += f", where the plain sum says {one.claimed:+.3g}"
    return Sentence(text=f"{text}.", receipt=one.receipt)


def _known(*values: float | None) -> bool:
    return all(value is not None and isfinite(value) for value in values)


def _verdict(one: Verdict) -> Sentence:
    text = f"{one.experiment}: {one.verdict}. {one.reason}"
    return Sentence(text=text, receipt=one.receipt)


def _agreed(one: Agreed) -> Sentence:
    text = f"{one.project or 'The team'}, {long_date(one.on)}: {one.what.rstrip('.')}."
    return Sentence(text=text, receipt=one.receipt)


def _moved(one: Moved) -> Sentence:
    whom = f" (for {one.user})" if one.user else ""
    back = f"; what is missing next: {one.held_back_by}" if one.held_back_by else ""
    text = f"{one.project}{whom} moved last on {long_date(one.last_on)}{back}."
    return Sentence(text=text, receipt=one.receipt)


def _came(one: Came) -> Sentence:
    verb = "joined" if one.joined else "left"
    return Sentence(text=f"{one.name} {verb} on {long_date(one.on)}.", receipt=one.receipt)


def _due(one: Due) -> Sentence:
    return Sentence(text=f"{long_date(one.on)}: {one.what}", receipt=one.receipt)


def _asked(month: Month) -> Iterator[Sentence]:
    for name in month.unread:
        yield Sentence(text=f"{name} could not be read: what is missing here because of it?")
    for one in month.moved:
        if not one.user:
            yield Sentence(text=f"Who benefits from {one.project}, other than the team?")
    yield Sentence(text="What do you need from the reader, and by when?")
