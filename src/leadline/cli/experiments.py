"""`leadline experiments`: design an experiment, and analyse one to a verdict."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
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
from leadline.cli.metric_options import guardrail, metrics_of
from leadline.cli.off_policy import command as off_policy_command
from leadline.cli.output import json_option, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from leadline.connectors.experiments.events import Window
    from leadline.library.designs import ExperimentDesign
    from leadline.library.ideas import Queue
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


WIDE = 110
"""Columns of a terminal that has room for all that is known of an effect."""


@click.group("experiments")
def command() -> None:
    """Design experiments, and analyse them to a verdict: ship, stop, extend, cannot tell."""


@command.command("analyze", epilog=ANALYZE_EPILOG)
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
    type=click.DateTime(["%Y-%m-%d"]),
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
def analyze_command(
    target: str,
    *,
    source: str,
    plan: Path | None,
    weights: str,
    page: Path | None,
    markdown: bool,
    as_json: bool,
    outcomes: tuple[str, ...],
    complete_until: datetime | None,
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
        complete_until=complete_until.date() if complete_until else None,
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
    header, rows = rows_of_results(result)
    if console.width < WIDE:  # the effects come first; Markdown, HTML and JSON have it all
        kept = [i for i, name in enumerate(header) if name not in ("role", "relative", "n")]
        header = tuple(header[i] for i in kept)
        rows = [tuple(row[i] for i in kept) for row in rows]
    _print_rows(header, rows, console)


def _print_rows(header: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    for name in header:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()


DESIGN_EPILOG = """
\b
Examples:
  leadline experiments design converted --mean 0.1 --smallest 0.01 --units-per-day 4000
  leadline experiments design revenue --history units.parquet --smallest-share 0.02
  leadline experiments design converted --history units.parquet --smallest-share 0.05 \\
      --name ranking-3 --hypothesis "Fresh results convert better" \\
      --green-light ndcg@10=0.41 --guardrail latency_ms=5 --write plan.toml
"""


@command.command("design", epilog=DESIGN_EPILOG)
@click.argument("metric")
@click.option(
    "--smallest",
    "smallest_effect",
    type=float,
    help="Smallest effect worth shipping for, in the metric's unit.",
)
@click.option(
    "--smallest-share",
    "smallest_rel_effect",
    type=float,
    help="The same as a share of the metric's mean: 0.02.",
)
@click.option(
    "--history", metavar="FILE", help="A table with one row a unit, and its first day."
)
@click.option("--mean", type=float, help="The metric's mean, without a history.")
@click.option("--sd", type=float, help="Its standard deviation per unit; a share needs none.")
@click.option("--units-per-day", type=float, help="New units a day, without a history.")
@click.option(
    "--covariate",
    "covariates",
    multiple=True,
    metavar="COLUMN",
    help="Known before the experiment; lowers the noise.",
)
@click.option(
    "--guardrail",
    "guardrails",
    multiple=True,
    metavar="COLUMN=MARGIN",
    help="A metric that may rise by at most 5 (=5), fall by at most 0.01 (=-0.01), or by a "
    "share of it (=-1%).",
)
@click.option(
    "--arms", default="", metavar="ARM=W,…", help="Control and treatments with weights."
)
@click.option("--control", default="control", show_default=True, metavar="ARM")
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
)
@click.option(
    "--power",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.8,
    show_default=True,
)
@click.option(
    "--looks",
    type=click.IntRange(1, 60),
    default=4,
    show_default=True,
    help="Planned looks, the last one included.",
)
@click.option(
    "--missing",
    type=click.Choice(["error", "exclude", "zero"]),
    default="error",
    show_default=True,
    help="What a missing value means.",
)
@click.option(
    "--ledger", "past", metavar="FILE", help="Past changes: do predictions come true here?"
)
@click.option("--name", default="experiment", show_default=True)
@click.option("--hypothesis", default="", help="What the change is thought to do, and why.")
@click.option("--owner", default="", help="Who decides.")
@click.option(
    "--green-light",
    default="",
    metavar="METRIC=VALUE",
    help="Offline result to reach before users see it.",
)
@click.option(
    "--day", default="", metavar="COLUMN", help="The history's column with the first day."
)
@click.option("--table", default="", metavar="NAME", help="The table of a database.")
@click.option(
    "--write",
    "target",
    type=click.Path(path_type=Path),
    metavar="PLAN.toml",
    help="Write the plan; it belongs into git.",
)
@json_option
def design_command(
    metric: str,
    *,
    covariates: tuple[str, ...],
    guardrails: tuple[str, ...],
    arms: str,
    green_light: str,
    day: str,
    target: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Plan an experiment on METRIC: how many units, how many weeks, which looks.

    Noise and arrivals come from the team's own history where there is one.
    """
    from leadline.analysis.experiments.metrics import Mean
    from leadline.library.designs import design

    light = _pair(green_light, "--green-light") if green_light else None
    declared = Mean(column=metric, covariates=covariates) if covariates else metric
    result = design(
        declared,
        others=[
            Mean(column=name, **limit)
            for name, limit in (guardrail(text) for text in guardrails)
        ],
        weights=parse_weights(arms) or None,
        green_light=light,
        columns={"day": day} if day else None,
        **options,
    )
    if target:
        result.write(target)
        click.echo(f"Written: {target}", err=True)
    show(
        result.to_dict(), as_json=as_json, human=lambda console: _print_design(result, console)
    )


def _pair(text: str, option: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r}; write NAME=NUMBER", param_hint=option) from None


def _print_design(result: ExperimentDesign, console: Console) -> None:
    from leadline.library.design_wording import design_lines

    for line in design_lines(result):
        console.print(line, markup=False)


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


@command.command("queue", epilog=QUEUE_EPILOG)
@click.argument("ideas")
@click.option("--history", required=True, metavar="FILE", help="Past changes or experiments.")
@click.option("--metric", "metrics", multiple=True, metavar="COLUMN", help="Of the history.")
@click.option(
    "--column", "column_pairs", multiple=True, metavar="ROLE=COLUMN", help="Of the ideas."
)
@json_option
def queue_command(
    ideas: str, *, history: str, metrics: tuple[str, ...], as_json: bool, **options: Any
) -> None:
    """Which idea to try next: expected gain × probability ÷ cost, and what to analyse before.

    How large gains are, and how often a change does any good, comes from the team's own
    experiments; a prediction counts as much as its predecessors came true.
    """
    from leadline.library.ideas import queue

    found = queue(ideas, history=history, metrics=metrics, columns=columns_of(options))
    show(found.to_dict(), as_json=as_json, human=lambda console: _print_queue(found, console))


def _print_queue(found: Queue, console: Console) -> None:
    from leadline.library.ideas import queue_notes, queue_rows

    _print_rows(*queue_rows(found), console)
    for entry in found.analyses:
        console.print(
            f"First: {entry.idea.analysis} ({entry.idea.key}); it may save the test.",
            markup=False,
        )
    for note in queue_notes(found):
        console.print(f"Note: {note}", style="dim", markup=False)


command.add_command(off_policy_command)
