"""Drafts of reports and proposals in a browser."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from leadline.records.models import Decision, Idea, Source
from tests.web.conftest import HEAD, LEAD, MEMBER, Browsers


def test_a_month_is_drafted_for_the_lead_alone(at_work: Browsers) -> None:
    Decision.objects.create(
        project="search-ranking",
        text="No clicks alone",
        decided_on=date(2026, 11, 4),
        revisit_on=date(2026, 12, 4),
        at=timezone.now(),
    )
    page = at_work(LEAD).get("/report/").content.decode()
    assert "Report: Sun 1 Nov 2026 to Mon 23 Nov 2026" in page
    assert "search-ranking, Wed 4 Nov 2026: No clicks alone." in page
    assert "Fri 4 Dec 2026: look again at “No clicks alone”." in page
    assert "Luca Boya joined on Mon 2 Nov 2026." in page
    assert "<code>leadline projects search-ranking</code>" in page
    for other in (MEMBER, HEAD):
        assert at_work(other).get("/report/").status_code == 403
        assert 'href="/report/"' not in at_work(other).get("/projects/").content.decode()


def test_a_month_that_ended_is_drafted_to_its_last_day(at_work: Browsers) -> None:
    page = at_work(LEAD).get("/report/?month=2026-10").content.decode()
    assert "Report: Thu 1 Oct 2026 to Sat 31 Oct 2026" in page
    assert 'value="2026-10"' in page


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "soon", "0000-01"])
def test_a_month_that_is_none_or_not_begun_is_said(month: str, at_work: Browsers) -> None:
    answer = at_work(LEAD).get(f"/report/?month={month}")
    assert answer.status_code == 422
    assert month in answer.content.decode()


def test_nothing_read_is_no_empty_month(browser: Browsers) -> None:
    Source.objects.all().delete()
    answer = browser(LEAD).get("/report/")
    assert answer.status_code == 422
    assert "leadline sync" in answer.content.decode()


def test_a_draft_is_downloaded_as_markdown(at_work: Browsers) -> None:
    answer = at_work(LEAD).get("/report/?month=2026-11&as=markdown")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="report-2026-11.md"'
    assert answer.content.decode().startswith("# Report: Sun 1 Nov 2026")


def test_a_proposal_comes_from_the_charter_and_asks_the_rest(at_work: Browsers) -> None:
    Idea.objects.create(
        project="search-ranking", text="Rank photos", condition="embeddings", at=timezone.now()
    )
    page = at_work(MEMBER).get("/projects/search-ranking/proposal/").content.decode()
    assert "It is for: Buyers" in page
    assert "Rank photos, if embeddings." in page
    assert "<em>What would make you stop?</em>" in page
    assert at_work(MEMBER).get("/projects/nothing/proposal/").status_code == 404
