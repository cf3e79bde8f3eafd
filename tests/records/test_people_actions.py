"""Verbs on people's records: what each leaves behind, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.timezone import override

from leadline.errors import InputError
from leadline.practice.feedback import embargo
from leadline.practice.feedback_wording import Words
from leadline.practice.interviews import Question
from leadline.practice.leaving import Item, Notice
from leadline.practice.probation import ProbationDates, probation_dates
from leadline.practice.probation.record import Outcome
from leadline.practice.talks import Held
from leadline.records.access import Role, Viewer
from leadline.records.actions import (
    feedback,
    growth,
    hiring,
    leaving,
    one_on_ones,
    probation,
    reads,
)
from leadline.records.models import (
    Candidate,
    Feedback,
    FeedbackPreference,
    GrowthPlan,
    Interviewer,
    InterviewKit,
    ProbationCheckIn,
    ProbationOutcome,
    SensitiveRead,
    TypedInput,
)
from leadline.records.queries.hiring import calibration_of, candidate_page
from tests.records.people import INES, LUCA, MIRA, NOW, TODAY

pytestmark = pytest.mark.django_db
SAID = Words(
    situation="On Tuesday in the design review",
    behaviour="you showed the plan before anybody asked",
    impact="and we decided the same day",
    question="How did you see it?",
)


def test_points_and_actions_say_who_and_when_and_are_closed_once() -> None:
    point = one_on_ones.add_point(LUCA, by=LUCA, text=" the pager \n", at=NOW)
    assert (point.text, point.author, point.closed_at) == ("the pager", LUCA, None)
    one_on_ones.close_point(point, by=INES, at=NOW)
    one_on_ones.close_point(point, by=LUCA, at=NOW + timedelta(days=1))
    assert (point.closed_by, point.closed_at) == (INES, NOW)
    action = one_on_ones.agree(
        LUCA, by=INES, owner=INES, text="ask HR", due_on=TODAY, at=NOW, lead=INES
    )
    one_on_ones.finish_action(action, by=INES, at=NOW)
    assert action.done_by == INES
    with pytest.raises(InputError, match="one of the two people's"):
        one_on_ones.agree(LUCA, by=INES, owner=MIRA, text="x", due_on=None, at=NOW, lead=INES)
    with pytest.raises(InputError, match="the point is empty"):
        one_on_ones.add_point(LUCA, by=LUCA, text="  ", at=NOW)
    with pytest.raises(InputError, match="at most 20000"):
        one_on_ones.add_point(LUCA, by=LUCA, text="x" * 20_001, at=NOW)
    with pytest.raises(InputError, match="NUL"):
        one_on_ones.add_point(LUCA, by=LUCA, text="a\x00b", at=NOW)
    assert set(TypedInput.objects.values_list("characters", flat=True)) == {9, 6}


def test_a_private_note_is_about_somebody_else() -> None:
    with pytest.raises(InputError, match="a reminder is for yourself"):
        one_on_ones.write_note(INES, by=INES, text="x", at=NOW)
    reminder = one_on_ones.remind_me(by=INES, text="call", on=TODAY, at=NOW)
    assert one_on_ones.finish_reminder(reminder, at=NOW).done_at == NOW


def test_what_became_of_a_talk_can_be_put_right_again_and_again() -> None:
    for held in (Held.SKIPPED, Held.HELD):
        row = one_on_ones.correct_talk(
            LUCA, by=LUCA, uid="weekly", planned_at=NOW, held=held, at=NOW
        )
        assert row.held == held


def draft(about: str = LUCA, by: str = INES, kind: str = "feedback") -> Feedback:
    return feedback.save_draft(about, by=by, words=SAID, kind=kind, at=NOW)


def test_feedback_waits_for_the_embargo_unless_there_is_a_reason() -> None:
    early = embargo(lead_since=date(2026, 10, 5), person_since=None)
    with pytest.raises(InputError, match="opens on 2027-01-03"):
        feedback.share_feedback(draft(), embargo=early, today=TODAY, at=NOW)
    shared = feedback.share_feedback(
        draft(), embargo=early, today=TODAY, at=NOW, override="he asked for it"
    )
    assert (shared.shared_at, shared.override) == (NOW, "he asked for it")
    assert shared.follow_up_on == date(2026, 12, 21)  # four weeks after 23 November
    upward = feedback.share_feedback(
        draft(about=INES, by=LUCA), embargo=None, today=TODAY, at=NOW
    )
    assert upward.shared_at == NOW


def test_who_wants_no_feedback_now_gets_none_but_conduct_is_said_at_once() -> None:
    feedback.say_preference(LUCA, wish="yes", form="spoken", at=NOW)
    feedback.say_preference(LUCA, wish="not now", form="any", at=NOW + timedelta(hours=1))
    with pytest.raises(InputError, match="want no feedback now"):
        feedback.share_feedback(draft(), embargo=None, today=TODAY, at=NOW)
    early = embargo(lead_since=date(2026, 10, 5), person_since=None)
    conduct = feedback.save_draft(
        LUCA, by=INES, words=Words(behaviour="you shouted at Otto"), kind="conduct", at=NOW
    )
    assert feedback.share_feedback(conduct, embargo=early, today=TODAY, at=NOW).shared_at
    with pytest.raises(InputError, match="'maybe' is none of"):
        feedback.say_preference(LUCA, wish="maybe", form="any", at=NOW)
    assert FeedbackPreference.objects.get().wish == "not now"


def test_an_unfinished_draft_is_kept_and_not_shared() -> None:
    unfinished = feedback.save_draft(LUCA, by=INES, words=replace(SAID, impact=""), at=NOW)
    with pytest.raises(InputError, match="the impact is empty"):
        feedback.share_feedback(unfinished, embargo=None, today=TODAY, at=NOW)
    with pytest.raises(InputError, match="the draft is empty"):
        feedback.save_draft(LUCA, by=INES, words=Words(), at=NOW)
    with pytest.raises(InputError, match="feedback is to somebody else"):
        feedback.save_draft(INES, by=INES, words=SAID, at=NOW)


def test_only_the_person_answers_and_what_was_shared_is_not_edited() -> None:
    given = feedback.share_feedback(draft(), embargo=None, today=TODAY, at=NOW)
    with pytest.raises(InputError, match="only the person"):
        feedback.answer_feedback(given, by=INES, text="x", at=NOW)
    answered = feedback.answer_feedback(given, by=LUCA, text="I saw it so too", at=NOW)
    assert (answered.answer, answered.answered_at) == ("I saw it so too", NOW)
    with pytest.raises(InputError, match="is no draft any more"):
        feedback.save_draft(LUCA, by=INES, words=SAID, at=NOW, draft=given)
    with pytest.raises(InputError, match="shared already"):
        feedback.share_feedback(given, embargo=None, today=TODAY, at=NOW)
    assert feedback.follow_up(given, at=NOW).followed_up_at == NOW
    assert feedback.words_of({"impact": "x"}) == Words(impact="x")


def test_a_plan_is_chosen_by_the_person_and_gone_when_closed() -> None:
    plan = growth.begin_plan(
        LUCA, by=INES, gap="SQL: the join of 3 November", sign="a review without help",
        check_on=TODAY + timedelta(days=60), today=TODAY, at=NOW,
    )  # fmt: skip
    first = growth.suggest_path(plan, by=INES, kind="course", text="two evenings", at=NOW)
    with pytest.raises(InputError, match="at least 2 paths"):
        growth.choose_path(first, by=LUCA, at=NOW)
    second = growth.suggest_path(plan, by=LUCA, kind="mentor", text="with Mira", at=NOW)
    with pytest.raises(InputError, match="only the person"):
        growth.choose_path(second, by=INES, at=NOW)
    growth.choose_path(first, by=LUCA, at=NOW)
    growth.choose_path(second, by=LUCA, at=NOW)
    assert [path.chosen_at for path in plan.paths.all()] == [None, NOW]
    with pytest.raises(InputError, match="a path is one of course"):
        growth.suggest_path(plan, by=INES, kind="order", text="x", at=NOW)
    moved = growth.move_check(plan, check_on=TODAY + timedelta(days=90), today=TODAY)
    assert moved.check_on == date(2027, 2, 21)
    growth.close_plan(plan)
    assert not GrowthPlan.objects.exists()


@pytest.fixture
def dates() -> ProbationDates:
    """Luca's six months from 1 September 2026, to the end of February."""
    found = probation_dates(country="DE", start_on=date(2026, 9, 1))
    assert isinstance(found, ProbationDates)
    return found


def test_a_probation_that_ends_is_no_surprise_and_one_that_is_passed_is_forgotten(
    dates: ProbationDates,
) -> None:
    def told(outcome: Outcome, reasons: str = "", on: date = TODAY) -> ProbationOutcome:
        return probation.tell_outcome(
            LUCA, by=INES, outcome=outcome, told_on=on, reasons=reasons, at=NOW
        )

    with pytest.raises(InputError, match="the first the person hears of it"):
        told(Outcome.ENDED, "r")
    probation.check_in(
        LUCA, by=INES, on=date(2026, 11, 9), went_well="tests", would_help="SQL", at=NOW
    )
    with pytest.raises(InputError, match="the reason is empty"):
        told(Outcome.ENDED)
    probation.extend(
        LUCA, by=INES, until=date(2027, 4, 1), reason="ill in October", dates=dates,
        today=TODAY, at=NOW,
    )  # fmt: skip
    passed = told(Outcome.PASSED, "anything said here is not kept")
    assert (passed.reasons, passed.purge_on) == ("", TODAY)
    assert not ProbationCheckIn.objects.exists()
    with pytest.raises(InputError, match="told already"):
        told(Outcome.PASSED)


ASKED = Question(text="Tell us of a test.", weak="none", fair="one", strong="one, and why")


@pytest.fixture
def kit() -> InterviewKit:
    """A kit of two questions."""
    return hiring.make_kit(
        "ML engineer", [ASKED, replace(ASKED, text="How would you roll back?")], by=INES, at=NOW
    )


def interviewed(kit: InterviewKit) -> tuple[Candidate, Interviewer, Interviewer]:
    candidate = hiring.add_candidate(
        kit, name="A. Candidate", interviewers=[MIRA, LUCA, MIRA], by=INES, today=TODAY, at=NOW
    )
    mira, luca = candidate.interviewers.order_by("-address")
    return candidate, mira, luca


def seen_as(address: str, role: Role = Role.MEMBER) -> Viewer:
    return Viewer(
        email=address, name=address, addresses=frozenset({address}), roles=frozenset({role})
    )


def write_all(interviewer: Interviewer, anchor: int) -> None:
    for question in interviewer.candidate.kit.questions.all():
        hiring.write_answer(interviewer, question, anchor=anchor, heard="a test", at=NOW)


def test_notes_are_independent_and_the_debrief_waits_for_all(kit: InterviewKit) -> None:
    candidate, mira, luca = interviewed(kit)
    write_all(mira, 4)
    hiring.submit(mira, at=NOW)
    seen_by_luca = candidate_page(candidate, viewer=seen_as(LUCA))
    assert (seen_by_luca.n_hidden, [one.others for one in seen_by_luca.heard]) == (2, [(), ()])
    with pytest.raises(InputError, match="0 of 2 questions are answered"):
        hiring.submit(luca, at=NOW)
    with pytest.raises(InputError, match="waits for the notes of luca@"):
        hiring.decide(candidate, by=INES, outcome="offer", reasons="r", today=TODAY, at=NOW)
    write_all(luca, 2)
    assert candidate_page(candidate, viewer=seen_as(LUCA)).n_hidden == 2
    hiring.submit(luca, at=NOW)
    assert candidate_page(candidate, viewer=seen_as(LUCA)).n_hidden == 0
    assert candidate_page(candidate, viewer=seen_as(INES, Role.LEAD)).n_hidden == 0
    # The people partner sees the candidate and the decision, and no notes.
    partner = candidate_page(candidate, viewer=seen_as("hr@harbour.example", Role.PARTNER))
    assert (partner.n_hidden, [one.others for one in partner.heard]) == (4, [(), ()])
    with pytest.raises(InputError, match="your notes are submitted"):
        write_all(luca, 5)
    decided = hiring.decide(
        candidate, by=INES, outcome="offer", reasons="the roll-back", today=TODAY, at=NOW
    )
    assert decided.outcome == "offer"
    assert candidate.delete_on == TODAY + timedelta(days=180)
    with pytest.raises(InputError, match="decided already"):
        hiring.decide(candidate, by=INES, outcome="offer", reasons="r", today=TODAY, at=NOW)
    with pytest.raises(InputError, match="'later' is none of"):
        hiring.decide(candidate, by=INES, outcome="later", reasons="r", today=TODAY, at=NOW)


def test_who_withdraws_needs_no_debrief(kit: InterviewKit) -> None:
    candidate, _, _ = interviewed(kit)
    hiring.decide(
        candidate, by=INES, outcome="withdrew", reasons="another job", today=TODAY, at=NOW
    )


def test_calibration_counts_only_what_was_debriefed(kit: InterviewKit) -> None:
    for _ in range(5):
        candidate, mira, luca = interviewed(kit)
        write_all(mira, 4)
        write_all(luca, 2)
        hiring.submit(mira, at=NOW)
        hiring.submit(luca, at=NOW)
        assert str(calibration_of({LUCA})).startswith("a calibration needs at least 10")
        hiring.decide(candidate, by=INES, outcome="offer", reasons="r", today=TODAY, at=NOW)
    found = calibration_of({LUCA})
    assert not isinstance(found, str)
    # Ten answers, each two anchors below Mira's.
    assert (found.n_comparisons, found.severity, found.agreement) == (10, -2, 0)


def asked(*texts: str) -> list[Question]:
    return [Question(text=text, weak="w", fair="f", strong="s") for text in texts]


def test_a_kit_that_nobody_was_asked_is_changed_and_deleted(kit: InterviewKit) -> None:
    changed = hiring.change_kit(kit, name="Analyst", questions=asked("Why?"), by=INES, at=NOW)
    assert changed.pk == kit.pk
    assert (changed.name, hiring.questions_of(changed)) == ("Analyst", asked("Why?"))
    hiring.make_kit("Taken", asked("What?"), by=INES, at=NOW)
    with pytest.raises(InputError, match="a kit named 'Taken' already"):
        hiring.change_kit(kit, name="Taken", questions=asked("Why?"), by=INES, at=NOW)
    with pytest.raises(InputError, match="at least one question"):
        hiring.change_kit(kit, name="Analyst", questions=[], by=INES, at=NOW)
    hiring.delete_kit(kit)
    assert [one.name for one in InterviewKit.objects.all()] == ["Taken"]


def test_a_kit_that_somebody_was_asked_keeps_its_questions(kit: InterviewKit) -> None:
    interviewed(kit)
    old = hiring.questions_of(kit)
    with pytest.raises(InputError, match="so this kit keeps them"):
        hiring.change_kit(kit, name=kit.name, questions=asked("Why?"), by=INES, at=NOW)
    copy = hiring.change_kit(kit, name="Second", questions=asked("Why?"), by=INES, at=NOW)
    assert copy.pk != kit.pk
    assert (hiring.questions_of(kit), hiring.questions_of(copy)) == (old, asked("Why?"))
    renamed = hiring.change_kit(kit, name="First", questions=old, by=INES, at=NOW)
    assert (renamed.pk, renamed.name) == (kit.pk, "First")
    with pytest.raises(InputError, match="the notes on 1 of its candidates"):
        hiring.delete_kit(kit)


def test_kits_candidates_and_answers_that_cannot_be_are_refused(kit: InterviewKit) -> None:
    with pytest.raises(InputError, match="a kit named 'ML engineer'"):
        hiring.make_kit("ML engineer", [ASKED], by=INES, at=NOW)
    with pytest.raises(InputError, match="at least one interviewer"):
        hiring.add_candidate(kit, name="A", interviewers=[""], by=INES, today=TODAY, at=NOW)
    other = hiring.make_kit("Analyst", [ASKED], by=INES, at=NOW)
    _, mira, _ = interviewed(kit)
    question = other.questions.get()
    with pytest.raises(InputError, match="not in the candidate's kit"):
        hiring.write_answer(mira, question, anchor=3, heard="x", at=NOW)
    with pytest.raises(InputError, match="one of 1–5, got 6"):
        hiring.write_answer(mira, question, anchor=6, heard="x", at=NOW)


def test_a_leaver_hands_over_to_somebody_else() -> None:
    items = [Item(kind="area", what="ranker/", why="git", successor="", done_on=None)]
    gone = leaving.begin_leaving(
        LUCA, by=INES, told_on=date(2026, 11, 3), last_on=None, items=items, at=NOW,
        notice=Notice(length=4, ends_on="15th or end of month"),
    )  # fmt: skip
    # 3 November and four weeks: 1 December; the next 15th or end of month is the 15th.
    assert gone.last_on == date(2026, 12, 15)
    assert gone.rule.endswith("The notice ends on the 15th or end of month.")
    area = gone.items.get()
    with pytest.raises(InputError, match="has no successor yet"):
        leaving.hand_over(area, by=INES, at=NOW)
    with pytest.raises(InputError, match="whoever leaves cannot"):
        leaving.name_successor(area, successor=LUCA)
    leaving.name_successor(area, successor=MIRA)
    assert leaving.hand_over(area, by=LUCA, at=NOW).done_by == LUCA
    duty = leaving.add_item(
        gone, by=LUCA, kind="duty", what="pager on Mondays", successor="", at=NOW
    )
    assert duty.why == f"said by {LUCA}"
    with pytest.raises(InputError, match="'secret' is none of"):
        leaving.add_item(gone, by=LUCA, kind="secret", what="x", successor="", at=NOW)


def test_a_last_day_is_agreed_or_follows_from_the_contract() -> None:
    def begin(**how: object) -> None:
        values = {"notice": None, "last_on": None} | how
        leaving.begin_leaving(
            LUCA,
            by=INES,
            told_on=TODAY,
            items=(),
            at=NOW,
            **values,  # type: ignore[arg-type]
        )

    with pytest.raises(InputError, match="give the notice of the contract"):
        begin()
    with pytest.raises(InputError, match="lies before the day it was told"):
        begin(last_on=TODAY - timedelta(days=1))
    begin(last_on=TODAY)
    with pytest.raises(InputError, match="known already"):
        begin(last_on=TODAY)


def test_reads_are_added_once_a_day_and_never_changed() -> None:
    reads.note_read(reader=INES, about=LUCA, what="probation", at=NOW)
    reads.note_read(reader=INES, about=LUCA, what="probation", at=NOW + timedelta(hours=1))
    reads.note_read(reader=LUCA, about=LUCA, what="probation", at=NOW)
    row = SensitiveRead.objects.get()
    assert (row.reader, row.about, row.at) == (INES, LUCA, NOW)
    with pytest.raises(TypeError, match="never changed"):
        row.save()


def test_a_day_of_reading_is_the_readers_day() -> None:
    with override("Europe/Berlin"):  # an hour before midnight in UTC is the next day there
        for hour in (22, 23):
            at = datetime(2026, 11, 25, hour, 30, tzinfo=UTC)
            reads.note_read(reader=INES, about=LUCA, what="probation", at=at)
    assert SensitiveRead.objects.count() == 2
    with override("Europe/Berlin"):
        at = datetime(2026, 11, 25, 23, 45, tzinfo=UTC)
        reads.note_read(reader=INES, about=LUCA, what="probation", at=at)
    assert SensitiveRead.objects.count() == 2
