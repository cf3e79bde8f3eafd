"""Leaving: the last day by the notice rule, what only they know, and who takes it over.

Nothing here predicts that somebody leaves; it begins when they have said so.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from leadline.errors import InputError
from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.probation.results import Step

Unit = Literal["days", "weeks", "months"]
EndsOn = Literal["any day", "15th or end of month", "end of month", "end of quarter"]

HANDOVER_AHEAD_DAYS = 30

FAMILIAR_FIRST = Citation(
    text="Files whose author left are mostly adopted by people who already know the project.",
    source="Rigby, Zhu, Donadelli & Mockus (2016), ICSE; Avaya: 81 % by somebody with a year "
    "or more in it",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """The notice rule of a contract; the law differs by country, so the contract is asked.

    Attributes
    ----------
    length, unit : int, Unit
        How long, at least 0.
    ends_on : EndsOn
        On which days it may end. Germany's basic rule is four weeks to the 15th or the
        end of a month (§622(1) BGB).
    """

    length: int
    unit: Unit = "weeks"
    ends_on: EndsOn = "any day"

    def __post_init__(self) -> None:
        if self.length < 0:
            raise InputError(f"notice is at least 0 {self.unit}, got {self.length}")
        for name, allowed in (("unit", get_args(Unit)), ("ends_on", get_args(EndsOn))):
            if getattr(self, name) not in allowed:
                raise InputError(
                    f"{name} is {getattr(self, name)!r}; allowed are {', '.join(allowed)}"
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class LastDay:
    """The last day, and the steps that led to it."""

    on: date
    steps: tuple[Step, ...]


def last_day(*, told_on: date, notice: Notice) -> LastDay:
    """Return the last day of a contract after notice.

    Parameters
    ----------
    told_on : date
        The day the notice reached the other side; it does not count itself.
    notice : Notice
        The contract's rule.

    Returns
    -------
    LastDay
        The first allowed day that is at least the notice after `told_on`.
    """
    earliest = _after(told_on, notice)
    steps = [Step(earliest, f"{notice.length} {notice.unit} after {told_on}.")]
    on = next_allowed(earliest, notice.ends_on)
    if on != earliest:
        steps.append(Step(on, f"The notice ends on the {notice.ends_on}."))
    return LastDay(on=on, steps=tuple(steps))


def _after(day: date, notice: Notice) -> date:
    if notice.unit == "months":
        months = day.year * 12 + day.month - 1 + notice.length
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    days = notice.length * (7 if notice.unit == "weeks" else 1)
    return day + timedelta(days=days)


def next_allowed(day: date, ends_on: EndsOn) -> date:
    """Return the day itself, or the next one on which notice may end."""
    month_end = day.replace(day=monthrange(day.year, day.month)[1])
    if ends_on == "any day":
        return day
    if ends_on == "15th or end of month":
        return day.replace(day=15) if day.day <= 15 else month_end
    if ends_on == "end of month":
        return month_end
    quarter_month = (day.month - 1) // 3 * 3 + 3
    return date(day.year, quarter_month, monthrange(day.year, quarter_month)[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class OnlyTheirs:
    """Something that only the person who leaves knows or does.

    Attributes
    ----------
    kind : str
        "area", "model" or "duty".
    what : str
        Its name: a folder, a model, on-call on Tuesdays.
    why : str
        How that is known.
    successors : tuple of (str, str)
        Key of somebody here and why them, the most familiar first; may be empty.
    """

    kind: str
    what: str
    why: str
    successors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line of a handover list: what, to whom, and whether it is done."""

    kind: str
    what: str
    why: str
    successor: str
    done_on: date | None


def handover(
    found: Iterable[OnlyTheirs], *, kept: Sequence[Item], leaver: Collection[str]
) -> tuple[Item, ...]:
    """Return the handover list: what was written down stays, what is found anew is added.

    Parameters
    ----------
    found : iterable of OnlyTheirs
        What git, the inventory and people say only they know.
    kept : sequence of Item
        The list as it stands; its successors were named by somebody and are not replaced.
    leaver : collection of str
        Addresses of whoever leaves: never a successor.
    """
    known = {(item.kind, item.what.casefold()) for item in kept}
    new = []
    for one in found:
        name = (one.kind, one.what.casefold())
        if name in known:
            continue
        known.add(name)
        here = [key for key, _ in one.successors if key not in leaver]
        new.append(
            Item(
                kind=one.kind,
                what=one.what,
                why=one.why,
                successor=here[0] if here else "",
                done_on=None,
            )
        )
    return (*kept, *new)


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaver:
    """Somebody who leaves: when, and what is not handed over yet."""

    person: str
    name: str
    last_on: date
    items: tuple[Item, ...]


def findings(leavers: Sequence[Leaver], *, today: date) -> tuple[Finding, ...]:
    """Say which handovers are open as a last day comes near.

    Parameters
    ----------
    leavers : sequence of Leaver
        Those who said that they leave.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        "handover-open", for the lead and the person.
    """
    found = []
    for one in leavers:
        open_ = [item for item in one.items if item.done_on is None]
        left = (one.last_on - today).days
        if not open_ or not 0 <= left <= HANDOVER_AHEAD_DAYS:
            continue
        nobody = [item.what for item in open_ if not item.successor]
        without = f"; nobody is named for {', '.join(nobody[:3])}" if nobody else ""
        found.append(
            Finding(
                rule="handover-open",
                subject=f"person:{one.person}",
                sentence=f"{one.name}'s last day is {one.last_on}, and {len(open_)} of "
                f"{len(one.items)} on the handover list are open{without}.",
                receipts=(
                    Receipt(
                        source="handover list",
                        place=f"{one.name}, {len(one.items)} items",
                        as_of=today,
                        command=f"leadline mine {one.person}",
                    ),
                ),
                magnitude=float(len(open_)),
                worth=0.7,
                readers=(LEAD, one.person),
                question="Which of these matters most, and who could sit beside them for it?",
                due_on=one.last_on,
                citation=FAMILIAR_FIRST,
            )
        )
    return tuple(found)
