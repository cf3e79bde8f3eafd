"""Every page asks the database as often for many rows as for a few."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leadline.workspace import Workspace
from tests.web.canaries import ROWS, fill, fill_more
from tests.web.conftest import LEAD, MEMBER, Browsers
from tests.web.test_addresses import declared
from tests.web.test_nobody_reads_beyond import fillings, values_of

EXPORT = "mine-export"
"""A file, and no page: it holds every record with its own list of readers."""


@pytest.mark.slow
def test_no_page_asks_more_often_for_more_rows(at_work: Browsers, work: Workspace) -> None:
    fill(work)
    pages = list(_pages(work))
    few = {page: _count(at_work, *page) for page in pages}
    fill_more()
    many = {page: _count(at_work, *page) for page in pages}
    assert len(few) > 60
    assert max(few.values()) > 3
    grown = {page: (n, many[page]) for page, n in few.items() if many[page] > n}
    assert grown == {}, "these ask once a row"


def _pages(work: Workspace) -> Iterator[tuple[str, str]]:
    values = values_of(work)
    values |= {"pk": [ROWS[0]], "key": [MEMBER], "slug": values["slug"][:2]}
    for route, entry, permission in declared():
        if permission.act == "read" and entry.name != EXPORT:
            for keys in fillings(route, entry, values):
                for who in (LEAD, MEMBER):
                    yield who, reverse(entry.name, kwargs=keys)


def _count(browser: Browsers, who: str, url: str) -> int:
    """Ask twice: the first time may keep something for later ones."""
    browser(who).get(url)
    with CaptureQueriesContext(connection) as queries:
        browser(who).get(url)
    return len(queries.captured_queries)
