"""Pages for what went wrong: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from leadline.errors import LeadlineError
from leadline.web.requests import Request


def bad_request(request: Request, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer what no page can make sense of."""
    return _page(
        request,
        400,
        _("This request makes no sense here"),
        _("Something in it was missing or changed on the way. Go back and try once more."),
    )


def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer somebody who may not see a page."""
    if request.user.is_authenticated and not getattr(request, "viewer", None):
        return stranger(request, [request.user.email])
    return _page(
        request,
        403,
        _("This page is not for you"),
        _("Each page prints who can read it. If you should be able to, ask the lead."),
    )


def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer for what is not there, or not there for this reader; what they typed is shown."""
    return _page(
        request,
        404,
        _("There is nothing here"),
        _("It may have been renamed, purged, or never written. Search, or start at the brief."),
        typed=[
            (name, text)
            for name, text in request.POST.items()
            if text and name not in {"csrfmiddlewaretoken", "seen"}
        ],
    )


def server_error(request: Request) -> HttpResponse:
    """Answer when the fault is Leadline's own."""
    return render(request, "errors/500.html", status=500, using=None)


def csrf(request: Request, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that did not come from a page of ours, or came too late."""
    return _page(
        request,
        403,
        _("This form came too late"),
        _(
            "You signed in or out since the page was loaded, or cookies are turned off. "
            "Go back, load the page again and send the form once more: nothing was changed."
        ),
    )


def unusable(request: Request, error: LeadlineError) -> HttpResponse:
    """Answer with a mistake that somebody can act on, in its own words."""
    return render(
        request,
        "errors/unusable.html",
        {"message": error.message, "hint": error.hint},
        status=422,
    )


def too_many(request: Request) -> HttpResponse:
    """Answer somebody who tries too often."""
    return _page(
        request,
        429,
        _("Too many tries"),
        _("Wait a minute and try again."),
    )


def stranger(request: Request, addresses: Sequence[str]) -> HttpResponse:
    """Answer somebody whose address nobody on the roster has."""
    return _page(
        request,
        403,
        _("Nobody here has your address"),
        _("You came as %(address)s. Ask the lead to check the people file.")
        % {"address": ", ".join(addresses) or _("somebody without a verified address")},
    )


def _page(
    request: Request,
    code: int,
    title: str,
    text: str,
    *,
    typed: Sequence[tuple[str, Any]] = (),
) -> HttpResponse:
    context = {"code": code, "title": title, "text": text, "typed": typed}
    return render(request, "errors/error.html", context, status=code)
