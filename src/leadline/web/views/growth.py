"""Growth: a person's development plans and probation, for the lead and the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.people import Person
from leadline.practice.probation import AskHR, ProbationDates
from leadline.practice.probation.record import Outcome, reassurance, warning
from leadline.records import access
from leadline.records.actions import growth as actions
from leadline.records.actions import probation as probation_actions
from leadline.records.models import GrowthPath, GrowthPlan
from leadline.records.queries.probation import is_running, probation_pages
from leadline.records.queries.team import Team, team
from leadline.web.answering import act, answer, named, names_of, own_page, person_in
from leadline.web.forms.people import (
    CheckInForm,
    ExtensionForm,
    GrowthForm,
    MoveForm,
    OutcomeForm,
    PathForm,
)
from leadline.web.kept import editing, locked
from leadline.web.permissions import changes, editable, reads, viewer_in
from leadline.web.requests import Request


@reads("growth")
def overview(request: Request) -> HttpResponse:
    """List plans and running probations for the lead; show a member their own."""
    viewer = viewer_in(request)
    if not viewer.is_lead:
        return own_page(request, "growth-page")
    facts = team(request.workspace, today=request.today)
    plans: dict[str, list[GrowthPlan]] = {}
    for plan in GrowthPlan.objects.all():
        plans.setdefault(plan.about, []).append(plan)
    probations = {
        one.person.key: one for one in probation_pages(request.workspace, facts.reports)
    }
    rows = [
        {
            "person": person,
            "plans": plans.get(person.key, []),
            "probation": probations[person.key],
            "running": is_running(probations[person.key], today=request.today),
        }
        for person in facts.reports
    ]
    context = {"rows": rows, "readers": access.readers_of("growth")}
    return render(request, "people/growth.html", context)


@reads("growth")
def page(request: Request, key: str) -> HttpResponse:
    """Show one person's plans and probation."""
    return _page(request, key, {})


@changes("growth")
def begin(request: Request, key: str) -> HttpResponse:
    """Write down a gap, a sign, and a day to look again."""
    _facts, person = _person(request, key)

    def do(values: dict[str, Any]) -> None:
        actions.begin_plan(
            person.key, by=viewer_in(request).email, today=request.today, at=timezone.now(),
            **values,
        )  # fmt: skip

    return _answer(
        request, person, "plan", GrowthForm(request.POST), do, say=_("Now suggest paths.")
    )


@changes("growth")
def suggest(request: Request, pk: int) -> HttpResponse:
    """Suggest a path; either side may."""
    plan = editable(request, GrowthPlan.objects.all(), pk=pk)
    form = PathForm(request.POST)

    def do() -> None:
        if not form.is_valid():
            raise InputError(_("A path needs its kind and a text."))
        actions.suggest_path(
            plan, by=viewer_in(request).email, at=timezone.now(), **form.cleaned_data
        )

    return act(request, do, say=_("Suggested."), to=("growth-page", plan.about))


@changes("growth")
def choose(request: Request, pk: int) -> HttpResponse:
    """Choose a path; only the person does."""
    plans = access.changeable(viewer_in(request), GrowthPlan.objects.all())
    path = GrowthPath.objects.filter(plan__in=plans, pk=pk).select_related("plan").first()
    if path is None:
        raise Http404
    mine = path.plan.about in viewer_in(request).addresses
    by = path.plan.about if mine else viewer_in(request).email

    def do() -> None:
        actions.choose_path(path, by=by, at=timezone.now())

    return act(
        request,
        do,
        say=_("Chosen. It may be changed."),
        to=("growth-page", path.plan.about),
        now=lambda: locked(path.plan),
    )


@changes("growth")
def move(request: Request, pk: int) -> HttpResponse:
    """Look again on another day."""
    plan = editable(request, GrowthPlan.objects.all(), pk=pk)
    form = MoveForm(request.POST)

    def do() -> None:
        if not form.is_valid():
            raise InputError(_("Give a day such as 2026-11-23."))
        actions.move_check(plan, check_on=form.cleaned_data["check_on"], today=request.today)

    return act(
        request, do, say=_("Moved."), to=("growth-page", plan.about), now=lambda: locked(plan)
    )


@changes("growth")
def close(request: Request, pk: int) -> HttpResponse:
    """Close a plan, which deletes it."""
    plan = editable(request, GrowthPlan.objects.all(), pk=pk)
    return act(
        request, lambda: actions.close_plan(plan), say=_("Closed, and deleted."),
        to=("growth-page", plan.about), now=lambda: locked(plan),
    )  # fmt: skip


@changes("probation")
def check_in(request: Request, key: str) -> HttpResponse:
    """Write down how a probation is going."""
    _facts, person = _person(request, key)

    def do(values: dict[str, Any]) -> None:
        probation_actions.check_in(
            person.key, by=viewer_in(request).email, at=timezone.now(), **values
        )

    return _answer(
        request, person, "check_in", CheckInForm(request.POST), do, say=_("Written down.")
    )


@changes("probation")
def extend(request: Request, key: str) -> HttpResponse:
    """Keep that a probation was made longer."""
    _facts, person = _person(request, key)

    def do(values: dict[str, Any]) -> None:
        (found,) = probation_pages(request.workspace, [person])
        if not isinstance(found.dates, ProbationDates):
            raise InputError(_("The dates are not known; ask HR first."))
        probation_actions.extend(
            person.key, by=viewer_in(request).email, dates=found.dates, today=request.today,
            at=timezone.now(), **values,
        )  # fmt: skip

    return _answer(
        request, person, "extension", ExtensionForm(request.POST), do, say=_("Extended.")
    )


@changes("probation")
def outcome(request: Request, key: str) -> HttpResponse:
    """Keep the outcome as it was told."""
    _facts, person = _person(request, key)

    def do(values: dict[str, Any]) -> None:
        probation_actions.tell_outcome(
            person.key, by=viewer_in(request).email, at=timezone.now(),
            outcome=Outcome(values["outcome"]), told_on=values["told_on"],
            reasons=values["reasons"],
        )  # fmt: skip

    return _answer(request, person, "outcome", OutcomeForm(request.POST), do, say=_("Kept."))


def _answer(
    request: Request, person: Person, name: str, form: forms.Form, do: Any, *, say: str
) -> HttpResponse:
    return answer(
        request, name, form, do, say=say, to=("growth-page", person.key),
        page=lambda given: _page(request, person.key, given),
        now=lambda: probation_pages(request.workspace, [person])[0],
    )  # fmt: skip


def _page(request: Request, key: str, given: Mapping[str, forms.Form]) -> HttpResponse:
    facts, person = _person(request, key)
    viewer = viewer_in(request)
    (probation,) = probation_pages(request.workspace, [person])
    dates = probation.dates if isinstance(probation.dates, ProbationDates) else None
    plans = access.visible(viewer, GrowthPlan.objects.filter(about__in=person.emails))
    context = {
        "person": person,
        "is_me": bool(viewer.addresses & set(person.emails)),
        "plans": plans.prefetch_related("paths"),
        "probation": probation,
        "dates": dates,
        "ask": probation.dates if isinstance(probation.dates, AskHR) else None,
        "running": is_running(probation, today=request.today),
        "reassurance": reassurance(person.name, dates=dates) if dates else "",
        "warning": warning(person.name, dates=dates) if dates else "",
        "names": names_of(facts, lead_name=request.workspace.configuration.lead.name),
        "forms": named(
            {
                "plan": GrowthForm(),
                "path": PathForm(),
                "move": MoveForm(),
                "check_in": editing(CheckInForm(initial={"on": request.today}), probation),
                "extension": editing(ExtensionForm(), probation),
                "outcome": editing(OutcomeForm(initial={"told_on": request.today}), probation),
            },
            given,
        ),
        "readers": (f"{facts.lead_key} (the lead)", f"{person.key} (the person it is about)"),
    }
    return render(request, "people/growth_page.html", context)


def _person(request: Request, key: str) -> tuple[Team, Person]:
    facts = team(request.workspace, today=request.today)
    return facts, person_in(request, facts, key)
