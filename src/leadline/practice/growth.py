"""Development plans: a gap, several paths, one chosen by the person, a day to look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leadline.errors import InputError
from leadline.findings import LEAD, Citation, Finding, Receipt

KINDS = ("course", "hands-on", "mentor", "mix")
FEWEST_PATHS = 2
LOOK_AGAIN_DAYS = 90

SUGGESTIONS = Citation(
    text="A development plan names the gap and suggests ways: a course, hands-on work, a "
    "mentor, a mix. Suggestions, not orders; the person chooses.",
    source="Interview with a head of data science, 55:48",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """The dates of one development plan.

    Attributes
    ----------
    person, name : str
        Key and name of whom it belongs to.
    begun_on : date
        The day it was written.
    n_paths : int
        How many paths are suggested.
    chosen_on : date or None
        The day the person chose one.
    check_on : date
        The day both look at the sign of improvement.
    """

    person: str
    name: str
    begun_on: date
    n_paths: int
    chosen_on: date | None
    check_on: date


def check_plan(*, gap: str, sign: str, check_on: date, today: date) -> None:
    """Refuse a plan that nobody could look back on.

    Raises
    ------
    InputError
        The gap or the sign of improvement is empty, or the day to look again is not within
        half a year ahead.
    """
    for name, text in (("gap", gap), ("sign of improvement", sign)):
        if not text.strip():
            raise InputError(f"the {name} is empty; one sentence with an example is needed")
    days = (check_on - today).days
    if not 0 < days <= 2 * LOOK_AGAIN_DAYS:
        raise InputError(
            f"the day to look again is {check_on}; it must lie within "
            f"{2 * LOOK_AGAIN_DAYS} days after {today}"
        )


def may_choose(*, person: str, chooser: str, n_paths: int) -> None:
    """Refuse a choice that is not the person's, or that is none.

    Raises
    ------
    InputError
        Somebody else chooses, or there are fewer than two paths to choose from.
    """
    if chooser != person:
        raise InputError(
            "only the person whose plan it is chooses the path",
            hint="Suggest further paths instead; suggestions, not orders.",
        )
    if n_paths < FEWEST_PATHS:
        raise InputError(
            f"a choice needs at least {FEWEST_PATHS} paths, there is {n_paths}",
            hint="Add another: a course, hands-on work, a mentor, or a mix.",
        )


def findings(plans: Sequence[Growth], *, today: date) -> tuple[Finding, ...]:
    """Say which plans are to be looked at, and which wait for the person's choice.

    Parameters
    ----------
    plans : sequence of Growth
        All there are: a plan that is closed is deleted.
    today : date
        The day of asking.

    Returns
    -------
    tuple of Finding
        "growth-check-due" and "growth-path-open", for the lead and the person.
    """
    found = []
    for plan in plans:
        if plan.check_on <= today:
            found.append(
                _finding(
                    "growth-check-due",
                    plan,
                    today=today,
                    since=plan.check_on,
                    sentence=f"{plan.check_on} was the day to look at {plan.name}'s "
                    "development plan together.",
                    question="Has the sign of improvement shown, and what would help next?",
                )
            )
        elif plan.chosen_on is None and (today - plan.begun_on).days >= 14:
            found.append(
                _finding(
                    "growth-path-open",
                    plan,
                    today=today,
                    since=plan.begun_on,
                    sentence=f"{plan.name}'s development plan of {plan.begun_on} has "
                    f"{plan.n_paths} suggested {'path' if plan.n_paths == 1 else 'paths'} "
                    "and none chosen.",
                    question="Is the right one among them, or is another missing?",
                )
            )
    return tuple(found)


def _finding(
    rule: str, plan: Growth, *, today: date, since: date, sentence: str, question: str
) -> Finding:
    return Finding(
        rule=rule,
        subject=f"person:{plan.person}",
        sentence=sentence,
        receipts=(
            Receipt(
                source="development plan",
                place=f"{plan.name}, written on {plan.begun_on}",
                as_of=today,
                command=f"leadline mine {plan.person}",
            ),
        ),
        magnitude=float((today - since).days),
        worth=0.5,
        readers=(LEAD, plan.person),
        question=question,
        citation=SUGGESTIONS,
    )
