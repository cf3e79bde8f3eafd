"""Hiring: kits, candidates, what was heard, the debrief's decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.interviews import ANCHORS, Question, check_kit, delete_on, may_debrief
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed
from leadline.records.models import (
    Candidate,
    HiringDecision,
    InterviewAnswer,
    Interviewer,
    InterviewKit,
    InterviewQuestion,
)


@transaction.atomic
def make_kit(
    name: str, questions: Sequence[Question], *, by: str, at: datetime
) -> InterviewKit:
    """Keep a kit: the same questions for everybody, each with its anchors.

    Raises
    ------
    InputError
        The name is taken, or a question is not complete.
    """
    name = needed("the name", name)
    check_kit(questions)
    if InterviewKit.objects.filter(name=name).exists():
        raise InputError(f"there is a kit named {name!r} already")
    kit = InterviewKit.objects.create(name=name, author=by, at=at)
    _keep_questions(kit, questions, at=at)
    return kit


@transaction.atomic
def change_kit(
    kit: InterviewKit, *, name: str, questions: Sequence[Question], by: str, at: datetime
) -> InterviewKit:
    """Change a kit; one whose questions candidates were asked stays, and a copy is changed.

    Returns
    -------
    InterviewKit
        The kit that now has the name and the questions: another one where candidates
        were asked the old questions, so that all of them are asked the same.

    Raises
    ------
    InputError
        The name is taken, a question is not complete, or a copy has no name of its own.
    """
    kit = InterviewKit.objects.select_for_update().get(pk=kit.pk)
    name = needed("the name", name)
    is_asked = kit.candidates.exists()
    has_changed = list(questions) != questions_of(kit)
    if is_asked and has_changed:
        if name == kit.name:
            raise InputError(
                "candidates were asked these questions, so this kit keeps them",
                hint="Give it another name: the changed questions become a kit of their own.",
            )
        return make_kit(name, questions, by=by, at=at)
    check_kit(questions)
    if InterviewKit.objects.filter(name=name).exclude(pk=kit.pk).exists():
        raise InputError(f"there is a kit named {name!r} already")
    kit.name = name
    kit.save(update_fields=["name"])
    if has_changed:
        kit.questions.all().delete()
        _keep_questions(kit, questions, at=at)
    return kit


@transaction.atomic
def delete_kit(kit: InterviewKit) -> None:
    """Delete a kit that no candidate is kept for.

    Raises
    ------
    InputError
        Candidates were asked its questions: their notes need them.
    """
    kit = InterviewKit.objects.select_for_update().get(pk=kit.pk)
    last = kit.candidates.order_by("delete_on").last()
    if last is not None:
        raise InputError(
            f"the notes on {kit.candidates.count()} of its candidates need these questions",
            hint=f"Everything about the last of them is deleted on {last.delete_on}.",
        )
    kit.delete()


def questions_of(kit: InterviewKit) -> list[Question]:
    """Return a kit's questions with their anchors, in their order."""
    return [
        Question(text=row.text, weak=row.weak, fair=row.fair, strong=row.strong)
        for row in kit.questions.all()
    ]


def _keep_questions(kit: InterviewKit, questions: Sequence[Question], *, at: datetime) -> None:
    InterviewQuestion.objects.bulk_create(
        InterviewQuestion(
            kit=kit, position=number, text=one.text, weak=one.weak, fair=one.fair,
            strong=one.strong,
        )
        for number, one in enumerate(questions, start=1)
    )  # fmt: skip
    note_typing("hiring", *(one.text for one in questions), on=at.date())


@transaction.atomic
def add_candidate(
    kit: InterviewKit,
    *,
    name: str,
    interviewers: Sequence[str],
    by: str,
    today: date,
    at: datetime,
) -> Candidate:
    """Enter a candidate and who interviews them; the clock that deletes them starts now.

    Raises
    ------
    InputError
        There is no name, or nobody interviews.
    """
    addresses = list(dict.fromkeys(address.strip().lower() for address in interviewers))
    if not any(addresses):
        raise InputError("a candidate needs at least one interviewer")
    candidate = Candidate.objects.create(
        kit=kit, name=needed("the name", name), author=by, at=at,
        delete_on=delete_on(opened_on=today, decided_on=None),
    )  # fmt: skip
    Interviewer.objects.bulk_create(
        Interviewer(candidate=candidate, address=address) for address in addresses if address
    )
    note_typing("hiring", name, on=today)
    return candidate


@transaction.atomic
def write_answer(
    interviewer: Interviewer,
    question: InterviewQuestion,
    *,
    anchor: int,
    heard: str,
    at: datetime,
) -> InterviewAnswer:
    """Keep what an interviewer heard, until they submit.

    Raises
    ------
    InputError
        It was submitted, the question is not of this kit, or the anchor is none of 1–5.
    """
    if anchor not in ANCHORS:
        raise InputError(f"an anchor is one of 1–5, got {anchor}")
    if question.kit_id != interviewer.candidate.kit_id:
        raise InputError("this question is not in the candidate's kit")
    if interviewer.submitted_at is not None:
        raise InputError("your notes are submitted; others may have read them")
    heard = needed("what you heard", heard)
    note_typing("hiring", heard, on=at.date())
    answer, _ = InterviewAnswer.objects.update_or_create(
        interviewer=interviewer,
        question=question,
        defaults={"anchor": anchor, "heard": heard, "at": at},
    )
    return answer


@transaction.atomic
def submit(interviewer: Interviewer, *, at: datetime) -> Interviewer:
    """Say that one's notes are complete; from here on one reads the others'.

    Raises
    ------
    InputError
        A question has no answer yet.
    """
    n_questions = interviewer.candidate.kit.questions.count()
    n_answers = interviewer.answers.count()
    if n_answers < n_questions:
        raise InputError(
            f"{n_answers} of {n_questions} questions are answered; all are needed",
            hint="“Not asked” is an answer: say so and choose the middle anchor.",
        )
    Interviewer.objects.filter(pk=interviewer.pk, submitted_at=None).update(submitted_at=at)
    interviewer.refresh_from_db()
    return interviewer


@transaction.atomic
def decide(
    candidate: Candidate, *, by: str, outcome: str, reasons: str, today: date, at: datetime
) -> HiringDecision:
    """Keep the decision of a debrief with its reasons; the clock is set anew.

    Raises
    ------
    InputError
        Somebody has not submitted, there is no reason, or it was decided already.
    """
    if outcome not in HiringDecision.Outcome.values:
        raise InputError(f"{outcome!r} is none of {', '.join(HiringDecision.Outcome.values)}")
    rows = list(candidate.interviewers.all())
    submitted = {row.address for row in rows if row.submitted_at}
    everybody = {row.address for row in rows}
    withdrew = outcome == HiringDecision.Outcome.WITHDREW
    if not withdrew and not may_debrief(submitted=submitted, interviewers=everybody):
        missing = ", ".join(sorted(everybody - submitted))
        raise InputError(f"the debrief waits for the notes of {missing}")
    if HiringDecision.objects.filter(candidate=candidate).exists():
        raise InputError("this was decided already")
    decision = HiringDecision.objects.create(
        candidate=candidate, author=by, outcome=outcome, reasons=needed("the reasons", reasons),
        at=at,
    )  # fmt: skip
    note_typing("hiring", reasons, on=today)
    candidate.delete_on = delete_on(opened_on=candidate.at.date(), decided_on=today)
    candidate.save(update_fields=["delete_on"])
    return decision
