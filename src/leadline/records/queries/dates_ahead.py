"""What has a date and concerns somebody: when, and on which page; never what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from leadline.practice.probation import ProbationDates
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.models import (
    AgreedAction,
    Decision,
    Feedback,
    GrowthPlan,
    Leaving,
    Person,
    PulseRound,
    Reminder,
    Source,
)
from leadline.records.queries.experiments import planned_ends
from leadline.records.queries.plan import first_days
from leadline.records.queries.probation import is_running, probation_pages
from leadline.records.queries.project_facts import slug_of
from leadline.records.queries.project_notes import next_look_on
from leadline.records.queries.repositories import RepositoryFacts, known_projects
from leadline.records.queries.team import Team, team
from leadline.records.snapshots import load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace

BACK_DAYS = 31
"""What is open and was due longer ago is told by the pages, not by a calendar."""


class Kind(StrEnum):
    """What a date is for, in no more words than a calendar that others see may show."""

    TALK = "talk"
    ACTION = "action"
    LOOK_AGAIN = "look again"
    HANDOVER = "handover"
    PULSE = "pulse"
    DECISION = "decision"
    EXPERIMENT = "experiment"
    STEP = "step"
    REMINDER = "reminder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """One date of one viewer.

    Attributes
    ----------
    kind : Kind
        What it is for.
    on : date
        The day.
    key : str
        Tells it from others of its kind; it stays the same when the day is moved.
    page : str
        Name of the page that says more, and its key: "growth:mira@…".
    """

    kind: Kind
    on: date
    key: str
    page: str


def dates_of(workspace: Workspace, viewer: Viewer, *, today: date) -> tuple[Dated, ...]:
    """Return every open date that concerns a viewer and that they may read, in order.

    One-on-ones are not among them: they come from a calendar in which they stand already.
    """
    facts = team(workspace, today=today)
    found = (
        *_probations(workspace, viewer, facts, today=today),
        *_steps(workspace, viewer, facts, today=today),
        *_between_two(viewer),
        *_of_the_team(viewer, today=today),
        *_experiments(viewer),
        *_own(viewer),
    )
    since = today - timedelta(days=BACK_DAYS)
    return tuple(sorted((one for one in found if one.on >= since), key=lambda one: one.on))


def _probations(
    workspace: Workspace, viewer: Viewer, facts: Team, *, today: date
) -> Iterator[Dated]:
    mine = set(access.visible(viewer, Person.objects.all()).values_list("key", flat=True))
    people = [one for one in facts.reports if one.key in mine]
    for page in probation_pages(workspace, people):
        if isinstance(page.dates, ProbationDates) and is_running(page, today=today):
            for name in ("evaluate_on", "last_safe_on", "ends_on"):
                key = page.person.key
                yield Dated(
                    kind=Kind.TALK,
                    on=getattr(page.dates, name),
                    key=f"{name} {key}",
                    page=f"growth:{key}",
                )


def _steps(
    workspace: Workspace, viewer: Viewer, facts: Team, *, today: date
) -> Iterator[Dated]:
    if not access.may_read(viewer, "first days"):
        return
    plan = first_days(workspace, facts, today=today, projects=known_projects())
    for step in plan.steps if plan else ():
        if step.done_on is None:
            yield Dated(kind=Kind.STEP, on=step.on, key=step.uid, page="first-days:")


def _between_two(viewer: Viewer) -> Iterator[Dated]:
    for plan in access.visible(viewer, GrowthPlan.objects.all()):
        page = f"growth:{plan.about}"
        yield Dated(kind=Kind.LOOK_AGAIN, on=plan.check_on, key=f"plan {plan.pk}", page=page)
    shared = Feedback.objects.filter(followed_up_at=None, shared_at__isnull=False)
    for one in access.visible(viewer, shared).only("follow_up_on"):
        if one.follow_up_on:
            key, page = f"feedback {one.pk}", f"feedback:{one.pk}"
            yield Dated(kind=Kind.LOOK_AGAIN, on=one.follow_up_on, key=key, page=page)
    for leaving in access.visible(viewer, Leaving.objects.all()):
        key, page = str(leaving.pk), f"leaving-page:{leaving.pk}"
        yield Dated(kind=Kind.HANDOVER, on=leaving.last_on, key=key, page=page)


def _of_the_team(viewer: Viewer, *, today: date) -> Iterator[Dated]:
    rounds = PulseRound.objects.filter(closes_on__gte=today)
    for one in access.visible(viewer, rounds):
        yield Dated(kind=Kind.PULSE, on=one.closes_on, key=str(one.pk), page="pulse:")
    decisions = access.visible(viewer, Decision.objects.prefetch_related("reviews"))
    for row in decisions:
        if on := next_look_on(row):
            page = f"project:{slug_of(row.project)}" if row.project else "projects:"
            yield Dated(kind=Kind.DECISION, on=on, key=str(row.pk), page=page)
    if access.may_read(viewer, "project"):
        for facts in load_facts(Source.Kind.GIT, RepositoryFacts).values():
            for project in facts.projects:
                if project.decision_on:
                    page = f"project:{slug_of(project.name)}"
                    key = f"project {project.name}"
                    yield Dated(kind=Kind.DECISION, on=project.decision_on, key=key, page=page)


def _experiments(viewer: Viewer) -> Iterator[Dated]:
    if access.may_read(viewer, "experiment"):
        for end in planned_ends():
            page = f"readout:{end.slug}"
            yield Dated(kind=Kind.EXPERIMENT, on=end.on, key=end.slug, page=page)


def _own(viewer: Viewer) -> Iterator[Dated]:
    mine = sorted(viewer.addresses)
    agreed = AgreedAction.objects.filter(owner__in=mine, done_at=None, due_on__isnull=False)
    for action in access.visible(viewer, agreed):
        if action.due_on:
            key, page = str(action.pk), f"one-on-one:{action.about}"
            yield Dated(kind=Kind.ACTION, on=action.due_on, key=key, page=page)
    for reminder in access.visible(viewer, Reminder.objects.filter(done_at=None)):
        key = str(reminder.pk)
        yield Dated(kind=Kind.REMINDER, on=reminder.on, key=key, page="waiting:")
