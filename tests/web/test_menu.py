"""The menu has what is there for its reader; days in sentences are theirs too."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from leadline.web.templatetags.leadline import read_days, read_days_in
from tests.web.conftest import HEAD, LEAD, MEMBER, PARTNER, Browsers
from tests.web.markup import links_in

OF_REPORTS = {reverse(name) for name in ("people", "one-on-ones", "growth")}


@pytest.mark.parametrize(
    ("who", "home", "of_reports"),
    [
        (LEAD, "brief", OF_REPORTS),
        (MEMBER, "projects", OF_REPORTS),
        (HEAD, "projects", set()),
        (PARTNER, "waiting", set()),
    ],
)
def test_everybody_begins_where_something_is_for_them(
    browser: Browsers, who: str, home: str, of_reports: set[str]
) -> None:
    assert browser(who).get("/")["Location"] == reverse(home)
    page = browser(who).get(reverse("waiting"))
    assert links_in(page) & OF_REPORTS == of_reports
    assert (reverse("brief") in links_in(page)) == (who == LEAD)  # the name above leads home
    assert reverse("home") in links_in(page)


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        (
            "en-gb",
            "ended (2026-10-19); next 2026-11-30.",
            "ended (19 Oct 2026); next 30 Nov 2026.",
        ),
        ("de", "since 2026-03-01", "since 1. März 2026"),
        ("en-gb", "2026-13-45 run-2026-11-30 /2026-11-30/ 12026-11-30", ""),
        ("en-gb", "<b>2026-03-01</b>", "&lt;b&gt;1 Mar 2026&lt;/b&gt;"),
    ],
)
def test_days_of_a_sentence_are_the_readers(language: str, text: str, read: str) -> None:
    with translation.override(language):
        shown = re.sub(r"</?time[^>]*>", "", read_days(text))
    assert shown == (read or text)


def test_days_of_a_page_that_the_library_wrote_are_the_readers_but_for_what_is_copied() -> None:
    page = SafeString(
        '2026-10-19<p title="2026-11-30">until 2026-11-07, not 2026-13-45</p>'
        "<code>watch --today 2026-11-30</code><svg><text>2026-11-30</text></svg>"
        "<td>2026-03-01</td>"
    )
    shown = (
        '19 Oct 2026<p title="2026-11-30">until 7 Nov 2026, not 2026-13-45</p>'
        "<code>watch --today 2026-11-30</code><svg><text>2026-11-30</text></svg>"
        "<td>1 Mar 2026</td>"
    )
    with translation.override("en-gb"):
        assert read_days_in(page) == shown
