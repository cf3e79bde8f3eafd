"""What waits for somebody's decision, with its age; and reminders they set themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.findings import Citation, Finding, Receipt

CAN_COUNT_ON = Citation(
    text="The team wants somebody they can count on to make decisions.",
    source="Interview with a head of data science, 12:52",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One thing that waits for one person.

    Attributes
    ----------
    kind : str
        What it is: "action", "feedback to answer", "interview notes", "choice of a path" …
    text : str
        The thing itself, in words that its reader may see.
    since : date
        The day it began to wait.
    due_on : date or None
        Until when, where there is a day.
    who : str
        Key of whoever waits; empty where nobody in particular does.
    page : str
        Name of the page on which it is dealt with, and its key: "one_on_one:mira@…".
    """

    kind: str
    text: str
    since: date
    due_on: date | None = None
    who: str = ""
    page: str = ""

    def age_days(self, *, today: date) -> int:
        """Return for how many days it has waited."""
        return max(0, (today - self.since).days)

    def is_late(self, *, today: date) -> bool:
        """Whether its day has passed."""
        return self.due_on is not None and self.due_on < today


def in_order(waiting: Iterable[Waiting], *, today: date) -> tuple[Waiting, ...]:
    """Return what waits: late things first, then by age, the oldest first."""
    return tuple(
        sorted(
            waiting,
            key=lambda one: (not one.is_late(today=today), one.since, one.kind, one.text),
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """A dated note to oneself."""

    text: str
    on: date
    made_on: date
    done_on: date | None
    number: int = 0


def findings(reminders: Sequence[Reminder], *, reader: str, today: date) -> tuple[Finding, ...]:
    """Say which of one person's reminders are due, to them alone.

    Parameters
    ----------
    reminders : sequence of Reminder
        One person's own.
    reader : str
        Whose they are: `LEAD`, or an address.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        "reminder-due", one a reminder.
    """
    return tuple(
        Finding(
            rule="reminder-due",
            subject=f"reminder:{one.number}",
            sentence=f"You wanted to think of this on {one.on}: {one.text}",
            receipts=(
                Receipt(
                    source="reminder",
                    place=f"written on {one.made_on}",
                    as_of=today,
                    command="leadline brief",
                ),
            ),
            magnitude=1.0 + (today - one.on).days,
            worth=0.5,
            readers=(reader,),
            question="Is it done, or is another day better?",
            due_on=one.on,
        )
        for one in reminders
        if one.done_on is None and one.on <= today
    )
