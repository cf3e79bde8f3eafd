"""A request as views get it, after the middleware."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from leadline.records.access import Viewer
    from leadline.workspace import Workspace


class Request(HttpRequest):
    """A request with the workspace, its day, and who is looking.

    Attributes
    ----------
    workspace : Workspace
        The one that this process serves.
    today : date
        The day in the lead's time zone.
    viewer : Viewer or None
        None for whoever is not signed in, or is nobody of this workspace.
    seen : frozenset of (str, str)
        Of whom a sensitive record was opened, and what it is called; for the audit of reads.
    htmx : HtmxDetails
        True for a request that wants a fragment.
    """

    workspace: Workspace
    today: date
    viewer: Viewer | None
    seen: frozenset[tuple[str, str]]
    htmx: HtmxDetails
    user: User | AnonymousUser
