"""Structured interviews: same questions, anchored scales, written down before the debrief.

Candidates are never ranked and their answers never averaged: after the debrief everybody
sees what was heard, side by side, and a decision has its reasons in words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from leadline.errors import InputError, NotEnoughDataError
from leadline.findings import Citation

ANCHORS = (1, 2, 3, 4, 5)
FEWEST_COMPARISONS = 10
KEEP_DAYS = 180
UNDECIDED_DAYS = 365

STRUCTURED = Citation(
    text="Structured interviews predict later work best (validity .42, unstructured .19; both "
    "vary widely between studies). Training and anchors raise agreement from .49–.51 to "
    ".66–.71.",
    source="Sackett, Zhang, Berry & Lievens (2022), Journal of Applied Psychology 107(11); "
    "Gardner et al. on anchored scales",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of a kit, and what a weak, a fair and a strong answer sound like."""

    text: str
    weak: str
    fair: str
    strong: str


def check_kit(questions: Sequence[Question]) -> None:
    """Refuse a kit whose interviewers would not hear the same thing.

    Raises
    ------
    InputError
        There is no question, one stands twice, or an anchor is missing.
    """
    if not questions:
        raise InputError("a kit needs at least one question, got none")
    texts = [one.text.strip().casefold() for one in questions]
    for number, one in enumerate(questions, start=1):
        if not one.text.strip() or texts.count(one.text.strip().casefold()) > 1:
            raise InputError(f"question {number} is empty or stands twice: {one.text!r}")
        for name in ("weak", "fair", "strong"):
            if not getattr(one, name).strip():
                raise InputError(
                    f"question {number} does not say what a {name} answer sounds like",
                    hint="Each question has three anchors: weak (1), fair (3), strong (5).",
                )


def may_read_notes(
    *, reader: str, author: str, submitted: Collection[str], interviewers: Collection[str]
) -> bool:
    """Whether somebody may read what an interviewer wrote about a candidate.

    One's own always. Another's only once it is submitted, and once one's own is: who has
    read another's notes does not judge independently any more. Somebody who does not
    interview this candidate reads when all have submitted.
    """
    if reader == author:
        return True
    if author not in submitted:
        return False
    if reader in interviewers:
        return reader in submitted
    return set(interviewers) <= set(submitted)


def may_debrief(*, submitted: Collection[str], interviewers: Collection[str]) -> bool:
    """Whether everybody who interviewed has written down what they heard."""
    return bool(interviewers) and set(interviewers) <= set(submitted)


def delete_on(
    *,
    opened_on: date,
    decided_on: date | None,
    keep_days: int = KEEP_DAYS,
    undecided_days: int = UNDECIDED_DAYS,
) -> date:
    """Return the day on which everything about a candidate is deleted.

    Parameters
    ----------
    opened_on : date
        The day the candidate was entered.
    decided_on : date or None
        The day of the decision; the clock starts there.
    keep_days : int
        Days after the decision. In Germany claims can be raised for two months and
        brought to court for three more (AGG §15, ArbGG §61b), so 180 days are usual.
    undecided_days : int
        Days after opening without a decision: nobody is kept by being forgotten.

    Raises
    ------
    InputError
        A number of days is negative.
    """
    if keep_days < 0 or undecided_days < 0:
        raise InputError(
            f"candidates are kept 0 days or more, got {keep_days} and {undecided_days}"
        )
    if decided_on is None:
        return opened_on + timedelta(days=undecided_days)
    return decided_on + timedelta(days=keep_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How one interviewer's anchors lie to others' on the same answers; for their eyes only.

    Attributes
    ----------
    n_comparisons : int
        Answers that at least one other person heard too.
    severity : float
        Own anchor minus the mean of the others', on average, in anchors. Negative is
        stricter.
    agreement : float
        Share of comparisons within one anchor of the others' mean, 0–1.
    """

    n_comparisons: int
    severity: float
    agreement: float


def calibration(
    own: Mapping[str, int],
    others: Mapping[str, Sequence[int]],
    *,
    fewest: int = FEWEST_COMPARISONS,
) -> Calibration:
    """Compare one interviewer's anchors with the others' on the same answers.

    Parameters
    ----------
    own : mapping from an answer (candidate and question) to the anchor chosen
        All answers the interviewer submitted.
    others : mapping from an answer to the anchors others chose
        Only answers whose debrief is over.
    fewest : int
        Comparisons needed.

    Raises
    ------
    NotEnoughDataError
        Fewer than `fewest` answers were heard by somebody else too.
    """
    pairs = [(anchor, fmean(others[one])) for one, anchor in own.items() if others.get(one)]
    if len(pairs) < fewest:
        raise NotEnoughDataError(
            f"a calibration needs at least {fewest} answers that others heard too; "
            f"so far there are {len(pairs)}"
        )
    return Calibration(
        n_comparisons=len(pairs),
        severity=fmean(mine - theirs for mine, theirs in pairs),
        agreement=fmean(abs(mine - theirs) <= 1 for mine, theirs in pairs),
    )
