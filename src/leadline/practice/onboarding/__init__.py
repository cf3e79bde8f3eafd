"""A lead's first 90 days: a dated plan that ticks itself, and templates to share."""

from leadline.practice.onboarding.evidence import PlanEvidence, tick
from leadline.practice.onboarding.findings import findings
from leadline.practice.onboarding.plan import Plan, PlanProject, PlanStep, first_90_days
from leadline.practice.onboarding.template import PlanTemplate, load_template
from leadline.practice.onboarding.text import export_template, phases, to_markdown

__all__ = [
    "Plan",
    "PlanEvidence",
    "PlanProject",
    "PlanStep",
    "PlanTemplate",
    "export_template",
    "findings",
    "first_90_days",
    "load_template",
    "phases",
    "tick",
    "to_markdown",
]
