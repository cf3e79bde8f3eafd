"""New-manager mode: a few prompts while leading is new, and off after 90 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from leadline.findings import Citation
from leadline.practice.meetings import Meeting

MODE_DAYS = 90

LEARNED_OPENLY = Citation(
    text="Five reports after light-level management of two was a stretch; mentors helped, "
    "and saying openly that one is learning.",
    source="Interview with a head of data science, 8:55",
)

PROMPTS: tuple[tuple[int, str], ...] = (
    (
        0,
        "Tell the team that you are new at this, and that you want to hear what does not work.",
    ),
    (3, "Listen more than you say: what do they expect of you, and what of the work?"),
    (10, "Who leads a project already? Ask them how they would like to be helped."),
    (21, "Whom do you ask when you are stuck? Put an hour with a mentor into your calendar."),
    (30, "You have met everyone. What surprised you, and whom have you told?"),
    (45, "Before a drastic decision: who has been asked, and is it reversible?"),
    (60, "What did you do yourself that somebody else could have learned from?"),
    (75, "First feedback is near: with whom would you practise it?"),
)
"""From which day after the first a prompt is shown, until the next one."""

MENTOR_WORDS = ("mentor", "coach", "sounding board")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLead:
    """The mode as it stands.

    Attributes
    ----------
    day : int
        Days since the first day, from 0.
    off_on : date
        The day it is off by itself.
    prompt : str
        What to think of now.
    mentor : Meeting or None
        The next meeting with the lead's own mentor, by its title; None where none is
        planned, which is the one slot that the mode asks for.
    """

    day: int
    off_on: date
    prompt: str
    mentor: Meeting | None


def new_lead(
    *, since: date | None, today: date, meetings: Sequence[Meeting] = ()
) -> NewLead | None:
    """Return the mode on a day; None before the first day, after 90, or without a first day.

    Parameters
    ----------
    since : date or None
        The lead's first day with the team.
    today : date
        The day of asking.
    meetings : sequence of Meeting
        The lead's calendar, for the mentor's slot.
    """
    if since is None or not since <= today < since + timedelta(days=MODE_DAYS):
        return None
    day = (today - since).days
    planned = [
        one
        for one in meetings
        if one.starts_at.date() >= today
        and one.takes_place
        and any(word in one.title.casefold() for word in MENTOR_WORDS)
    ]
    return NewLead(
        day=day,
        off_on=since + timedelta(days=MODE_DAYS),
        prompt=[text for from_day, text in PROMPTS if from_day <= day][-1],
        mentor=min(planned, key=lambda one: one.starts_at, default=None),
    )
