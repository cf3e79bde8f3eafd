"""`leadline ledger`: what all changes brought since the baseline, without overclaiming."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import (
    columns_of,
    parse_weights,
    table_options,
    with_settings,
    write_page,
)
from leadline.cli.metric_options import metrics_of
from leadline.cli.output import json_option, print_table, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.ledger import LedgerPage

EPILOG = """
\b
Examples:
  leadline ledger changes.csv --unit "orders a year" --rate 32 --rate-unit EUR
  leadline ledger experiments.csv --metric clicks --baseline popular-first
  leadline ledger changes.csv --html ledger.html

\b
FILE lists changes: change, concluded_on, measured, measured_se (or ci_lower, ci_upper);
optional shipped, proof (experiment, backtest, opinion), predicted, predicted_se, reach,
baseline, project, holdout. Or it is a table of experiments with one row an arm.
"""


@click.command("ledger", epilog=EPILOG)
@click.argument("source", metavar="FILE")
@click.option("--unit", default="", help='The KPI\'s unit, e.g. "orders a year".')
@click.option("--rate", type=float, help="Money or time per unit of the KPI.")
@click.option("--rate-unit", default="", help="EUR, hours, …")
@click.option("--baseline", default="", metavar="CHANGE", help="The first rule without ML.")
@partial(table_options, without="unit")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), help="Write a page to forward."
)
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@json_option
def command(
    source: str,
    *,
    unit: str,
    rate: float | None,
    rate_unit: str,
    baseline: str,
    weights: str,
    page: Path | None,
    markdown: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Add up what the changes of FILE brought, and say what of it is believed.

    Winners are chosen for having won, so their measured gains are too large; each is drawn
    towards what changes are usually worth here. The naive sum stands beside it.
    """
    from leadline.library.ledger import ledger

    options |= {"columns": columns_of(options), "metrics": metrics_of(options)}
    result = ledger(
        source,
        unit=unit,
        rate=rate,
        rate_unit=rate_unit,
        baseline=baseline,
        weights=parse_weights(weights) or None,
        **with_settings(source, options),
    )
    if page:
        from leadline.library.pages import ledger_page

        write_page(ledger_page(result), page)
    if markdown:
        from leadline.library.markdown import ledger_markdown

        click.echo(ledger_markdown(result))
    else:
        show(result.to_dict(), as_json=as_json, human=lambda console: _print(result, console))


def _print(result: LedgerPage, console: Console) -> None:
    from leadline.library.ledger_wording import group_rows, ledger_headline, ledger_rows

    for line in ledger_headline(result):
        console.print(line, markup=False)
    groups = (result.ledger.by_quarter, result.ledger.by_project)
    for header, rows in (
        ledger_rows(result),
        *(group_rows(result, group) for group in groups if len(group) > 1),
    ):
        console.print()
        print_table(console, header, rows, less=("project", "proof"))
    for note in result.notes:
        console.print(f"Note: {note}", style="dim", markup=False)
