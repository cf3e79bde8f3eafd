"""`leadline report`: drafts of a monthly report and of a project's proposal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import (
    IsoMonth,
    day_of,
    open_workspace,
    today_option,
    workspace_option,
)

EXAMPLES = """
\b
Examples:
  leadline report                         this month so far, as Markdown
  leadline report --month 2026-10 > october.md
  leadline report search-ranking          a proposal, drafted from the project's charter

\b
A draft from what was last read: each sentence has its receipt as a footnote, and what
no source knows stands in it as a question. You edit it and send it; Leadline never does.
"""


@click.command(epilog=EXAMPLES)
@click.argument("project", required=False)
@click.option(
    "--month",
    type=IsoMonth(),
    metavar="YYYY-MM",
    help="Another month than this one.",
)
@workspace_option
@today_option
@json_option
def command(
    *,
    project: str | None,
    month: date | None,
    folder: Path,
    today: date | None,
    as_json: bool,
) -> None:
    """Draft the report of a month, or the proposal of PROJECT, with receipts."""
    if project and month:
        raise click.UsageError("--month is for the report; a proposal has no month.")
    workspace = open_workspace(folder)
    day = day_of(workspace, today)
    from leadline.practice.reports import as_markdown
    from leadline.records.queries.reports import proposal_named, report_of_month

    if project:
        draft = proposal_named(project, today=day)
    else:
        wanted = month or day
        draft = report_of_month(workspace, month=wanted, today=day, at=datetime.now(UTC))
    show(
        draft.to_dict(),
        as_json=as_json,
        human=lambda _: click.echo(as_markdown(draft), nl=False),
    )
