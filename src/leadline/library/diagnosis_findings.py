"""What a diagnosis has to say in the brief: one line a model, with what the remedy buys."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from leadline.analysis.diagnosis.result import in_words
from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt

if TYPE_CHECKING:
    from leadline.analysis.diagnosis.result import CauseFinding, Diagnosis

BLOCKER_WORTH = 0.9
GAIN_WORTH = 0.55
ENOUGH_WORTH = 0.45

STAGE = Citation(
    text="Start with the problem, see at which stage you have the most impact, act there.",
    source="A head of data science, interview at 36:50",
)
ENOUGH = Citation(
    text="“Hey, enough”: integrate it with the product, see it used, then iterate.",
    source="The interview's host on what a lead says, at 39:44",
)


def diagnosis_findings(
    diagnosis: Diagnosis, *, model: str, place: str, command: str, today: date
) -> tuple[Finding, ...]:
    """Return what holds a model back most; for a healthy one, that it is enough.

    Parameters
    ----------
    diagnosis : Diagnosis
        What `leadline.diagnose` returned.
    model : str
        What the team calls the model.
    place : str
        The tables that were read.
    command : str
        The command that gives the numbers again.
    today : date
        The day of the diagnosis.

    Returns
    -------
    tuple of Finding
        "model-blocked", "model-held-back" or "model-good-enough", at most one; nothing
        where the tables could not decide.
    """
    receipt = Receipt(source="diagnosis", place=place, as_of=today, command=command)
    top = next((f for f in diagnosis.findings if f.verdict in {"blocker", "confirmed"}), None)
    if top is not None:
        return (_held_back(top, model=model, receipt=receipt),)
    if diagnosis.verdict != "healthy":
        return ()
    return (
        Finding(
            rule="model-good-enough",
            subject=f"model:{model}",
            sentence=f"No remedy that was tried makes {model} better by "
            f"{diagnosis.floor:.3g} {diagnosis.unit} or more.",
            receipts=(receipt,),
            magnitude=0.0,
            worth=ENOUGH_WORTH,
            readers=(LEAD, TEAM),
            question=f"Is {model} in front of users yet, and if not, what is in the way?",
            citation=ENOUGH,
        ),
    )


def _held_back(found: CauseFinding, *, model: str, receipt: Receipt) -> Finding:
    is_blocker = found.verdict == "blocker"
    cause = in_words(found.cause)
    opening = (
        "The score of {} is not what it seems ({})" if is_blocker else "{} is held back by {}"
    )
    question = found.question if found.question.endswith("?") else f"{found.question}?"
    return Finding(
        rule="model-blocked" if is_blocker else "model-held-back",
        subject=f"model:{model}",
        sentence=f"{opening.format(model, cause)}: {found.sentence}.",
        receipts=(receipt,),
        magnitude=0.0 if math.isnan(found.gain) else abs(found.gain),
        worth=BLOCKER_WORTH if is_blocker else GAIN_WORTH,
        readers=(LEAD, TEAM),
        question=question,
        citation=STAGE,
    )
