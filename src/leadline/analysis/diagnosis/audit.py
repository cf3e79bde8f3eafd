"""The ten-minute audit: what to look at by hand, and the gap that each look may show.

A table cannot say what is not in it. These questions are for the people who decide today;
whatever they name that no column holds is a hypothesis: add it, and `candidates` says what
it buys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis.result import BLOCKER, CONFIRMED
from leadline.analysis.problem.tables import column, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.diagnosis.bench import Bench
    from leadline.analysis.diagnosis.result import CauseFinding

AUDIT = (
    "If you had to decide ten of these rows by hand, what would you look at beside them?",
    "What did the people who decide today know that the table does not?",
    "Which column is written after the moment of the prediction?",
    "Which rows never reach the table at all?",
    "What changed in the world since the first training row?",
)
"""Asked of every table."""

WORST = 3
MOST_NAMED = 3


def audit(bench: Bench, findings: Sequence[CauseFinding]) -> tuple[str, ...]:
    """Return questions that this table and this model raise, then those asked of every one.

    Nothing where candidate columns were tried: they are the better answer.
    """
    case = bench.case
    if case.candidates:
        return ()
    if case.scores_only:
        return AUDIT
    asked = [_without_time(bench)]
    if bench.dependence:  # nothing where no time was left to ask the model about its columns
        asked = [_worst_rows(bench), _few_columns(bench), *asked]
    if not bench.untried and not any(f.verdict in {BLOCKER, CONFIRMED} for f in findings):
        asked.insert(0, _told_apart_by_nothing(bench))
    return (*(question for question in asked if question), *AUDIT)


def _worst_rows(bench: Bench) -> str:
    """Show rows where the model was surest and wrong: the best ten minutes there are."""
    test = bench.case.test
    if bench.case.is_ranking:
        return ""
    shown = bench.dependent_columns[:MOST_NAMED]
    rows = test.take(np.argsort(-bench.test_losses, kind="stable")[:WORST])
    values = [[_short(value) for value in column(rows.X, name)] for name in shown]
    told = "; ".join(
        ", ".join(f"{name} {value}" for name, value in zip(shown, row, strict=True))
        for row in zip(*values, strict=True)
    )
    return f"These test rows cost the model most: {told}. What would have told you the answer?"


def _short(value: object) -> str:
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[m]")).replace("T", " ").removesuffix(" 00:00")
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:40]


def _few_columns(bench: Bench) -> str:
    """Ask beyond the columns that the model lives on."""
    used = [n for n in bench.dependent_columns if bench.dependence.get(n, 0.0) > bench.floor]
    if not used:
        return "The model hardly uses any column: which one did you expect to matter most?"
    if len(used) > MOST_NAMED:
        return ""
    return (
        f"The model lives on {', '.join(used)}: what stands behind that, and could it be known"
        " sooner or in more detail?"
    )


def _without_time(bench: Bench) -> str:
    """Ask for history where no column is a date and no time was given."""
    if bench.case.test.time is not None or "date" in bench.case.encoder.kinds.values():
        return ""
    return (
        "No column says when: would the time of day, the season or what came just before"
        " change your mind?"
    )


def _told_apart_by_nothing(bench: Bench) -> str:
    columns = len(names(bench.case.test.X))
    return (
        f"No model that was tried tells more from these {columns} columns: which one fact would"
        " you buy for every row?"
    )
