"""Probation: law as dated data, dates with their arithmetic, and questions for HR."""

from leadline.practice.probation.contract import Absence, Contract
from leadline.practice.probation.describe import describe
from leadline.practice.probation.engine import probation_dates
from leadline.practice.probation.findings import ProbationFacts, dates_of, findings
from leadline.practice.probation.law import Law, Rule
from leadline.practice.probation.law_file import load_law
from leadline.practice.probation.results import AskHR, ProbationDates, Step

__all__ = [
    "Absence",
    "AskHR",
    "Contract",
    "Law",
    "ProbationDates",
    "ProbationFacts",
    "Rule",
    "Step",
    "dates_of",
    "describe",
    "findings",
    "load_law",
    "probation_dates",
]
