"""Links under which a guest sees one page, until they expire or are taken back."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.records import access
from leadline.records.access import guest_of, viewer_of
from leadline.records.actions.links import share_page, shared_page
from leadline.records.models import GuestLink
from leadline.web.forms.sharing import ShareForm
from leadline.web.permissions import changes, editable, open_to_anybody, viewer_in
from leadline.web.requests import Request


@changes("guest link")
def share(request: Request) -> HttpResponse:
    """Make a link to a page that guests may see, and show it, this once."""
    form = ShareForm(request.POST)
    form.is_valid()
    page = form.cleaned_data.get("page", "")
    if _for_guests(page) is None:
        raise Http404
    if form.errors:
        wrong = " ".join(str(one) for said in form.errors.values() for one in said)
        messages.error(request, _("No link was made. %s") % wrong)
        return redirect(page)
    token = share_page(
        form.cleaned_data["page"],
        label=form.cleaned_data["label"],
        issued_by=viewer_in(request).email,
        at=timezone.now(),
        valid_for=timedelta(days=form.cleaned_data["days"]),
    )
    link = request.build_absolute_uri(reverse("shared", args=[token]))
    return render(request, "sharing/link.html", {"link": link, **form.cleaned_data})


@changes("guest link")
def take_back(request: Request, pk: int) -> HttpResponse:
    """End a link now."""
    link = editable(request, GuestLink.objects.all(), pk=pk)
    link.revoked_at = timezone.now()
    link.save()
    messages.success(request, _("The link leads nowhere from now on."))
    # The address comes from a row: it is followed only where a link for guests may lead.
    return redirect(link.page if _for_guests(link.page) else "experiments")


@open_to_anybody("whoever has a signed link sees its one page", methods=("GET", "HEAD"))
def shared(request: Request, token: str) -> HttpResponse:
    """Show the page behind a link as a guest, whoever else is signed in."""
    link = shared_page(token, at=timezone.now())
    match = _for_guests(link.page) if link else None
    if link is None or match is None or not _may_still_share(request, link):
        return render(request, "sharing/ended.html", {"viewer": None}, status=410)
    request.viewer = guest_of(link.page)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    response["X-Robots-Tag"] = "noindex"
    return response


def _may_still_share(request: Request, link: GuestLink) -> bool:
    """Whether whoever gave a link could give it today: it ends with them."""
    giver = viewer_of(request.workspace, link.issued_by, today=request.today)
    return giver is not None and access.may_change(giver, "guest link")


def _for_guests(page: str) -> ResolverMatch | None:
    """Return the view of a page if a link for guests may lead there."""
    try:
        match = resolve(page)
    except Resolver404:
        return None
    permission = getattr(match.func, "permission", None)
    return match if permission and permission.guests else None
