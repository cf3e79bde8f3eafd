"""Every page, fragment and export with every role: nobody reads beyond the printed list.

Addresses are found in the URLconf and filled from rows, so a new page is walked by itself;
one that cannot be filled, or that nobody can open, fails the test.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from leadline.errors import InputError
from leadline.mcp_server.answers import QUESTIONS, Answers
from leadline.records.access import Role, viewer_of
from leadline.records.actions.feeds import make_feed
from leadline.records.actions.links import SIGN_IN_FOR, issue_sign_in_link, share_page
from leadline.records.actions.mail import due_letters, wish_for_mail
from leadline.records.models import BriefLine, Person
from leadline.records.queries.experiment_pages import experiment_sources
from leadline.records.queries.mine import everything_about
from leadline.records.queries.watched import watched_models
from leadline.workspace import Workspace
from tests.web.canaries import CASTS, PREFIX, PROJECT, ROWS, Canaries, everybody, fill, found_in
from tests.web.conftest import HEAD, LEAD, MEMBER, OTHER, PARTNER, STRANGER, TODAY, Browsers
from tests.web.markup import wrong_in
from tests.web.test_addresses import declared

ROLES = {
    "lead": LEAD, "member": MEMBER, "another member": OTHER, "head": HEAD,
    "people partner": PARTNER, "stranger": STRANGER, "nobody": "",
}  # fmt: skip

UNSEEN = {"Response.reason"}
"""Shown beside one finding that the rows made here do not belong to."""

KNOWN = [address for address in ROLES.values() if address not in {STRANGER, ""}]
"""Who is refused whatever the address is asked about it once only."""


class Walk:
    """Asks every address as every role and notes who read which canary where."""

    def __init__(self, browser: Browsers, canaries: Canaries) -> None:
        self.browser = browser
        self.canaries = canaries
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.beyond: set[str] = set()
        self.opened: set[str] = set()
        self.fragments: set[tuple[str, str]] = set()
        self.wrong: set[str] = set()
        self.owners = {make_feed(one, at=timezone.now()): one for one in KNOWN}

    def read(self, address: str, where: str, text: str) -> None:
        """Note what a text told somebody."""
        for canary in found_in(text):
            if canary not in self.canaries.readers:
                self.beyond.add(f"{canary} is known to nobody, seen at {where}")
                continue
            self.seen[canary].add(address)
            if address not in self.canaries.readers[canary]:
                place = self.canaries.places[canary]
                self.beyond.add(f"{address or 'nobody'} read {place} at {where}")

    def ask(self, address: str, name: str, act: str, keys: dict[str, Any]) -> None:
        """Ask for one page; what a POST changes is taken back."""
        url = reverse(name, kwargs=keys)
        client = self.browser(address)
        if name == "shared":
            address = "guest"
        if name == "calendar-feed":
            address = self.owners[keys["feed"]]
        if act == "change":
            answer = undone(client, url)
            self.read(address, f"POST {url}", told(answer))
            return
        answer = client.get(url, {"q": PREFIX})
        self.read(address, url, told(answer))
        if answer.status_code == 200:
            self.opened.add(name)
            self.wrong |= {f"{what} at {url}" for what in wrong_in(answer)}
            if (address, name) not in self.fragments:  # of the other rows it is the same
                self.fragments.add((address, name))
                fragment = client.get(url, {"q": PREFIX}, headers={"HX-Request": "true"})
                self.read(address, f"fragment of {url}", told(fragment))
        elif answer.status_code == 302:
            self.opened.add(name)


def undone(client: Client, url: str) -> HttpResponse:
    with transaction.atomic():
        answer: HttpResponse = client.post(url)
        transaction.set_rollback(True)
    return answer


def told(answer: HttpResponse) -> str:
    """The whole answer: headers and body."""
    body = b"".join(answer) if answer.streaming else answer.content
    return "\n".join(f"{key}: {value}" for key, value in answer.items()) + body.decode()


def fillings(
    route: str, entry: URLPattern, values: dict[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """Every way to fill an address; one that nothing is known for fails."""
    names = list(entry.pattern.converters)
    for name in names:
        assert values.get(name), f"no row fills <{name}> of {route!r}; add it to `values`"
    if not names:
        yield {}
    elif len(names) == 1:
        rows = values["line" if route.startswith("brief/lines/") else names[0]]
        yield from ({names[0]: value} for value in rows)
    else:
        raise AssertionError(f"{route!r} has several places; say how they are filled")


def values_of(workspace: Workspace) -> dict[str, list[Any]]:
    secret = issue_sign_in_link(
        MEMBER, issued_by="test", at=timezone.now(), valid_for=SIGN_IN_FOR
    )
    lines = [pk for pk in BriefLine.objects.values_list("pk", flat=True) if pk not in ROWS]
    slugs = [PROJECT, *(one.slug for one in experiment_sources(workspace))]
    models = [one.slug for one in watched_models()]
    tokens = [
        share_page(reverse("impact", args=[slug]), label="x", issued_by=LEAD, at=timezone.now())
        for slug in slugs[1:]
    ]
    return {
        "slug": [*slugs, *models],
        "token": tokens,
        "pk": [*ROWS],
        "line": [*ROWS, *lines],
        "key": [LEAD, MEMBER, OTHER],
        "on": [TODAY],
        "secret": [secret],
    }


class Messages(logging.Handler):
    """Keeps what is logged, as the terminal would show it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.lines.append(record.getMessage())


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What any part logs from the level INFO on, though the terminal shows only errors."""
    handler = Messages()
    loggers = [logging.getLogger(name) for name in ("", "django", "leadline", "allauth")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.slow
def test_nobody_reads_beyond_the_printed_list(
    at_work: Browsers, work: Workspace, logged: list[str]
) -> None:
    canaries = fill(work)
    walk = Walk(at_work, canaries)
    values = values_of(work) | {"feed": list(walk.owners)}
    for route, entry, permission in declared():
        for n, keys in enumerate(fillings(route, entry, values)):
            if permission.act == "change" and keys.get("pk", 0) > len(CASTS):
                continue  # a refused change says the same of the other rows
            for address in ROLES.values() if n == 0 else KNOWN:
                walk.ask(address, entry.name, permission.act, keys)
    for address in KNOWN:
        wish_for_mail(address, every="day", at=timezone.now())
    letters = [letter for _, letter in due_letters(work, today=TODAY, url="https://x.example")]
    assert {LEAD, MEMBER, OTHER} <= {letter.to for letter in letters}
    for letter in letters:
        walk.read(letter.to, "e-mail", f"{letter.subject}\n{letter.text}")
    assert not mail.outbox, "mail is sent by `actions.mail` alone"
    if walk.beyond or walk.wrong:
        pytest.fail("\n".join(sorted(walk.beyond | walk.wrong)))  # whole, however many
    pages = {entry.name for _, entry, permission in declared() if permission.act != "change"}
    assert pages - walk.opened == set(), "nobody could open these: fill them"
    _the_walk_saw_something(walk)
    _logs_name_nobody(logged)


def _logs_name_nobody(lines: list[str]) -> None:
    names = Person.objects.values_list("name", flat=True)
    addresses = Person.objects.values_list("key", flat=True)
    for line in lines:
        assert not list(found_in(line))
        assert not any(name in line for name in names)
        assert not any(address in line for address in addresses), line


def _the_walk_saw_something(walk: Walk) -> None:
    """Whatever is printed as readable was indeed read by somebody: the walk has eyes."""
    kinds = {place.partition(" ")[0]: False for place in walk.canaries.places.values()}
    for canary in walk.seen:
        kinds[walk.canaries.places[canary].partition(" ")[0]] = True
    assert {kind for kind, is_seen in kinds.items() if not is_seen} == UNSEEN


def test_an_export_at_the_terminal_holds_what_both_may_read(
    at_work: Browsers, work: Workspace
) -> None:
    """`leadline mine` is typed by the lead in front of the person: both read along."""
    canaries = fill(work)
    for address in (MEMBER, OTHER, LEAD):
        try:
            text = str(everything_about(address).to_dict())
        except InputError:
            continue
        held = list(found_in(text))
        for canary in held:
            assert {LEAD, address} <= canaries.readers[canary], canaries.places[canary]
        assert held or address == LEAD


def test_an_assistant_is_told_what_any_member_may_read(
    at_work: Browsers, work: Workspace
) -> None:
    """Every question with every word that finds something, whoever asks through it."""
    canaries = fill(work)
    walk = Walk(at_work, canaries)
    arguments: dict[str, list[dict[str, Any]]] = {
        "project": [{"name": PROJECT}],
        "search": [{"words": PREFIX}],
    }
    answered = set()
    for address in ROLES.values():
        answers = Answers(work, person=address, today=TODAY)
        for name in QUESTIONS:
            for keys in arguments.get(name, [{}]):
                try:
                    text = str(getattr(answers, name)(**keys))
                except InputError as refused:
                    text = str(refused)
                else:
                    answered.add((address, name))
                walk.read(OTHER, f"the question {name}, asked by {address or 'nobody'}", text)
    assert not walk.beyond
    assert walk.seen, "no question told anything: the walk is blind"
    assert {name for address, name in answered if address == LEAD} == set(QUESTIONS)
    assert {name for address, name in answered if address == MEMBER} == set(QUESTIONS) - {
        "brief"
    }
    assert not [name for address, name in answered if address in {PARTNER, STRANGER, ""}]


def test_the_printed_list_and_the_filter_agree(at_work: Browsers, work: Workspace) -> None:
    """Whom the filter lets see a row, the list of that row names: for every row of all."""
    from django.apps import apps

    from leadline.records import access
    from leadline.records.accounts import ACCOUNT_MODELS
    from tests.web.canaries import printed_readers

    elsewhere = {model.__name__: model for model in ACCOUNT_MODELS}

    fill(work)
    viewers = {
        address: viewer_of(work, address, today=TODAY)
        for address in (LEAD, MEMBER, OTHER, HEAD, PARTNER)
    }
    assert viewers[MEMBER].roles == {Role.MEMBER}
    assert LEAD in everybody()
    checked = 0
    for rule in access.RULES:
        for name in rule.models:
            model = elsewhere.get(name) or apps.get_model("records", name)
            for row in model._default_manager.all():
                named = printed_readers(row)
                for address, viewer in viewers.items():
                    if access.may_read(viewer, row):
                        assert address in named, (name, row.pk, address, named)
                    checked += 1
    assert checked > 500
