"""Search: finding what one may read."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from leadline.records.queries.search import search
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request


@reads("search")
def find(request: Request) -> HttpResponse:
    """Search what the viewer may read; nothing else is even counted."""
    words = request.GET.get("q", "")[:200].strip()
    hits = search(words, viewer=viewer_in(request))
    template = "search/index.html" + ("#hits" if request.htmx else "")
    return render(request, template, {"words": words, "hits": hits})
