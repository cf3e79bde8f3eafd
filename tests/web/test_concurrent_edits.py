"""Of two who change the same thing, the later is told, and nothing is lost: every form of all.

Each case makes a thing, opens its page, changes the thing behind its reader's back, and then
sends the form as the page had it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.urls import reverse

from leadline.practice.feedback_wording import Words
from leadline.practice.interviews import Question
from leadline.practice.pulse import LEVELS
from leadline.practice.talks import Held
from leadline.records.actions import feedback, growth, hiring, leaving, one_on_ones, probation
from leadline.records.actions import project_notes as notes
from leadline.records.actions.correct import correct
from leadline.records.actions.mail import wish_for_mail
from leadline.records.models import (
    Assumption,
    Candidate,
    Correction,
    Decision,
    DecisionReview,
    Feedback,
    FeedbackPreference,
    GrowthPlan,
    HandoverItem,
    HiringDecision,
    Idea,
    InterviewAnswer,
    InterviewKit,
    Leaving,
    MailWish,
    PlanChange,
    ProbationExtension,
    ProbationOutcome,
    PulseCount,
    PulsePromise,
    PulseRound,
    TalkCorrection,
)
from leadline.records.queries.pulse import asked_in
from leadline.web.kept import kept_of
from tests.web.canaries import PROJECT
from tests.web.conftest import LEAD, MEMBER, NOW, OTHER, TODAY, Browsers
from tests.web.test_addresses import declared

ADDS = {
    "answer", "assume", "park-idea", "decide", "confirm-project", "read-again", "invite",
    "answer-take-back", "point-reopen", "action-reopen", "reminder-reopen", "item-reopen",
    "first-days-undo",
    "share", "take-back", "point-add", "point-close", "action-add", "action-done",
    "note-add", "note-delete", "feedback-begin", "feedback-follow-up", "plan-begin",
    "path-suggest", "kit-make", "candidate-add", "leaving-begin", "item-add",
    "pulse-launch", "pulse-answer", "reminder-add", "reminder-done", "mine-purge",
    "settings-feed", "settings-feed-back",
}  # fmt: skip
"""What adds something, or says the same however often it is said: nothing is overwritten."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One form, and what somebody else does meanwhile.

    Attributes
    ----------
    page, form : str
        Where it is shown, and its action.
    values : dict
        What its reader types.
    meanwhile : callable
        Changes the thing.
    kept : str
        What the page must show of that.
    typed : str
        What it must show of `values`; empty for a button.
    done : callable
        Whether what was asked is done.
    who : str
        Its reader.
    once : bool
        Whether it can be done once only, so that it cannot be done over.
    """

    page: str
    form: str
    meanwhile: Callable[[], object]
    kept: str
    done: Callable[[], bool]
    values: dict[str, str] = field(default_factory=dict)
    typed: str = ""
    who: str = LEAD
    once: bool = False


class _Seen(HTMLParser):
    def __init__(self, action: str, values: dict[str, str]) -> None:
        super().__init__()
        self.action, self.values = action, values
        self.hidden: dict[str, str] = {}
        self.found: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.hidden = {} if values.get("action") == self.action else {"": ""}
        elif tag == "input" and values.get("type") == "hidden" and "" not in self.hidden:
            self.hidden[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag != "form" or "" in self.hidden or self.found:
            return
        if all(self.values.get(name, value) == value for name, value in self.hidden.items()):
            self.found = self.hidden


def hidden_in(content: bytes, case: Case) -> dict[str, str]:
    """What the form carries without showing it."""
    parser = _Seen(case.form, {k: v for k, v in case.values.items() if k in {"uid", "step"}})
    parser.feed(content.decode())
    assert parser.found, f"{case.page} shows no form for {case.form}"
    return parser.found


def words(impact: str) -> Words:
    return Words(situation="s", behaviour="b", impact=impact, question="q?")


def draft_of_lead() -> Feedback:
    return feedback.save_draft(OTHER, by=LEAD, words=words("first"), at=NOW)


def kept_draft(browser: Browsers) -> Case:
    draft = draft_of_lead()
    return Case(
        page=f"/feedback/{draft.pk}/",
        form=f"/feedback/{draft.pk}/keep/",
        values={"kind": "feedback", "behaviour": "b", "impact": "typed by me"},
        meanwhile=lambda: Feedback.objects.update(impact="from another window"),
        kept="from another window",
        typed="typed by me",
        done=lambda: Feedback.objects.get().impact == "typed by me",
    )


def shared_draft(browser: Browsers) -> Case:
    draft = draft_of_lead()
    return Case(
        page=f"/feedback/{draft.pk}/",
        form=f"/feedback/{draft.pk}/share/",
        values={"override": "cannot wait"},
        meanwhile=lambda: Feedback.objects.update(impact="from another window"),
        kept="from another window",
        typed="cannot wait",
        done=lambda: Feedback.objects.get().shared_at is not None,
    )


def discarded_draft(browser: Browsers) -> Case:
    draft = draft_of_lead()
    return Case(
        page=f"/feedback/{draft.pk}/",
        form=f"/feedback/{draft.pk}/discard/",
        meanwhile=lambda: Feedback.objects.update(impact="from another window"),
        kept="from another window",
        done=lambda: not Feedback.objects.exists(),
    )


def answered_feedback(browser: Browsers) -> Case:
    given = draft_of_lead()
    feedback.share_feedback(given, embargo=None, today=TODAY, at=NOW)
    return Case(
        who=OTHER,
        page=f"/feedback/{given.pk}/",
        form=f"/feedback/{given.pk}/answer/",
        values={"answer": "on my phone"},
        meanwhile=lambda: feedback.answer_feedback(
            given, by=OTHER, text="on my laptop", at=NOW
        ),
        kept="on my laptop",
        typed="on my phone",
        done=lambda: Feedback.objects.get().answer == "on my phone",
    )


def wish_for_feedback(browser: Browsers) -> Case:
    def say(wish: str) -> None:
        feedback.say_preference(MEMBER, wish=wish, form="any", at=NOW)

    return Case(
        who=MEMBER,
        page="/feedback/",
        form="/feedback/wish/",
        values={"wish": "yes", "form": "spoken"},
        meanwhile=lambda: say("not now"),
        kept="not now",
        typed="spoken",
        done=lambda: FeedbackPreference.objects.get().wish == "yes",
    )


def plan_of_member() -> GrowthPlan:
    plan = growth.begin_plan(
        MEMBER, by=LEAD, gap="g", sign="s", check_on=TODAY + timedelta(30), today=TODAY, at=NOW
    )
    for text in ("a course", "a mentor"):
        growth.suggest_path(plan, by=LEAD, kind="course", text=text, at=NOW)
    return plan


def moved_plan(browser: Browsers) -> Case:
    plan = plan_of_member()
    return Case(
        page=reverse("growth-page", args=[MEMBER]),
        form=f"/growth/plans/{plan.pk}/check/",
        values={"check_on": "2026-12-28"},
        meanwhile=lambda: GrowthPlan.objects.update(check_on="2027-01-11"),
        kept="2027-01-11",
        typed="2026-12-28",
        done=lambda: str(GrowthPlan.objects.get().check_on) == "2026-12-28",
    )


def closed_plan(browser: Browsers) -> Case:
    plan = plan_of_member()
    return Case(
        page=reverse("growth-page", args=[MEMBER]),
        form=f"/growth/plans/{plan.pk}/close/",
        meanwhile=lambda: growth.suggest_path(
            plan, by=MEMBER, kind="course", text="to teach it", at=NOW
        ),
        kept="to teach it",
        done=lambda: not GrowthPlan.objects.exists(),
    )


def chosen_path(browser: Browsers) -> Case:
    first, second = plan_of_member().paths.all()
    return Case(
        who=MEMBER,
        page=reverse("growth-page", args=[MEMBER]),
        form=f"/growth/paths/{first.pk}/choose/",
        meanwhile=lambda: growth.choose_path(second, by=MEMBER, at=NOW),
        kept="a mentor",
        done=lambda: type(first).objects.get(pk=first.pk).chosen_at is not None,
    )


PROBATIONER = "selma@harbour.example"


def check_in_meanwhile() -> None:
    probation.check_in(
        PROBATIONER, by=LEAD, on=TODAY, went_well="the pager", would_help="", at=NOW
    )


def probation_check_in(browser: Browsers) -> Case:
    return Case(
        page=reverse("growth-page", args=[PROBATIONER]),
        form=reverse("check-in", args=[PROBATIONER]),
        values={"on": "2026-11-23", "went_well": "the ranking"},
        meanwhile=check_in_meanwhile,
        kept="the pager",
        typed="the ranking",
        done=lambda: probation.ProbationCheckIn.objects.filter(
            went_well="the ranking"
        ).exists(),
    )


def probation_extension(browser: Browsers) -> Case:
    def extend() -> None:
        ProbationExtension.objects.create(
            about=PROBATIONER, author=LEAD, until="2027-03-05", reason="ill for a week", at=NOW
        )

    return Case(
        page=reverse("growth-page", args=[PROBATIONER]),
        form=reverse("probation-extend", args=[PROBATIONER]),
        values={"until": "2027-03-12", "reason": "ill for two"},
        meanwhile=extend,
        kept="ill for a week",
        typed="ill for two",
        done=lambda: ProbationExtension.objects.filter(reason="ill for two").exists(),
    )


def probation_outcome(browser: Browsers) -> Case:
    return Case(
        page=reverse("growth-page", args=[PROBATIONER]),
        form=reverse("probation-outcome", args=[PROBATIONER]),
        values={"outcome": "passed", "told_on": "2026-11-23"},
        meanwhile=check_in_meanwhile,
        kept="the pager",
        typed="2026-11-23",
        done=ProbationOutcome.objects.exists,
    )


def corrected_talk(browser: Browsers) -> Case:
    page = reverse("one-on-one", args=[MEMBER])
    shown = browser(LEAD).get(page).content.decode()
    uid = shown.split('name="uid" value="')[1].split('"')[0]
    planned_at = shown.split('name="planned_at" value="')[1].split('"')[0]
    held = "skipped" if 'value="skipped"' in shown else "held"

    def say() -> None:
        at = datetime.fromisoformat(planned_at)
        one_on_ones.correct_talk(
            MEMBER, by=MEMBER, uid=uid, planned_at=at, held=Held.MOVED, at=NOW
        )

    return Case(
        page=page,
        form=f"{page}held/",
        values={"uid": uid, "planned_at": planned_at, "held": held},
        meanwhile=say,
        kept="moved",
        typed=held,
        done=lambda: TalkCorrection.objects.filter(author=LEAD).exists(),
    )


def kit_of_one() -> InterviewKit:
    questions = [Question(text="Why?", weak="w", fair="f", strong="s")]
    return hiring.make_kit("Analyst", questions, by=LEAD, at=NOW)


def changed_kit(browser: Browsers) -> Case:
    kit = kit_of_one()
    return Case(
        page=f"/hiring/kits/{kit.pk}/",
        form=f"/hiring/kits/{kit.pk}/change/",
        values={"name": "Analyst", "questions": "Where? | w | f | s"},
        meanwhile=lambda: kit.questions.update(text="When?"),
        kept="When? | w | f | s",
        typed="Where? | w | f | s",
        done=lambda: kit.questions.get().text == "Where?",
    )


def deleted_kit(browser: Browsers) -> Case:
    kit = kit_of_one()
    return Case(
        page=f"/hiring/kits/{kit.pk}/",
        form=f"/hiring/kits/{kit.pk}/delete/",
        meanwhile=lambda: kit.questions.update(text="When?"),
        kept="When? | w | f | s",
        done=lambda: not InterviewKit.objects.exists(),
    )


def candidate() -> Candidate:
    return hiring.add_candidate(
        kit_of_one(), name="Kim", interviewers=[MEMBER], by=LEAD, today=TODAY, at=NOW
    )


def interview_notes(browser: Browsers) -> Case:
    one = candidate()
    row, question = one.interviewers.get(), one.kit.questions.get()
    return Case(
        who=MEMBER,
        page=f"/hiring/candidates/{one.pk}/",
        form=f"/hiring/interviews/{row.pk}/",
        values={"q1-anchor": "5", "q1-heard": "on my phone"},
        meanwhile=lambda: hiring.write_answer(
            row, question, anchor=1, heard="on my laptop", at=NOW
        ),
        kept="on my laptop",
        typed="on my phone",
        done=lambda: InterviewAnswer.objects.get().heard == "on my phone",
    )


def hiring_decision(browser: Browsers) -> Case:
    one = candidate()

    def decide() -> None:
        hiring.decide(
            one, by=LEAD, outcome="withdrew", reasons="took the sea", today=TODAY, at=NOW
        )

    return Case(
        page=f"/hiring/candidates/{one.pk}/",
        form=f"/hiring/candidates/{one.pk}/decide/",
        values={"outcome": "withdrew", "reasons": "took the hills"},
        meanwhile=decide,
        kept="took the sea",
        typed="took the hills",
        done=lambda: HiringDecision.objects.filter(reasons="took the hills").exists(),
        once=True,
    )


def deleted_candidate(browser: Browsers) -> Case:
    case = hiring_decision(browser)
    return Case(
        page=case.page,
        form=case.page + "delete/",
        meanwhile=case.meanwhile,
        kept="took the sea",
        done=lambda: not Candidate.objects.exists(),
    )


def leaver() -> tuple[Leaving, HandoverItem]:
    one = leaving.begin_leaving(
        OTHER, by=LEAD, told_on=TODAY, notice=None, last_on=TODAY + timedelta(60), items=(),
        at=NOW,
    )  # fmt: skip
    item = leaving.add_item(one, by=LEAD, kind="duty", what="pager", successor="", at=NOW)
    return one, item


def named_successor(browser: Browsers) -> Case:
    one, item = leaver()
    return Case(
        page=f"/leaving/{one.pk}/",
        form=f"/leaving/items/{item.pk}/successor/",
        values={"successor": LEAD},
        meanwhile=lambda: leaving.name_successor(item, successor=MEMBER),
        kept=MEMBER,
        typed=LEAD,
        done=lambda: HandoverItem.objects.get().successor == LEAD,
    )


def handed_over(browser: Browsers) -> Case:
    one, item = leaver()
    leaving.name_successor(item, successor=LEAD)
    return Case(
        page=f"/leaving/{one.pk}/",
        form=f"/leaving/items/{item.pk}/done/",
        meanwhile=lambda: leaving.name_successor(item, successor=MEMBER),
        kept=MEMBER,
        done=lambda: HandoverItem.objects.get().done_at is not None,
    )


def stays_after_all(browser: Browsers) -> Case:
    one, item = leaver()
    return Case(
        page=f"/leaving/{one.pk}/",
        form=f"/leaving/{one.pk}/take-back/",
        meanwhile=lambda: leaving.name_successor(item, successor=MEMBER),
        kept=MEMBER,
        done=lambda: not Leaving.objects.exists(),
    )


def moved_step(browser: Browsers) -> Case:
    page = "/first-90-days/"
    shown = browser(LEAD).get(page).content.decode()
    step = shown.split('name="step" value="')[1].split('"')[0]
    return Case(
        page=page,
        form=f"{page}change/",
        values={"step": step, "moved_to": "2026-12-28"},
        meanwhile=lambda: PlanChange.objects.create(step=step, moved_to="2026-12-21", at=NOW),
        kept="2026-12-21",
        typed="2026-12-28",
        done=lambda: PlanChange.objects.filter(moved_to="2026-12-28").exists(),
    )


def settings_for_mail(browser: Browsers) -> Case:
    return Case(
        page="/settings/",
        form="/settings/mail/",
        values={"every": "week"},
        meanwhile=lambda: wish_for_mail(LEAD, every="day", at=NOW),
        kept="day",
        typed="week",
        done=lambda: MailWish.objects.get().every == "week",
    )


def corrected_fact(browser: Browsers) -> Case:
    return Case(
        who=MEMBER,
        page="/mine/",
        form="/mine/correct/",
        values={"field": "level", "value": "senior"},
        meanwhile=lambda: correct(MEMBER, field="level", value="principal", at=NOW),
        kept="principal",
        typed="senior",
        done=lambda: Correction.objects.filter(value="senior").exists(),
    )


def promise_after_a_pulse(browser: Browsers) -> Case:
    over = PulseRound.objects.create(
        author=LEAD, at=NOW, closes_on=TODAY - timedelta(7), threshold=5
    )
    for statement in asked_in(over):
        for level in range(len(LEVELS)):
            PulseCount.objects.create(
                round=over, statement=statement, level=level, count=5 * (level == 3)
            )
    return Case(
        page="/pulse/",
        form=f"/pulse/{over.pk}/promise/",
        values={"text": "shorter weeks"},
        meanwhile=lambda: PulsePromise.objects.create(
            round=over, author=LEAD, text="fewer meetings", at=NOW
        ),
        kept="fewer meetings",
        typed="shorter weeks",
        done=lambda: PulsePromise.objects.filter(text="shorter weeks").exists(),
    )


def answered_assumption(browser: Browsers) -> Case:
    row = notes.assume(PROJECT, text="x", confidence="likely", author=LEAD, at=NOW)
    return Case(
        page=f"/projects/{PROJECT}/",
        form=f"/assumptions/{row.pk}/answer/",
        values={"verdict": "confirmed", "learnt": "as I thought"},
        meanwhile=lambda: notes.answer_assumption(
            row, verdict="refuted", learnt="it is a copy", author=MEMBER, at=NOW
        ),
        kept="refuted: it is a copy",
        typed="as I thought",
        done=lambda: Assumption.objects.get().answers.count() == 2,
        once=True,
    )


def closed_idea(browser: Browsers) -> Case:
    row = notes.park_idea(PROJECT, text="x", condition="y", waits_for="", author=LEAD, at=NOW)
    return Case(
        page=f"/projects/{PROJECT}/",
        form=f"/ideas/{row.pk}/close/",
        values={"verdict": "dropped", "note": "no time"},
        meanwhile=lambda: notes.close_idea(
            row, verdict="tried", note="it works", author=MEMBER, at=NOW
        ),
        kept="tried: it works",
        typed="no time",
        done=lambda: Idea.objects.get().closings.count() == 2,
        once=True,
    )


def reviewed_decision(browser: Browsers) -> Case:
    row = Decision.objects.create(
        project=PROJECT, text="x", decided_on=TODAY, author=LEAD, at=NOW
    )
    return Case(
        page=f"/projects/{PROJECT}/",
        form=f"/decisions/{row.pk}/review/",
        values={"note": "no"},
        meanwhile=lambda: DecisionReview.objects.create(
            decision=row, note="yes, still", author=MEMBER, at=NOW
        ),
        kept="yes, still",
        typed="no",
        done=lambda: DecisionReview.objects.count() == 2,
    )


ON_PEOPLE = {
    "feedback-save": kept_draft,
    "feedback-share": shared_draft,
    "feedback-discard": discarded_draft,
    "feedback-answer": answered_feedback,
    "feedback-wish": wish_for_feedback,
    "plan-move": moved_plan,
    "plan-close": closed_plan,
    "path-choose": chosen_path,
    "check-in": probation_check_in,
    "probation-extend": probation_extension,
    "probation-outcome": probation_outcome,
    "talk-correct": corrected_talk,
    "kit-change": changed_kit,
    "kit-delete": deleted_kit,
    "interview-write": interview_notes,
    "candidate-decide": hiring_decision,
    "candidate-delete": deleted_candidate,
    "item-successor": named_successor,
    "item-done": handed_over,
    "leaving-take-back": stays_after_all,
    "first-days-change": moved_step,
    "settings-mail": settings_for_mail,
    "mine-correct": corrected_fact,
    "pulse-promise": promise_after_a_pulse,
}
ON_PROJECTS = {
    "answer-assumption": answered_assumption,
    "close-idea": closed_idea,
    "review-decision": reviewed_decision,
}
OF_A_FILE = {"propose-charter"}


def walk(browser: Browsers, case: Case) -> None:
    client = browser(case.who)
    sent = case.values | hidden_in(client.get(case.page).content, case)
    assert "seen" in sent, f"{case.form} does not say what it had shown"
    case.meanwhile()
    told = client.post(case.form, sent)
    if told.status_code == 302:  # a button: the page that follows says it
        told = client.get(told["Location"])
    else:
        assert told.status_code == 409
        assert "Nothing was overwritten" in told.content.decode()
    assert not case.done(), "it was done all the same"
    shown = told.content.decode()
    assert case.kept in shown
    assert case.typed in shown
    if not case.once:
        page = told if told.status_code == 409 else client.get(case.page)
        client.post(case.form, case.values | hidden_in(page.content, case))
        assert case.done(), "whoever still means it could not say so"


def walk_all(browser: Browsers, cases: dict[str, Callable[[Browsers], Case]]) -> None:
    """Walk each case on the same team, as if the others had not been."""
    failed = []
    for address in (LEAD, MEMBER, OTHER):
        browser(address)
    for name, case in cases.items():
        with transaction.atomic():
            try:
                walk(browser, case(browser))
            except AssertionError as error:
                failed.append(f"{name}: {error}")
            transaction.set_rollback(True)
    assert failed == []


def test_the_later_is_told_on_the_pages_about_people(browser: Browsers) -> None:
    walk_all(browser, ON_PEOPLE)


def test_the_later_is_told_on_the_pages_of_projects(at_work: Browsers) -> None:
    walk_all(at_work, ON_PROJECTS)


def test_a_charter_that_moved_on_is_shown_beside_the_one_that_was_typed(
    at_work: Browsers,
) -> None:
    page = f"/projects/{PROJECT}/charter/"
    case = Case(page=page, form=f"{page}file/", meanwhile=print, kept="", done=lambda: True)
    sent = hidden_in(at_work(LEAD).get(page).content, case) | {"user": "whoever looks"}
    assert at_work(LEAD).post(case.form, sent).status_code == 200
    sent["seen"] = kept_of(None).version  # as if it had been another when the page was opened
    told = at_work(LEAD).post(case.form, sent)
    assert told.status_code == 409
    assert "whoever looks" in told.content.decode()
    again = hidden_in(told.content, case) | {"user": "whoever looks"}
    assert at_work(LEAD).post(case.form, again).status_code == 200


def test_every_form_that_changes_something_is_walked_here() -> None:
    walked = {*ON_PEOPLE, *ON_PROJECTS, *OF_A_FILE}
    assert walked.isdisjoint(ADDS)
    changes = {entry.name for _, entry, permission in declared() if permission.act == "change"}
    assert changes == walked | ADDS


def test_a_form_that_could_not_be_kept_still_remembers_what_it_had_shown(
    browser: Browsers,
) -> None:
    """Looking at the wording, or a mistake, does not make its reader see a change."""
    case = kept_draft(browser)
    client = browser(LEAD)
    sent = case.values | hidden_in(client.get(case.page).content, case)
    case.meanwhile()
    checked = client.post(case.form, {**sent, "check": "1"})
    assert checked.status_code == 200
    kept_on = hidden_in(checked.content, case)
    assert kept_on["seen"] == sent["seen"]
    assert client.post(case.form, {**sent, **kept_on}).status_code == 409


def test_what_was_typed_about_a_thing_that_is_gone_is_shown_to_copy(browser: Browsers) -> None:
    draft = draft_of_lead()
    draft.delete()
    gone = browser(LEAD).post(f"/feedback/{draft.pk}/keep/", {"impact": "an hour of words"})
    assert gone.status_code == 404
    assert "an hour of words" in gone.content.decode()


def test_nothing_is_the_version_of_what_is_not_there_and_what_is_unknown_is_an_error() -> None:
    assert str(kept_of(None)) == "nothing"
    with pytest.raises(LookupError, match="does not know PulseRound"):
        kept_of(type("PulseRound", (), {})())
