"""Decisions in front of users: a rule first, models beside it, every decision recorded once."""

from leadline.decisions.assignment import HOLDOUT, OUTSIDE, Split, bucket
from leadline.decisions.assignment_sql import assignment_sql
from leadline.decisions.breaker import BreakerRules
from leadline.decisions.challenge import challenge
from leadline.decisions.compiled import Compiled
from leadline.decisions.decision import Decision
from leadline.decisions.isolated import Isolated
from leadline.decisions.log import DecisionLog
from leadline.decisions.outcomes import Joined, join_outcomes
from leadline.decisions.postgresql import load_into_postgresql
from leadline.decisions.problems import Problems
from leadline.decisions.reading import Reading, read_log
from leadline.decisions.record import Choice, Outcome, Record
from leadline.decisions.registration import register
from leadline.decisions.rotation import Rotation, rotate
from leadline.decisions.tables import UnitTable, unit_table

__all__ = [
    "HOLDOUT",
    "OUTSIDE",
    "BreakerRules",
    "Choice",
    "Compiled",
    "Decision",
    "DecisionLog",
    "Isolated",
    "Joined",
    "Outcome",
    "Problems",
    "Reading",
    "Record",
    "Rotation",
    "Split",
    "UnitTable",
    "assignment_sql",
    "bucket",
    "challenge",
    "join_outcomes",
    "load_into_postgresql",
    "read_log",
    "register",
    "rotate",
    "unit_table",
]
