"""What waits for one person, gathered over every kind of record, with its age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from leadline.practice.waiting import Waiting, in_order
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.models import (
    AgreedAction,
    Feedback,
    GrowthPlan,
    HandoverItem,
    Interviewer,
    PulseInvitation,
    Reminder,
)
from leadline.records.queries.experiments import planned_ends


def waiting_for(viewer: Viewer, *, today: date) -> tuple[Waiting, ...]:
    """Return everything that waits for somebody and that they may read, late things first."""
    found = (
        *_agreed(viewer),
        *_experiments(viewer, today=today),
        *_feedback(viewer, today=today),
        *_others(viewer, today=today),
    )
    return in_order(found, today=today)


def _agreed(viewer: Viewer) -> Iterator[Waiting]:
    mine = sorted(viewer.addresses)
    actions = AgreedAction.objects.filter(owner__in=mine, done_at=None)
    for action in access.visible(viewer, actions):
        yield Waiting(
            kind="action",
            text=action.text,
            since=action.at.date(),
            due_on=action.due_on,
            who=action.about if action.about not in mine else action.author,
            page=f"one-on-one:{action.about}",
        )
    items = HandoverItem.objects.filter(successor__in=mine, done_at=None)
    for item in access.visible(viewer, items).select_related("leaving"):
        yield Waiting(
            kind="handover",
            text=f"{item.kind} {item.what}",
            since=item.at.date(),
            due_on=item.leaving.last_on,
            who=item.leaving.about,
            page="leaving:",
        )


def _experiments(viewer: Viewer, *, today: date) -> Iterator[Waiting]:
    """Name each experiment whose planned weeks are over: the lead says what comes of it."""
    if not viewer.is_lead or not access.may_read(viewer, "experiment"):
        return
    for end in planned_ends():
        if end.on < today:
            since = end.on + timedelta(days=1)
            yield Waiting(
                kind="experiment to decide",
                text=end.name,
                since=since,
                page=f"readout:{end.slug}",
            )


def _feedback(viewer: Viewer, *, today: date) -> Iterator[Waiting]:
    """Name that feedback waits, never what it says."""
    mine = sorted(viewer.addresses)
    shared = Feedback.objects.filter(shared_at__isnull=False)
    given = access.visible(viewer, shared).defer(
        "situation", "behaviour", "impact", "question", "answer"
    )
    for one in given.filter(about__in=mine, answered_at=None):
        yield Waiting(
            kind="feedback to answer",
            text=f"Feedback of {one.shared_at:%Y-%m-%d}",
            since=one.shared_at.date() if one.shared_at else today,
            who=one.author,
            page=f"feedback:{one.pk}",
        )
    for one in given.filter(author__in=mine, followed_up_at=None, follow_up_on__lte=today):
        yield Waiting(
            kind="feedback to come back to",
            text=f"Feedback of {one.shared_at:%Y-%m-%d}",
            since=one.follow_up_on or today,
            due_on=one.follow_up_on,
            who=one.about,
            page=f"feedback:{one.pk}",
        )


def _others(viewer: Viewer, *, today: date) -> Iterator[Waiting]:
    mine = sorted(viewer.addresses)
    plans = GrowthPlan.objects.filter(about__in=mine).exclude(paths__chosen_at__isnull=False)
    for plan in access.visible(viewer, plans):
        yield Waiting(
            kind="choice of a path",
            text=plan.gap,
            since=plan.at.date(),
            who=plan.author,
            page=f"growth:{plan.about}",
        )
    open_notes = Interviewer.objects.filter(
        address__in=mine, submitted_at=None, candidate__decision=None
    ).select_related("candidate")
    for row in access.visible(viewer, open_notes):
        yield Waiting(
            kind="interview notes",
            text=row.candidate.name,
            since=row.candidate.at.date(),
            who=row.candidate.author,
            page=f"candidate:{row.candidate_id}",
        )
    asked = PulseInvitation.objects.filter(
        address__in=mine, answered=False, round__closes_on__gte=today
    ).select_related("round")
    for invitation in access.visible(viewer, asked):
        yield Waiting(
            kind="pulse",
            text="Five statements about the lead",
            since=invitation.round.at.date(),
            due_on=invitation.round.closes_on,
            page="pulse:",
        )
    due = Reminder.objects.filter(author__in=mine, done_at=None, on__lte=today)
    for reminder in access.visible(viewer, due):
        yield Waiting(
            kind="reminder",
            text=reminder.text,
            since=reminder.on,
            due_on=reminder.on,
            page="waiting:",
        )
