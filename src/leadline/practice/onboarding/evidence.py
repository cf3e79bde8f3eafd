"""Steps that tick themselves, from what the calendar and confirmations show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from leadline.practice.onboarding.plan import Plan, PlanStep


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanEvidence:
    """What has happened, by whom or what it happened with.

    Attributes
    ----------
    one_on_ones : mapping from Person.key
        The first one-on-one held since the plan began.
    briefs : mapping from project name
        The day on which the project's brief was confirmed.
    feedback : mapping from Person.key
        The day of the first feedback.
    done : mapping from uid
        Steps that somebody ticked by hand.
    """

    one_on_ones: Mapping[str, date] = field(default_factory=dict)
    briefs: Mapping[str, date] = field(default_factory=dict)
    feedback: Mapping[str, date] = field(default_factory=dict)
    done: Mapping[str, date] = field(default_factory=dict)


def tick(plan: Plan, *, evidence: PlanEvidence) -> Plan:
    """Return the plan with `done_on` where the evidence shows it.

    What happened before the plan began does not count: a talk with the colleague is not
    yet one with the lead.
    """
    steps = (replace(step, done_on=_done_on(step, plan, evidence)) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


def _done_on(step: PlanStep, plan: Plan, evidence: PlanEvidence) -> date | None:
    if step.uid in evidence.done:
        return evidence.done[step.uid]
    shown = {
        "": {},
        "one-on-one": evidence.one_on_ones,
        "project-brief": evidence.briefs,
        "feedback": evidence.feedback,
    }[step.evidence]
    on = shown.get(step.subject.partition(":")[2])
    return on if on is not None and on >= plan.start_on else None
