"""Whoever opens a sensitive record of somebody else is seen to have, on every page.

The oracle is the canaries: what an answer holds tells which rows it showed.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from leadline.practice.feedback_wording import Words
from leadline.records import access
from leadline.records.actions import feedback
from leadline.records.models import Feedback, SensitiveRead
from leadline.workspace import Workspace
from tests.web.canaries import Canaries, fill, found_in
from tests.web.conftest import LEAD, MEMBER, NOW, OTHER, PARTNER, Browsers
from tests.web.test_addresses import declared
from tests.web.test_nobody_reads_beyond import fillings, told, values_of

PLACES = {"key": [MEMBER, OTHER], "pk": [1, 2, 3, 6]}
"""Somebody of each side; of the rows, unfinished ones and one that is finished and shared."""
NOT_A_RECORD = {"people": "the lead's own file, as a list; the page of each is in the audit"}
"""Pages that show something of each, and why that is no read of somebody's record."""
OWN = ("author", "owner", "successor")
"""Columns of whoever a text is from or for: they read nothing of somebody else."""


def others_shown(text: str, reader: str, canaries: Canaries) -> set[str]:
    """Of whom else an answer shows a sensitive text, by the rows that its canaries stand in."""
    shown: set[str] = set()
    for canary in found_in(text):
        name, _, pk = canaries.places[canary].partition(" #")
        try:
            row = apps.get_model("records", name.partition(".")[0]).objects.get(pk=pk)
            kept = access.reads_to_keep(_nobody(), row)
        except (LookupError, ValueError):
            continue  # a reading's, and no row that somebody wrote
        if reader not in {getattr(row, column, "") for column in OWN}:
            shown |= {about for about, _ in kept if about != reader}
    return shown


def _nobody() -> access.Viewer:
    return access.Viewer(email="", name="", addresses=frozenset(), roles=frozenset())


def test_no_page_shows_a_sensitive_record_without_a_row_in_the_audit(
    at_work: Browsers, work: Workspace
) -> None:
    canaries = fill(work)
    values = values_of(work) | PLACES
    audited: set[str] = set()
    unseen: set[tuple[str, str, str]] = set()
    for route, entry, permission in declared():
        if permission.act != "read" or entry.name in NOT_A_RECORD:
            continue
        for keys in fillings(route, entry, values | {"slug": values["slug"][:1]}):
            for reader in (LEAD, OTHER, PARTNER):
                SensitiveRead.objects.filter(reader=reader).delete()
                url = reverse(entry.name, kwargs=keys)
                answer = at_work(reader).get(url)
                if answer.status_code != 200:
                    continue
                shown = others_shown(told(answer), reader, canaries)
                kept = set(
                    SensitiveRead.objects.filter(reader=reader).values_list("about", flat=True)
                )
                unseen |= {(url, reader, about) for about in shown - kept}
                audited |= {entry.name} if kept else set()
    assert unseen == set()
    assert audited == {
        "person", "one-on-one", "feedback-page", "growth-page", "leaving", "leaving-page",
    }  # fmt: skip


def test_a_draft_is_not_betrayed_and_what_was_shared_is_audited(browser: Browsers) -> None:
    words = Words(situation="On Monday", behaviour="b", impact="i", question="q?")
    row = feedback.save_draft(OTHER, by=MEMBER, words=words, at=NOW)
    url = reverse("feedback-page", args=[row.pk])
    assert browser(MEMBER).get(url).status_code == 200
    assert not SensitiveRead.objects.exists()
    Feedback.objects.update(shared_at=NOW)
    browser(MEMBER).get(url)
    browser(OTHER).get(url)
    read = SensitiveRead.objects.get()
    assert (read.reader, read.about, read.what) == (MEMBER, OTHER, "feedback")
    assert "feedback" in browser(OTHER).get("/mine/").content.decode()


@pytest.mark.parametrize(
    ("page", "what"),
    [("one-on-one", "one-on-one"), ("growth-page", "development and probation"),
     ("person", "page about you")],
)  # fmt: skip
def test_a_page_is_audited_once_a_day_for_whom_it_is_about(
    page: str, what: str, browser: Browsers
) -> None:
    url = reverse(page, args=[MEMBER])
    for _ in range(2):
        browser(LEAD).get(url)
        browser(MEMBER).get(url)
    assert browser(OTHER).get(url).status_code == 404
    read = SensitiveRead.objects.get()
    assert (read.reader, read.about, read.what) == (LEAD, MEMBER, what)
    assert what in browser(MEMBER).get("/mine/").content.decode()


def test_a_form_sent_back_with_its_mistakes_is_a_read_too(browser: Browsers) -> None:
    values = {"gap": "", "sign": "", "check_on": ""}
    assert browser(LEAD).post(reverse("plan-begin", args=[MEMBER]), values).status_code == 422
    assert SensitiveRead.objects.get().what == "development and probation"
