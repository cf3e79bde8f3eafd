"""The lead's first 90 days: the plan, ticking itself, and its template without names."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.onboarding import Plan
from leadline.practice.onboarding.text import export_template
from leadline.records import access
from leadline.records.actions.plan import change_step, undo_step
from leadline.records.queries.plan import by_hand, first_days
from leadline.records.queries.repositories import known_projects
from leadline.records.queries.team import team
from leadline.web.answering import act
from leadline.web.forms.people import StepForm
from leadline.web.paging import paged
from leadline.web.permissions import changes, reads
from leadline.web.requests import Request


@reads("first days")
def plan(request: Request) -> HttpResponse:
    """Show the plan by its days."""
    found = _plan(request)
    steps = found.steps if found else ()
    context = {
        "plan": found,
        "open": paged(request, [step for step in steps if step.done_on is None]),
        "done": [step for step in steps if step.done_on is not None],
        "by_hand": by_hand(),
        "readers": access.readers_of("first days"),
    }
    return render(request, "people/first_days.html", context)


@changes("first days")
def change(request: Request) -> HttpResponse:
    """Move a step, or say that it is done."""

    def do() -> None:
        found = _plan(request)
        form = StepForm(request.POST)
        if found is None or not form.is_valid():
            raise InputError(_("That step or that day cannot be used; nothing was changed."))
        moved_to = form.cleaned_data["moved_to"]
        change_step(
            found,
            form.cleaned_data["step"],
            at=timezone.now(),
            moved_to=moved_to,
            done_on=None if moved_to else request.today,
        )

    def now() -> object:
        found = _plan(request)
        steps = found.steps if found else ()
        return next((one for one in steps if one.uid == request.POST.get("step")), None)

    return act(request, do, say=_("The plan is changed."), to=("first-days",), now=now)


@changes("first days")
def undo(request: Request) -> HttpResponse:
    """Take back that a step is done."""
    undo_step(request.POST.get("step", ""))
    return redirect("first-days")


@reads("first days")
def template(request: Request) -> HttpResponse:
    """Return the plan's frame as a file to share; nobody is named in it."""
    found = _plan(request)
    text = export_template(found) if found else ""
    return HttpResponse(
        text,
        content_type="application/toml",
        headers={"Content-Disposition": 'attachment; filename="first-90-days.toml"'},
    )


def _plan(request: Request) -> Plan | None:
    facts = team(request.workspace, today=request.today)
    return first_days(request.workspace, facts, today=request.today, projects=known_projects())
