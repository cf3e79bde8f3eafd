"""What Leadline costs. Oracle: days and characters counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.records.models import TypedInput
from leadline.records.queries.cost import idle, typed_weeks

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.django_db
def test_what_nobody_typed_into_for_sixty_days_is_named_to_go() -> None:
    for on, where in (
        (date(2026, 9, 24), "brief dismiss"),  # 60 days ago
        (date(2026, 8, 1), "projects --confirm"),
        (date(2026, 9, 25), "mine --correct"),  # 59 days ago
        (date(2026, 8, 2), "brief snooze"),
        (date(2026, 11, 20), "brief snooze"),
    ):
        TypedInput.objects.create(on=on, where=where, characters=100)
    assert [(one.where, one.last_on) for one in idle(today=TODAY)] == [
        ("projects --confirm", date(2026, 8, 1)),
        ("brief dismiss", date(2026, 9, 24)),
    ]


@pytest.mark.django_db
def test_a_week_without_typing_is_there_with_nothing() -> None:
    TypedInput.objects.create(on=TODAY, where="brief dismiss", characters=300)
    before, running = typed_weeks(today=TODAY, weeks=2)
    assert (before.minutes, before.by_command) == (0, ())
    assert (running.starts_on, running.minutes) == (TODAY, 1.5)
