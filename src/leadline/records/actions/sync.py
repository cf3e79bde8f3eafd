"""Reading every source of a workspace; one that fails stops none of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leadline.records.actions.readings import Report, read_source
from leadline.records.actions.retention import delete_expired
from leadline.records.models import Reading, Source
from leadline.records.queries.sources import SourceState, source_states
from leadline.records.readers.calendar import read_own_calendar
from leadline.records.readers.people import read_people_file
from leadline.records.readers.repositories import read_repository
from leadline.workspace import name_of

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Calendar, Experiments, Watch

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


def sync(
    workspace: Workspace,
    *,
    at: datetime,
    today: date | None = None,
    tell: Tell = lambda _: None,
) -> list[Reading]:
    """Read all sources anew, keep how each reading went, and delete what is past its time.

    Parameters
    ----------
    workspace : Workspace
        Whose sources; its database is open.
    at : datetime
        Now, aware.
    today : date, optional
        The day that findings speak of, where it is not the one of `at`.
    tell : callable
        Is told the name of each source before it is read.

    Returns
    -------
    list of Reading
        One a source; sources that the workspace file no longer names are forgotten.
    """
    zone = ZoneInfo(workspace.configuration.lead.timezone)
    noon = time(12, tzinfo=zone)
    seen_at = at if today is None else datetime.combine(today, noon)
    tasks = _tasks(workspace, at=at, seen_at=seen_at)
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
    delete_expired(today=at.astimezone(zone).date())
    return readings


def is_stale(workspace: Workspace, *, at: datetime) -> bool:
    """Whether a brief should read the sources first.

    True when one was never read well, was read longer than `FRESH_FOR` ago, or is a
    file that changed since.
    """
    states = {
        (state.kind, state.name): state
        for state in source_states(at=at)
        if state.kind != Source.Kind.DIAGNOSIS  # read when somebody diagnoses, never by itself
    }
    tasks = _tasks(workspace, at=at, seen_at=at)
    if len(states) != len(tasks):
        return True
    return any(_is_old(states.get((task.kind.value, task.name)), task, at=at) for task in tasks)


def _is_old(state: SourceState | None, task: _Task, *, at: datetime) -> bool:
    if state is None or state.read_at is None or state.failure or state.is_unfinished:
        return True
    if task.file and not task.file.exists():
        return True
    changed_at = task.file.stat().st_mtime if task.file else 0.0
    return at - state.read_at > FRESH_FOR or changed_at > state.read_at.timestamp()


def _tasks(workspace: Workspace, *, at: datetime, seen_at: datetime) -> list[_Task]:
    configuration = workspace.configuration
    tasks = []
    if configuration.people:
        file = workspace.locate(configuration.people.file)
        read = partial(read_people_file, file, at=at)
        name = configuration.people.file
        kind = Source.Kind.PEOPLE
        tasks.append(_Task(kind=kind, name=name, place=str(file), read=read, file=file))
    for name, calendar in _named(configuration.calendar):
        read = partial(read_own_calendar, workspace, calendar, at=seen_at)
        path = workspace.locate(calendar.file) if calendar.file else None
        kind = Source.Kind.CALENDAR
        tasks.append(_Task(kind=kind, name=name, place=name, read=read, file=path))
    for repository in configuration.repository:
        name = name_of(repository)
        read = partial(read_repository, workspace, repository, at=seen_at)
        place = repository.path or _host(repository.url)
        tasks.append(_Task(kind=Source.Kind.GIT, name=name, place=place, read=read))
    for experiments in configuration.experiments:
        name = experiments.file or experiments.plan
        read = partial(_read_experiments, workspace, experiments, at=seen_at)
        kind = Source.Kind.EXPERIMENTS
        file = workspace.locate(name)
        tasks.append(_Task(kind=kind, name=name, place=name, read=read, file=file))
    for entry in configuration.watch:
        read = partial(_read_watch, workspace, entry, at=seen_at)
        host = _host(entry.source)
        local = None if host else workspace.locate(entry.source)
        place = host or entry.source
        kind = Source.Kind.WATCH
        tasks.append(_Task(kind=kind, name=entry.model, place=place, read=read, file=local))
    return tasks


def _read_watch(workspace: Workspace, entry: Watch, source: Source, *, at: datetime) -> Report:
    # As with experiments: only a workspace that watches a model pays for the import.
    from leadline.records.readers.watch import read_watch  # noqa: PLC0415

    return read_watch(workspace, entry, source, at=at)


def _read_experiments(
    workspace: Workspace, experiments: Experiments, source: Source, *, at: datetime
) -> Report:
    # Statistics take a while to import; a workspace without experiments does without.
    from leadline.records.readers.experiments import read_experiments  # noqa: PLC0415

    return read_experiments(workspace, experiments, source, at=at)


def _named(calendars: Iterable[Calendar]) -> Iterator[tuple[str, Calendar]]:
    """Give each calendar a name of its own, also where several have one host."""
    seen: Counter[str] = Counter()
    for calendar in calendars:
        name = calendar.file or _host(calendar.url)
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), calendar


def _host(url: str) -> str:
    """Return what may be shown of a URL: a secret address stays in the workspace file."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]
