"""Projects: the inventory, and one page for each with where it stands in the loop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leadline.practice.charter import FILE_NAME, Charter, charter_text
from leadline.records import access
from leadline.records.models import ProjectConfirmation
from leadline.records.queries.names import names_by_address
from leadline.records.queries.project_notes import (
    assumptions_of,
    decisions_of,
    ideas_of,
    next_look_on,
)
from leadline.records.queries.projects import ProjectPage, project_page, project_rows
from leadline.web.forms.projects import (
    AssumptionForm,
    CharterForm,
    ConfirmForm,
    DecisionForm,
    IdeaForm,
)
from leadline.web.kept import ChangedMeanwhile, editing, unless_changed
from leadline.web.paging import paged
from leadline.web.permissions import changes, reads, viewer_in
from leadline.web.pictures import knowledge_picture
from leadline.web.requests import Request

NEWEST = 8
"""Experiments that a project's page shows at once; the earlier ones fold away."""

CONTENTS: tuple[tuple[str, str | Promise], ...] = (
    ("loop", gettext_lazy("Where it stands")),
    ("charter", gettext_lazy("Charter")),
    ("experiments", gettext_lazy("Experiments")),
    ("diagnosis", gettext_lazy("Diagnosis")),
    ("models", gettext_lazy("Models")),
    ("knowledge", gettext_lazy("Who knows what")),
    ("assumptions", gettext_lazy("Assumptions")),
    ("ideas", gettext_lazy("Works if")),
    ("decisions", gettext_lazy("Decisions")),
)
"""The parts of a project's page, to jump to."""


@reads("project")
def index(request: Request) -> HttpResponse:
    """List every project in the order in which a newcomer best reads them."""
    return render(
        request,
        "projects/index.html",
        {"rows": paged(request, project_rows()), "readers": access.readers_of("project")},
    )


@reads("project")
def show(request: Request, slug: str) -> HttpResponse:
    """Show one project: for whom, which decision, which effect; then the loop."""
    page = page_or_404(slug)
    return render(request, "projects/project.html", context_of(request, page))


@reads("project")
def charter(request: Request, slug: str) -> HttpResponse:
    """Show the form of a project's charter, filled with what stands in its repository."""
    page = page_or_404(slug)
    said = page.row.facts.charter or Charter()
    form = editing(CharterForm(initial={key: line for key, _meaning, line in said.lines}), said)
    return render(request, "projects/charter.html", {"page": page, "form": form})


@changes("project")
def propose_charter(request: Request, slug: str) -> HttpResponse:
    """Show the file that a changed charter makes; people commit it to their repository."""
    page = page_or_404(slug)
    said = page.row.facts.charter or Charter()
    form = editing(CharterForm(request.POST), said)
    context: dict[str, Any] = {"page": page, "form": form}
    try:
        unless_changed(request, lambda: said, form.is_valid)
    except ChangedMeanwhile as changed:
        form.kept_now = changed.kept  # type: ignore[attr-defined]
        return render(request, "projects/charter.html", context, status=409)
    if not form.is_valid():
        return render(request, "projects/charter.html", context, status=422)
    folder = f"{page.row.facts.folder}/" if page.row.facts.folder else ""
    context["text"] = charter_text(Charter(**form.cleaned_data))
    context["path"] = f"{folder}{FILE_NAME}"
    return render(request, "projects/charter.html", context)


@changes("project")
def confirm(request: Request, slug: str) -> HttpResponse:
    """Keep that the owner went through the project's brief, and what they put right."""
    page = page_or_404(slug)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        context = {**context_of(request, page), "confirm_form": form}
        return render(request, "projects/project.html", context, status=422)
    ProjectConfirmation.objects.create(
        project=page.row.facts.name, on=request.today, note=form.cleaned_data["note"].strip()
    )
    messages.success(request, _("Confirmed. It counts for the first 90 days as well."))
    return redirect("project", slug=slug)


def page_or_404(slug: str) -> ProjectPage:
    """Return a project's page, or say that there is none."""
    page = project_page(slug)
    if page is None:
        raise Http404
    return page


def context_of(request: Request, page: ProjectPage) -> dict[str, Any]:
    """Return what a project's page shows; forms that failed are put in place of empty ones."""
    viewer = viewer_in(request)
    name = page.row.facts.name
    decisions = access.visible(viewer, decisions_of(name))
    parts = {"diagnosis": page.diagnosed, "models": page.models}
    absent = {part for part, shown in parts.items() if not shown}
    return {
        "page": page,
        "facts": page.row.facts,
        "contents": [one for one in CONTENTS if one[0] not in absent],
        "claims": page.claims[:NEWEST],
        "earlier_claims": page.claims[NEWEST:],
        "findings": access.visible_findings(viewer, page.findings),
        "diagnosis": access.visible_findings(viewer, page.diagnosis),
        "picture": knowledge_picture(page.row.facts.areas),
        "assumptions": access.visible(viewer, assumptions_of(name)),
        "ideas": access.visible(viewer, ideas_of(name)),
        "decisions": [(one, next_look_on(one)) for one in decisions],
        "names": names_by_address(request.workspace),
        "notes": ProjectConfirmation.objects.filter(project=name).order_by("-on")[:5],
        "may_write": access.may_change(viewer, "project note"),
        "assumption_form": AssumptionForm(),
        "idea_form": IdeaForm(),
        "decision_form": DecisionForm(initial={"decided_on": request.today}),
        "confirm_form": ConfirmForm(),
        "readers": access.readers_of("project"),
    }
