"""What every request knows: the workspace, the day, and who is looking."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from leadline.errors import LeadlineError
from leadline.records.access import Viewer, viewer_of
from leadline.records.kept_work import while_reading
from leadline.web.requests import Request
from leadline.web.views import errors
from leadline.web.workspaces import current_workspace
from leadline.workspace import Workspace


class WorkspaceMiddleware:
    """Adds `workspace`, `today` and `viewer`; a user's mistake becomes a page, not a trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, bare: HttpRequest) -> HttpResponse:
        """Answer a request in the lead's time zone."""
        request = cast("Request", bare)
        try:
            workspace = current_workspace()
        except LeadlineError as error:
            return errors.unusable(request, error)
        zone = ZoneInfo(workspace.configuration.lead.timezone)
        today = (
            date.fromisoformat(settings.LEADLINE_TODAY)
            if settings.LEADLINE_TODAY
            else datetime.now(zone).date()
        )
        if _has_nul(request):
            return errors.bad_request(request)
        request.workspace = workspace
        request.today = today
        request.viewer = cast(
            "Viewer | None", SimpleLazyObject(lambda: _viewer(request, workspace, today))
        )
        is_read = request.method in {"GET", "HEAD"}
        with timezone.override(zone), while_reading() if is_read else nullcontext():
            answer = self.get_response(request)
        if not answer.has_header("Cache-Control"):
            add_never_cache_headers(answer)  # the sign-in library's pages hold secrets too
        return answer

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Show a mistake that somebody can act on as a page with what to do next."""
        if isinstance(exception, LeadlineError):
            return errors.unusable(request, exception)
        return None


def _has_nul(request: Request) -> bool:
    """Whether an address has the letter that no text in a database can have."""
    values = (value for _, values in request.GET.lists() for value in values)
    return any("\0" in text for text in (request.path, *request.GET, *values))


def _viewer(request: Request, workspace: Workspace, today: date) -> Viewer | None:
    if not request.user.is_authenticated:
        return None
    return viewer_of(workspace, request.user.email, today=today)
