"""The brief: what needs the lead next, and what they say to its lines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leadline.practice.brief import Verdict
from leadline.records import access
from leadline.records.actions.brief import make_brief, todays_brief
from leadline.records.actions.respond import respond
from leadline.records.actions.respond import take_back as take_back_answer
from leadline.records.actions.sync import sync
from leadline.records.models import BriefLine, Response
from leadline.records.queries.briefs import (
    KeptBrief,
    answered_on,
    brief_days,
    kept_brief,
)
from leadline.records.queries.sources import folded, missing_sources, source_states
from leadline.web.forms.brief import AnswerForm
from leadline.web.paging import paged
from leadline.web.permissions import changes, editable, reads
from leadline.web.requests import Request


@reads("brief")
def today(request: Request) -> HttpResponse:
    """Show the brief of today; made once a day, and again when a source was read."""
    brief = todays_brief(request.workspace, today=request.today)
    return render(request, "brief/brief.html", _context(request, brief))


@reads("brief")
def history(request: Request) -> HttpResponse:
    """List earlier briefs."""
    days = paged(request, brief_days(before=request.today))
    return render(request, "brief/history.html", {"days": days})


@reads("brief")
def of_day(request: Request, on: date) -> HttpResponse:
    """Show the brief of an earlier day, as it was."""
    brief = kept_brief(on)
    if brief is None:
        raise Http404
    return render(request, "brief/day.html", {"brief": brief})


@changes("brief")
def answer(request: Request, pk: int) -> HttpResponse:
    """Keep what the lead says to a line: dismissed, snoozed or wrong."""
    line = editable(request, BriefLine.objects.select_related("brief"), pk=pk)
    form = AnswerForm(request.POST, today=request.today)
    if not form.is_valid():
        context = {"line": line, "form": form}
        template = "brief/answer.html" + ("#form" if request.htmx else "")
        return render(request, template, context, status=422)
    verdict = Verdict(form.cleaned_data["verdict"])
    kept = respond(
        line.finding,
        verdict=verdict,
        today=request.today,
        until=form.cleaned_data["until"] if verdict is Verdict.SNOOZED else None,
        reason=form.cleaned_data["reason"],
    )
    if request.htmx:
        return render(request, "brief/brief.html#answered", {"line": line, "answer": kept})
    messages.success(request, _SAID[verdict])
    return redirect("brief")


@changes("brief")
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take back an answer of today: the line stands in the brief again."""
    kept = editable(request, Response.objects.filter(on=request.today), pk=pk)
    take_back_answer(kept)
    make_brief(request.workspace, today=request.today)
    messages.success(request, _("Taken back."))
    return redirect("brief")


@reads("brief")
def answer_page(request: Request, pk: int) -> HttpResponse:
    """Show one line with the form to answer it."""
    line = editable(request, BriefLine.objects.select_related("brief"), pk=pk)
    form = AnswerForm(today=request.today)
    return render(request, "brief/answer.html", {"line": line, "form": form})


@changes("sources")
def read_again(request: Request) -> HttpResponse:
    """Read all sources now, then show the brief they give."""
    readings = sync(request.workspace, at=timezone.now())
    failed = [str(reading.source) for reading in readings if reading.outcome != "read"]
    if failed:
        messages.error(request, _("Could not be read: %s") % ", ".join(failed))
    else:
        messages.success(request, _("All sources were read."))
    return redirect("brief")


def _context(request: Request, brief: KeptBrief) -> dict[str, Any]:
    sources = source_states(at=timezone.now())
    return {
        "brief": brief,
        "answered": answered_on(request.today),
        "sources": folded(sources),
        "failed": [source for source in sources if source.failure],
        "was_read": any(source.read_at for source in sources),
        "missing": missing_sources(request.workspace),
        "readers": access.readers_of("brief"),
        "snooze_until": request.today + timedelta(days=7),
    }


_SAID = {
    Verdict.DISMISSED: gettext_lazy("Dismissed. It comes back only if it gets worse."),
    Verdict.SNOOZED: gettext_lazy("Snoozed."),
    Verdict.WRONG: gettext_lazy("Noted as wrong. Its rule weighs less from now on."),
}
