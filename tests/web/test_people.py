"""Pages about people: each role sees its own, every action is a form, nothing typed is lost."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from leadline.practice.feedback_wording import Words
from leadline.records.access import viewer_of
from leadline.records.actions import feedback, growth, hiring, one_on_ones
from leadline.records.models import (
    AgendaPoint,
    Brief,
    Candidate,
    Feedback,
    GrowthPlan,
    HandoverItem,
    InterviewKit,
    Leaving,
    Person,
    PrivateNote,
    ProbationCheckIn,
    PulseRound,
    SensitiveRead,
    TalkCorrection,
)
from leadline.records.queries.mine import everything_about
from leadline.workspace import Workspace
from tests.web.conftest import (
    HEAD,
    LEAD,
    MEMBER,
    NOW,
    OTHER,
    PARTNER,
    STRANGER,
    TODAY,
    Browsers,
)

HTMX = {"HX-Request": "true"}
SECRET = "xylophone"
MY_PAGES = (
    "/people/", f"/people/{MEMBER}/", "/one-on-ones/", f"/one-on-ones/{MEMBER}/", "/feedback/",
    f"/feedback/to/{OTHER}/", "/growth/", f"/growth/{MEMBER}/", "/hiring/",
    "/hiring/calculator/", "/leaving/", "/pulse/", "/waiting/", "/mine/", "/mine/export.json",
)  # fmt: skip
LEADS_PAGES = (
    "/people/", f"/people/{MEMBER}/", "/first-90-days/", "/first-90-days/template.toml",
    "/one-on-ones/", f"/one-on-ones/{MEMBER}/", "/feedback/", f"/feedback/to/{MEMBER}/",
    "/growth/", f"/growth/{MEMBER}/", "/hiring/", "/hiring/calculator/", "/leaving/", "/pulse/",
    "/waiting/", "/mine/",
)  # fmt: skip


def text(answer: object) -> str:
    return answer.getvalue().decode()  # type: ignore[attr-defined]


def test_every_page_opens_for_whom_it_is(browser: Browsers) -> None:
    for address, pages in ((LEAD, LEADS_PAGES), (MEMBER, MY_PAGES)):
        for url in pages:
            answer = browser(address).get(url, follow=True)
            assert answer.status_code == 200, (address, url)


@pytest.mark.parametrize("page", ["people", "one-on-ones", "growth"])
def test_nobody_opens_the_page_of_somebody_else(page: str, browser: Browsers) -> None:
    url = f"/{page}/{MEMBER}/"
    for address in (OTHER, HEAD, PARTNER, STRANGER):
        assert browser(address).get(url).status_code in {403, 404}, address
    assert browser(LEAD).get(f"/{page}/nobody@harbour.example/").status_code == 404


@pytest.mark.parametrize(
    ("url", "values"),
    [
        (f"/one-on-ones/{MEMBER}/points/", {"text": "mine now"}),
        (f"/one-on-ones/{MEMBER}/notes/", {"text": "mine now"}),
        (f"/one-on-ones/{MEMBER}/held/", {"uid": "x", "planned_at": "x", "held": "held"}),
        (f"/growth/{MEMBER}/begin/", {"gap": "g", "sign": "s", "check_on": "2026-12-24"}),
        (f"/growth/{MEMBER}/check-in/", {"on": "2026-11-23", "went_well": "x"}),
    ],
)
def test_nobody_changes_what_is_between_two_others(
    url: str, values: dict[str, str], browser: Browsers
) -> None:
    for address in (OTHER, HEAD, PARTNER, STRANGER):
        assert browser(address).post(url, values).status_code in {403, 404}, address
    assert not AgendaPoint.objects.exists()
    assert not PrivateNote.objects.exists()
    assert not GrowthPlan.objects.exists()
    assert not ProbationCheckIn.objects.exists()


def test_a_report_adds_a_point_and_stands_first_on_the_leads_page(browser: Browsers) -> None:
    url = f"/one-on-ones/{MEMBER}/points/"
    browser(LEAD).post(url, {"text": "the roadmap"})
    browser(MEMBER).post(url, {"text": "the <b>pager</b>"})
    page = text(browser(LEAD).get(f"/one-on-ones/{MEMBER}/"))
    assert "the &lt;b&gt;pager&lt;/b&gt;" in page
    assert page.index("pager") < page.index("the roadmap")
    fragment = text(browser(LEAD).post(url, {"text": "one more"}, headers=HTMX))
    assert fragment.strip().startswith('<div id="agenda"')
    assert "<html" not in fragment
    assert "one more" in fragment
    point = AgendaPoint.objects.get(text="one more")
    browser(MEMBER).post(f"/one-on-ones/points/{point.pk}/close/")
    point.refresh_from_db()
    assert point.closed_by == MEMBER


def test_what_was_typed_is_still_there_when_it_cannot_be_kept(browser: Browsers) -> None:
    answer = browser(LEAD).post(
        f"/growth/{MEMBER}/begin/",
        {"gap": "joins, as on 3 November", "sign": "s", "check_on": "2020-01-01"},
    )
    assert answer.status_code == 422
    assert "joins, as on 3 November" in text(answer)
    assert "within 180 days after 2026-11-23" in text(answer)


def test_a_private_note_is_read_by_its_author_and_counted_for_the_person(
    browser: Browsers,
) -> None:
    browser(LEAD).post(f"/one-on-ones/{MEMBER}/notes/", {"text": f"{SECRET} of the lead"})
    note = PrivateNote.objects.get()
    assert SECRET in text(browser(LEAD).get(f"/one-on-ones/{MEMBER}/"))
    for url in MY_PAGES:
        assert SECRET not in text(browser(MEMBER).get(url, follow=True)), url
    assert "One private note about you" in text(browser(MEMBER).get(f"/people/{MEMBER}/"))
    assert browser(MEMBER).post(f"/one-on-ones/notes/{note.pk}/delete/").status_code == 404
    assert browser(LEAD).post(f"/one-on-ones/notes/{note.pk}/delete/").status_code == 302
    assert not PrivateNote.objects.exists()


def test_the_calendar_is_put_right_with_one_click(browser: Browsers) -> None:
    page = text(browser(LEAD).get(f"/one-on-ones/{MEMBER}/"))
    uid = page.split('name="uid" value="')[1].split('"')[0]
    planned_at = page.split('name="planned_at" value="')[1].split('"')[0]
    browser(MEMBER).post(
        f"/one-on-ones/{MEMBER}/held/",
        {"uid": uid, "planned_at": planned_at, "held": "skipped"},
    )
    assert TalkCorrection.objects.get().author == MEMBER
    assert "put right by hand" in text(browser(LEAD).get(f"/one-on-ones/{MEMBER}/"))
    wrong = browser(LEAD).post(
        f"/one-on-ones/{MEMBER}/held/",
        {"uid": uid, "planned_at": "yesterday", "held": "held"}, follow=True,
    )  # fmt: skip
    assert "not in the calendar" in text(wrong)


def draft(by: str = MEMBER, about: str = OTHER) -> Feedback:
    words = Words(situation="On Monday", behaviour=SECRET, impact="i", question="q?")
    return feedback.save_draft(about, by=by, words=words, at=NOW)


def test_a_draft_is_not_there_for_anybody_else_and_shared_for_one(browser: Browsers) -> None:
    row = draft()
    for address in (LEAD, OTHER, HEAD, PARTNER):
        assert browser(address).get(f"/feedback/{row.pk}/").status_code == 404
        for verb in ("keep", "share", "answer", "follow-up", "discard"):
            assert browser(address).post(f"/feedback/{row.pk}/{verb}/").status_code == 404
    shared = browser(MEMBER).post(f"/feedback/{row.pk}/share/", follow=True)
    assert "Shared, with nobody else." in text(shared)
    assert SECRET in text(browser(OTHER).get(f"/feedback/{row.pk}/"))
    assert browser(LEAD).get(f"/feedback/{row.pk}/").status_code == 404
    browser(OTHER).post(f"/feedback/{row.pk}/answer/", {"answer": "I saw it so too"})
    assert "I saw it so too" in text(browser(MEMBER).get(f"/feedback/{row.pk}/"))
    assert SECRET not in text(browser(LEAD).get("/brief/"))


def test_the_wording_is_looked_at_without_keeping_anything(browser: Browsers) -> None:
    url = f"/feedback/to/{OTHER}/keep/"
    values = {"kind": "feedback", "behaviour": "You are careless.", "question": ""}
    fragment = text(browser(MEMBER).post(url, values, headers=HTMX))
    assert "You are careless" in fragment
    assert "<html" not in fragment
    page = text(browser(MEMBER).post(url, {**values, "check": "1"}))
    assert "You are careless" in page
    assert "no question" in page
    assert not Feedback.objects.exists()
    kept = browser(MEMBER).post(url, values, follow=True)
    assert kept.status_code == 200
    assert Feedback.objects.get().behaviour == "You are careless."


def test_the_lead_waits_for_the_embargo_or_says_why_not(browser: Browsers) -> None:
    row = draft(by=LEAD, about=MEMBER)
    refused = browser(LEAD).post(f"/feedback/{row.pk}/share/")
    assert refused.status_code == 422
    assert "It opens on" in text(refused)
    browser(LEAD).post(f"/feedback/{row.pk}/share/", {"override": "she asked"})
    row.refresh_from_db()
    assert row.override == "she asked"


def test_a_plan_is_chosen_by_the_person_and_gone_when_closed(browser: Browsers) -> None:
    browser(LEAD).post(
        f"/growth/{MEMBER}/begin/", {"gap": "g", "sign": "s", "check_on": "2026-12-24"}
    )
    plan = GrowthPlan.objects.get()
    for kind in ("course", "mentor"):
        values = {"kind": kind, "text": f"a {kind}"}
        browser(LEAD).post(f"/growth/plans/{plan.pk}/paths/", values)
    path = plan.paths.first()
    assert path
    told = browser(LEAD).post(f"/growth/paths/{path.pk}/choose/", follow=True)
    assert "only the person" in text(told)
    assert browser(OTHER).post(f"/growth/paths/{path.pk}/choose/").status_code == 404
    browser(MEMBER).post(f"/growth/paths/{path.pk}/choose/")
    path.refresh_from_db()
    assert path.chosen_at
    moved = browser(MEMBER).post(f"/growth/plans/{plan.pk}/check/", {"check_on": "2027-01-11"})
    assert moved.status_code == 302
    browser(LEAD).post(f"/growth/plans/{plan.pk}/close/")
    assert not GrowthPlan.objects.exists()


def test_a_probation_is_decided_without_a_surprise(browser: Browsers) -> None:
    selma = "selma@harbour.example"
    told = {"outcome": "ended", "told_on": "2026-11-23", "reasons": "r"}
    refused = browser(LEAD).post(f"/growth/{selma}/outcome/", told)
    assert refused.status_code == 422
    assert "the first the person hears of it" in text(refused)
    check_in = {"on": "2026-11-02", "went_well": "tests", "would_help": "SQL"}
    assert browser(selma).post(f"/growth/{selma}/check-in/", check_in).status_code == 403
    browser(LEAD).post(f"/growth/{selma}/check-in/", check_in)
    assert "tests" in text(browser(selma).get(f"/growth/{selma}/"))
    passed = browser(LEAD).post(
        f"/growth/{selma}/outcome/", {"outcome": "passed", "told_on": "2026-11-23"}, follow=True
    )
    assert "The rest of the record is deleted" in text(passed)
    assert not ProbationCheckIn.objects.exists()


def test_reading_somebodys_record_is_shown_to_them(browser: Browsers) -> None:
    browser(LEAD).get(f"/growth/{MEMBER}/")
    browser(LEAD).get(f"/growth/{MEMBER}/")
    browser(MEMBER).get(f"/growth/{MEMBER}/")
    assert SensitiveRead.objects.count() == 1
    assert f"{LEAD}" in text(browser(MEMBER).get("/mine/"))
    assert "development and probation" in text(browser(MEMBER).get(f"/people/{MEMBER}/"))


KIT = {"name": "ML engineer", "questions": "Tell us of a test | none | one | one, and why"}


def test_an_interview_from_kit_to_decision(browser: Browsers) -> None:
    assert browser(MEMBER).post("/hiring/kits/make/", KIT).status_code == 403
    broken = browser(LEAD).post("/hiring/kits/make/", {**KIT, "questions": "only | two"})
    assert "line 1 has 2 parts" in text(broken)
    browser(LEAD).post("/hiring/kits/make/", KIT)
    kit = InterviewKit.objects.get()
    who = {"name": "A. Candidate", "interviewers": f"{MEMBER}\n{OTHER}"}
    browser(LEAD).post(f"/hiring/kits/{kit.pk}/candidates/", who)
    one = Candidate.objects.get()
    url = f"/hiring/candidates/{one.pk}/"
    assert browser("luca@harbour.example").get(url).status_code == 404
    mine, others = (one.interviewers.get(address=address) for address in (MEMBER, OTHER))
    heard = {"q1-anchor": "4", "q1-heard": f"{SECRET}: a test"}
    stolen = browser(OTHER).post(f"/hiring/interviews/{mine.pk}/", heard)
    assert stolen.status_code == 404
    assert '<option value="" selected>' in text(browser(MEMBER).get(url))  # nothing is chosen
    for part, says in (("q1-heard", "Write down what you heard"), ("q1-anchor", "Choose the")):
        half = browser(MEMBER).post(f"/hiring/interviews/{mine.pk}/", {**heard, part: ""})
        assert half.status_code == 422
        assert says in text(half)
    browser(MEMBER).post(f"/hiring/interviews/{mine.pk}/", heard)
    nothing = {"q1-anchor": "", "q1-heard": "", "submit": "1"}
    missing = browser(MEMBER).post(f"/hiring/interviews/{mine.pk}/", nothing)
    assert missing.status_code == 302  # what was kept before is complete
    assert SECRET not in text(browser(OTHER).get(url))
    assert SECRET not in text(browser(LEAD).get(url))
    early = browser(LEAD).post(f"{url}decide/", {"outcome": "offer", "reasons": "r"})
    assert "waits for the notes of otto@" in text(early)
    url_of_notes = f"/hiring/interviews/{others.pk}/"
    empty = browser(OTHER).post(url_of_notes, nothing)
    assert empty.status_code == 422
    assert "0 of 1 questions are answered" in text(empty)
    browser(OTHER).post(url_of_notes, {**heard, "q1-heard": "h", "submit": "1"})
    for address in (OTHER, LEAD):
        assert SECRET in text(browser(address).get(url))
    assert browser(MEMBER).post(f"{url}decide/", {}).status_code == 403
    browser(LEAD).post(f"{url}decide/", {"outcome": "offer", "reasons": "the roll-back"})
    assert "the roll-back" in text(browser(MEMBER).get(url))
    browser(LEAD).post(f"{url}delete/")
    assert not Candidate.objects.exists()


def test_the_calculator_works_from_its_address(browser: Browsers) -> None:
    page = text(browser(MEMBER).get("/hiring/calculator/?salary_per_year=0"))
    assert "This field is required" in page
    defaults = text(browser(MEMBER).get("/hiring/calculator/"))
    assert "weeks that the slow search may take" in defaults


def test_a_handover_from_notice_to_done(browser: Browsers) -> None:
    values = {
        "person": MEMBER, "told_on": "2026-11-03", "length": "4", "unit": "weeks",
        "ends_on": "15th or end of month",
    }  # fmt: skip
    assert browser(OTHER).post("/leaving/begin/", values).status_code == 422  # not oneself
    browser(MEMBER).post("/leaving/begin/", values)
    one = Leaving.objects.get()
    assert one.last_on.isoformat() == "2026-12-15"
    url = f"/leaving/{one.pk}/"
    assert browser(OTHER).get(url).status_code == 404
    browser(LEAD).post(f"{url}items/", {"kind": "duty", "what": "pager", "successor": OTHER})
    assert "pager" in text(browser(OTHER).get(url))
    item = HandoverItem.objects.get(what="pager")
    assert browser(OTHER).post(f"/leaving/items/{item.pk}/done/").status_code == 404
    browser(LEAD).post(f"/leaving/items/{item.pk}/successor/", {"successor": LEAD})
    browser(MEMBER).post(f"/leaving/items/{item.pk}/done/")
    item.refresh_from_db()
    assert (item.successor, item.done_by) == (LEAD, MEMBER)
    browser(LEAD).post(f"{url}take-back/")
    assert not Leaving.objects.exists()


def test_a_pulse_round_in_browsers(browser: Browsers, caplog) -> None:
    assert (
        browser(MEMBER).post("/pulse/launch/", {"closes_on": "2026-11-30"}).status_code == 403
    )
    browser(LEAD).post("/pulse/launch/", {"closes_on": "2026-11-30"})
    running = PulseRound.objects.get()
    url = f"/pulse/{running.pk}/answer/"
    levels = dict.fromkeys(("expects", "time", "mistakes", "decides", "heard"), "3")
    caplog.set_level("DEBUG")
    half = browser(MEMBER).post(url, {"time": "3"})
    assert half.status_code == 422
    done = browser(MEMBER).post(url, levels, follow=True)
    assert "Nobody can tell which was yours" in text(done)
    assert "were not asked" in text(browser(MEMBER).post(url, levels))
    assert "were not asked" in text(browser(LEAD).post(url, levels))
    assert "expects" not in caplog.text
    for page in (text(browser(LEAD).get("/pulse/")), text(browser(OTHER).get("/pulse/"))):
        assert "at least 5 have answered" in page
        assert "1 of" not in page


def test_a_line_of_three_briefs_is_shown_once_and_exported_thrice(browser: Browsers) -> None:
    for day in (date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)):
        Brief.objects.create(on=day, made_at=NOW).lines.create(
            position=1, finding="f00000", rule="probation", subject=f"person:{MEMBER}",
            sentence="Their probation ends soon.", magnitude=1,
        )  # fmt: skip
    shown = browser(MEMBER).get("/mine/").content.decode()
    held = json.loads(browser(MEMBER).get("/mine/export.json").getvalue())["held"]
    assert shown.count("Their probation ends soon.") == 1
    days = re.sub("<.*?>", "", shown[shown.index("Their probation ends soon.") :])[:80]
    assert "2 Nov 2026 – 16 Nov 2026, 3 times" in days
    days = [one["on"] for one in held if one["text"] == "Their probation ends soon."]
    assert days == ["2026-11-16", "2026-11-09", "2026-11-02"]


def test_mine_exports_corrects_and_purges(browser: Browsers, team: Workspace) -> None:
    one_on_ones.write_note(OTHER, by=MEMBER, text=SECRET, at=NOW)
    file = browser(MEMBER).get("/mine/export.json")
    exported = json.loads(text(file))
    assert file["Content-Disposition"] == 'attachment; filename="mine.json"'
    assert SECRET in json.dumps(exported)
    viewer = viewer_of(team, MEMBER, today=TODAY)
    whole = everything_about(MEMBER, asked_by=viewer).to_dict()
    assert exported == json.loads(json.dumps(whole, cls=DjangoJSONEncoder))
    assert SECRET not in text(browser(LEAD).get("/mine/export.json"))
    wrong = browser(MEMBER).post("/mine/correct/", {"field": "start_on", "value": "soon"})
    assert "needs a day such as" in text(wrong)
    browser(MEMBER).post("/mine/correct/", {"field": "role", "value": "lead of ranking"})
    assert "lead of ranking" in text(browser(LEAD).get(f"/people/{MEMBER}/"))
    refused = browser(MEMBER).post("/mine/purge/", {"address": OTHER})
    assert refused.status_code == 422
    assert Person.objects.filter(key=MEMBER).exists()
    purged = browser(MEMBER).post("/mine/purge/", {"address": MEMBER})
    assert "Everything about you is deleted" in text(purged)
    assert not Person.objects.filter(key=MEMBER).exists()
    assert browser(MEMBER).get("/mine/").status_code == 302
    assert not PrivateNote.objects.exists()


def test_a_reminder_is_its_authors(browser: Browsers) -> None:
    browser(MEMBER).post("/waiting/reminders/", {"text": SECRET, "on": "2026-11-23"})
    assert SECRET in text(browser(MEMBER).get("/waiting/"))
    assert SECRET not in text(browser(LEAD).get("/waiting/"))
    assert SECRET not in text(browser(LEAD).get("/brief/"))


def test_the_first_days_are_moved_and_shared_without_names(browser: Browsers) -> None:
    page = text(browser(LEAD).get("/first-90-days/"))
    step = page.split('name="step" value="')[1].split('"')[0]
    moved = browser(LEAD).post(
        "/first-90-days/change/", {"step": step, "moved_to": "2026-12-24"}, follow=True
    )
    assert "The plan is changed." in text(moved)
    wrong = browser(LEAD).post(
        "/first-90-days/change/", {"step": step, "moved_to": "soon"}, follow=True
    )
    assert "nothing was changed" in text(wrong)
    shared = text(browser(LEAD).get("/first-90-days/template.toml"))
    assert "Mira" not in shared
    assert "harbour.example" not in shared


@pytest.mark.parametrize("url", [f"/one-on-ones/{MEMBER}/", f"/growth/{MEMBER}/", "/hiring/",
                                 "/feedback/", "/waiting/", "/leaving/"])  # fmt: skip
def test_queries_do_not_grow_with_rows(
    url: str, browser: Browsers, django_assert_max_num_queries
) -> None:
    client = browser(LEAD)
    for number in range(3):
        add_rows(number)
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    for number in range(3, 12):
        add_rows(number)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url)


def add_rows(number: int) -> None:
    one_on_ones.add_point(MEMBER, by=MEMBER, text=f"point {number}", at=NOW)
    one_on_ones.agree(MEMBER, by=LEAD, owner=LEAD, text="t", due_on=TODAY, at=NOW, lead=LEAD)
    one_on_ones.write_note(MEMBER, by=LEAD, text="n", at=NOW)
    plan = growth.begin_plan(
        MEMBER, by=LEAD, gap="g", sign="s", check_on=TODAY + timedelta(days=30), today=TODAY,
        at=NOW,
    )  # fmt: skip
    growth.suggest_path(plan, by=LEAD, kind="course", text="c", at=NOW)
    draft(by=LEAD, about=MEMBER)
    from leadline.practice.interviews import Question

    asked = [Question(text="t", weak="w", fair="f", strong="s")]
    kit = hiring.make_kit(f"kit {number}", asked, by=LEAD, at=NOW)
    hiring.add_candidate(
        kit, name=f"c {number}", interviewers=[LEAD, MEMBER], by=LEAD, today=TODAY, at=NOW
    )


def test_a_talk_of_somebody_else_cannot_be_put_right(browser: Browsers) -> None:
    """The series of another report is not theirs, whatever the form says."""
    page = text(browser(LEAD).get("/one-on-ones/jonas@harbour.example/"))
    uid = page.split('name="uid" value="')[1].split('"')[0]
    planned_at = page.split('name="planned_at" value="')[1].split('"')[0]
    forged = browser(MEMBER).post(
        f"/one-on-ones/{MEMBER}/held/",
        {"uid": uid, "planned_at": planned_at, "held": "skipped"}, follow=True,
    )  # fmt: skip
    assert "not in the calendar" in text(forged)
    assert not TalkCorrection.objects.exists()


def test_whoever_is_no_report_is_told_that_nothing_here_is_theirs(browser: Browsers) -> None:
    for url in ("/people/", "/one-on-ones/", "/growth/"):
        assert "Nothing of yours" in text(browser(HEAD).get(url)), url


def test_the_lead_is_not_purged_by_a_forged_form(browser: Browsers) -> None:
    told = browser(LEAD).post("/mine/purge/", {"address": LEAD}, follow=True)
    assert "Only somebody on the roster" in text(told)
    assert browser(LEAD).get("/brief/").status_code == 200
