"""Leaving: the last day, the handover list, who takes what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.leaving import FAMILIAR_FIRST, Notice, handover
from leadline.records import access
from leadline.records.access import Role
from leadline.records.actions import leaving as actions
from leadline.records.models import HandoverItem, Leaving
from leadline.records.queries.leaving import only_theirs
from leadline.records.queries.team import Team, team
from leadline.web.answering import act, answer, named, names_of
from leadline.web.forms.people import ItemForm, LeavingForm, SuccessorForm
from leadline.web.kept import locked
from leadline.web.permissions import changes, editable, readable, reads, saw, viewer_in
from leadline.web.requests import Request


@reads("leaving")
def overview(request: Request) -> HttpResponse:
    """List those who leave, as far as the viewer may know of it."""
    return _overview(request, {})


@changes("leaving")
def begin(request: Request) -> HttpResponse:
    """Keep that somebody leaves; their handover list is filled from git and the inventory."""
    facts = team(request.workspace, today=request.today)
    form = LeavingForm(request.POST, people=_may_leave(request, facts))

    def do(values: dict[str, Any]) -> None:
        person = next(one for one in facts.reports if one.key == values["person"])
        notice = None
        if values["length"] is not None:
            notice = Notice(
                length=values["length"], unit=values["unit"], ends_on=values["ends_on"]
            )
        found = only_theirs(request.workspace, facts, person, today=request.today)
        actions.begin_leaving(
            person.key,
            by=viewer_in(request).email,
            told_on=values["told_on"],
            notice=notice,
            last_on=values["last_on"],
            items=handover(found, kept=(), leaver=person.emails),
            at=timezone.now(),
        )

    return answer(
        request, "leaving", form, do, say=_("Kept, with what only they know."),
        page=lambda given: _overview(request, given), to=("leaving",),
    )  # fmt: skip


@reads("leaving")
def page(request: Request, pk: int) -> HttpResponse:
    """Show one handover."""
    return _page(request, pk, {})


@changes("leaving")
def add(request: Request, pk: int) -> HttpResponse:
    """Add something that no source knows."""
    one = editable(request, Leaving.objects.all(), pk=pk)
    facts = team(request.workspace, today=request.today)

    def do(values: dict[str, Any]) -> None:
        actions.add_item(one, by=viewer_in(request).email, at=timezone.now(), **values)

    form = ItemForm(request.POST, people=_successors(request, facts, one))
    return answer(
        request, "item", form, do, say=_("On the list."),
        page=lambda given: _page(request, pk, given), to=("leaving-page", str(pk)),
    )  # fmt: skip


@changes("handover")
def successor(request: Request, pk: int) -> HttpResponse:
    """Name who takes it over."""
    item = editable(request, HandoverItem.objects.select_related("leaving"), pk=pk)
    facts = team(request.workspace, today=request.today)
    form = SuccessorForm(request.POST, people=_successors(request, facts, item.leaving))

    def do() -> None:
        if not form.is_valid():
            raise InputError(_("Choose somebody on the team."))
        actions.name_successor(item, successor=form.cleaned_data["successor"])

    return act(
        request, do, say=_("Named."), to=("leaving-page", str(item.leaving_id)),
        now=lambda: locked(item),
    )  # fmt: skip


@changes("handover")
def done(request: Request, pk: int) -> HttpResponse:
    """Say that it is handed over."""
    item = editable(request, HandoverItem.objects.all(), pk=pk)
    return act(
        request,
        lambda: actions.hand_over(item, by=viewer_in(request).email, at=timezone.now()),
        say=_("Handed over."), to=("leaving-page", str(item.leaving_id)),
        now=lambda: locked(item),
    )  # fmt: skip


@changes("handover")
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take back that it is handed over."""
    item = editable(request, HandoverItem.objects.all(), pk=pk)
    return act(
        request, lambda: actions.take_back(item), say=_("It is open again."),
        to=("leaving-page", str(item.leaving_id)),
    )  # fmt: skip


@changes("leaving")
def take_back(request: Request, pk: int) -> HttpResponse:
    """Delete it: they stay after all."""
    one = editable(request, Leaving.objects.all(), pk=pk)
    return act(request, one.delete, say=_("Deleted."), to=("leaving",), now=lambda: locked(one))


def _overview(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    facts = team(request.workspace, today=request.today)
    people = _may_leave(request, facts)
    rows = access.visible(viewer, Leaving.objects.all()).prefetch_related("items")
    saw(request, *rows)
    context = {
        "rows": [
            (row, sum(item.done_at is None for item in row.items.all()), len(row.items.all()))
            for row in rows
        ],
        "may_begin": bool(people),
        "reads_all": bool(viewer.roles & {Role.LEAD, Role.PARTNER}),
        "forms": named(
            {
                "leaving": LeavingForm(people=people, initial={"told_on": request.today}),
            },
            given,
        ),
        "names": names_of(facts, lead_name=request.workspace.configuration.lead.name),
        "readers": access.readers_of("leaving"),
    }
    return render(request, "people/leaving.html", context)


def _page(request: Request, pk: int, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    one = readable(request, Leaving.objects.all(), pk=pk)
    facts = team(request.workspace, today=request.today)
    people = _successors(request, facts, one)
    items = access.visible(viewer, HandoverItem.objects.filter(leaving=one))
    rows = [
        (item, SuccessorForm(initial={"successor": item.successor}, people=people,
                             auto_id=f"item-{item.pk}-%s"))
        for item in items
    ]  # fmt: skip
    context = {
        "one": one,
        "is_me": one.about in viewer.addresses,
        "rows": rows,
        "may_change": access.may_change(viewer, one),
        "forms": named({"item": ItemForm(people=people)}, given),
        "names": names_of(facts, lead_name=request.workspace.configuration.lead.name),
        "readers": access.readers_of(one),
        "citation": FAMILIAR_FIRST,
    }
    return render(request, "people/leaving_page.html", context)


def _may_leave(request: Request, facts: Team) -> list[tuple[str, str]]:
    """Return whose leaving the viewer may enter: anybody's for the lead, else one's own."""
    viewer = viewer_in(request)
    known = set(Leaving.objects.values_list("about", flat=True))
    return [
        (one.key, one.name)
        for one in facts.reports
        if (viewer.is_lead or viewer.addresses & set(one.emails)) and one.key not in known
    ]


def _successors(request: Request, facts: Team, one: Leaving) -> list[tuple[str, str]]:
    lead = (facts.lead_key, request.workspace.configuration.lead.name)
    return [lead, *((p.key, p.name) for p in facts.reports if p.key != one.about)]
