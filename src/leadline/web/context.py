"""What every page is given besides its own: the menu, the workspace, the reader."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from leadline.records.access import Role, Viewer
from leadline.records.queries.waiting import n_waiting
from leadline.web.navigation import menu_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values of the frame around every page; only the menu asks the database."""
    workspace = getattr(request, "workspace", None)
    return {
        "today": getattr(request, "today", None),
        "viewer": getattr(request, "viewer", None),
        "workspace_lead": workspace.configuration.lead.name if workspace else "",
        "menu": SimpleLazyObject(lambda: _menu(request)),
    }


def _menu(request: HttpRequest) -> tuple[Any, ...]:
    viewer: Viewer | None = getattr(request, "viewer", None)
    if not viewer or Role.GUEST in viewer.roles:
        return ()
    return menu_of(
        viewer, path=request.path, n_waiting=n_waiting(viewer, today=cast("Any", request).today)
    )
