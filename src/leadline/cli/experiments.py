"""`leadline experiments`: design an experiment, and analyse one to a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import columns_of, parse_weights, table_options, write_page
from leadline.cli.output import json_option, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.results import Readout

ANALYZE_EPILOG = """
\b
Examples:
  leadline experiments analyze results.csv
  leadline experiments analyze units.parquet --metric converted --segment country
  leadline experiments analyze plan.toml
  leadline experiments analyze plan.toml --source postgresql://host/db --table ab.units
  leadline experiments analyze units.parquet --state state.json   # reads new days only

\b
Exit codes: 0 ship, stop or extend · 1 cannot tell · 2 the input cannot be used.
"""


@click.group("experiments")
def command() -> None:
    """Design experiments, and analyse them to a verdict: ship, stop, extend, cannot tell."""


@command.command("analyze", epilog=ANALYZE_EPILOG)
@click.argument("target", metavar="PLAN|TABLE")
@click.option("--source", default="", metavar="FILE", help="The table, where PLAN names none.")
@click.option("--plan", type=click.Path(path_type=Path, dir_okay=False), help="A plan file.")
@click.option("--experiment", default="", metavar="NAME", help="Which one of a table.")
@click.option("--segment", "segments", multiple=True, metavar="COLUMN",
              help="Split the primaries by a column; may be given several times.")
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Keep the sums here: the next run reads new days only.")
@table_options
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write a page to forward.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@json_option
def analyze_command(
    target: str,
    *,
    source: str,
    plan: Path | None,
    weights: str,
    page: Path | None,
    markdown: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Analyse one experiment and say what to do, why, and what would decide.

    PLAN is a TOML file written by `leadline experiments design --write`. TABLE is a CSV or
    Parquet file, a folder of them, a DuckDB file, or postgresql://…: one row a unit, one
    an arm, or one an arm and day.
    """
    from leadline.library.experiments import analyze

    if target.endswith(".toml"):
        plan, target = Path(target), source
    result = analyze(
        target or None,
        plan=plan,
        columns=columns_of(options),
        weights=parse_weights(weights) or None,
        **options,
    )
    if page:
        from leadline.library.pages import readout_page

        write_page(readout_page(result), page)
    if markdown:
        from leadline.library.markdown import readout_markdown

        click.echo(readout_markdown(result))
    else:
        show(result.to_dict(), as_json=as_json, human=lambda console: _print(result, console))
    if result.verdict.word == "cannot tell":
        raise click.exceptions.Exit(1)


def _print(result: Readout, console: Console) -> None:
    verdict = result.verdict
    console.print(f"{verdict.word.upper()} {verdict.arm}".strip(), style="bold", markup=False)
    console.print(verdict.reason, markup=False)
    if verdict.decides:
        console.print(f"What would decide: {verdict.decides}", markup=False)
    _print_results(result, console)
    for problem in result.problems:
        console.print(f"Data: {problem}", style="yellow", markup=False)
    for note in result.notes:
        console.print(f"Note: {note}", style="dim", markup=False)


def _print_results(result: Readout, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from leadline.library.wording import rows_of_results

    counts = ", ".join(f"{arm} {n:,}" for arm, n in result.counts.items())
    console.print(f"\n{result.name}: {counts} units; control: {result.control}", markup=False)
    header, rows = rows_of_results(result)
    table = Table(box=None)
    for name in header:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()
