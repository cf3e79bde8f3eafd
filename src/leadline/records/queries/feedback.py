"""Feedback: what somebody wants, and what waits for a follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.practice import feedback as practice
from leadline.practice.feedback import Embargo
from leadline.practice.people import Person
from leadline.records.models import FeedbackPreference
from leadline.records.queries.team import Team

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def preference_of(about: str) -> FeedbackPreference | None:
    """Return what somebody last said about feedback to them; None where they never did."""
    return FeedbackPreference.objects.filter(about=about).order_by("at", "pk").last()


def embargo_between(
    workspace: Workspace, facts: Team, person: Person, *, author: str
) -> Embargo | None:
    """Return the embargo that holds from the lead to a report; None for everybody else.

    It cannot be worked out before the workspace file says since when the lead leads.
    """
    settings = workspace.configuration
    is_report = person.key in {one.key for one in facts.reports}
    if author not in facts.lead or not is_report or settings.lead.since is None:
        return None
    return practice.embargo(
        lead_since=settings.lead.since,
        person_since=person.start_on,
        days=settings.feedback.embargo_days,
    )
