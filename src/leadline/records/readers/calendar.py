"""Reading the lead's calendar into a snapshot of its meetings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leadline.connectors.calendar import read_calendar
from leadline.practice.kinds import DEFAULT_RULES, KindRule
from leadline.records.actions.erase import without_people
from leadline.records.actions.readings import Report
from leadline.records.erasure import erased_addresses
from leadline.records.models import Source
from leadline.records.queries.team import CalendarFacts
from leadline.records.readers.words import counted, notes_of
from leadline.records.roster import roster
from leadline.records.snapshots import keep_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Calendar

PAST_DAYS = 182
FUTURE_DAYS = 119
"""The window of the calendar that is kept: half a year back, four months ahead."""


def read_own_calendar(
    workspace: Workspace, calendar: Calendar, source: Source, *, at: datetime
) -> Report:
    """Keep the meetings of one calendar, without people who were purged."""
    configuration = workspace.configuration
    zone = ZoneInfo(configuration.lead.timezone)
    today = at.astimezone(zone).date()
    start_on = today - timedelta(days=PAST_DAYS)
    read = read_calendar(
        calendar.url or workspace.locate(calendar.file),
        lead=configuration.lead.emails,
        people=roster(),
        start_on=min(start_on, configuration.lead.since or start_on),
        end_on=today + timedelta(days=FUTURE_DAYS),
        zone=zone,
        rules=kind_rules(workspace),
        cache_folder=workspace.cache,
    )
    named = tuple(replace(meeting, source=source.name) for meeting in read.meetings)
    meetings = without_people(named, erased_addresses())
    busy_only = read.shows_busy_times_only
    keep_facts(source, CalendarFacts(meetings=meetings, shows_busy_times_only=busy_only))
    notes = list(notes_of(read.problems))
    if busy_only:
        notes.append("it shows busy times only, so no kinds of meetings are known")
    entries = counted(len(read.meetings), "entry", "entries")
    return Report(
        summary=f"{entries} from {read.start_on} to {read.end_on}", notes=tuple(notes)
    )


def kind_rules(workspace: Workspace) -> tuple[KindRule, ...]:
    """Return the lead's own words for kinds of meetings, then the default ones."""
    own = workspace.configuration.kinds.items()
    return (*(KindRule(kind=kind, words=words) for kind, words in own), *DEFAULT_RULES)
