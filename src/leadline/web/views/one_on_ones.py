"""One-on-ones: the page before a talk, shared by two; notes to oneself are one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.kinds import ONE_ON_ONE
from leadline.practice.one_on_ones import one_on_ones
from leadline.practice.talks import HUMAN_FIRST, Held, occurrences
from leadline.records import access
from leadline.records.actions import one_on_ones as actions
from leadline.records.models import AgendaPoint, AgreedAction, PrivateNote
from leadline.records.queries.one_on_ones import talk_page
from leadline.records.queries.team import Team, corrections, team
from leadline.web.answering import act, answer, named, names_of, own_page, person_in
from leadline.web.forms.people import ActionForm, HeldForm, NoteForm, PointForm
from leadline.web.paging import paged
from leadline.web.permissions import changes, editable, reads, viewer_in
from leadline.web.requests import Request


@reads("one-on-one")
def series(request: Request) -> HttpResponse:
    """List the lead's one-on-ones; show a member their own."""
    viewer = viewer_in(request)
    if not viewer.is_lead:
        return own_page(request, "one-on-one")
    facts = team(request.workspace, today=request.today)
    open_points: dict[str, int] = {}
    for about in AgendaPoint.objects.filter(closed_at=None).values_list("about", flat=True):
        open_points[about] = open_points.get(about, 0) + 1
    rows = one_on_ones(
        facts.meetings, reports=facts.reports, today=request.today, cadence=facts.cadence
    )
    context = {
        "rows": [(row, open_points.get(row.report.key, 0)) for row in rows],
        "knows_calendar": facts.knows_calendar,
        "readers": access.readers_of("one-on-one"),
    }
    return render(request, "people/one_on_ones.html", context)


@reads("one-on-one")
def talk(request: Request, key: str) -> HttpResponse:
    """Show the page before a talk."""
    return _talk(request, key, {})


@changes("one-on-one")
def add_point(request: Request, key: str) -> HttpResponse:
    """Put a point on the agenda; either side may, the report's own stand first."""
    _facts, person = _report(request, key)

    def do(values: dict[str, Any]) -> None:
        actions.add_point(
            person.key, by=viewer_in(request).email, text=values["text"], at=timezone.now()
        )

    if request.htmx:
        form = PointForm(request.POST)
        if form.is_valid():
            do(form.cleaned_data)
            form = PointForm()
        return _talk(request, key, {"point": form}, fragment="#agenda")
    return answer(
        request, "point", PointForm(request.POST), do, say=_("It is on the agenda."),
        page=lambda given: _talk(request, key, given), to=("one-on-one", person.key),
    )  # fmt: skip


@changes("one-on-one")
def close_point(request: Request, pk: int) -> HttpResponse:
    """Close a point; what is not closed is carried forward."""
    point = editable(request, AgendaPoint.objects.all(), pk=pk)
    actions.close_point(point, by=viewer_in(request).email, at=timezone.now())
    if request.htmx:
        return _talk(request, point.about, {}, fragment="#agenda")
    return redirect("one-on-one", point.about)


@changes("one-on-one")
def reopen_point(request: Request, pk: int) -> HttpResponse:
    """Put a point back on the agenda that was closed by mistake."""
    point = editable(request, AgendaPoint.objects.all(), pk=pk)
    actions.reopen_point(point)
    if request.htmx:
        return _talk(request, point.about, {}, fragment="#agenda")
    return redirect("one-on-one", point.about)


@changes("one-on-one")
def agree(request: Request, key: str) -> HttpResponse:
    """Keep what was agreed."""
    facts, person = _report(request, key)
    form = ActionForm(request.POST, owners=_owners(facts, person.key, person.name))

    def do(values: dict[str, Any]) -> None:
        actions.agree(
            person.key, by=viewer_in(request).email, at=timezone.now(), lead=facts.lead_key,
            **values,
        )  # fmt: skip

    return answer(
        request, "action", form, do, say=_("Agreed."),
        page=lambda given: _talk(request, key, given), to=("one-on-one", person.key),
    )  # fmt: skip


@changes("one-on-one")
def finish(request: Request, pk: int) -> HttpResponse:
    """Say that an action is done."""
    action = editable(request, AgreedAction.objects.all(), pk=pk)
    actions.finish_action(action, by=viewer_in(request).email, at=timezone.now())
    return redirect("one-on-one", action.about)


@changes("one-on-one")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take back that an action is done."""
    action = editable(request, AgreedAction.objects.all(), pk=pk)
    actions.reopen_action(action)
    return redirect("one-on-one", action.about)


@changes("one-on-one")
def correct(request: Request, key: str) -> HttpResponse:
    """Say what became of a planned talk, where the calendar is wrong."""
    facts, person = _report(request, key)
    theirs = {
        (one.uid, one.planned_at.isoformat()): one.planned_at
        for one in facts.meetings
        if one.kind == ONE_ON_ONE and one.report == person.key
    }

    def do() -> None:
        form = HeldForm(request.POST)
        if not form.is_valid():
            raise InputError(_("Say whether it was held, moved or skipped."))
        values = form.cleaned_data
        planned_at = theirs.get((values["uid"], values["planned_at"]))
        if planned_at is None:
            raise InputError(_("That one-on-one is not in the calendar."))
        actions.correct_talk(
            person.key,
            by=viewer_in(request).email,
            uid=values["uid"],
            planned_at=planned_at,
            held=Held(values["held"]),
            at=timezone.now(),
        )

    def now() -> object:
        today_facts = team(request.workspace, today=request.today)
        planned_at = request.POST.get("planned_at", "")
        found = occurrences(
            today_facts.meetings, report=person.key, today=request.today,
            corrections=corrections(),
        )  # fmt: skip
        uid = request.POST.get("uid", "")
        return next(
            (
                one
                for one in found
                if (one.uid, one.planned_at.isoformat()) == (uid, planned_at)
            ),
            None,
        )

    return act(request, do, say=_("Put right."), to=("one-on-one", person.key), now=now)


@changes("private note")
def write_note(request: Request, key: str) -> HttpResponse:
    """Keep a note to oneself."""
    _facts, person = _report(request, key)

    def do(values: dict[str, Any]) -> None:
        actions.write_note(
            person.key, by=viewer_in(request).email, text=values["text"], at=timezone.now()
        )

    return answer(
        request, "note", NoteForm(request.POST), do, say=_("Noted, for you alone."),
        page=lambda given: _talk(request, key, given), to=("one-on-one", person.key),
    )  # fmt: skip


@changes("private note")
def delete_note(request: Request, pk: int) -> HttpResponse:
    """Delete a note to oneself."""
    note = editable(request, PrivateNote.objects.all(), pk=pk)
    note.delete()
    return redirect("one-on-one", note.about)


def _talk(
    request: Request, key: str, given: Mapping[str, forms.Form], *, fragment: str = ""
) -> HttpResponse:
    facts, person = _report(request, key)
    viewer = viewer_in(request)
    notes = PrivateNote.objects.filter(about__in=person.emails)
    own = {"point": PointForm(), "note": NoteForm()}
    context = {
        "page": talk_page(facts, person, today=request.today),
        "person": person,
        "is_me": bool(viewer.addresses & set(person.emails)),
        "forms": named(
            {
                **own,
                "action": ActionForm(owners=_owners(facts, person.key, person.name)),
            },
            given,
        ),
        "names": names_of(facts, lead_name=request.workspace.configuration.lead.name),
        "notes": paged(request, access.visible(viewer, notes), name="notes"),
        "note_readers": (
            access.readers_of("private note")
            if viewer.addresses & set(person.emails)
            else (f"{viewer.email} (you alone)",)
        ),
        "readers": (f"{facts.lead_key} (the lead)", f"{person.key} (the report)"),
        "citation": HUMAN_FIRST,
        "outcomes": list(Held),
    }
    return render(request, f"people/one_on_one.html{fragment}", context)


def _report(request: Request, key: str) -> tuple[Team, Any]:
    facts = team(request.workspace, today=request.today)
    person = person_in(request, facts, key)
    if person.key not in {one.key for one in facts.reports}:
        raise Http404
    return facts, person


def _owners(facts: Team, key: str, name: str) -> list[tuple[str, str]]:
    return [(key, name), (facts.lead_key, _("the lead"))]
