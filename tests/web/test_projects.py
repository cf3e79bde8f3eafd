"""Projects in a browser: user first, the loop by evidence, notes that come back."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta

import pytest
from django.utils import timezone

from leadline import findings
from leadline.findings import Finding, Receipt
from leadline.records.actions.diagnoses import save_diagnosis
from leadline.records.actions.forget import forget_records
from leadline.records.actions.project_notes import log_decision
from leadline.records.models import (
    Assumption,
    AssumptionAnswer,
    Decision,
    DecisionReview,
    Idea,
    ProjectConfirmation,
    Snapshot,
    TypedInput,
)
from leadline.records.queries.findings import all_findings
from leadline.records.queries.mine import everything_about
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, NOW, OTHER, PARTNER, TODAY, Browsers

PAGE = "/projects/search-ranking/"


def test_a_page_opens_with_user_decision_and_effect(at_work: Browsers) -> None:
    page = at_work(MEMBER).get(PAGE).content.decode()
    places = [page.index(word) for word in ("Buyers who search", "Which twenty", "believed")]
    assert places == sorted(places)
    assert page.index("believed") < page.index("Where it stands")


def test_a_project_without_a_user_is_flagged(at_work: Browsers) -> None:
    page = at_work(LEAD).get("/projects/listing-quality/").content.decode()
    assert "not named" in page
    assert "no user named" in at_work(LEAD).get("/projects/").content.decode()


def test_the_loop_shows_evidence_and_what_holds_back(at_work: Browsers) -> None:
    page = at_work(LEAD).get(PAGE).content.decode()
    assert "charter.toml, all six lines" in page
    assert "serving/<wbr>fallback.py" in page  # a narrow column breaks it there
    assert "Held back at “diagnose”" in page


def test_the_diagnosis_of_a_projects_model_stands_on_its_page(at_work: Browsers) -> None:
    """Whoever diagnoses names the model; the workspace file knows where its code lies."""
    receipt = Receipt(
        source="diagnosis", place="train.parquet", as_of=TODAY, command="leadline diagnose"
    )
    found = Finding(
        rule="diagnosis", subject="model:home-page", magnitude=1.0, worth=0.5, due_on=None,
        sentence="home-page holds too little of the last month.", question="What is missing?",
        receipts=(receipt,), readers=(findings.LEAD, findings.TEAM),
    )  # fmt: skip
    save_diagnosis(
        "home-page", [found], place="train.parquet", summary="data", today=TODAY, at=NOW
    )
    page = at_work(MEMBER).get(PAGE).content.decode()
    assert found.sentence in page
    assert 'home-page, <time datetime="2026-11-23">' in page
    assert "The loop is closed" in page
    assert found.sentence in at_work(MEMBER).get(f"{PAGE}proposal/").content.decode()
    for url in (PAGE, f"{PAGE}proposal/"):  # a finding has its own readers
        assert found.sentence not in at_work(HEAD).get(url).content.decode()


def test_the_picture_has_a_table_that_says_the_same(at_work: Browsers) -> None:
    page = at_work(LEAD).get(PAGE).content.decode()
    picture, table = page.partition("<svg viewBox")[2], page.partition("The same as a table")[2]
    for name in ("Rafael Quilla", "Mira Tideway", "query_intent"):
        assert name in picture
        assert name in table


def test_a_changed_charter_is_a_file_to_commit_and_nothing_is_written(
    at_work: Browsers, work: Workspace
) -> None:
    client = at_work(MEMBER)
    repository = work.folder / "repositories" / "search-ranking"
    before = (repository / "charter.toml").read_bytes()
    assert "Buyers who search" in client.get(f"{PAGE}charter/").content.decode()
    answer = client.post(f"{PAGE}charter/file/", {"user": 'Buyers "near" them', "metric": "x"})
    text = answer.context["text"]
    assert tomllib.loads(text)["user"] == 'Buyers "near" them'
    assert "&quot;" in answer.content.decode()
    assert (repository / "charter.toml").read_bytes() == before


def test_a_line_of_a_charter_that_is_too_long_is_told(at_work: Browsers) -> None:
    answer = at_work(MEMBER).post(
        f"{PAGE}charter/file/", {"user": "x" * 500, "metric": "keep me"}
    )
    assert answer.status_code == 422
    assert "keep me" in answer.content.decode()


def test_an_assumption_is_refuted_by_its_owner_and_kept(at_work: Browsers) -> None:
    values = {"text": "clicks are the target", "confidence": "likely"}
    answer = at_work(LEAD).post(f"{PAGE}assumptions/", values, follow=True)
    assert "clicks are the target" in answer.content.decode()
    row = Assumption.objects.get()
    assert row.author == LEAD
    values = {"verdict": "refuted", "learnt": "Contacts weigh more."}
    at_work(MEMBER).post(f"/assumptions/{row.pk}/answer/", values)
    assert AssumptionAnswer.objects.get().author == MEMBER
    page = at_work(OTHER).get(PAGE).content.decode()
    assert "Contacts weigh more." in page
    assert "Mira Tideway" in page
    assert TypedInput.objects.filter(where="projects").count() == 2


@pytest.mark.parametrize("part", ["assumptions", "ideas", "decisions"])
def test_an_empty_note_is_refused_and_nothing_is_kept(part: str, at_work: Browsers) -> None:
    answer = at_work(LEAD).post(f"{PAGE}{part}/", {"text": ""})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert [model.objects.count() for model in (Assumption, Idea, Decision)] == [0, 0, 0]


def test_an_idea_wakes_in_the_brief_when_its_word_turns_up(
    at_work: Browsers, work: Workspace
) -> None:
    values = {
        "text": "Age by hour",
        "condition": "listing age exists",
        "waits_for": "listing_age",
    }
    at_work(MEMBER).post(f"{PAGE}ideas/", values)
    Idea.objects.update(at=timezone.now() - timedelta(days=400))
    rules = [found.rule for found in all_findings(work, today=TODAY)]
    assert "idea-woke" in rules
    row = Idea.objects.get()
    at_work(MEMBER).post(f"/ideas/{row.pk}/close/", {"verdict": "tried", "note": "No gain."})
    assert "idea-woke" not in [found.rule for found in all_findings(work, today=TODAY)]


def test_a_decision_comes_back_on_its_day_and_is_put_off_by_a_review(
    at_work: Browsers, work: Workspace
) -> None:
    values = {
        "text": "Keep the holdout", "consulted": "Mira", "reversible": "easily",
        "decided_on": "2026-09-01", "revisit_on": TODAY.isoformat(),
    }  # fmt: skip
    at_work(LEAD).post(f"{PAGE}decisions/", values)
    assert "decision-to-revisit" in [f.rule for f in all_findings(work, today=TODAY)]
    row = Decision.objects.get()
    values = {"note": "Yes", "revisit_on": "2027-03-01"}
    at_work(LEAD).post(f"/decisions/{row.pk}/review/", values)
    assert DecisionReview.objects.get().revisit_on == date(2027, 3, 1)
    assert "decision-to-revisit" not in [f.rule for f in all_findings(work, today=TODAY)]


def test_a_second_look_before_the_first_is_told(at_work: Browsers) -> None:
    values = {
        "text": "Keep it", "reversible": "easily", "decided_on": "2026-09-01",
        "revisit_on": "2026-08-01",
    }  # fmt: skip
    answer = at_work(LEAD).post(f"{PAGE}decisions/", values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose a day after the decision" in page
    assert re.search(r'name="revisit_on"[^>]* autofocus', page)  # it opens where that stands
    assert not Decision.objects.exists()


def test_the_owner_confirms_and_the_note_is_shown(at_work: Browsers) -> None:
    at_work(LEAD).post(f"{PAGE}confirm/", {"note": "The metric is contacts."})
    assert ProjectConfirmation.objects.get().project == "search-ranking"
    assert "The metric is contacts." in at_work(LEAD).get(PAGE).content.decode()


def test_the_head_reads_projects_and_writes_nothing(at_work: Browsers) -> None:
    page = at_work(HEAD).get(PAGE)
    assert page.status_code == 200
    assert "Write one down" not in page.content.decode()
    assert at_work(HEAD).post(f"{PAGE}ideas/", {"text": "x"}).status_code == 403


def test_a_people_partner_has_no_business_with_projects(at_work: Browsers) -> None:
    assert at_work(PARTNER).get("/projects/").status_code == 403


def test_a_project_that_does_not_exist_is_not_found(at_work: Browsers) -> None:
    assert at_work(LEAD).get("/projects/nothing/").status_code == 404


def test_text_that_people_wrote_is_shown_as_text(at_work: Browsers) -> None:
    hostile = "<script>alert(1)</script>{{ 7|add:7 }}"
    values = {"text": hostile, "confidence": "likely"}
    page = at_work(MEMBER).post(f"{PAGE}assumptions/", values, follow=True).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


def test_the_number_of_queries_does_not_grow_with_the_notes(
    at_work: Browsers, django_assert_max_num_queries
) -> None:
    now = timezone.now()
    for number in range(30):
        log_decision(
            "search-ranking", f"Decision {number}", consulted="", reversible="easily",
            decided_on=TODAY, revisit_on=None, author=LEAD, at=now,
        )  # fmt: skip
        Assumption.objects.create(project="search-ranking", text="t", author=LEAD, at=now)
        Idea.objects.create(project="search-ranking", text="t", condition="c", at=now)
    client = at_work(LEAD)
    with django_assert_max_num_queries(24):
        client.get(PAGE)
    with django_assert_max_num_queries(11):
        client.get("/projects/")


def test_a_watched_model_is_reached_from_its_project_with_pictures_and_its_test_score(
    at_work: Browsers,
) -> None:
    page = at_work(MEMBER).get("/projects/search-ranking/").content.decode()
    assert 'href="/models/home-page/"' in page
    assert "ML Test Score 0" in page
    for reader, status in ((LEAD, 200), (MEMBER, 200), (HEAD, 200), (PARTNER, 403)):
        answer = at_work(reader).get("/models/home-page/")
        assert answer.status_code == status, reader
    model = at_work(MEMBER).get("/models/home-page/").content.decode()
    assert 'href="/projects/search-ranking/"' in model
    assert model.count('alt="') == 3
    assert re.search(r"reference until \d{1,2} \w+ 2026<", model)
    for section in ("data", "model", "infrastructure", "monitoring"):
        assert f"<span>{section}</span>" in model
    assert "a model can be taken back quickly and safely" in model
    assert at_work(MEMBER).get("/models/nothing/").status_code == 404


def test_no_project_yet_says_what_to_do(at_work: Browsers) -> None:
    Snapshot.objects.all().delete()
    assert "No project yet" in at_work(LEAD).get("/projects/").content.decode()
    assert "Nothing stands out" in at_work(LEAD).get("/reading/").content.decode()


def test_who_is_purged_is_taken_out_of_notes_and_the_project_keeps_its_knowledge(
    at_work: Browsers, work: Workspace
) -> None:
    values = {"text": "Mira Tideway alone knows the labels", "confidence": "likely"}
    at_work(LEAD).post(f"{PAGE}assumptions/", values)
    values = {"text": "Labels by hand", "condition": "money", "waits_for": ""}
    at_work(MEMBER).post(f"{PAGE}ideas/", values)
    held = [piece.text for piece in everything_about(MEMBER).held]
    assert any("Labels by hand" in text for text in held)
    assert any("alone knows the labels" in text for text in held)
    forget_records([MEMBER], "Mira Tideway", today=TODAY)
    assert Assumption.objects.get().text == "somebody alone knows the labels"
    assert "somebody who was purged" in at_work(LEAD).get(PAGE).content.decode()
