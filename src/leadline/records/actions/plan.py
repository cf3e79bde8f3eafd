"""Changing the first 90 days: every step can move, and some are ticked by hand."""

from __future__ import annotations

from datetime import date, datetime

from leadline.errors import InputError
from leadline.practice.onboarding import Plan
from leadline.records.models import PlanChange


def change_step(
    plan: Plan,
    step: str,
    *,
    at: datetime,
    moved_to: date | None = None,
    done_on: date | None = None,
) -> PlanChange:
    """Keep that a step moved or is done.

    Parameters
    ----------
    plan : Plan
        The plan as it stands.
    step : str
        The id printed behind the step, or enough of its beginning to be unique.
    at : datetime
        When it was said.
    moved_to, done_on : date, optional
        One of the two.

    Raises
    ------
    InputError
        No step, or more than one, has an id that begins so.
    """
    found = [one.uid for one in plan.steps if step and one.uid.startswith(step.lower())]
    if len(found) != 1:
        raise InputError(
            f"{len(found)} steps have an id that begins with {step!r}; one is needed",
            hint="`leadline start` prints the id behind each step.",
        )
    return PlanChange.objects.create(step=found[0], moved_to=moved_to, done_on=done_on, at=at)


def undo_step(step: str) -> None:
    """Take back that a step is done; what a source shows of it stays."""
    PlanChange.objects.filter(step=step, done_on__isnull=False).delete()
