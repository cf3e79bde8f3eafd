"""People: the roster with its history, and one person's page for both sides."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from leadline.practice.new_lead import new_lead
from leadline.practice.probation import ProbationDates
from leadline.records import access
from leadline.records.models import PrivateNote, SensitiveRead
from leadline.records.queries.feedback import embargo_between, preference_of
from leadline.records.queries.people import people_reports, reports_on
from leadline.records.queries.probation import is_running, probation_pages
from leadline.records.queries.team import team
from leadline.web.answering import own_page, person_in
from leadline.web.paging import paged
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request


@reads("people")
def roster(request: Request) -> HttpResponse:
    """List everybody for the lead; show a member their own page."""
    viewer = viewer_in(request)
    if not viewer.is_lead:
        return own_page(request, "person")
    facts = team(request.workspace, today=request.today)
    reports = people_reports(request.workspace, today=request.today)
    context = {
        "reports": reports,
        "here": [one for one in reports if one.person.is_here(on=request.today)],
        "gone": [one for one in reports if one.person.has_left(on=request.today)],
        "new_lead": new_lead(
            since=request.workspace.configuration.lead.since,
            today=request.today,
            meetings=facts.meetings,
        ),
        "readers": access.readers_of("people"),
    }
    return render(request, "people/roster.html", context)


@reads("people")
def person(request: Request, key: str) -> HttpResponse:
    """Show what is known of one person; both see the same, but for private notes."""
    facts = team(request.workspace, today=request.today)
    one = person_in(request, facts, key)
    viewer = viewer_in(request)
    own = viewer.addresses & set(one.emails)
    (probation,) = probation_pages(request.workspace, [one])
    (report,) = reports_on(request.workspace, facts, [one], today=request.today)
    notes = PrivateNote.objects.filter(about__in=one.emails)
    context = {
        "person": one,
        "report": report,
        "is_me": bool(own),
        "probation": probation,
        "has_dates": isinstance(probation.dates, ProbationDates),
        "in_probation": is_running(probation, today=request.today),
        "embargo": embargo_between(request.workspace, facts, one, author=facts.lead_key),
        "wish": preference_of(one.key),
        "n_notes": notes.count(),
        "my_notes": paged(request, access.visible(viewer, notes), name="notes"),
        "read_by": access.visible(viewer, SensitiveRead.objects.all())[:20] if own else (),
        "readers": (f"{facts.lead_key} (the lead)", f"{one.key} (the person it is about)"),
        "note_readers": access.readers_of("private note"),
    }
    return render(request, "people/person.html", context)
