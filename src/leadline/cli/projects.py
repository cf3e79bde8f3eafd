"""`leadline projects`: the inventory in reading order, and one project's brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import day_of, open_workspace, today_option, workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.practice.projects import Project

EXAMPLES = """
\b
Examples:
  leadline projects                       every project, in the order to read them
  leadline projects search-ranking        one page: the agenda for the hour with its owner
  leadline projects search-ranking --confirm --note "the metric is NDCG@10, not CTR"

\b
A confirmed brief ticks the project's step in the first 90 days.
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
@workspace_option
@today_option
@click.option("--confirm", is_flag=True, help="The owner went through the brief with you.")
@click.option("--note", default="", help="What the owner put right.")
@json_option
def command(
    *,
    name: str | None,
    folder: Path,
    today: date | None,
    confirm: bool,
    note: str,
    as_json: bool,
) -> None:
    """Print the projects in reading order: their state, and whom to ask."""
    workspace = open_workspace(folder)
    day = day_of(workspace, today)
    from leadline.records.queries.repositories import confirmations, projects
    from leadline.records.queries.team import team

    if confirm and not name:
        raise click.UsageError("--confirm needs the project's name.")
    rows = projects(workspace, team(workspace, today=day), today=day)
    if name:
        _one(rows, name, confirm=confirm, note=note, day=day, as_json=as_json)
        return
    confirmed = confirmations()
    value = [_plain(row, confirmed_on=confirmed.get(row.name)) for row in rows]
    show(value, as_json=as_json, human=lambda out: _print(rows, confirmed, out=out))


def _one(
    rows: Sequence[Project], name: str, *, confirm: bool, note: str, day: date, as_json: bool
) -> None:
    from leadline.practice.project_brief import project_brief
    from leadline.records.actions.projects import confirm_project, project_named

    project = project_named(rows, name)
    if confirm:
        confirm_project(project, on=day, note=note)
        click.echo(f"{project.name}: its brief was confirmed on {day}.")
        return
    brief = project_brief(project)
    value = {**_plain(project, confirmed_on=None), "brief": brief}
    show(value, as_json=as_json, human=lambda out: out.print(brief, markup=False))


def _plain(project: Project, *, confirmed_on: date | None) -> dict[str, Any]:
    return {
        "name": project.name,
        "repository": project.knowledge.name,
        "folder": project.area.path,
        "state": project.state,
        "reason": project.reason,
        "owners": [owner.name for owner in project.owners],
        "in_production_by": list(project.evidence),
        "last_moved_on": project.area.last_on,
        "confirmed_on": confirmed_on,
    }


def _print(rows: Sequence[Project], confirmed: Mapping[str, date], *, out: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        out.print(
            "No project yet. Name a repository in leadline.toml: [[repository]] path = …",
            markup=False,
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Read", "Project", "State", "Last moved", "Ask", "Brief"):
        table.add_column(column, overflow="fold")
    for number, row in enumerate(rows, start=1):
        asked = ", ".join(owner.name for owner in row.owners) or "nobody is left"
        on = confirmed.get(row.name)
        table.add_row(
            str(number),
            Text(row.name, style="bold"),
            row.state,
            str(row.area.last_on or "never"),
            Text(asked),
            Text(f"confirmed {on}", style="green") if on else Text("–", style="dim"),
        )
    out.print(table)
    out.print(Text("One page on a project: leadline projects NAME", style="dim"))
