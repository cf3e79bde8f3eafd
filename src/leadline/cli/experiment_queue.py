"""`leadline experiments queue`: which idea to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import (
    columns_of,
)
from leadline.cli.output import json_option, print_table, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.ideas import Queue

QUEUE_EPILOG = """
\b
Examples:
  leadline experiments queue ideas.csv --history changes.csv
  leadline experiments queue ideas.csv --history experiments.csv --metric clicks

\b
IDEAS has one row an idea: change, cost; optional reach, predicted, predicted_se, analysis
(the cheapest one that could settle it) and analysis_cost. HISTORY is what `leadline ledger`
reads.
"""


@click.command("queue", epilog=QUEUE_EPILOG)
@click.argument("ideas")
@click.option("--history", required=True, metavar="FILE", help="Past changes or experiments.")
@click.option("--metric", "metrics", multiple=True, metavar="COLUMN", help="Of the history.")
@click.option(
    "--column", "column_pairs", multiple=True, metavar="ROLE=COLUMN", help="Of the ideas."
)
@json_option
def command(
    ideas: str, *, history: str, metrics: tuple[str, ...], as_json: bool, **options: Any
) -> None:
    """Which idea to try next: expected gain × probability ÷ cost, and what to analyse before.

    How large gains are, and how often a change does any good, comes from the team's own
    experiments; a prediction counts as much as its predecessors came true.
    """
    from leadline.library.ideas import queue

    found = queue(ideas, history=history, metrics=metrics, columns=columns_of(options))
    show(found.to_dict(), as_json=as_json, human=lambda console: _print(found, console))


def _print(found: Queue, console: Console) -> None:
    from leadline.library.ideas import queue_notes, queue_rows

    print_table(console, *queue_rows(found))
    console.print()
    for entry in found.analyses:
        console.print(
            f"First: {entry.idea.analysis} ({entry.idea.key}); it may save the test.",
            markup=False,
        )
    for note in queue_notes(found):
        console.print(f"Note: {note}", style="dim", markup=False)
