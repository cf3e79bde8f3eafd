"""Options that the commands on experiment tables share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

ROLES = {
    "experiment-column": ("experiment", "Column with the experiment's name."),
    "arm": ("arm", "Column with the variant."),
    "unit": ("unit", "Column with the id of the unit (user)."),
    "day": ("day", "Column with the day, or the time."),
    "n": ("n", "Column with the number of units of an arm."),
    "served": ("served", "Column with the variant that was really shown."),
    "shipped": ("shipped", "Column that says which arm was shipped."),
    "project": ("project", "Column with the project."),
    "started-on": ("started_on", "Column with the first day."),
    "ended-on": ("ended_on", "Column with the last day."),
    "reach": ("reach", "Column with the units that a year touches."),
}
"""Option → role and help."""


def columns_of(options: dict[str, Any]) -> dict[str, str]:
    """Take the options that name columns out of a command's options."""
    told = {role: options.pop(f"column_{role}") for role, _ in ROLES.values()}
    return {role: name for role, name in told.items() if name}


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where a table is and what its columns mean."""
    for flag, (role, text) in reversed(ROLES.items()):
        command = click.option(f"--{flag}", f"column_{role}", metavar="COLUMN", help=text)(
            command
        )
    for option in reversed(_COMMON):
        command = option(command)
    return command


def parse_weights(text: str) -> dict[str, float]:
    """Read `control=1,new=1`.

    Raises
    ------
    click.BadParameter
        It is written in another way.
    """
    weights = {}
    for part in filter(None, text.split(",")):
        arm, _, share = part.rpartition("=")
        try:
            weights[arm.strip()] = float(share)
        except ValueError:
            raise click.BadParameter(
                f"{part!r} is no weight; write control=1,new=1", param_hint="--weights"
            ) from None
    return weights


def write_page(html: str, path: Path) -> None:
    """Write a page, and say where."""
    path.write_text(html, encoding="utf-8")
    click.echo(f"Written: {path}", err=True)


_COMMON = (
    click.option("--metric", "metrics", multiple=True, metavar="COLUMN",
                 help="A metric; may be given several times. Recognised by default."),
    click.option("--control", default="", metavar="ARM", help="The control's name."),
    click.option("--weights", default="", metavar="ARM=W,…",
                 help="The declared split; equal by default."),
    click.option("--missing", type=click.Choice(["error", "exclude", "zero"]), default="error",
                 show_default=True, help="What a missing value means."),
    click.option("--cumulative/--daily", default=None,
                 help="Whether a row by day holds all days so far."),
    click.option("--table", default="", metavar="NAME", help="The table of a database."),
    click.option("--spark", default="", metavar="URL",
                 help="Read through Spark: local[2], spark://…, sc://…"),
    click.option("--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True),
                 default=0.05, show_default=True, help="Two-sided level."),
)  # fmt: skip
