"""Which findings make the brief: few, ranked, one a subject, none repeated unless worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from leadline.findings import Finding


class Verdict(StrEnum):
    """What the lead can say to a line."""

    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    WRONG = "wrong"


WORSE = 1.5
"""A line comes back when its magnitude has grown by half since it was last shown."""

DEADLINE_BANDS = (-1, 1, 7, 30)
"""Days left up to which a deadline has passed, is here, is near, is in sight.

A nearer band is worse: a line with a deadline comes back at each of them.
"""

TRUST = 2
"""A rule whose lines were called wrong this many times weighs half."""

URGENCY = (1.0, 0.8, 0.6, 0.2, 0.0)
"""What each band adds to a line's worth: passed, by tomorrow, in a week, in a month, later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A line of an earlier brief."""

    finding: str
    on: date
    magnitude: float
    due_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """An earlier brief: its lines, and the ids of everything that was true that day."""

    on: date
    lines: tuple[Shown, ...]
    true: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the lead said to a line."""

    finding: str
    rule: str
    verdict: Verdict
    on: date
    until: date | None
    magnitude: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The lines of a brief, and what else stands.

    Attributes
    ----------
    lines : tuple of Finding
        What the brief shows, most pressing first.
    standing : tuple of Finding
        True, and left out: shown before and no worse, or one line of the same subject
        is enough, or there was no room.
    silenced : tuple of Finding
        True by the rules, and answered by the lead: dismissed, snoozed or wrong.
    """

    lines: tuple[Finding, ...]
    standing: tuple[Finding, ...]
    silenced: tuple[Finding, ...]


def choose(
    findings: Iterable[Finding],
    *,
    earlier: Sequence[Earlier],
    answers: Sequence[Answer],
    today: date,
    most: int = 7,
) -> Choice:
    """Choose the lines of the brief of one day; the same arguments give the same brief.

    Parameters
    ----------
    findings : iterable of Finding
        Everything that is true today.
    earlier : sequence of Earlier
        Briefs of other days; today's own and later ones do not count, so that asking
        twice on a day gives the same brief.
    answers : sequence of Answer
        What the lead said to lines, on any day up to today.
    today : date
        The day of the brief.
    most : int
        How many lines it may have.

    Returns
    -------
    Choice
        The lines, and what was left out.
    """
    last_shown = _last_shown(earlier, today=today)
    last_answer = {
        answer.finding: answer
        for answer in sorted(answers, key=lambda a: a.on)
        if answer.on <= today
    }
    wrong = Counter(
        answer.rule
        for answer in answers
        if answer.verdict is Verdict.WRONG and answer.on <= today
    )
    ranked = sorted(
        findings,
        key=lambda found: (
            -_pressing(found, today=today) * TRUST / (TRUST + wrong[found.rule]),
            found.due_on or date.max,
            found.id,
        ),
    )
    lines: list[Finding] = []
    standing: list[Finding] = []
    silenced: list[Finding] = []
    subjects: set[str] = set()
    for found in ranked:
        answer, before = last_answer.get(found.id), last_shown.get(found.id)
        if answer and not _speaks_again(found, answer, today=today):
            silenced.append(found)
        elif (
            (before and not _woke(found, answer, before, today=today))
            or found.subject in subjects
            or len(lines) == most
        ):
            standing.append(found)
        else:
            lines.append(found)
            subjects.add(found.subject)
    return Choice(lines=tuple(lines), standing=tuple(standing), silenced=tuple(silenced))


def _last_shown(earlier: Sequence[Earlier], *, today: date) -> dict[str, Shown]:
    """Return the last time each finding was shown, forgetting those that healed since."""
    shown: dict[str, Shown] = {}
    for brief in sorted((brief for brief in earlier if brief.on < today), key=lambda b: b.on):
        shown = {finding: line for finding, line in shown.items() if finding in brief.true}
        shown |= {line.finding: line for line in brief.lines}
    return shown


def _pressing(found: Finding, *, today: date) -> float:
    return found.worth + URGENCY[_band(found.due_on, today=today)]


def _band(due_on: date | None, *, today: date) -> int:
    """Return how near a deadline is: 0 has passed; the last is far, or there is none."""
    if due_on is None:
        return len(DEADLINE_BANDS)
    left = (due_on - today).days
    return sum(left > days for days in DEADLINE_BANDS)


def _got_worse(found: Finding, *, magnitude: float) -> bool:
    return found.magnitude > magnitude and found.magnitude >= WORSE * magnitude


def _speaks_again(found: Finding, answer: Answer, *, today: date) -> bool:
    """Whether a line that was answered may be shown: the snooze is over, or it got worse."""
    if answer.verdict is Verdict.SNOOZED:
        return answer.until is not None and answer.until <= today
    return answer.verdict is Verdict.DISMISSED and _got_worse(found, magnitude=answer.magnitude)


def _woke(found: Finding, answer: Answer | None, before: Shown, *, today: date) -> bool:
    """Whether a line that was shown comes back: a snooze ended since, or it got worse."""
    if answer and answer.until and before.on < answer.until <= today:
        return True
    nearer = _band(found.due_on, today=today) < _band(before.due_on, today=before.on)
    return nearer or _got_worse(found, magnitude=before.magnitude)
