"""The facts about a team that rules of practice are asked about, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from leadline.practice.meetings import Meeting, unique
from leadline.practice.one_on_ones import Cadence
from leadline.practice.people import Person
from leadline.practice.roster import direct_reports, lead_addresses
from leadline.practice.talks import Held, with_corrections
from leadline.records import models
from leadline.records.kept_work import while_same
from leadline.records.roster import roster
from leadline.records.snapshots import load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarFacts:
    """What is kept of one calendar between readings.

    Attributes
    ----------
    meetings : tuple of Meeting
        Its occurrences.
    shows_busy_times_only : bool
        Whether it hides what they are, so that no one-on-one can be told.
    """

    meetings: tuple[Meeting, ...]
    shows_busy_times_only: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """Who is who on a day, and what stands in the lead's calendar.

    Attributes
    ----------
    lead : frozenset of str
        Every address of the lead.
    lead_key : str
        The first of them.
    people : tuple of Person
        Everybody in the people file, those who left included.
    reports : tuple of Person
        The lead's direct reports on that day.
    meetings : tuple of Meeting
        The lead's calendars, in order of start.
    knows_calendar : bool
        Whether a calendar was read that says what its meetings are; without one, silence
        means nothing.
    cadence : Cadence
        How often the lead means to meet each report.
    """

    lead: frozenset[str]
    lead_key: str
    people: tuple[Person, ...]
    reports: tuple[Person, ...]
    meetings: tuple[Meeting, ...]
    knows_calendar: bool
    cadence: Cadence


def team(workspace: Workspace, *, today: date) -> Team:
    """Gather the team's facts as they were last read."""
    configuration = workspace.configuration
    people = roster()
    lead = lead_addresses(people, lead=configuration.lead.emails)
    calendars = load_facts(models.Source.Kind.CALENDAR, CalendarFacts)
    return Team(
        lead=lead,
        lead_key=configuration.lead.emails[0].lower(),
        people=people,
        reports=direct_reports(people, lead=lead, on=today),
        meetings=with_corrections(_merged(calendars), corrections=corrections()),
        knows_calendar=any(not facts.shows_busy_times_only for facts in calendars.values()),
        cadence=Cadence(
            every_days=configuration.one_on_ones.every_days,
            minutes=configuration.one_on_ones.minutes,
        ),
    )


@while_same
def _merged(calendars: Mapping[str, CalendarFacts]) -> tuple[Meeting, ...]:
    """Merge calendars: ten years of meetings take a while to sort."""
    return unique(meeting for facts in calendars.values() for meeting in facts.meetings)


def corrections() -> dict[tuple[str, datetime], Held]:
    """Return what was said of one-on-ones instead of the calendar; the newest word counts."""
    return {
        (row.uid, row.planned_at): Held(row.held)
        for row in models.TalkCorrection.objects.order_by("at", "pk")
    }
