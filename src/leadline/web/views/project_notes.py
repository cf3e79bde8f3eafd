"""Assumptions, ideas and decisions of a project: written, answered, closed, looked at again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.records.actions import project_notes as notes
from leadline.records.models import Assumption, Decision, Idea
from leadline.records.queries.project_facts import slug_of
from leadline.web.answering import act
from leadline.web.forms.projects import (
    AssumptionAnswerForm,
    AssumptionForm,
    DecisionForm,
    IdeaClosingForm,
    IdeaForm,
    ReviewForm,
)
from leadline.web.kept import locked
from leadline.web.permissions import changes, editable, viewer_in
from leadline.web.requests import Request
from leadline.web.views.projects import context_of, page_or_404


@changes("project note")
def assume(request: Request, slug: str) -> HttpResponse:
    """Write down what was understood."""
    return _add(request, slug, "assumption_form", AssumptionForm, notes.assume)


@changes("project note")
def park(request: Request, slug: str) -> HttpResponse:
    """Park an idea until its condition holds."""
    return _add(request, slug, "idea_form", IdeaForm, notes.park_idea)


@changes("project note")
def decide(request: Request, slug: str) -> HttpResponse:
    """Write one line into the decisions log."""
    return _add(request, slug, "decision_form", DecisionForm, notes.log_decision)


@changes("project note")
def answer(request: Request, pk: int) -> HttpResponse:
    """Confirm or refute an assumption."""
    row = editable(request, Assumption.objects.all(), pk=pk)
    return _follow(request, row, AssumptionAnswerForm, notes.answer_assumption, "assumptions")


@changes("project note")
def close(request: Request, pk: int) -> HttpResponse:
    """Say that an idea was tried or dropped."""
    row = editable(request, Idea.objects.all(), pk=pk)
    return _follow(request, row, IdeaClosingForm, notes.close_idea, "ideas")


@changes("project note")
def review(request: Request, pk: int) -> HttpResponse:
    """Look at a decision again."""
    row = editable(request, Decision.objects.all(), pk=pk)
    return _follow(request, row, ReviewForm, notes.review_decision, "decisions")


def _add(
    request: Request, slug: str, name: str, form_type: type[Form], keep: Callable[..., Any]
) -> HttpResponse:
    page = page_or_404(slug)
    form = form_type(request.POST)
    if not form.is_valid():
        context = {**context_of(request, page), name: form}
        return render(request, "projects/project.html", context, status=422)
    author = viewer_in(request).email
    keep(page.row.facts.name, **form.cleaned_data, author=author, at=timezone.now())
    messages.success(request, _("Kept."))
    return redirect(_at(slug, f"{name.partition('_')[0]}s"))


def _follow(
    request: Request,
    row: Assumption | Idea | Decision,
    form_type: type[Form],
    keep: Callable[..., Any],
    section: str,
) -> HttpResponse:
    form = form_type(request.POST)
    if not form.is_valid():
        wrong = " ".join(
            f"{form[key].label}: {' '.join(map(str, said))}"
            for key, said in form.errors.items()
        )
        messages.error(request, _("Nothing was kept. %s") % wrong)
        return redirect(_at(slug_of(row.project), section))
    author = viewer_in(request).email

    def do() -> None:
        keep(row, **form.cleaned_data, author=author, at=timezone.now())

    return act(
        request, do, say=_("Kept."), now=lambda: locked(row),
        to=(_at(slug_of(row.project), section),),
    )  # fmt: skip


def _at(slug: str, section: str) -> str:
    return f"{reverse('project', args=[slug])}#{section}"
