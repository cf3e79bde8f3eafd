"""Decisions in front of users: a rule first, models beside it, every decision recorded once."""

from leadline.decisions.assignment import HOLDOUT, OUTSIDE, Split, bucket
from leadline.decisions.assignment_sql import assignment_sql
from leadline.decisions.breaker import BreakerRules
from leadline.decisions.decision import Decision
from leadline.decisions.isolated import Isolated
from leadline.decisions.log import DecisionLog
from leadline.decisions.problems import Problems
from leadline.decisions.reading import Reading, read_log
from leadline.decisions.record import Choice, Outcome, Record

__all__ = [
    "HOLDOUT",
    "OUTSIDE",
    "BreakerRules",
    "Choice",
    "Decision",
    "DecisionLog",
    "Isolated",
    "Outcome",
    "Problems",
    "Reading",
    "Record",
    "Split",
    "assignment_sql",
    "bucket",
    "read_log",
]
