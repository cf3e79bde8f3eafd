"""`leadline cost`: what Leadline itself costs, in typed minutes a week."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import day_of, open_workspace, today_option, workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.records.queries.cost import Idle, Week


@click.command(epilog="\b\nExamples:\n  leadline cost\n  leadline cost --weeks 26 --json")
@workspace_option
@today_option
@click.option("--weeks", type=click.IntRange(1, 520), default=8, show_default=True)
@json_option
def command(*, folder: Path, today: date | None, weeks: int, as_json: bool) -> None:
    """Print how many minutes a week were typed into Leadline, where, and what could go."""
    workspace = open_workspace(folder)
    from leadline.records.queries.cost import CHARACTERS_PER_MINUTE, idle, typed_weeks

    day = day_of(workspace, today)
    rows = typed_weeks(today=day, weeks=weeks)
    unused = idle(today=day)
    value = {
        "characters_per_minute": CHARACTERS_PER_MINUTE,
        "weeks": [row.to_dict() for row in rows],
        "unused": [one.to_dict() for one in unused],
    }
    show(value, as_json=as_json, human=lambda out: _print(rows, unused, out=out))


def _print(rows: tuple[Week, ...], unused: tuple[Idle, ...], *, out: Console) -> None:
    from rich.table import Table

    from leadline.records.queries.cost import CHARACTERS_PER_MINUTE, IDLE_AFTER_DAYS

    table = Table(box=None, pad_edge=False)
    table.add_column("Week from")
    table.add_column("Typed minutes", justify="right")
    table.add_column("Where")
    for row in rows:
        where = ", ".join(f"{name} {minutes:.1f}" for name, minutes in row.by_command)
        table.add_row(row.starts_on.isoformat(), f"{row.minutes:.1f}", where)
    out.print(table)
    out.print(
        f"Characters typed, at {CHARACTERS_PER_MINUTE} a minute; what was typed is not kept.",
        style="dim",
    )
    for one in unused:
        out.print(
            f"Nothing was typed into {one.where} for {IDLE_AFTER_DAYS} days "
            f"(last on {one.last_on}). Could it go?"
        )
