"""How the sources stand: what was read, when, and what is missing or failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, QuerySet

from leadline.records.models import Reading, Source

if TYPE_CHECKING:
    from leadline.workspace import Workspace


FEW = 6
"""So many sources of a kind are told one by one."""

LONGEST_READING = timedelta(minutes=10)
"""A reading that began longer ago and has not ended was killed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """One source as it was last read.

    Attributes
    ----------
    kind, name, place : str
        Which source it is.
    read_at : datetime or None
        When it was last read well; None when it never was.
    summary : str
        What was read then.
    notes : tuple of str
        What that reading could not know.
    failure : str
        Why the newest attempt failed; empty when it did not.
    is_unfinished : bool
        Whether the newest attempt has not ended: it runs, or it was killed.
    """

    kind: str
    name: str
    place: str
    read_at: datetime | None
    summary: str
    notes: tuple[str, ...]
    failure: str
    is_unfinished: bool

    @property
    def is_plain(self) -> bool:
        """Whether it was read, and there is nothing to add."""
        return bool(self.read_at and not self.notes and not self.failure)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "place": self.place,
            "read_at": self.read_at and self.read_at.isoformat(timespec="seconds"),
            "summary": self.summary,
            "notes": list(self.notes),
            "failure": self.failure,
        }


def source_states(*, at: datetime) -> tuple[SourceState, ...]:
    """Return every source with its last good reading and its newest failure, as of a moment."""
    readings: defaultdict[int, list[Reading]] = defaultdict(list)
    for reading in telling_readings():
        readings[reading.source_id].append(reading)
    return tuple(_state(one, readings[one.pk], at=at) for one in Source.objects.all())


def folded(sources: Sequence[SourceState]) -> tuple[SourceState, ...]:
    """Return sources as a reader wants them: of a kind with many, those read well as one.

    It says how many they are, and when the oldest of them was read.
    """
    plain: defaultdict[str, list[SourceState]] = defaultdict(list)
    for one in sources:
        if one.is_plain:
            plain[one.kind].append(one)
    many = {kind: those for kind, those in plain.items() if len(those) > FEW}
    left = [one for one in sources if one.kind not in many or not one.is_plain]
    return (*(_as_one(those) for those in many.values()), *left)


def _as_one(sources: Sequence[SourceState]) -> SourceState:
    return replace(
        min(sources, key=lambda one: one.read_at or datetime.max.replace(tzinfo=UTC)),
        name=f"{len(sources)} sources",
        place="",
        summary="`leadline sync` names each",
    )


def telling_readings() -> QuerySet[Reading]:
    """Return each source's newest reading and its newest good one, out of twenty that are kept.

    A reading gets its number when it starts, so that the highest one is the newest.
    """
    all_of_them = Reading.objects.order_by().values("source")
    newest = all_of_them.annotate(pk_of_newest=Max("pk")).values("pk_of_newest")
    good = newest.filter(outcome=Reading.Outcome.READ)
    return Reading.objects.filter(Q(pk__in=newest) | Q(pk__in=good))


def _state(source: Source, readings: Sequence[Reading], *, at: datetime) -> SourceState:
    """Tell how a source stands by its readings, the newest first."""
    good = next((r for r in readings if r.outcome == Reading.Outcome.READ), None)
    newest = readings[0] if readings else None
    is_unfinished = bool(newest and newest.outcome == Reading.Outcome.STARTED)
    failure = ""
    if newest and newest.outcome == Reading.Outcome.FAILED:
        failure = newest.summary
    elif newest and is_unfinished and at - newest.started_at > LONGEST_READING:
        failure = "the last reading did not end; `leadline sync` reads it again"
    return SourceState(
        kind=source.kind,
        name=source.name,
        place=source.place,
        read_at=good.ended_at if good else None,
        summary=good.summary if good else "",
        notes=tuple(good.notes) if good else (),
        failure=failure,
        is_unfinished=is_unfinished,
    )


def missing_sources(workspace: Workspace) -> tuple[str, ...]:
    """Return what the workspace file does not name, and what it would add."""
    configuration = workspace.configuration
    missing = []
    if configuration.people is None:
        missing.append("no people file: nothing on one-on-ones, probation or who has left")
    if not configuration.calendar:
        missing.append("no calendar: nothing on one-on-ones held, hours or series")
    if not configuration.repository:
        missing.append("no git repository: nothing on who knows what, or projects")
    return tuple(missing)
