"""`leadline audit`: which claims of a file of experiments stand, and what they sum to."""

from __future__ import annotations

import sys
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

    from leadline.library.audit_results import Audit, Claim, Total

EPILOG = """
\b
Examples:
  leadline audit experiments.csv
  leadline audit experiments.csv --metric clicks --n impressions
  leadline audit results.duckdb --table daily --json
  leadline audit experiments.parquet --html audit.html

\b
The table has one row an arm: experiment, arm, number of units, and conversions (or mean
and sd). Columns are recognised by their names; optional ones (started_on, ended_on,
project, shipped, reach) tell more. Exit code 1: at least one claim does not stand.
"""

SHOWN = 15


@click.command("audit", epilog=EPILOG)
@click.argument("source", metavar="FILE")
@table_options
@click.option(
    "--html", "page", type=click.Path(path_type=Path), help="Write a page to forward."
)
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option(
    "--key-result",
    "key_results",
    multiple=True,
    metavar="NAME",
    help="What the team set out to move, as column key_result names it; several times.",
)
@click.option("--all", "show_all", is_flag=True, help="List every claim.")
@json_option
def command(
    source: str,
    *,
    weights: str,
    page: Path | None,
    markdown: bool,
    show_all: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Check all experiments of FILE at once: which claims stand, which do not, and why.

    FILE is a CSV or Parquet file, a folder of them, a DuckDB file, or postgresql://….
    """
    from leadline.library.audit import audit

    options |= {"columns": columns_of(options), "metrics": metrics_of(options)}
    result = audit(
        source,
        weights=parse_weights(weights) or None,
        **with_settings(source, options),
    )
    if page:
        from leadline.library.pages import audit_page

        write_page(audit_page(result), page)
    if markdown:
        from leadline.library.markdown import audit_markdown

        click.echo(audit_markdown(result))
    else:
        show(
            result.to_dict() | {"findings": [f.to_dict() for f in result.findings]},
            as_json=as_json,
            human=lambda console: _print(result, console, show_all=show_all),
        )
    if result.falling:
        sys.exit(1)


def _print(result: Audit, console: Console, *, show_all: bool) -> None:
    from leadline.library.audit_wording import audit_notes, headline, sentence

    console.print(headline(result), style="bold", markup=False)
    for total in result.totals:
        console.print(sentence(total), markup=False)
    _print_claims("Do not stand", result.falling, console, show_all=show_all)
    _print_claims("Stand", result.standing, console, show_all=show_all)
    for heading, totals in (
        ("By quarter", result.by_quarter),
        ("By project", result.by_project),
    ):
        if len(totals) > 1:
            _print_totals(heading, totals, console)
    for note in audit_notes(result):
        console.print(f"Note: {note}", style="dim", markup=False)


def _print_claims(
    heading: str, claims: tuple[Claim, ...], console: Console, *, show_all: bool
) -> None:
    from leadline.library.audit_wording import claims_table

    if not claims:
        return
    header, rows = claims_table(claims, most=len(claims) if show_all else SHOWN)
    console.print()
    print_table(console, header, rows, title=f"{heading} ({len(claims):,})")
    if len(rows) < len(claims):
        console.print(f"… and {len(claims) - len(rows):,} more: --all", style="dim")


def _print_totals(heading: str, totals: tuple[Total, ...], console: Console) -> None:
    from leadline.library.audit_wording import totals_table

    console.print()
    print_table(console, *totals_table(totals), title=heading)
