"""Writing down assumptions, ideas and decisions, and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from leadline.errors import InputError
from leadline.records.actions.metering import note_typing
from leadline.records.models import (
    Assumption,
    AssumptionAnswer,
    Decision,
    DecisionReview,
    Idea,
    IdeaClosing,
)

Row = TypeVar("Row", bound=Model)


def assume(
    project: str, text: str, *, confidence: str, author: str, at: datetime
) -> Assumption:
    """Keep what somebody understood, to be confirmed or refuted by who knows."""
    row = Assumption(project=project, text=text, confidence=confidence, author=author, at=at)
    return _keep(row, text, at=at)


def answer_assumption(
    assumption: Assumption, verdict: str, *, learnt: str, author: str, at: datetime
) -> AssumptionAnswer:
    """Keep whether an assumption holds; the newest word counts."""
    row = AssumptionAnswer(
        assumption=assumption, verdict=verdict, learnt=learnt, author=author, at=at
    )
    return _keep(row, learnt, at=at)


def park_idea(
    project: str, text: str, *, condition: str, waits_for: str, author: str, at: datetime
) -> Idea:
    """Park an idea until its condition holds."""
    row = Idea(
        project=project, text=text, condition=condition, waits_for=waits_for, author=author,
        at=at,
    )  # fmt: skip
    return _keep(row, text, condition, waits_for, at=at)


def close_idea(
    idea: Idea, verdict: str, *, note: str, author: str, at: datetime
) -> IdeaClosing:
    """Keep that an idea was tried or dropped."""
    row = IdeaClosing(idea=idea, verdict=verdict, note=note, author=author, at=at)
    return _keep(row, note, at=at)


def log_decision(
    project: str,
    text: str,
    *,
    consulted: str,
    reversible: str,
    decided_on: date,
    revisit_on: date | None,
    author: str,
    at: datetime,
) -> Decision:
    """Write one line into the decisions log.

    Raises
    ------
    InputError
        It would be looked at again before it was taken.
    """
    if revisit_on and revisit_on <= decided_on:
        raise InputError(
            f"decided on {decided_on} and looked at again on {revisit_on}: that is no later day"
        )
    row = Decision(
        project=project, text=text, consulted=consulted, reversible=reversible,
        decided_on=decided_on, revisit_on=revisit_on, author=author, at=at,
    )  # fmt: skip
    return _keep(row, text, consulted, at=at)


def review_decision(
    decision: Decision, *, note: str, revisit_on: date | None, author: str, at: datetime
) -> DecisionReview:
    """Keep that a decision was looked at again, and when to do so next."""
    row = DecisionReview(
        decision=decision, note=note, revisit_on=revisit_on, author=author, at=at
    )
    return _keep(row, note, at=at)


@transaction.atomic
def _keep(row: Row, *typed: str, at: datetime) -> Row:
    note_typing("projects", *typed, on=at.date())
    row.save()
    return row
