"""Interviews: notes side by side once they may be read, and one's own calibration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from leadline.errors import NotEnoughDataError
from leadline.practice.interviews import Calibration, calibration, may_read_notes
from leadline.records.models import (
    Candidate,
    InterviewAnswer,
    Interviewer,
    InterviewQuestion,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One question, with the notes on it that the reader may read."""

    question: InterviewQuestion
    own: InterviewAnswer | None
    others: tuple[InterviewAnswer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidatePage:
    """One candidate as one reader sees them; no average, no place in any order."""

    candidate: Candidate
    own: Interviewer | None
    interviewers: tuple[Interviewer, ...]
    heard: tuple[Heard, ...]
    n_hidden: int


def candidate_page(candidate: Candidate, *, addresses: Collection[str]) -> CandidatePage:
    """Return a candidate with those notes that a reader may read today."""
    rows = list(candidate.interviewers.all())
    own = next((row for row in rows if row.address in addresses), None)
    reader = own.address if own else ""
    submitted = {row.address for row in rows if row.submitted_at}
    interviewers = {row.address for row in rows}
    by_question: dict[int, list[InterviewAnswer]] = defaultdict(list)
    n_hidden = 0
    answers = InterviewAnswer.objects.filter(interviewer__candidate=candidate)
    allowed = [
        row.pk
        for row in rows
        if may_read_notes(
            reader=reader, author=row.address, submitted=submitted, interviewers=interviewers
        )
    ]
    n_hidden = answers.exclude(interviewer__in=allowed).count()
    for answer in answers.filter(interviewer__in=allowed).select_related("interviewer"):
        by_question[answer.question_id].append(answer)
    questions = candidate.kit.questions.all()
    return CandidatePage(
        candidate=candidate,
        own=own,
        interviewers=tuple(rows),
        heard=tuple(_heard(one, by_question[one.pk], reader=reader) for one in questions),
        n_hidden=n_hidden,
    )


def _heard(
    question: InterviewQuestion, answers: list[InterviewAnswer], *, reader: str
) -> Heard:
    return Heard(
        question=question,
        own=next((one for one in answers if one.interviewer.address == reader), None),
        others=tuple(one for one in answers if one.interviewer.address != reader),
    )


def calibration_of(addresses: Collection[str]) -> Calibration | str:
    """Return how one interviewer's anchors lie to the others'; a reason where too few do.

    Only candidates whose debrief is over count, and only whoever asks is compared.
    """
    answers = InterviewAnswer.objects.filter(
        interviewer__submitted_at__isnull=False,
        interviewer__candidate__decision__isnull=False,
    ).values_list("interviewer__candidate", "question", "interviewer__address", "anchor")
    own: dict[str, int] = {}
    others: dict[str, list[int]] = defaultdict(list)
    for candidate, question, address, anchor in answers:
        if address in addresses:
            own[f"{candidate}-{question}"] = anchor
        else:
            others[f"{candidate}-{question}"].append(anchor)
    try:
        return calibration(own, others)
    except NotEnoughDataError as error:
        return error.message
