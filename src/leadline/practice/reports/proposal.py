"""The proposal of a project: the problem, what is known, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from leadline.findings import Finding, Receipt
from leadline.practice.charter import Charter
from leadline.practice.loop import Stage, Standing
from leadline.practice.reports.draft import Draft, Section, Sentence

_CHARTER = {
    "user": ("It is for:", "Who benefits, other than the team?"),
    "decision": ("It decides, or helps to decide:", "What is decided, and by whom?"),
    "today": ("Today:", "How is it handled today, without the project?"),
    "metric": ("It helps if this moves:", "Which number tells whether it helps?"),
    "worthwhile": ("Worth the work from:", "Which gain is the smallest worth the work?"),
    "must_not": ("It must not:", "What must not happen on the way?"),
}
"""Each line of a charter: how a proposal begins it, and what to ask where it is empty."""

_BEFORE_USERS = (Stage.FRAME, Stage.BASELINE, Stage.EVALUATE, Stage.DIAGNOSE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalFacts:
    """What is known of a project that somebody proposes to go on with.

    Attributes
    ----------
    project : str
        Its name.
    as_of : date
        The day its sources were read for.
    charter : Charter
        Its six lines; empty where nobody has said them.
    loop : tuple of Standing
        Its nine stages.
    diagnosis : tuple of Finding
        What holds its model back, most first.
    tried : tuple of Sentence
        Its experiments, the newest first.
    ideas : tuple of Sentence
        Ideas that work if something changes.
    receipt : Receipt
        Where its charter and its stages stand.
    """

    project: str
    as_of: date
    charter: Charter
    loop: tuple[Standing, ...]
    diagnosis: tuple[Finding, ...]
    tried: tuple[Sentence, ...]
    ideas: tuple[Sentence, ...]
    receipt: Receipt


def proposal(facts: ProposalFacts) -> Draft:
    """Draft the proposal of a project; what nobody has said stands in it as a question."""
    return Draft(
        title=f"Proposal: {facts.project}",
        as_of=facts.as_of,
        sections=(
            Section(title="The problem", sentences=tuple(_problem(facts))),
            Section(title="What is there", sentences=tuple(_stages(facts))),
            Section(
                title="What holds it back",
                sentences=tuple(
                    Sentence(text=found.sentence, receipt=found.receipts[0])
                    for found in facts.diagnosis
                ),
            ),
            Section(
                title="What was tried",
                sentences=facts.tried,
                nothing="No experiment of it has ended.",
            ),
            Section(title="What could work next", sentences=facts.ideas),
            Section(title="What is asked for", sentences=tuple(_asked(facts))),
        ),
    )


def _problem(facts: ProposalFacts) -> Iterator[Sentence]:
    for key, _meaning, said in facts.charter.lines:
        begins, question = _CHARTER[key]
        if said:
            yield Sentence(text=f"{begins} {said.rstrip('.')}.", receipt=facts.receipt)
        else:
            yield Sentence(text=question)


def _stages(facts: ProposalFacts) -> Iterator[Sentence]:
    for standing in facts.loop:
        if standing.stands and standing.stage is not Stage.FRAME:
            text = f"{standing.stage.value.capitalize()}: {standing.evidence}."
            yield Sentence(text=text, receipt=facts.receipt)


def _asked(facts: ProposalFacts) -> Iterator[Sentence]:
    missing = [one for one in facts.loop if not one.stands and one.stage is not Stage.FRAME]
    early = [one for one in missing if one.stage in _BEFORE_USERS]
    for standing in (early or missing)[:2]:
        yield Sentence(text=standing.question)
    yield Sentence(text="Which people and how many weeks does the next step take?")
    yield Sentence(text="What would make you stop?")
