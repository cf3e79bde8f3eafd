"""A watched model: what stands, pictures by day and column, and its ML Test Score."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from leadline.records import access
from leadline.records.queries.projects import project_rows
from leadline.records.queries.watched import models_of, watched_html, watched_models
from leadline.web.permissions import reads
from leadline.web.requests import Request


@reads("project")
def show(request: Request, slug: str) -> HttpResponse:
    """Show one watched model as it was last looked at."""
    model = next((one for one in watched_models() if one.slug == slug), None)
    if model is None:
        raise Http404
    context = {
        "model": model,
        "projects": [row.facts for row in project_rows() if models_of(row.facts, (model,))],
        # Written by the library with everything from sources escaped.
        "body": mark_safe(watched_html(request.workspace, model)),  # noqa: S308
        "readers": access.readers_of("project"),
    }
    return render(request, "projects/watched.html", context)
