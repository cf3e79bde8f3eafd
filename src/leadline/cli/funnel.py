"""`leadline funnel`: at which stage most is lost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.funnel import FunnelPage

EPILOG = """
\b
Examples:
  leadline funnel units.parquet
  leadline funnel units.csv --stage has_data --stage scored --stage shown --stage clicked

\b
One row a unit that could have been acted on, one column a stage, in order: data coverage
(covered) · model (scored) · policy (chosen) · served · exposed · acted. Yes or no, 1 or 0,
or a date that is empty where the stage was not reached.

\b
Exit codes: 0 done · 2 the table is no funnel.
"""


@click.command("funnel", epilog=EPILOG)
@click.argument("source", metavar="TABLE")
@click.option("--stage", "stages", multiple=True, metavar="COLUMN", help="In order.")
@click.option("--table", default="", help="The table's name, where TABLE is a database.")
@click.option("--spark", default="", metavar="ADDRESS", help="Ask Spark Connect.")
@json_option
def command(
    source: str, *, stages: tuple[str, ...], table: str, spark: str, as_json: bool
) -> None:
    """Count how many units pass each stage, and say where work buys most.

    What a stage loses is worth what these units would have done had they passed and then
    fared as the others did. What the last stage loses is the users' own choice.
    """
    from leadline.library.funnel import funnel

    found = funnel(source, stages=stages, table=table, spark=spark)
    show(found.to_dict(), as_json=as_json, human=lambda console: _print(found, console))


def _print(found: FunnelPage, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(found.sentence, style="bold"))
    table = Table(box=None)
    table.add_column("stage")
    for heading in ("entered", "passed", "share", "worth at the end [80 %]"):
        table.add_column(heading, justify="right")
    for stage in found.funnel.stages:
        worth = "–"
        if not math.isnan(stage.worth):
            worth = f"{stage.worth:,.0f} [{stage.worth_lower:,.0f}, {stage.worth_upper:,.0f}]"
        share = "–" if math.isnan(stage.share) else f"{stage.share:.1%}"
        table.add_row(stage.name, f"{stage.entered:,}", f"{stage.passed:,}", share, worth)
    console.print(table)
    if found.gaps:
        console.print(Text(found.gaps))
