"""A project's assumptions, ideas and decisions, and what they say to a brief."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Model, QuerySet, TextField, Value

from leadline.findings import TEAM, Finding
from leadline.practice.project_notes import (
    Decided,
    Parked,
    decisions_to_revisit,
    ideas_that_woke,
)
from leadline.practice.recent_changes import Change
from leadline.records.counting import filled, places
from leadline.records.models import (
    Assumption,
    AssumptionAnswer,
    Decision,
    DecisionReview,
    Idea,
    IdeaClosing,
    Source,
)
from leadline.records.queries.mentions import has_any, in_like, mentions, plain_parts
from leadline.records.queries.repositories import RepositoryFacts
from leadline.records.snapshots import load_facts

MODELS: tuple[type[Model], ...] = (
    Assumption, AssumptionAnswer, Idea, IdeaClosing, Decision, DecisionReview,
)  # fmt: skip
"""Everything here whose text may name somebody."""


def assumptions_of(project: str) -> QuerySet[Assumption]:
    """Return a project's assumptions with their answers, newest first."""
    return Assumption.objects.filter(project=project).prefetch_related("answers")


def ideas_of(project: str) -> QuerySet[Idea]:
    """Return a project's ideas with what came of them, newest first."""
    return Idea.objects.filter(project=project).prefetch_related("closings")


def decisions_of(project: str) -> QuerySet[Decision]:
    """Return a project's decisions with their reviews, newest first."""
    return Decision.objects.filter(project=project).prefetch_related("reviews")


def next_look_on(decision: Decision) -> date | None:
    """Return the day to look at a decision again: the newest review's, else its own."""
    reviews = list(decision.reviews.all())
    return reviews[-1].revisit_on if reviews else decision.revisit_on


def note_findings(*, today: date) -> tuple[Finding, ...]:
    """Return decisions whose day has come, and ideas whose condition turned up."""
    decisions = Decision.objects.prefetch_related("reviews")
    waiting = Idea.objects.filter(closings=None).exclude(waits_for="")
    changes = recent_changes_of_all() if waiting else ()
    return (
        *decisions_to_revisit(map(_decided, decisions), today=today),
        *ideas_that_woke(map(_parked, waiting), changes=changes, today=today),
    )


def recent_changes_of_all() -> tuple[Change, ...]:
    """Return the recent commits of every repository as they were last read, newest first."""
    kept = load_facts(Source.Kind.GIT, RepositoryFacts).values()
    changes = [change for facts in kept for change in facts.changes]
    return tuple(sorted(changes, key=lambda change: change.on, reverse=True))


def notes_naming(
    addresses: Collection[str], name: str
) -> Iterator[tuple[Model, tuple[str, ...]]]:
    """Yield every note whose text names somebody, with its readers."""
    words = (*addresses, name)
    for model, pks in _may_name(words).items():
        columns = _texts_of(model)
        for row in model._default_manager.filter(pk__in=pks):  # noqa: SLF001
            if any(mentions(getattr(row, column), words) for column in columns):
                yield row, (TEAM,)


def _may_name(words: Collection[str]) -> dict[type[Model], list[int]]:
    """Return which rows of which models are to be read closely; one query finds them all."""
    found: dict[type[Model], list[int]] = {}
    parts = plain_parts(words)
    standing = places(len(parts))
    sql, parameters = _looking(standing)
    values = dict(zip(map(in_like, standing), map(in_like, parts), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, values))
        for n, pk in cursor.fetchall():
            found.setdefault(MODELS[n], []).append(pk)
    return found


@lru_cache(maxsize=16)
def _looking(parts: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the query, for so many parts: it takes longer to write than to run."""
    first, *others = (
        model._default_manager.filter(has_any(parts, _texts_of(model)))  # noqa: SLF001
        .order_by()
        .annotate(which=Value(n, output_field=IntegerField()))
        .values_list("which", "pk")
        for n, model in enumerate(MODELS)
    )
    rows = first.union(*others, all=True).order_by("which")
    found: tuple[str, tuple[Any, ...]] = rows.query.sql_with_params()
    return found


def _decided(row: Decision) -> Decided:
    return Decided(
        key=str(row.pk),
        project=row.project,
        what=row.text,
        decided_on=row.decided_on,
        revisit_on=next_look_on(row),
        hard_to_reverse=row.reversible == Decision.Reversible.HARDLY,
    )


def _parked(row: Idea) -> Parked:
    return Parked(
        key=str(row.pk),
        project=row.project,
        idea=row.text,
        condition=row.condition,
        waits_for=row.waits_for,
        parked_on=row.at.date(),
    )


def _texts_of(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.fields if isinstance(field, TextField)]  # noqa: SLF001
