"""Reading every source of a workspace; one that fails stops none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leadline.connectors.calendar import read_calendar
from leadline.connectors.people import read_people
from leadline.connectors.problems import Problem
from leadline.practice.kinds import DEFAULT_RULES, KindRule
from leadline.records.actions.erase import without_people
from leadline.records.actions.readings import Report, read_source
from leadline.records.actions.roster import RosterRow, store_roster
from leadline.records.erasure import erased_addresses
from leadline.records.models import Person, Reading, Source
from leadline.records.queries.repositories import read_map, repository_facts
from leadline.records.queries.sources import SourceState, source_states
from leadline.records.queries.team import CalendarFacts, team
from leadline.records.snapshots import keep_facts
from leadline.workspace import name_of

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Calendar, Repository

CALENDAR_PAST_DAYS = 182
CALENDAR_FUTURE_DAYS = 119
"""The window of the calendar that is kept: half a year back, four months ahead."""

FRESH_FOR = timedelta(hours=12)
"""A brief reads sources again that were last read longer ago than this."""

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    """One source, and how it is read."""

    kind: Source.Kind
    name: str
    place: str
    read: Callable[[Source], Report]
    file: Path | None = None


def sync(workspace: Workspace, *, at: datetime, tell: Tell = lambda _: None) -> list[Reading]:
    """Read all sources anew and keep how each reading went.

    Parameters
    ----------
    workspace : Workspace
        Whose sources; its database is open.
    at : datetime
        Now, aware.
    tell : callable
        Is told the name of each source before it is read.

    Returns
    -------
    list of Reading
        One a source; sources that the workspace file no longer names are forgotten.
    """
    tasks = _tasks(workspace, at=at)
    readings = []
    for task in tasks:
        tell(f"{task.kind} {task.name}")
        source, _ = Source.objects.update_or_create(
            kind=task.kind, name=task.name, defaults={"place": task.place}
        )
        readings.append(read_source(source, task.read))
    named = {(task.kind.value, task.name) for task in tasks}
    for source in Source.objects.exclude(kind=Source.Kind.DIAGNOSIS):
        if (source.kind, source.name) not in named:
            source.delete()
    return readings


def is_stale(workspace: Workspace, *, at: datetime) -> bool:
    """Whether a brief should read the sources first.

    True when one was never read well, was read longer than `FRESH_FOR` ago, or is a
    file that changed since.
    """
    states = {
        (state.kind, state.name): state
        for state in source_states()
        if state.kind != Source.Kind.DIAGNOSIS  # read when somebody diagnoses, never by itself
    }
    tasks = _tasks(workspace, at=at)
    if len(states) != len(tasks):
        return True
    return any(_is_old(states.get((task.kind.value, task.name)), task, at=at) for task in tasks)


def _is_old(state: SourceState | None, task: _Task, *, at: datetime) -> bool:
    if state is None or state.read_at is None or state.failure:
        return True
    if task.file and not task.file.exists():
        return True
    changed_at = task.file.stat().st_mtime if task.file else 0.0
    return at - state.read_at > FRESH_FOR or changed_at > state.read_at.timestamp()


def _tasks(workspace: Workspace, *, at: datetime) -> list[_Task]:
    configuration = workspace.configuration
    tasks = []
    if configuration.people:
        file = workspace.locate(configuration.people.file)
        read = partial(_read_people, file, at=at)
        name = configuration.people.file
        kind = Source.Kind.PEOPLE
        tasks.append(_Task(kind=kind, name=name, place=str(file), read=read, file=file))
    for calendar in configuration.calendar:
        name = calendar.file or _host(calendar.url)
        read = partial(_read_calendar, workspace, calendar, at=at)
        path = workspace.locate(calendar.file) if calendar.file else None
        kind = Source.Kind.CALENDAR
        tasks.append(_Task(kind=kind, name=name, place=name, read=read, file=path))
    for repository in configuration.repository:
        name = name_of(repository)
        read = partial(_read_repository, workspace, repository, at=at)
        place = repository.path or _host(repository.url)
        tasks.append(_Task(kind=Source.Kind.GIT, name=name, place=place, read=read))
    return tasks


def _host(url: str) -> str:
    """Return what may be shown of a URL: a secret address stays in the workspace file."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]


def _read_people(path: Path, source: Source, *, at: datetime) -> Report:
    file = read_people(path)
    rows = [
        RosterRow(person=person, place=f"{source.name} line {line}")
        for person, line in zip(file.people, file.lines, strict=True)
    ]
    store_roster(rows, at=at)
    return Report(summary=_counted(len(rows), "person", "people"), notes=_notes(file.problems))


def _read_calendar(
    workspace: Workspace, calendar: Calendar, source: Source, *, at: datetime
) -> Report:
    configuration = workspace.configuration
    zone = ZoneInfo(configuration.lead.timezone)
    today = at.astimezone(zone).date()
    start_on = today - timedelta(days=CALENDAR_PAST_DAYS)
    read = read_calendar(
        calendar.url or workspace.locate(calendar.file),
        lead=configuration.lead.emails,
        people=[person.facts() for person in Person.objects.filter(withdrawn_at=None)],
        start_on=min(start_on, configuration.lead.since or start_on),
        end_on=today + timedelta(days=CALENDAR_FUTURE_DAYS),
        zone=zone,
        rules=kind_rules(workspace),
        cache_folder=workspace.cache,
    )
    named = tuple(replace(meeting, source=source.name) for meeting in read.meetings)
    meetings = without_people(named, erased_addresses())
    busy_only = read.shows_busy_times_only
    keep_facts(source, CalendarFacts(meetings=meetings, shows_busy_times_only=busy_only))
    notes = list(_notes(read.problems))
    if busy_only:
        notes.append("it shows busy times only, so no kinds of meetings are known")
    entries = _counted(len(read.meetings), "entry", "entries")
    return Report(
        summary=f"{entries} from {read.start_on} to {read.end_on}", notes=tuple(notes)
    )


def _read_repository(
    workspace: Workspace, repository: Repository, source: Source, *, at: datetime
) -> Report:
    today = at.astimezone(ZoneInfo(workspace.configuration.lead.timezone)).date()
    facts = team(workspace, today=today)
    known = read_map(workspace, repository, facts, today=today)
    keep_facts(source, repository_facts(workspace, known, facts))
    files = _counted(len(known.files), "file", "files")
    last = f", last moved on {known.last_on}" if known.last_on else ""
    return Report(
        summary=f"{files} at {known.head[:10] or 'no commit'}{last}", notes=known.notes
    )


def kind_rules(workspace: Workspace) -> tuple[KindRule, ...]:
    """Return the lead's own words for kinds of meetings, then the default ones."""
    own = workspace.configuration.kinds.items()
    return (*(KindRule(kind=kind, words=words) for kind, words in own), *DEFAULT_RULES)


def _notes(problems: Iterable[Problem]) -> tuple[str, ...]:
    return tuple(str(problem) for problem in problems)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
