"""Decisions in front of users: a rule first, models beside it, every decision recorded once."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.decisions.assignment import HOLDOUT, OUTSIDE, Split, bucket
    from leadline.decisions.breaker import BreakerRules
    from leadline.decisions.compiled import Compiled
    from leadline.decisions.decision import Decision
    from leadline.decisions.isolated import Isolated
    from leadline.decisions.log import DecisionLog
    from leadline.decisions.off_policy import challenge
    from leadline.decisions.outcomes import Joined, join_outcomes
    from leadline.decisions.postgresql import load_into_postgresql
    from leadline.decisions.problems import Problems
    from leadline.decisions.reading import Reading, read_log
    from leadline.decisions.record import Choice, Outcome, Record
    from leadline.decisions.registration import register
    from leadline.decisions.rotation import Rotation, rotate
    from leadline.decisions.sql_assignment import assignment_sql
    from leadline.decisions.tables import UnitTable, unit_table

_PUBLIC = {
    "HOLDOUT": "assignment",
    "OUTSIDE": "assignment",
    "BreakerRules": "breaker",
    "Choice": "record",
    "Compiled": "compiled",
    "Decision": "decision",
    "DecisionLog": "log",
    "Isolated": "isolated",
    "Joined": "outcomes",
    "Outcome": "record",
    "Problems": "problems",
    "Reading": "reading",
    "Record": "record",
    "Rotation": "rotation",
    "Split": "assignment",
    "UnitTable": "tables",
    "assignment_sql": "sql_assignment",
    "bucket": "assignment",
    "challenge": "off_policy",
    "join_outcomes": "outcomes",
    "load_into_postgresql": "postgresql",
    "read_log": "reading",
    "register": "registration",
    "rotate": "rotation",
    "unit_table": "tables",
}
"""Public name → the module that defines it, imported when the name is first used.

A service that only decides never imports what reads, joins or estimates. No module here
may have the name of something public: it would hide it.
"""

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


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
