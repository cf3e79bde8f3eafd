"""`leadline experiments analyze`: one experiment, to a verdict."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import (
    columns_of,
    command_line,
    parse_weights,
    table_options,
    with_settings,
    write_page,
)
from leadline.cli.metric_options import metrics_of
from leadline.cli.output import json_option, print_table, show
from leadline.cli.workspaces import IsoDate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from leadline.connectors.experiments.events import Window
    from leadline.library.results import Readout

ANALYZE_EPILOG = """
\b
Examples:
  leadline experiments analyze results.csv
  leadline experiments analyze units.parquet --metric converted --segment country
  leadline experiments analyze units.parquet --metric revenue --covariate pre_revenue \\
      --ratio clicks/views --guardrail latency_ms=5 --quantile latency_ms=0.95
  leadline experiments analyze plan.toml
  leadline experiments analyze plan.toml --decisions decisions/ --outcomes clicks.parquet
  leadline experiments analyze plan.toml --source postgresql://host/db --table ab.units
  leadline experiments analyze units.parquet --state state.json   # reads new days only
  leadline experiments analyze exposures.parquet --events events.parquet \\
      --outcome spend=buy:sum:7:14 --outcome bought=buy:any:7

\b
Exit codes: 0 ship, stop or extend · 1 cannot tell · 2 the input cannot be used.
"""


@click.command("analyze", epilog=ANALYZE_EPILOG)
@click.argument("target", metavar="PLAN|TABLE")
@click.option("--source", default="", metavar="FILE", help="The table, where PLAN names none.")
@click.option("--plan", type=click.Path(path_type=Path, dir_okay=False), help="A plan file.")
@click.option("--experiment", default="", metavar="NAME", help="Which one of a table.")
@click.option(
    "--segment",
    "segments",
    multiple=True,
    metavar="COLUMN",
    help="Split the primaries by a column; may be given several times.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the sums here: the next run reads new days only.",
)
@click.option(
    "--events",
    metavar="FILE",
    help="A table of events; TABLE then holds exposures (unit, arm, time).",
)
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="NAME=EVENT:HOW:DAYS[:BEFORE]",
    help="What events make: spend=buy:sum:7:14 (sum, count or any; days after, and before).",
)
@click.option(
    "--decisions",
    "log",
    metavar="FOLDER",
    help="A decision log, read by assigned arm, in place of a table.",
)
@click.option(
    "--outcomes",
    "log_outcomes",
    metavar="FILE",
    help="With --decisions: decision_id, or unit and at, and what came of them.",
)
@click.option(
    "--complete-until",
    type=IsoDate(),
    metavar="YYYY-MM-DD",
    help="The last day of which all events are there.",
)
@click.option(
    "--aa",
    is_flag=True,
    help="Split the control's own units at random 500 times: do the tests fit the data?",
)
@table_options
@click.option(
    "--html", "page", type=click.Path(path_type=Path), help="Write a page to forward."
)
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@json_option
def command(
    target: str,
    *,
    source: str,
    plan: Path | None,
    weights: str,
    page: Path | None,
    markdown: bool,
    as_json: bool,
    outcomes: tuple[str, ...],
    complete_until: date | None,
    log: str | None,
    log_outcomes: str | None,
    **options: Any,
) -> None:
    """Analyse one experiment and say what to do, why, and what would decide.

    PLAN is a TOML file written by `leadline experiments design --write`. TABLE is a CSV or
    Parquet file, a folder of them, a DuckDB file, or postgresql://…: one row a unit, one
    an arm, or one an arm and day.
    """
    from leadline.library.experiments import analyze

    told = command_line(
        click.get_current_context(), without=frozenset({"page", "markdown", "as_json"})
    )
    if target.endswith(".toml"):
        plan, target = Path(target), source
    options |= {"columns": columns_of(options), "metrics": metrics_of(options)}
    if log:
        target, plan = _table_of_log(log, log_outcomes, plan=plan)
    result = analyze(
        target or None,
        plan=plan,
        weights=parse_weights(weights) or None,
        windows=[_window(text) for text in outcomes],
        complete_until=complete_until,
        **with_settings(target, options),
    )
    result = replace(result, command=told)
    if page:
        from leadline.library.pages import readout_page

        write_page(readout_page(result), page)
    if markdown:
        from leadline.library.markdown import readout_markdown

        click.echo(readout_markdown(result))
    else:
        plain = result.to_dict() | {"findings": [f.to_dict() for f in result.findings]}
        show(plain, as_json=as_json, human=lambda console: _print(result, console))
    if result.verdict.word == "cannot tell":
        sys.exit(1)


def _table_of_log(log: str, outcomes: str | None, *, plan: Path | None) -> tuple[str, Path]:
    """Make the table of units from a decision log; it is removed when the program ends."""
    from leadline.connectors.experiments.plans import read_plan
    from leadline.decisions.tables import unit_table

    if plan is None:
        raise click.UsageError(
            "--decisions needs a plan: leadline experiments analyze PLAN.toml"
        )
    place = tempfile.mkdtemp(prefix="leadline-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    units = Path(place) / "units.parquet"
    made = unit_table(log, salt=read_plan(plan).name, outcomes=outcomes, to=units)
    told = f"{made.n_decisions:,} decisions of {made.n_units:,} units, by assigned arm"
    if made.n_moved:
        told += f"; {made.n_moved:,} units with two arms left out"
    click.echo(told, err=True)
    for problem in made.problems:
        click.echo(f"Log: {problem}", err=True)
    return str(units), plan


def _window(text: str) -> Window:
    """Read `spend=buy:sum:7:14`."""
    from leadline.connectors.experiments.events import Window

    name, _, rest = text.partition("=")
    event, how, *days = [*rest.split(":"), ""][:4]
    numbers = [int(day) for day in days if day.isdigit()]
    if not name or how not in ("sum", "count", "any") or not numbers:
        raise click.BadParameter(
            f"{text!r}; write NAME=EVENT:sum|count|any:DAYS[:BEFORE]", param_hint="--outcome"
        )
    return Window(
        name=name,
        event=event,
        aggregate=how,  # type: ignore[arg-type]  # checked above
        days=numbers[0],
        days_before=numbers[1] if len(numbers) > 1 else 0,
    )


def _print(result: Readout, console: Console) -> None:
    from leadline.library.wording import check_rows, scan_rows, sentence_of

    verdict = result.verdict
    console.print(f"{verdict.word.upper()} {verdict.arm}".strip(), style="bold", markup=False)
    console.print(verdict.reason, markup=False)
    console.print(f"What would decide: {verdict.decides}", markup=False)
    for check in result.doubts:
        if check.check != "sample ratio":
            console.print(f"Before you decide: {sentence_of(check)}.", markup=False)
    _print_results(result, console)
    _print_rows(*check_rows(result), console)
    if result.sample_ratio_scan:
        _print_rows(*scan_rows(result), console)
    console.print(f"Which stage next? {result.next_stage}", markup=False)
    for problem in result.problems:
        console.print(f"Data: {problem}", style="yellow", markup=False)
    for note in result.notes:
        console.print(f"Note: {note}", style="dim", markup=False)


def _print_results(result: Readout, console: Console) -> None:
    from leadline.library.wording import rows_of_results

    counts = ", ".join(f"{arm} {n:,}" for arm, n in result.counts.items())
    console.print(f"\n{result.name}: {counts} units; control: {result.control}", markup=False)
    print_table(console, *rows_of_results(result), less=("n", "role", "relative"))
    console.print()


def _print_rows(header: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    print_table(console, header, rows)
    console.print()
