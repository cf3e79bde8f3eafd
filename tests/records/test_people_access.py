"""Who reads and changes people's records, in `mine` and after a purge: no more than listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db.models import Model

from leadline.practice.feedback_wording import Words
from leadline.practice.interviews import Question
from leadline.practice.probation.record import Outcome
from leadline.records import access
from leadline.records.access import Role, Viewer
from leadline.records.actions import (
    feedback,
    growth,
    hiring,
    leaving,
    one_on_ones,
    probation,
    pulse,
    reads,
)
from leadline.records.actions.brief import make_brief
from leadline.records.actions.erase import purge
from leadline.records.actions.retention import delete_expired
from leadline.records.models import (
    AgendaPoint,
    Candidate,
    Feedback,
    InterviewAnswer,
    Interviewer,
    PrivateNote,
    ProbationCheckIn,
    ProbationOutcome,
    SensitiveRead,
)
from leadline.records.personal import KINDS, kinds_with_records
from leadline.records.queries.findings import all_findings
from leadline.records.queries.mine import everything_about
from leadline.records.queries.waiting import n_waiting, waiting_for
from leadline.workspace import Workspace
from tests.records.people import INES, LUCA, MIRA, NOW, TEAM, TODAY, roster

pytestmark = pytest.mark.django_db
SECRET = "xylophone"
HEAD = "head@harbour.example"
PARTNER = "hr@harbour.example"
OTTO = "otto@harbour.example"


def viewer(address: str, role: Role = Role.MEMBER) -> Viewer:
    return Viewer(
        email=address, name=address, addresses=frozenset({address}), roles=frozenset({role})
    )


VIEWERS = {
    "lead": viewer(INES, Role.LEAD),
    "luca": viewer(LUCA),
    "mira": viewer(MIRA),
    "otto": viewer(OTTO),
    "head": viewer(HEAD, Role.HEAD),
    "partner": viewer(PARTNER, Role.PARTNER),
}


@pytest.fixture(autouse=True)
def records() -> None:
    """Something of every kind: most about Luca, a note and a draft of Luca's about Mira."""
    roster()
    one_on_ones.add_point(LUCA, by=INES, text=f"{SECRET} point", at=NOW)
    one_on_ones.agree(
        LUCA, by=INES, owner=INES, text="act", due_on=date(2026, 11, 1), at=NOW, lead=INES
    )
    one_on_ones.write_note(LUCA, by=INES, text=f"{SECRET} note of Ines", at=NOW)
    one_on_ones.write_note(MIRA, by=LUCA, text=f"{SECRET} note of Luca on Mira", at=NOW)
    one_on_ones.remind_me(by=LUCA, text=f"{SECRET} reminder", on=TODAY, at=NOW)
    feedback.say_preference(LUCA, wish="yes", form="spoken", at=NOW)
    words = Words(situation="On Monday", behaviour=SECRET, impact="i", question="q?")
    feedback.save_draft(MIRA, by=LUCA, words=words, at=NOW)
    shared = feedback.save_draft(LUCA, by=MIRA, words=words, at=NOW)
    feedback.share_feedback(
        shared, embargo=None, today=TODAY - timedelta(days=30), at=NOW - timedelta(days=30)
    )
    plan = growth.begin_plan(
        LUCA, by=INES, gap=SECRET, sign="s", check_on=date(2026, 12, 1), today=TODAY, at=NOW
    )
    growth.suggest_path(plan, by=INES, kind="course", text="c", at=NOW)
    probation.check_in(
        LUCA, by=INES, on=date(2026, 10, 9), went_well=SECRET, would_help="", at=NOW
    )
    kit = hiring.make_kit(
        "kit", [Question(text="t", weak="w", fair="f", strong="s")], by=INES, at=NOW
    )
    candidate = hiring.add_candidate(
        kit, name="A. Candidate", interviewers=[MIRA, LUCA], by=INES, today=TODAY, at=NOW
    )
    mira = candidate.interviewers.get(address=MIRA)
    hiring.write_answer(mira, kit.questions.get(), anchor=4, heard=SECRET, at=NOW)
    hiring.submit(mira, at=NOW)
    left = leaving.begin_leaving(
        LUCA, by=INES, told_on=TODAY, notice=None, last_on=date(2026, 12, 15), items=(), at=NOW
    )
    leaving.add_item(left, by=LUCA, kind="duty", what="pager", successor=OTTO, at=NOW)
    pulse.launch_round(team=TEAM, by=INES, closes_on=date(2026, 11, 30), today=TODAY, at=NOW)
    reads.note_read(reader=INES, about=LUCA, what="probation", at=NOW)


READERS = {
    "AgendaPoint": {"lead", "luca"},
    "AgreedAction": {"lead", "luca"},
    "PrivateNote": {"lead", "luca"},  # each their own one
    "Reminder": {"luca"},
    "FeedbackPreference": {"lead", "luca", "mira", "otto"},
    "Feedback": {"luca", "mira"},
    "GrowthPlan": {"lead", "luca"},
    "GrowthPath": {"lead", "luca"},
    "ProbationCheckIn": {"lead", "luca"},
    "InterviewKit": {"lead", "luca", "mira", "otto", "partner"},
    "Candidate": {"lead", "luca", "mira", "partner"},
    "Interviewer": {"lead", "luca", "mira", "partner"},
    "InterviewAnswer": {"mira"},
    "Leaving": {"lead", "luca", "otto", "partner"},
    "HandoverItem": {"lead", "luca", "otto", "partner"},
    "PulseRound": {"lead", "luca", "mira", "otto"},
    "PulseInvitation": {"luca", "mira", "otto"},
    "SensitiveRead": {"luca"},
}
"""Who reads any record of each kind that the fixture made: written by hand, the oracle."""


def test_nobody_reads_beyond_the_list() -> None:
    found = {
        kind.model.__name__: {
            name for name, one in VIEWERS.items() if access.visible(one, kind.rows()).exists()
        }
        for kind in KINDS
        if kind.rows().exists()
    }
    assert found == READERS


def test_a_private_note_and_a_draft_have_one_reader() -> None:
    for row in (*PrivateNote.objects.all(), *Feedback.objects.filter(shared_at=None)):
        readers = [one for one in VIEWERS.values() if access.may_read(one, row)]
        assert [one.email for one in readers] == [row.author]
        assert access.readers_of(row) == (f"{row.author} (who wrote it)",)


def test_notes_of_others_open_with_ones_own_and_for_the_lead_with_the_last() -> None:
    def readers() -> set[str]:
        rows = InterviewAnswer.objects.filter(interviewer__address=MIRA)
        return {name for name, one in VIEWERS.items() if access.visible(one, rows).exists()}

    assert readers() == {"mira"}
    luca = Interviewer.objects.get(address=LUCA)
    question = Candidate.objects.get().kit.questions.get()
    hiring.write_answer(luca, question, anchor=2, heard="h", at=NOW)
    assert readers() == {"mira"}
    hiring.submit(luca, at=NOW)
    assert readers() == {"mira", "luca", "lead"}


def test_what_may_be_changed_is_never_more_than_what_may_be_read() -> None:
    for kind in KINDS:
        for one in VIEWERS.values():
            changed = set(access.changeable(one, kind.rows()).values_list("pk", flat=True))
            seen = set(access.visible(one, kind.rows()).values_list("pk", flat=True))
            assert changed <= seen, kind.what


def texts(address: str, asked_by: Viewer | None) -> Iterator[str]:
    mine = everything_about(address, asked_by=asked_by)
    yield from (f"{piece.what}: {piece.text}" for piece in mine.held)


def test_mine_shows_me_everything_but_others_private_notes_and_counts_those() -> None:
    seen = list(texts(LUCA, VIEWERS["luca"]))
    assert any(f"{SECRET} note of Luca on Mira" in text for text in seen)
    assert not any("note of Ines" in text for text in seen)
    assert "private note: 1 more, which can be read only by who is named here" in seen
    assert any(text.startswith("read by somebody else: probation") for text in seen)
    assert any(text.startswith("probation check-in") for text in seen)


@pytest.mark.parametrize("addresses", [(LUCA,), (MIRA, LUCA), ("nobody@harbour.example",)])
def test_one_query_counts_what_each_kind_counts(addresses: tuple[str, ...]) -> None:
    counted = [(kind.what, n, len(rows)) for kind, rows, n in kinds_with_records(addresses)]
    each = ((kind.what, kind.concerning(addresses).count()) for kind in KINDS)
    assert counted == [(what, n, n) for what, n in each if n]
    assert bool(counted) == (LUCA in addresses)


def test_the_menu_counts_what_the_page_lists() -> None:
    """The query that counts is written once for a role, and filled for each reader and day."""
    for day in (TODAY, TODAY + timedelta(days=400), TODAY - timedelta(days=400)):
        for who in VIEWERS.values():
            assert n_waiting(who, today=day) == len(waiting_for(who, today=day)), (who, day)
    two = Viewer(
        email=LUCA, name="Luca", addresses=frozenset({LUCA, MIRA}),
        roles=frozenset({Role.MEMBER}),
    )  # fmt: skip
    assert n_waiting(two, today=TODAY) == len(waiting_for(two, today=TODAY)) > 0


def test_the_lead_asking_about_me_sees_none_of_my_own_notes_and_drafts() -> None:
    for asked_by in (None, VIEWERS["lead"]):
        seen = list(texts(LUCA, asked_by))
        assert not any(
            "note of Luca" in text or ("reminder" in text and SECRET in text) for text in seen
        )
        assert not any("note of Ines" in text for text in seen)
        assert "private note: 2 more, which can be read only by who is named here" in seen
        assert "feedback: 2 more, which can be read only by who is named here" in seen


def test_findings_between_others_are_not_in_the_leads_brief(workspace: Workspace) -> None:
    rules = {(one.rule, one.readers) for one in all_findings(workspace, today=TODAY)}
    assert ("feedback-follow-up-due", (MIRA, LUCA)) in rules
    assert ("reminder-due", (LUCA,)) in rules
    assert ("lead-owes-action", ("lead", LUCA)) in rules
    brief = make_brief(workspace, today=TODAY)
    everything = (*brief.choice.lines, *brief.choice.standing, *brief.choice.silenced)
    assert not {one.rule for one in everything} & {"feedback-follow-up-due", "reminder-due"}
    assert SECRET not in str(brief.to_dict())


def test_what_waits_for_somebody_says_that_it_waits_and_not_what_it_says() -> None:
    kinds = {one.kind for one in waiting_for(VIEWERS["luca"], today=TODAY)}
    assert kinds == {
        "feedback to answer", "choice of a path", "interview notes", "pulse", "reminder"
    }  # fmt: skip
    assert {one.kind for one in waiting_for(VIEWERS["otto"], today=TODAY)} == {
        "handover",
        "pulse",
    }
    assert {one.kind for one in waiting_for(VIEWERS["lead"], today=TODAY)} == {"action"}
    (late,) = (one for one in waiting_for(VIEWERS["mira"], today=TODAY) if "back" in one.kind)
    assert SECRET not in late.text


def test_a_purge_leaves_no_row_about_somebody_and_no_word_of_their_name(
    workspace: Workspace,
) -> None:
    one_on_ones.add_point(MIRA, by=MIRA, text="Ask Luca, luca@harbour.example", at=NOW)
    one_on_ones.write_note(MIRA, by=INES, text="works with Luca", at=NOW)
    purge(workspace, LUCA, at=NOW)
    for kind in KINDS:
        assert not kind.concerning([LUCA]).exists(), kind.what
        for row in kind.rows():
            assert "luca" not in str(values(row)).lower()
    assert AgendaPoint.objects.get().text == "Ask somebody, somebody"
    assert PrivateNote.objects.get().text == "works with somebody"


def values(row: Model) -> list[object]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def test_what_may_be_needed_in_court_is_kept_and_said(workspace: Workspace) -> None:
    probation.tell_outcome(
        LUCA, by=INES, outcome=Outcome.ENDED, told_on=TODAY, reasons="r", at=NOW
    )
    report = purge(workspace, LUCA, at=NOW)
    assert report[0].what == "that a probation ended, told on 2026-11-23"
    assert report[0].until == "2027-05-22 at the latest"  # 180 days later
    assert "reasons" in report[0].fields
    assert "article 17(3)(e)" in report[0].ground
    assert [one.what for one in report[1:]] == [
        "a hash of each address (1)", "people.csv line 2", "backups made before",
    ]  # fmt: skip
    assert ProbationOutcome.objects.exists()
    assert not ProbationCheckIn.objects.exists()
    assert not SensitiveRead.objects.exists()


@pytest.mark.parametrize(
    ("kind", "days"),
    [("private note", 730), ("leaving", 365 + 22), ("feedback", 730 - 30), ("draft", 180)],
)
def test_records_are_deleted_on_the_first_day_past_their_time(kind: str, days: int) -> None:
    """Oracle: the numbers of the page on privacy, counted by hand from the fixture's days."""
    rows = {
        "private note": PrivateNote.objects.all(),
        "leaving": KINDS_BY_NAME["leaving"].rows(),
        "feedback": Feedback.objects.filter(shared_at__isnull=False),
        "draft": Feedback.objects.filter(shared_at=None),
    }[kind]
    delete_expired(today=TODAY + timedelta(days=days))
    if kind != "feedback":
        assert rows.exists()
    delete_expired(today=TODAY + timedelta(days=days + 1 + 30))
    assert not rows.exists()


KINDS_BY_NAME = {kind.what: kind for kind in KINDS}


def test_candidates_and_ended_probations_are_deleted_by_the_clock() -> None:
    probation.tell_outcome(
        LUCA, by=INES, outcome=Outcome.ENDED, told_on=TODAY, reasons="r", at=NOW
    )
    delete_expired(today=TODAY + timedelta(days=180))
    assert ProbationCheckIn.objects.exists()
    delete_expired(today=TODAY + timedelta(days=181))
    assert not ProbationCheckIn.objects.exists()
    assert ProbationOutcome.objects.get().reasons == ""
    assert Candidate.objects.exists()
    delete_expired(today=TODAY + timedelta(days=366))
    assert not Candidate.objects.exists()
    assert not InterviewAnswer.objects.exists()
