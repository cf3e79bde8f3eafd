"""Development plans: begin, suggest, choose, look again, close (and delete)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.growth import KINDS, check_plan, may_choose
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed
from leadline.records.models import GrowthPath, GrowthPlan


@transaction.atomic
def begin_plan(
    about: str, *, by: str, gap: str, sign: str, check_on: date, today: date, at: datetime
) -> GrowthPlan:
    """Write down a gap, the sign of improvement, and the day to look again."""
    check_plan(gap=gap, sign=sign, check_on=check_on, today=today)
    note_typing("growth", gap, sign, on=today)
    return GrowthPlan.objects.create(
        about=about, author=by, gap=needed("the gap", gap), sign=needed("the sign", sign),
        check_on=check_on, at=at,
    )  # fmt: skip


@transaction.atomic
def suggest_path(
    plan: GrowthPlan, *, by: str, kind: str, text: str, at: datetime
) -> GrowthPath:
    """Add a way towards it; either side may.

    Raises
    ------
    InputError
        The kind is none of those there are, or there is no text.
    """
    if kind not in KINDS:
        raise InputError(f"a path is one of {', '.join(KINDS)}, got {kind!r}")
    text = needed("the path", text)
    note_typing("growth", text, on=at.date())
    return GrowthPath.objects.create(plan=plan, author=by, kind=kind, text=text, at=at)


@transaction.atomic
def choose_path(path: GrowthPath, *, by: str, at: datetime) -> GrowthPath:
    """Choose a path; only the person does, and they may choose anew.

    Raises
    ------
    InputError
        Somebody else chooses, or there is only one path.
    """
    plan = GrowthPlan.objects.select_for_update().get(pk=path.plan_id)
    may_choose(person=plan.about, chooser=by, n_paths=plan.paths.count())
    plan.paths.exclude(pk=path.pk).update(chosen_at=None)
    path.chosen_at = at
    path.save(update_fields=["chosen_at"])
    return path


def move_check(plan: GrowthPlan, *, check_on: date, today: date) -> GrowthPlan:
    """Put the day to look again elsewhere."""
    check_plan(gap=plan.gap, sign=plan.sign, check_on=check_on, today=today)
    plan.check_on = check_on
    plan.save(update_fields=["check_on"])
    return plan


def close_plan(plan: GrowthPlan) -> None:
    """Close a plan: it is deleted, with its paths; nothing is left to hold against anyone."""
    plan.delete()
