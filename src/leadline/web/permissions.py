"""Every view says what it shows or changes; one that does not cannot get an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, resolve, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from leadline.records import access
from leadline.records.access import Role, Viewer
from leadline.records.actions.reads import note_read
from leadline.web.requests import Request

View = Callable[..., HttpResponseBase]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """What a view declared: a kind of record and whether it reads or changes it.

    Attributes
    ----------
    kind : str
        A row of `records.access.rules`; empty for a view that is open to anybody.
    act : str
        "read", "change" or "open".
    guests : bool
        Whether a link for guests may lead here.
    why : str
        For an open view, why.
    """

    kind: str
    act: str
    guests: bool = False
    why: str = ""


def reads(kind: str, *, guests: bool = False) -> Callable[[View], View]:
    """Declare that a view shows records of a kind; it answers GET and HEAD."""
    access.rule_of(kind)
    permission = Permission(kind=kind, act="read", guests=guests)
    return _declare(permission, methods=("GET", "HEAD"), allowed=access.may_read)


def changes(kind: str) -> Callable[[View], View]:
    """Declare that a view changes records of a kind; it answers POST."""
    access.rule_of(kind)
    permission = Permission(kind=kind, act="change")
    return _declare(permission, methods=("POST",), allowed=access.may_change)


def open_to_anybody(
    why: str, *, methods: tuple[str, ...], may_be_kept: bool = False
) -> Callable[[View], View]:
    """Declare that a view is for people who are not signed in, and why.

    One that `may_be_kept` says itself in `Cache-Control` by whom, and for how long.
    """

    def declare(view: View) -> View:
        inner: View = require_http_methods(methods)(view)
        inner = inner if may_be_kept else never_cache(inner)
        inner.permission = Permission(kind="", act="open", why=why)  # type: ignore[attr-defined]
        return inner

    return declare


def page(route: str, view: View, *, name: str) -> URLPattern:
    """Return an address of a view that has declared what it needs.

    Raises
    ------
    ImproperlyConfigured
        It has not: it would be open to everybody.
    """
    if not hasattr(view, "permission"):
        raise ImproperlyConfigured(
            f"the view of {route!r} declares no permission; "
            "use @reads, @changes or @open_to_anybody of leadline.web.permissions"
        )
    return path(route, view, name=name)


def readable(request: Request, rows: QuerySet[Row], **lookup: Any) -> Row:
    """Return one row that the viewer may read; anything else is not there at all (404)."""
    row = get_object_or_404(access.visible(viewer_in(request), rows), **lookup)
    saw(request, row)
    return row


def saw(request: Request, *rows: Model) -> None:
    """Remember that the page shows these rows; `_declare` keeps of whom, once it is shown."""
    viewer = viewer_in(request)
    seen: frozenset[tuple[str, str]] = getattr(request, "seen", frozenset())
    request.seen = seen.union(*(access.reads_to_keep(viewer, row) for row in rows))


def editable(request: Request, rows: QuerySet[Row], **lookup: Any) -> Row:
    """Return one row that the viewer may change; anything else is not there at all (404)."""
    return get_object_or_404(access.changeable(viewer_in(request), rows), **lookup)


def viewer_in(request: Request) -> Viewer:
    """Return who is looking; views behind a declaration always have somebody."""
    viewer = request.viewer
    if not viewer:
        raise PermissionDenied
    return viewer


def _by_code(request: Request, keys: dict[str, Any]) -> HttpResponse:
    """Lead a link of before, which names an e-mail address, to the page as it is named now."""
    match = request.resolver_match or resolve(request.path)
    now = reverse(match.view_name, kwargs=keys)
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{now}?{query}" if query else now)


SHOWN = frozenset({200, 409, 422})
"""Answers that show a page: itself, or itself with what is wrong in a form or changed since."""


def _keep_reads(request: Request, permission: Permission) -> None:
    """Keep what was opened of somebody else; here, so that no view can forget to."""
    page = access.rule_of(permission.kind).audited
    for address, what in sorted(getattr(request, "seen", ())):
        note_read(
            reader=viewer_in(request).email, about=address, what=page or what,
            at=timezone.now(),
        )  # fmt: skip


def _declare(
    permission: Permission,
    *,
    methods: tuple[str, ...],
    allowed: Callable[[Viewer, str], bool],
) -> Callable[[View], View]:
    def declare(view: View) -> View:
        @wraps(view)
        def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = request.viewer
            if not viewer and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not viewer or not allowed(viewer, permission.kind):
                raise PermissionDenied
            if Role.GUEST in viewer.roles and not permission.guests:
                raise PermissionDenied
            if (
                "@" in kwargs.get("key", "")
                and "@" in request.path
                and permission.act == "read"
            ):
                return _by_code(request, kwargs)
            response = view(request, *args, **kwargs)
            if response.status_code in SHOWN:
                _keep_reads(request, permission)
            return response

        checked: View = never_cache(require_http_methods(methods)(inner))
        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return declare
