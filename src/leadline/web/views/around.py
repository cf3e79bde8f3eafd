"""Search and settings: finding what one may read, and seeing how the workspace is set."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from leadline.records import access
from leadline.records.queries.search import search
from leadline.records.queries.settings import setting_tables
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request
from leadline.workspace import FILE_NAME


@reads("search")
def find(request: Request) -> HttpResponse:
    """Search what the viewer may read; nothing else is even counted."""
    words = request.GET.get("q", "")[:200].strip()
    hits = search(words, viewer=viewer_in(request)) if words else ()
    template = "search/index.html" + ("#hits" if request.htmx else "")
    return render(request, template, {"words": words, "hits": hits})


@reads("settings")
def settings(request: Request) -> HttpResponse:
    """Show the workspace file with what each setting means and where its default comes from."""
    file = request.workspace.folder / FILE_NAME
    context = {
        "tables": setting_tables(request.workspace.configuration),
        "file": file,
        "readers": access.readers_of("settings"),
    }
    return render(request, "settings/index.html", context)
