"""Reading: a few recent changes worth a lead's minutes, as suggestions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from leadline.practice.recent_changes import worth_reading
from leadline.records import access
from leadline.records.queries.reading import reading_list
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request


@reads("project")
def index(request: Request) -> HttpResponse:
    """Suggest three to five changes; nothing here blocks anybody."""
    changes, facts = reading_list(today=request.today)
    suggestions = worth_reading(changes, facts=facts, without=viewer_in(request).addresses)
    context = {"suggestions": suggestions, "readers": access.readers_of("project")}
    return render(request, "reading/index.html", context)
