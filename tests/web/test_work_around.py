"""Experiments, guest links, reading, search and settings in a browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leadline.records.models import Assumption, GuestLink, Source
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, Browsers

IMPACT = "/experiments/experiments.csv/impact/"


def test_claims_are_shown_with_what_is_believed_and_why_they_fall(at_work: Browsers) -> None:
    page = at_work(MEMBER).get("/experiments/").content.decode()
    assert "radius-20km" in page
    assert "arms have" in page
    assert "n = 24 results" in page


def test_a_readout_is_worked_out_once_and_kept(at_work: Browsers, work: Workspace) -> None:
    first = at_work(MEMBER).get("/experiments/experiments.csv/").content.decode()
    kept = list((work.cache / "pages").glob("*.html"))
    assert "claims stand?" in first
    assert kept
    assert (
        "claims stand?" in at_work(MEMBER).get("/experiments/experiments.csv/").content.decode()
    )
    assert "<style" not in first
    assert " style=" not in first


def test_a_table_that_is_gone_is_told_and_not_a_trace(
    at_work: Browsers, work: Workspace
) -> None:
    file = work.folder / "experiments.csv"
    text = file.read_bytes()
    Source.objects.filter(kind="experiments").delete()  # another reading: nothing is kept
    try:
        file.unlink()
        page = at_work(LEAD).get("/experiments/experiments.csv/")
        assert page.status_code == 200
        assert "notice error" in page.content.decode()
    finally:
        file.write_bytes(text)
    assert at_work(LEAD).get("/experiments/other.csv/").status_code == 404


def share(at_work: Browsers, page: str = IMPACT) -> str:
    values = {"page": page, "label": "Impact", "days": "7"}
    answer = at_work(LEAD).post("/share/", values)
    found = re.search(r"http://testserver(/shared/[^\"]+)", answer.content.decode())
    assert found
    return found[1]


def test_a_link_for_no_number_of_days_is_refused_in_words(at_work: Browsers) -> None:
    for days in ("0", "400", "soon"):
        values = {"page": IMPACT, "label": "Impact", "days": days}
        page = at_work(LEAD).post("/share/", values, follow=True)
        assert "No link was made." in page.content.decode()
    assert not GuestLink.objects.exists()


def test_a_guest_sees_the_one_page_and_nothing_else(at_work: Browsers) -> None:
    link = share(at_work)
    guest = Client()
    page = guest.get(link)
    assert page.status_code == 200
    text = page.content.decode()
    assert "What the changes brought" in text
    assert "Make a link" not in text
    assert "Projects</a>" not in text
    assert guest.get(IMPACT).status_code == 302
    assert guest.get("/projects/").status_code == 302


def test_a_link_that_was_taken_back_or_expired_or_forged_shows_nothing(
    at_work: Browsers,
) -> None:
    link = share(at_work)
    assert Client().get(f"{link[:-2]}x/").status_code == 410
    GuestLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410
    link = share(at_work)
    row = GuestLink.objects.order_by("-pk").first()
    assert row
    at_work(LEAD).post(f"/share/{row.pk}/take-back/")
    assert Client().get(link).status_code == 410


def test_a_link_is_taken_back_by_the_lead_alone_and_leads_only_where_guests_may(
    at_work: Browsers,
) -> None:
    link = share(at_work)
    row = GuestLink.objects.get()
    url = f"/share/{row.pk}/take-back/"
    assert at_work(MEMBER).post(url).status_code == 403
    assert at_work(LEAD).post("/share/999/take-back/").status_code == 404
    assert Client().get(link).status_code == 200
    assert at_work(LEAD).post(url)["Location"] == IMPACT
    for page in ("https://evil.example/", "//evil.example/", "/brief/"):
        GuestLink.objects.update(page=page)
        assert at_work(LEAD).post(url)["Location"] == "/experiments/"
    assert Client().get(link).status_code == 410


def test_a_link_ends_with_whoever_gave_it(at_work: Browsers) -> None:
    link = share(at_work)
    for gone in (MEMBER, "rafael@harbour.example", "nobody@elsewhere.example"):
        GuestLink.objects.update(issued_by=gone)
        assert Client().get(link).status_code == 410, gone
    GuestLink.objects.update(issued_by=LEAD)
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("page", ["/brief/", "/projects/", "/nowhere/", "https://x.example/"])
def test_only_pages_for_guests_can_be_shared(page: str, at_work: Browsers) -> None:
    values = {"page": page, "label": "x", "days": "7"}
    assert at_work(LEAD).post("/share/", values).status_code == 404
    assert not GuestLink.objects.exists()


def test_a_member_shares_nothing(at_work: Browsers) -> None:
    values = {"page": IMPACT, "label": "x", "days": "7"}
    assert at_work(MEMBER).post("/share/", values).status_code == 403


def test_reading_suggests_a_few_with_reasons_and_not_ones_own(at_work: Browsers) -> None:
    page = at_work(LEAD).get("/reading/").content.decode()
    assert 1 <= page.count('class="finding"') <= 5
    assert "is new: a good hour" in page
    assert "Ines Marlow ·" not in page


def test_search_finds_what_one_may_read_and_not_the_leads_brief(at_work: Browsers) -> None:
    at_work(LEAD).get("/brief/")
    Assumption.objects.create(
        project="search-ranking", text="Piet knows pacing", at=timezone.now()
    )
    lead = at_work(LEAD).get("/search/?q=piet").content.decode()
    member = at_work(MEMBER).get("/search/?q=piet").content.decode()
    assert ">brief<" in lead
    assert ">brief<" not in member
    assert "Piet knows pacing" in member
    head = at_work(HEAD).get("/search/?q=Probation Selma").content.decode()
    assert "Nothing that you can read" in head


def test_search_with_htmx_gets_the_hits_alone(at_work: Browsers) -> None:
    answer = at_work(MEMBER).get("/search/?q=ranking", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="hits"' in text


def test_settings_say_what_each_means_and_whose_default_it_is(at_work: Browsers) -> None:
    page = at_work(LEAD).get("/settings/").content.decode()
    assert "[one_on_ones]" in page
    assert "48:07" in page
    assert "[one_on_ones]" not in at_work(MEMBER).get("/settings/").content.decode()


def test_a_secret_address_is_not_shown(at_work: Browsers, work: Workspace) -> None:
    from leadline.records.queries.settings import setting_tables
    from leadline.workspace.configuration import Calendar, Configuration, Lead

    secret = Calendar(url="https://calendar.example/secret-4711/basic.ics")
    lead = Lead(name="Ines", emails=("ines@x.example",))
    tables = setting_tables(Configuration(lead=lead, calendar=(secret,)))
    assert "4711" not in str(tables)


@pytest.mark.parametrize(
    "address", ["/brief/", "/projects/", "/experiments/", "/reading/", "/search/", "/settings/"]
)
def test_no_page_has_scripts_or_styles_in_it(address: str, at_work: Browsers) -> None:
    page = at_work(LEAD).get(address)
    text = page.content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "https://" not in text
