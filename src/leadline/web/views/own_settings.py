"""Settings: one's own (mail, a calendar), and for the lead those of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.records import access
from leadline.records.actions.feeds import make_feed, take_feed_back
from leadline.records.actions.mail import NEVER, wish_for_mail
from leadline.records.models import CalendarFeed, MailWish
from leadline.records.queries.settings import setting_tables
from leadline.web.answering import answer, named
from leadline.web.forms.own_settings import MailForm
from leadline.web.kept import editing
from leadline.web.permissions import changes, reads, viewer_in
from leadline.web.requests import Request
from leadline.workspace import FILE_NAME


@reads("own settings")
def settings(request: Request) -> HttpResponse:
    """Show one's own settings, and to the lead the workspace file with what each key means."""
    return _page(request, {})


@changes("mail wish")
def mail(request: Request) -> HttpResponse:
    """Keep how often the viewer wants mail."""

    def do(values: dict[str, Any]) -> None:
        wish_for_mail(viewer_in(request).email, every=values["every"], at=timezone.now())

    return answer(
        request, "mail", MailForm(request.POST), do, say=_("Kept."), to=("settings",),
        page=lambda given: _page(request, given), now=lambda: _wish(request),
    )  # fmt: skip


@changes("calendar feed")
def feed(request: Request) -> HttpResponse:
    """Make the secret address of the viewer's dates and show it, this once."""
    secret = make_feed(viewer_in(request).email, at=timezone.now())
    link = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    return _page(request, {}, link=link)


@changes("calendar feed")
def take_back(request: Request) -> HttpResponse:
    """End the viewer's secret address."""
    take_feed_back(viewer_in(request).email)
    messages.success(request, _("The address leads nowhere from now on."))
    return redirect("settings")


def _page(request: Request, given: Mapping[str, forms.Form], *, link: str = "") -> HttpResponse:
    viewer = viewer_in(request)
    wish = _wish(request)
    mail_form = MailForm(initial={"every": wish.every if wish else NEVER})
    of_workspace = access.may_read(viewer, "settings")
    configuration = request.workspace.configuration
    context = {
        "forms": named({"mail": editing(mail_form, wish)}, given),
        "feed": access.visible(viewer, CalendarFeed.objects.all()).first(),
        "link": link,
        "own_readers": (f"{viewer.email} (you alone)",),
        "of_workspace": of_workspace,
        "tables": setting_tables(configuration) if of_workspace else (),
        "file": request.workspace.folder / FILE_NAME,
        "readers": access.readers_of("settings"),
    }
    return render(request, "settings/index.html", context)


def _wish(request: Request) -> MailWish | None:
    return access.visible(viewer_in(request), MailWish.objects.all()).first()
