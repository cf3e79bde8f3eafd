"""Signing in by a link that works once, and giving such links to others."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.records.access import may_read, viewer_of
from leadline.records.actions.links import (
    INVITED_FOR,
    issue_sign_in_link,
    sign_in_address,
    use_sign_in_link,
)
from leadline.web.adapters import account_of
from leadline.web.forms.sign_in import InviteForm
from leadline.web.limits import asked_too_often
from leadline.web.permissions import changes, open_to_anybody, reads, viewer_in
from leadline.web.requests import Request
from leadline.web.views import errors

TRIES_PER_MINUTE = 20


@open_to_anybody("a link that works once is what signs people in", methods=("GET", "POST"))
def use_link(request: Request, secret: str) -> HttpResponse:
    """Show whom the link signs in; a press of the button does it.

    Two steps, because mail programs and chats open links to show a preview.
    """
    if asked_too_often(request, "link", per_minute=TRIES_PER_MINUTE):
        return errors.too_many(request)
    now = timezone.now()
    if request.method == "GET":
        address = sign_in_address(secret, at=now)
        return render(
            request,
            "sign_in/link.html",
            {"address": address, "viewer": None, "menu": ()},
            status=200 if address else 410,
        )
    try:
        address = use_sign_in_link(secret, at=now)
    except InputError:
        return render(request, "sign_in/link.html", {"address": ""}, status=410)
    viewer = viewer_of(request.workspace, address, today=request.today)
    if viewer is None:
        return errors.stranger(request, [address])
    user = account_of(viewer.email)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method="link")
    return redirect("home")


@reads("invitation")
def invitations(request: Request) -> HttpResponse:
    """Show the form that makes a sign-in link for somebody of the roster."""
    return render(request, "sign_in/invite.html", {"form": InviteForm()})


@changes("invitation")
def invite(request: Request) -> HttpResponse:
    """Make a link for somebody of the roster and show it, this once."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return render(request, "sign_in/invite.html", {"form": form}, status=422)
    address = form.cleaned_data["email"].lower()
    viewer = viewer_of(request.workspace, address, today=request.today)
    if viewer is None:
        form.add_error(
            "email", _("Nobody who is here has this address. Check the people file.")
        )
        return render(request, "sign_in/invite.html", {"form": form}, status=422)
    secret = issue_sign_in_link(
        viewer.email,
        issued_by=viewer_in(request).email,
        at=timezone.now(),
        valid_for=INVITED_FOR,
    )
    link = request.build_absolute_uri(reverse("use-link", args=[secret]))
    context = {"form": InviteForm(), "link": link, "invited": viewer, "days": INVITED_FOR.days}
    return render(request, "sign_in/invite.html", context)


@open_to_anybody("decides where somebody starts, or that they must sign in", methods=("GET",))
def home(request: Request) -> HttpResponse:
    """Lead the lead to the brief, the team to its projects, others to what waits for them."""
    viewer = request.viewer
    if not viewer:
        return redirect("account_login")
    if viewer.is_lead:
        return redirect("brief")
    return redirect("projects" if may_read(viewer, "project") else "waiting")
