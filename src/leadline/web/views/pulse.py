"""The pulse: launch, answer, results, what will change. Nothing here logs an answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from leadline.practice.pulse import ASK_MY_TEAM, FEWEST, LEVELS
from leadline.records import access
from leadline.records.actions import pulse as actions
from leadline.records.models import PulseInvitation, PulseRound
from leadline.records.queries.pulse import asked_in, round_pages
from leadline.records.queries.team import team
from leadline.web.answering import answer, named
from leadline.web.forms.people import LaunchForm, PromiseForm, PulseForm
from leadline.web.kept import editing, locked
from leadline.web.permissions import changes, editable, reads, viewer_in
from leadline.web.requests import Request


@reads("pulse")
def page(request: Request) -> HttpResponse:
    """Show the running round, results of others, and what was promised."""
    return _page(request, {})


@changes("pulse")
def launch(request: Request) -> HttpResponse:
    """Start a round."""
    facts = team(request.workspace, today=request.today)

    def do(values: dict[str, Any]) -> None:
        actions.launch_round(
            team=[one.key for one in facts.reports], by=viewer_in(request).email,
            closes_on=values["closes_on"], today=request.today, at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "launch", LaunchForm(request.POST), do, to=("pulse",),
        page=lambda given: _page(request, given), say=_("Launched; its threshold is frozen."),
    )  # fmt: skip


@sensitive_post_parameters()
@changes("pulse answer")
def give(request: Request, pk: int) -> HttpResponse:
    """Count an answer, once."""
    running = get_object_or_404(PulseRound.objects.select_related("follows"), pk=pk)
    viewer = viewer_in(request)

    def do(values: dict[str, Any]) -> None:
        actions.answer_round(running, by=viewer.addresses, levels=values, today=request.today)

    return answer(
        request, "answers", PulseForm(request.POST, asked=asked_in(running)), do,
        say=_("Counted. Nobody can tell which was yours, and it cannot be changed."),
        page=lambda given: _page(request, given), to=("pulse",),
    )  # fmt: skip


@changes("pulse")
def promise(request: Request, pk: int) -> HttpResponse:
    """Tell the team what will change."""
    over = editable(request, PulseRound.objects.select_related("follows"), pk=pk)

    def do(values: dict[str, Any]) -> None:
        actions.promise(
            over, by=viewer_in(request).email, text=values["text"], today=request.today,
            at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "promise", PromiseForm(request.POST), do, say=_("The team reads it now."),
        page=lambda given: _page(request, given), to=("pulse",), now=lambda: locked(over),
    )  # fmt: skip


def _page(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    pages = round_pages(today=request.today)
    running = next((one for one in pages if one.round.closes_on >= request.today), None)
    invitation = None
    if running:
        invitation = PulseInvitation.objects.filter(
            round=running.round, address__in=sorted(viewer.addresses)
        ).first()
    is_asked = invitation is not None and not invitation.answered
    over = [one for one in pages if one is not running]
    context = {
        "running": running,
        "invitation": invitation,
        "is_asked": is_asked,
        "over": over,
        "may_promise": viewer.is_lead and bool(over) and bool(over[0].results.answers),
        "may_launch": viewer.is_lead and running is None,
        "levels": LEVELS,
        "fewest": FEWEST,
        "forms": named(
            {
                "launch": LaunchForm(initial={"closes_on": request.today + timedelta(days=7)}),
                "promise": editing(PromiseForm(), over[0].round if over else None),
                **({"answers": PulseForm(asked=dict(running.asked))} if running else {}),
            },
            given,
        ),
        "readers": access.readers_of("pulse"),
        "citation": ASK_MY_TEAM,
    }
    return render(request, "people/pulse.html", context)
