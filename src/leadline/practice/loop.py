"""The loop in which a model lives, and where a project stands in it, by evidence alone.

frame → baseline → evaluate → diagnose → green light → decide → measure → ledger → watch,
and around again. A stage stands when something in the team's sources shows it; nobody ticks
a box. What holds a project back is the first stage that nothing shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from leadline.practice.charter import Charter


class Stage(StrEnum):
    """The nine stages, in order."""

    FRAME = "frame"
    BASELINE = "baseline"
    EVALUATE = "evaluate"
    DIAGNOSE = "diagnose"
    GREEN_LIGHT = "green light"
    DECIDE = "decide"
    MEASURE = "measure"
    LEDGER = "ledger"
    WATCH = "watch"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopFacts:
    """What sources show of one project. An empty text means: nothing shows it.

    Attributes
    ----------
    charter : Charter or None
        As it stands in the repository.
    baseline : str
        Where a rule without machine learning was in front of users, or compared.
    evaluation : str
        Where offline evaluation lives.
    diagnosis : str
        The newest diagnosis of its model.
    green_light : str
        An experiment's plan: an effect worth finding and a size, written before.
    in_use : str
        What shows that users have it.
    measured : str
        The newest concluded experiment.
    in_ledger : str
        Its line of the ledger.
    watched : str
        Where somebody is told when it drifts.
    """

    charter: Charter | None = None
    baseline: str = ""
    evaluation: str = ""
    diagnosis: str = ""
    green_light: str = ""
    in_use: str = ""
    measured: str = ""
    in_ledger: str = ""
    watched: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One stage of one project.

    Attributes
    ----------
    stage : Stage
        Which one.
    evidence : str
        What shows that it stands; empty when nothing does.
    question : str
        What to ask the owner when nothing does.
    """

    stage: Stage
    evidence: str
    question: str

    @property
    def stands(self) -> bool:
        """Whether anything shows it."""
        return bool(self.evidence)


_QUESTIONS = {
    Stage.FRAME: "Who uses it, to decide what, and which gain would be worth the work?",
    Stage.BASELINE: "Which rule without ML was tried first, and what did it bring?",
    Stage.EVALUATE: "Which offline number would you trust before showing it to users?",
    Stage.DIAGNOSE: "What holds the model back most: data, features, capacity or noise?",
    Stage.GREEN_LIGHT: "Which offline gain would justify a test, and how large must it be?",
    Stage.DECIDE: "What would it take to put the simplest version in front of users?",
    Stage.MEASURE: "Which experiment would tell whether users are better off?",
    Stage.LEDGER: "Who besides the team is better off, and by how much?",
    Stage.WATCH: "Who is told when it drifts, and what do they do then?",
}


def loop_of(facts: LoopFacts) -> tuple[Standing, ...]:
    """Return every stage of a project, with its evidence or the question it leaves.

    Parameters
    ----------
    facts : LoopFacts
        What sources show.

    Returns
    -------
    tuple of Standing
        Nine, in the loop's order.
    """
    return tuple(
        Standing(stage=stage, evidence=_EVIDENCE[stage](facts), question=_QUESTIONS[stage])
        for stage in Stage
    )


def held_back_by(loop: tuple[Standing, ...]) -> Standing | None:
    """Return the first stage that nothing shows; None when the loop is closed.

    What users have already is past its framing: a project in use that nobody measures is
    held back there, not by a diagnosis that nobody needed.
    """
    order = (
        Stage.FRAME, Stage.BASELINE, Stage.EVALUATE, Stage.DECIDE, Stage.GREEN_LIGHT,
        Stage.MEASURE, Stage.LEDGER, Stage.WATCH, Stage.DIAGNOSE,
    )  # fmt: skip
    by_stage = {standing.stage: standing for standing in loop}
    return next((by_stage[stage] for stage in order if not by_stage[stage].stands), None)


def _framed(facts: LoopFacts) -> str:
    """A charter frames a project once it says user, decision and metric."""
    charter = facts.charter
    if charter is None or not (charter.user and charter.decision and charter.metric):
        return ""
    if charter.missing:
        return f"charter.toml, all but {', '.join(charter.missing)}"
    return "charter.toml, all six lines"


_EVIDENCE: dict[Stage, Callable[[LoopFacts], str]] = {
    Stage.FRAME: _framed,
    Stage.BASELINE: lambda facts: facts.baseline,
    Stage.EVALUATE: lambda facts: facts.evaluation,
    Stage.DIAGNOSE: lambda facts: facts.diagnosis,
    Stage.GREEN_LIGHT: lambda facts: facts.green_light,
    Stage.DECIDE: lambda facts: facts.in_use,
    Stage.MEASURE: lambda facts: facts.measured,
    Stage.LEDGER: lambda facts: facts.in_ledger,
    Stage.WATCH: lambda facts: facts.watched,
}
