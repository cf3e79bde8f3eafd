"""The first 90 days in the brief: steps that are due, and the first round of feedback."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.feedback import PRACTICE as FEEDBACK_PRACTICE
from leadline.practice.onboarding.plan import Plan, PlanStep

SHOWN = 3
"""So many steps are named in one line; the rest is in the plan."""

PRACTICE = Citation(
    text="30-60-90 days: meet everyone, understand each project, then begin with feedback. "
    "A nice framework to follow, not one to stick to.",
    source="Interview with a head of data science, 12:52",
)


def findings(*, plan: Plan, today: date, command: str = "leadline start") -> list[Finding]:
    """Return at most two lines: steps due, and feedback that can begin.

    Parameters
    ----------
    plan : Plan
        Ticked from the evidence.
    today : date
        The day the brief is for. After the plan's last day steps are silent; feedback for
        people who joined late still comes up.
    command : str
        The command that prints the plan again.

    Returns
    -------
    list of Finding
        "first-90-days-step-due" and "feedback-first-round", both for the lead only.
    """
    due = [step for step in plan.steps if step.done_on is None and step.on <= today]
    feedback = [step for step in due if step.evidence == "feedback"]
    others = [step for step in due if step.evidence != "feedback"]
    found = []
    if others and today <= plan.ends_on:
        found.append(
            _finding(
                "first-90-days-step-due",
                others,
                plan=plan,
                today=today,
                command=command,
                sentence=f"Due in your first 90 days: {_listed(others)}.",
                question="Which of these still helps, and which one can move or go?",
                citation=PRACTICE,
            )
        )
    if feedback:
        found.append(
            _finding(
                "feedback-first-round",
                feedback,
                plan=plan,
                today=today,
                command=command,
                sentence=f"You know each other long enough for feedback: {_listed(feedback)}.",
                question="Who of them wants feedback, and what did you see that went well?",
                citation=FEEDBACK_PRACTICE,
            )
        )
    return found


def _listed(steps: Sequence[PlanStep]) -> str:
    named = "; ".join(f"{step.title} ({step.on})" for step in steps[:SHOWN])
    more = len(steps) - SHOWN
    return f"{named}; and {more} more" if more > 0 else named


def _finding(
    rule: str,
    steps: Sequence[PlanStep],
    *,
    plan: Plan,
    today: date,
    command: str,
    sentence: str,
    question: str,
    citation: Citation,
) -> Finding:
    oldest = min(step.on for step in steps)
    receipt = Receipt(
        source="plan",
        place=f"{plan.template.name} from {plan.start_on}, {len(steps)} open",
        as_of=today,
        command=command,
    )
    return Finding(
        rule=rule,
        subject="plan:first-feedback" if "feedback" in rule else "plan:first-90-days",
        sentence=sentence,
        receipts=(receipt,),
        magnitude=(today - oldest).days,
        worth=0.6,
        readers=(LEAD,),
        question=question,
        citation=citation,
    )
