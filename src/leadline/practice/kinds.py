"""What kind of meeting it is, by rules that the lead can see and change.

A one-on-one is told by who is in it: exactly the lead and one report. Every other
kind is told by words in the title. The rules are data; the first that fits wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from leadline.practice.people import Person

ONE_ON_ONE = "one-on-one"
OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class KindRule:
    """Titles with one of these words are of this kind.

    Attributes
    ----------
    kind : str
        Name of the kind.
    words : tuple of str
        Whole words or phrases, upper or lower case; a `*` at the end stands for any
        ending ("interview*"). A blank fits any blanks, hyphens or nothing, so that
        "stand up" finds "Stand-up" and "standup".
    """

    kind: str
    words: tuple[str, ...]


DEFAULT_RULES = (
    KindRule(
        kind="hiring",
        words=(
            "interview*", "hiring", "candidate*", "recruit*", "debrief", "job ad",
            "scorecard*", "vorstellungsgespräch*", "bewerb*", "entretien*", "entrevista*",
        ),
    ),
    KindRule(
        kind="focus",
        words=(
            "focus", "focus time", "deep work", "no meetings", "do not book", "dnb",
            "heads down", "reading", "writing", "blocker", "blocked", "fokus*",
            "maker time",
        ),
    ),
    KindRule(
        kind="status",
        words=(
            "stand up", "daily", "scrum", "status", "sync", "weekly", "biweekly", "monthly",
            "check in", "all hands", "town hall", "update", "updates", "report out",
            "steering", "steerco", "jour fixe", "weekly review", "team meeting",
        ),
    ),
    KindRule(
        kind="project",
        words=(
            "project*", "projekt*", "planning", "kick off", "refinement", "grooming",
            "retro", "retrospective", "sprint*", "design review", "review", "roadmap",
            "workshop*", "demo", "experiment*", "model*", "launch*", "post mortem", "okr*",
            "architecture", "brainstorm*", "pairing", "discovery", "data",
        ),
    ),
)  # fmt: skip
"""The rules without any settings, tried in this order; the last resort is "other"."""

ONE_ON_ONE_WORDS = (
    "1:1", "1-1", "1on1", "1 on 1", "1/1", "121", "one on one", "one to one", "catch up",
    "check in", "<>", "jour fixe",
)  # fmt: skip
"""Used only where a file names no attendees at all, together with a report's name."""

ABSENCE_WORDS = (
    "out of office", "ooo", "vacation", "holiday", "holidays", "annual leave", "on leave",
    "parental leave", "pto", "sick", "sick leave", "day off", "days off", "away", "urlaub",
    "krank", "abwesend", "elternzeit", "congés", "vacances", "vacaciones", "ferien",
)  # fmt: skip
"""Words of an all-day entry that says somebody is away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind, whom it is with, and why.

    Attributes
    ----------
    name : str
        The kind.
    report : str
        Key of the report in a one-on-one; empty otherwise.
    reason : str
        "attendees", "title: WORD", or empty where no rule fits.
    """

    name: str
    report: str = ""
    reason: str = ""


def kind_of(
    *,
    title: str,
    attendees: Sequence[str],
    names_attendees: bool,
    includes_lead: bool,
    all_day: bool,
    reports: Sequence[Person],
    rules: Sequence[KindRule] = DEFAULT_RULES,
) -> Kind:
    """Tell the kind of one event.

    Parameters
    ----------
    title : str
        The event's title.
    attendees : sequence of str
        Addresses of everyone but the lead, lower-case.
    names_attendees : bool
        Whether the file names anybody at all; only where it does not may a title with
        a report's name make a one-on-one.
    includes_lead : bool
        Whether the lead is among those named.
    all_day : bool
        An all-day entry is never a one-on-one.
    reports : sequence of Person
        The lead's direct reports.
    rules : sequence of KindRule
        Tried in order; the first that fits wins.

    Returns
    -------
    Kind
        "other" with an empty reason where no rule fits.
    """
    if not all_day:
        one_on_one = _one_on_one(
            title=title,
            attendees=attendees,
            names_attendees=names_attendees,
            includes_lead=includes_lead,
            reports=reports,
        )
        if one_on_one is not None:
            return one_on_one
    for rule in rules:
        word = first_word(title, rule.words)
        if word:
            return Kind(name=rule.kind, reason=f"title: {word}")
    return Kind(name=OTHER)


def _one_on_one(
    *,
    title: str,
    attendees: Sequence[str],
    names_attendees: bool,
    includes_lead: bool,
    reports: Sequence[Person],
) -> Kind | None:
    if names_attendees:
        others = set(attendees)
        for report in reports:
            if includes_lead and others and others <= set(report.emails):
                return Kind(name=ONE_ON_ONE, report=report.key, reason="attendees")
        return None
    word = first_word(title, ONE_ON_ONE_WORDS)
    named = named_in(title, reports) if word else ()
    if len(named) == 1:
        return Kind(name=ONE_ON_ONE, report=named[0].key, reason=f"title: {word}")
    return None


def named_in(title: str, people: Sequence[Person]) -> tuple[Person, ...]:
    """Return those whose full or first name stands in a title as whole words."""
    full = tuple(person for person in people if first_word(title, (person.name,)))
    return full or tuple(
        person for person in people if first_word(title, tuple(person.name.split()[:1]))
    )


def first_word(title: str, words: tuple[str, ...]) -> str:
    """Return the first of the words or phrases that stands in the title, or "".

    Examples
    --------
    >>> first_word("Daily Stand-up", ("stand up",))
    'stand up'
    >>> first_word("Understanding", ("stand",))
    ''
    """
    if not _pattern(words).search(title):  # one pattern for all: most titles hold none
        return ""
    return next(word for word in words if _pattern((word,)).search(title))


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    def one(word: str) -> str:
        stem = word.removesuffix("*")
        body = r"[\s\-]*".join(re.escape(part) for part in stem.split())
        return body + (r"\w*" if word.endswith("*") else "")

    choices = "|".join(one(word) for word in words if word.strip("* "))
    return re.compile(rf"(?<!\w)(?:{choices or '(?!)'})(?!\w)", re.IGNORECASE)
