"""`leadline experiments design`: how many units, how many weeks, which looks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import (
    parse_weights,
)
from leadline.cli.metric_options import guardrail
from leadline.cli.output import json_option, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.designs import ExperimentDesign

DESIGN_EPILOG = """
\b
Examples:
  leadline experiments design converted --mean 0.1 --smallest 0.01 --units-per-day 4000
  leadline experiments design revenue --history units.parquet --smallest-share 0.02
  leadline experiments design converted --history units.parquet --smallest-share 0.05 \\
      --name ranking-3 --hypothesis "Fresh results convert better" \\
      --green-light ndcg@10=0.41 --guardrail latency_ms=5 --write plan.toml
"""


@click.command("design", epilog=DESIGN_EPILOG)
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
def command(
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
    show(result.to_dict(), as_json=as_json, human=lambda console: _print(result, console))


def _pair(text: str, option: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r}; write NAME=NUMBER", param_hint=option) from None


def _print(result: ExperimentDesign, console: Console) -> None:
    from leadline.library.design_wording import design_lines

    for line in design_lines(result):
        console.print(line, markup=False)
