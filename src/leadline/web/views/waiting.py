"""What waits for whoever looks, and their reminders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.practice.waiting import CAN_COUNT_ON
from leadline.records import access
from leadline.records.actions import one_on_ones as actions
from leadline.records.models import Reminder
from leadline.records.queries.team import team
from leadline.records.queries.waiting import waiting_for
from leadline.web.answering import answer, named, names_of
from leadline.web.forms.people import ReminderForm
from leadline.web.navigation import url_of
from leadline.web.permissions import changes, editable, reads, viewer_in
from leadline.web.requests import Request

LATELY = 3
"""Reminders that were done last stand below the open ones, to be taken back."""


@reads("reminder")
def waiting(request: Request) -> HttpResponse:
    """Show what waits for the viewer, late things first."""
    return _page(request, {})


@changes("reminder")
def remind(request: Request) -> HttpResponse:
    """Keep a dated note to oneself."""

    def do(values: dict[str, Any]) -> None:
        actions.remind_me(by=viewer_in(request).email, at=timezone.now(), **values)

    return answer(
        request, "reminder", ReminderForm(request.POST), do,
        page=lambda given: _page(request, given),
        say=_("You will be reminded."), to=("waiting",),
    )  # fmt: skip


@changes("reminder")
def finish(request: Request, pk: int) -> HttpResponse:
    """Say that a reminder is done."""
    reminder = editable(request, Reminder.objects.all(), pk=pk)
    actions.finish_reminder(reminder, at=timezone.now())
    return redirect("waiting")


@changes("reminder")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take back that a reminder is done."""
    reminder = editable(request, Reminder.objects.all(), pk=pk)
    actions.reopen_reminder(reminder)
    return redirect("waiting")


def _page(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    rows = [
        {"one": one, "days": one.age_days(today=request.today), "url": url_of(one.page),
         "late": one.is_late(today=request.today)}
        for one in waiting_for(viewer, today=request.today)
        if one.kind != "reminder"
    ]  # fmt: skip
    own = access.visible(viewer, Reminder.objects.all())
    context = {
        "rows": rows,
        "reminders": own.filter(done_at=None),
        "done": own.filter(done_at__isnull=False).order_by("-done_at")[:LATELY],
        "names": names_of(
            team(request.workspace, today=request.today),
            lead_name=request.workspace.configuration.lead.name,
        ),
        "forms": named({"reminder": ReminderForm()}, given),
        "readers": (f"{viewer.email} (you alone)",),
        "citation": CAN_COUNT_ON,
    }
    return render(request, "people/waiting.html", context)
