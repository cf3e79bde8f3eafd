"""No page exists whose readers nobody has decided; each refuses whom it must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from leadline.records import access
from leadline.records.access import RULES
from leadline.web.permissions import Permission, page, reads
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, PARTNER, STRANGER, TODAY, Browsers

ALLAUTH = "allauth."
"""Views of the sign-in library: accounts, passkeys and codes of whoever is signed in."""


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def declared() -> list[tuple[str, URLPattern, Permission]]:
    return [
        (route, entry, entry.callback.permission)
        for route, entry in patterns()
        if hasattr(entry.callback, "permission")
    ]


def address_of(route: str) -> str:
    """An address of a route, with something in each of its places."""
    filled = (
        route.replace("<int:pk>", "1")
        .replace("<day:on>", "2026-11-20")
        .replace("<str:secret>", "x")
    )
    for kind in ("<str:", "<person:", "<slug:", "<path:"):
        while kind in filled:
            start = filled.index(kind)
            filled = filled[:start] + "x" + filled[filled.index(">", start) + 1 :]
    return f"/{filled}"


def test_every_view_declares_who_it_is_for() -> None:
    silent = [
        route
        for route, entry in patterns()
        if not hasattr(entry.callback, "permission")
        and not entry.callback.__module__.startswith(ALLAUTH)
    ]
    assert silent == []


def test_a_view_without_a_declaration_gets_no_address() -> None:
    def naked(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(ImproperlyConfigured, match="declares no permission"):
        page("naked/", naked, name="naked")


def test_a_kind_that_the_table_lacks_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match="no rule says who may read 'gossip'"):
        reads("gossip")


def test_an_address_through_which_somebody_could_become_another_does_not_exist() -> None:
    names = {entry.name for _, entry in patterns()}
    assert names.isdisjoint(
        {"account_email", "account_reset_password", "account_signup_by_passkey"}
    )


def test_whoever_is_not_signed_in_is_asked_to(browser: Browsers) -> None:
    for route, _, permission in declared():
        if permission.act == "open":
            continue
        call = browser().get if permission.act == "read" else browser().post
        answer = call(address_of(route))
        assert answer.status_code == 302, route
        assert answer["Location"].startswith("/accounts/login/?next="), route


def test_the_wrong_method_is_refused(browser: Browsers) -> None:
    for route, _, permission in declared():
        if permission.act == "open":
            continue
        wrong = browser(LEAD).post if permission.act == "read" else browser(LEAD).get
        assert wrong(address_of(route)).status_code == 405, route


@pytest.mark.parametrize("address", [LEAD, MEMBER, HEAD, PARTNER, STRANGER])
def test_nobody_reads_or_changes_a_kind_that_is_not_theirs(
    address: str, browser: Browsers, team: Workspace
) -> None:
    client = browser(address)
    viewer = access.viewer_of(team, address, today=TODAY)
    for route, _, permission in declared():
        if permission.act == "open":
            continue
        ask = access.may_read if permission.act == "read" else access.may_change
        allowed = viewer is not None and ask(viewer, permission.kind)
        call = client.get if permission.act == "read" else client.post
        status = call(address_of(route)).status_code
        assert (status == 403) is not allowed, (route, address, status)


def test_every_kind_has_one_row_and_every_model_one_kind() -> None:
    kinds = [rule.kind for rule in RULES]
    models = [model for rule in RULES for model in rule.models]
    assert len(set(kinds)) == len(kinds)
    assert len(set(models)) == len(models)
