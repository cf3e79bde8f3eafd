"""What waits for one person, gathered over every kind of record, with its age."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet

from leadline.practice.waiting import Waiting, in_order
from leadline.records import access
from leadline.records.access import Role, Viewer
from leadline.records.counting import counting, filled, places, run
from leadline.records.models import (
    AgreedAction,
    Feedback,
    GrowthPlan,
    HandoverItem,
    Interviewer,
    PulseInvitation,
    Reminder,
)
from leadline.records.queries.experiments import PlannedEnd, planned_ends

ANY_DAY = date(1, 1, 1)
"""Stands for today where the query that counts is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    """Records of a kind that wait for a viewer, and what is said of one."""

    rows: QuerySet[Any]
    told: Callable[[Any], Waiting]


def waiting_for(viewer: Viewer, *, today: date) -> tuple[Waiting, ...]:
    """Return everything that waits for somebody and that they may read, late things first."""
    found = [one.told(row) for one in _records(viewer, today=today) for row in one.rows]
    ends = [_experiment(end) for end in _over(viewer, today=today)]
    return in_order((*found, *ends), today=today)


def n_waiting(viewer: Viewer, *, today: date) -> int:
    """Return how many things wait for somebody: one query for all that was written here."""
    standing = places(len(viewer.addresses))
    sql, parameters = _counting(standing, viewer.roles)
    values = dict(zip(standing, viewer.addresses, strict=True))
    days = {ANY_DAY: today, ANY_DAY.isoformat(): today.isoformat()}
    n_records = sum(run(sql, filled(parameters, {**values, **days})))
    return n_records + len(_over(viewer, today=today))


@lru_cache(maxsize=32)
def _counting(addresses: tuple[str, ...], roles: frozenset[Role]) -> tuple[str, list[Any]]:
    """Return the query that counts for whoever has these roles: every page asks it."""
    anybody = Viewer(email=addresses[0], name="", addresses=frozenset(addresses), roles=roles)
    return counting(one.rows for one in _records(anybody, today=ANY_DAY))


def _records(viewer: Viewer, *, today: date) -> Iterator[_Open]:
    mine = sorted(viewer.addresses)

    def visible(model: type[Model], **lookups: Any) -> QuerySet[Any]:
        return access.visible(viewer, model._default_manager.filter(**lookups))  # noqa: SLF001

    def action(row: AgreedAction) -> Waiting:
        return Waiting(
            kind="action",
            text=row.text,
            since=row.at.date(),
            due_on=row.due_on,
            who=row.about if row.about not in mine else row.author,
            page=f"one-on-one:{row.about}",
        )

    yield _Open(rows=visible(AgreedAction, owner__in=mine, done_at=None), told=action)
    items = visible(HandoverItem, successor__in=mine, done_at=None)
    yield _Open(rows=items.select_related("leaving"), told=_handover)
    shared = visible(Feedback, shared_at__isnull=False).defer(
        "situation", "behaviour", "impact", "question", "answer"
    )
    yield _Open(rows=shared.filter(about__in=mine, answered_at=None), told=_to_answer)
    due = shared.filter(author__in=mine, followed_up_at=None, follow_up_on__lte=today)
    yield _Open(rows=due, told=_to_come_back_to)
    plans = visible(GrowthPlan, about__in=mine).exclude(paths__chosen_at__isnull=False)
    yield _Open(rows=plans, told=_path)
    interviews = visible(
        Interviewer, address__in=mine, submitted_at=None, candidate__decision=None
    )
    yield _Open(rows=interviews.select_related("candidate"), told=_interview)
    asked = visible(
        PulseInvitation, address__in=mine, answered=False, round__closes_on__gte=today
    )
    yield _Open(rows=asked.select_related("round"), told=_pulse)
    yield _Open(
        rows=visible(Reminder, author__in=mine, done_at=None, on__lte=today), told=_reminder
    )


def _over(viewer: Viewer, *, today: date) -> list[PlannedEnd]:
    """Return the experiments whose planned weeks are over and that the viewer decides on.

    Whom the plan names decides, and the lead; each if they may read it.
    """
    if not access.may_read(viewer, "experiment"):
        return []
    return [
        end
        for end in planned_ends()
        if end.on < today and (viewer.is_lead or end.owner in viewer.addresses)
    ]


def _experiment(end: PlannedEnd) -> Waiting:
    return Waiting(
        kind="experiment to decide",
        text=end.name,
        since=end.on + timedelta(days=1),
        page=f"readout:{end.slug}",
    )


def _handover(row: HandoverItem) -> Waiting:
    return Waiting(
        kind="handover",
        text=f"{row.kind} {row.what}",
        since=row.at.date(),
        due_on=row.leaving.last_on,
        who=row.leaving.about,
        page=f"leaving-page:{row.leaving_id}",
    )


def _to_answer(row: Feedback) -> Waiting:
    """Name that feedback waits, never what it says."""
    shared_at = row.shared_at or row.at
    return Waiting(
        kind="feedback to answer",
        text=f"Feedback of {shared_at:%Y-%m-%d}",
        since=shared_at.date(),
        who=row.author,
        page=f"feedback:{row.pk}",
    )


def _to_come_back_to(row: Feedback) -> Waiting:
    shared_at = row.shared_at or row.at
    return Waiting(
        kind="feedback to come back to",
        text=f"Feedback of {shared_at:%Y-%m-%d}",
        since=row.follow_up_on or shared_at.date(),
        due_on=row.follow_up_on,
        who=row.about,
        page=f"feedback:{row.pk}",
    )


def _path(row: GrowthPlan) -> Waiting:
    return Waiting(
        kind="choice of a path",
        text=row.gap,
        since=row.at.date(),
        who=row.author,
        page=f"growth:{row.about}",
    )


def _interview(row: Interviewer) -> Waiting:
    return Waiting(
        kind="interview notes",
        text=row.candidate.name,
        since=row.candidate.at.date(),
        who=row.candidate.author,
        page=f"candidate:{row.candidate_id}",
    )


def _pulse(row: PulseInvitation) -> Waiting:
    return Waiting(
        kind="pulse",
        text="Five statements about the lead",
        since=row.round.at.date(),
        due_on=row.round.closes_on,
        page="pulse:",
    )


def _reminder(row: Reminder) -> Waiting:
    return Waiting(kind="reminder", text=row.text, since=row.on, due_on=row.on, page="waiting:")
