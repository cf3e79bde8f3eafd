"""What watching a model has to say in the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt
from leadline.library.watch_result import name_of, sentence

if TYPE_CHECKING:
    from leadline.library.watch_result import Watch

FAILED_WORTH = 1.0
ALERT_WORTH = 0.85

MONITORING = Citation(
    text="A model in front of users is watched: data, predictions, and what they bring.",
    source="A head of data science, interview at 23:09",
)


def watch_findings(watch: Watch, *, command: str, owner: str = "") -> tuple[Finding, ...]:
    """Return the monitor's own failure, and the alert that stands worst.

    Parameters
    ----------
    watch : Watch
    command : str
        The command that gives the numbers again.
    owner : str
        How the owner is called; by the address of the watch where nothing is given.

    Returns
    -------
    tuple of Finding
        "monitor-failed" and "model-alert", at most one of each; benign drift is none.
    """
    receipt = Receipt(
        source="predictions", place=watch.place, as_of=watch.today, command=command
    )
    subject = f"model:{watch.model}"
    owner = owner or watch.owner
    to = f"{owner}: " if owner else ""
    found = []
    if watch.failures:
        first, more = watch.failures[0], len(watch.failures) - 1
        also = f" (and {more} more)" if more else ""
        found.append(
            Finding(
                rule="monitor-failed",
                subject=subject,
                sentence=f"Nobody is watching {watch.model}: {first.sentence}{also}.",
                receipts=(receipt,),
                magnitude=sum(failure.days for failure in watch.failures),
                worth=FAILED_WORTH,
                readers=(LEAD, TEAM),
                question=f"{to}what feeds {watch.place}, and when did it last run?",
                citation=MONITORING,
            )
        )
    if watch.alerts:
        worst, more = watch.alerts[0], len(watch.alerts) - 1
        also = f" (and {more} more)" if more else ""
        values = watch.new_values.get(worst.signal.column, ())
        also = f" ({', '.join(values)}){also}" if values else also
        change = f" Last change before: {watch.changes[0]}." if watch.changes else ""
        found.append(
            Finding(
                rule="model-alert",
                subject=f"{subject}/{name_of(worst)}",
                sentence=f"{watch.model}: {sentence(worst)}{also}.{change}",
                receipts=(receipt,),
                magnitude=worst.severity,
                worth=ALERT_WORTH,
                readers=(LEAD, TEAM),
                question=f"{to}{_question(worst.signal.rule, worst.signal.column)}",
                citation=MONITORING,
            )
        )
    return tuple(found)


def _question(rule: str, column: str) -> str:
    asked = {
        "drift": f"what changed where {column} comes from, and does the model still hold?",
        "nulls": f"which step stopped filling {column}?",
        "new-values": f"what are the new values of {column}, and does the model know them?",
        "slow": "what made the model slow, and is the budget still right?",
        "fallback": "why does the model not answer, and since which release?",
        "kpi": "is it the model, or does everything else move as well?",
        "volume": "where did the rows go, or come from?",
    }
    return asked.get(rule, "would a retrained model, or the rule, do better right now?")
