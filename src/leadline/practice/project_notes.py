"""What a team keeps about a project that no source knows: decisions, ideas, assumptions.

A decision comes back on the day that was set for it; an idea that works *if* something
changes comes back when the thing it waits for turns up in a repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from leadline.findings import TEAM, Citation, Finding, Receipt
from leadline.practice.recent_changes import Change

_WORTH_EASY, _WORTH_HARD = 0.35, 0.6
_LATE_DAYS = 90
"""A decision is not asked about any longer than so many days after its day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A decision as its log has it.

    Attributes
    ----------
    key : str
        Its number.
    project : str
        Empty for one of the whole team.
    what : str
        The decision itself.
    decided_on : date
        The day it was taken.
    revisit_on : date or None
        The day to look at it again.
    hard_to_reverse : bool
        Whether going back costs much.
    """

    key: str
    project: str
    what: str
    decided_on: date
    revisit_on: date | None
    hard_to_reverse: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Parked:
    """An idea that works if something changes.

    Attributes
    ----------
    key : str
        Its number.
    project, idea, condition : str
        Where, what, and what it waits for.
    waits_for : str
        A word that a path in a repository will contain once the condition holds.
    parked_on : date
        Since when it waits.
    """

    key: str
    project: str
    idea: str
    condition: str
    waits_for: str
    parked_on: date


def decisions_to_revisit(decisions: Iterable[Decided], *, today: date) -> tuple[Finding, ...]:
    """Return one finding for each decision whose day has come."""
    return tuple(
        _revisit(one, on=one.revisit_on, today=today)
        for one in decisions
        if one.revisit_on is not None and 0 <= (today - one.revisit_on).days <= _LATE_DAYS
    )


def ideas_that_woke(
    ideas: Iterable[Parked], *, changes: Sequence[Change], today: date
) -> tuple[Finding, ...]:
    """Return one finding for each idea whose condition shows in a later change.

    Parameters
    ----------
    ideas : iterable of Parked
        Those still waiting; one without a word to wait for is never woken.
    changes : sequence of Change
        Recent commits of every repository.
    today : date
        The day of the brief.
    """
    return tuple(_woken(ideas, changes, today=today))


def _revisit(one: Decided, *, on: date, today: date) -> Finding:
    late = (today - on).days
    where = f" in {one.project}" if one.project else ""
    when = "today" if late == 0 else f"since {on}"
    return Finding(
        rule="decision-to-revisit",
        subject=f"decision:{one.key}",
        sentence=f"“{one.what}”{where}, decided on {one.decided_on}, is to be "
        f"looked at again {when}.",
        receipts=(
            Receipt(
                source="decisions log",
                place=one.project or "the team's",
                as_of=today,
                command="leadline up",
            ),
        ),
        magnitude=float(late),
        worth=_WORTH_HARD if one.hard_to_reverse else _WORTH_EASY,
        readers=(TEAM,),
        question="Would you decide the same with what you know now?",
        citation=Citation(
            text="No drastic decision without consulting; each with a day to look again.",
            source="Leadline's source, 8:55",
        ),
    )


def _woken(
    ideas: Iterable[Parked], changes: Sequence[Change], *, today: date
) -> Iterator[Finding]:
    for idea in ideas:
        word = idea.waits_for.strip().casefold()
        found = next(
            (
                (change, path)
                for change in changes
                if word and change.on >= idea.parked_on
                for path in change.paths
                if word in path.casefold()
            ),
            None,
        )
        if found:
            change, path = found
            yield Finding(
                rule="idea-woke",
                subject=f"idea:{idea.key}",
                sentence=f"{path} turned up in {change.repository} on {change.on}; "
                f"“{idea.idea}” waits for that since {idea.parked_on}.",
                receipts=(
                    Receipt(
                        source="git",
                        place=f"{change.repository}@{change.commit[:10]}",
                        as_of=today,
                        command=f"git show {change.commit[:10]}",
                    ),
                ),
                magnitude=1.0,
                worth=_WORTH_EASY,
                readers=(TEAM,),
                question=f"Is it so now that {idea.condition.rstrip('.?! ')}?",
            )
