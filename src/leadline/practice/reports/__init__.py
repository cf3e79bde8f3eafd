"""Drafts that a human edits and sends: the month of a team, the proposal of a project."""

from leadline.practice.reports.draft import Draft, Section, Sentence, as_markdown
from leadline.practice.reports.month import (
    Agreed,
    Came,
    Concluded,
    Due,
    Month,
    Moved,
    Sum,
    Verdict,
    month_report,
)
from leadline.practice.reports.proposal import ProposalFacts, proposal

__all__ = [
    "Agreed",
    "Came",
    "Concluded",
    "Draft",
    "Due",
    "Month",
    "Moved",
    "ProposalFacts",
    "Section",
    "Sentence",
    "Sum",
    "Verdict",
    "as_markdown",
    "month_report",
    "proposal",
]
