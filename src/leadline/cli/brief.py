"""`leadline brief`: what needs you next, and what you say to its lines."""

from __future__ import annotations

import shlex
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import (
    IsoDate,
    day_of,
    open_workspace,
    today_option,
    workspace_option,
)

if TYPE_CHECKING:
    from leadline.records.actions.brief import Brief
    from leadline.workspace import Workspace

EXAMPLES = """
\b
Examples:
  leadline brief                          the lines of today
  leadline brief --all                    also what stands from earlier briefs
  leadline brief --markdown > brief.md    to paste somewhere
  leadline brief --html brief.html        one page, nothing loaded from anywhere
  leadline brief snooze 3f2a1c --days 14  not before two weeks
  leadline brief dismiss 3f2a1c           not again, unless it gets worse
  leadline brief wrong 3f2a1c --reason "the series moved to my other calendar"

\b
At most seven lines, one a subject, and none repeats unless it got worse.
Sources older than half a day are read again first (--no-sync: not now).
"""


@click.group(invoke_without_command=True, epilog=EXAMPLES)
@workspace_option
@today_option
@click.option(
    "--sync/--no-sync", "may_sync", default=True, help="Read old sources again first."
)
@click.option("--all", "show_all", is_flag=True, help="Also what stands from earlier briefs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
@click.option(
    "--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a page."
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    *,
    folder: Path,
    today: date | None,
    may_sync: bool,
    show_all: bool,
    as_markdown: bool,
    html_file: Path | None,
    as_json: bool,
) -> None:
    """Print what needs the lead next: at most seven lines, each with its receipt."""
    if sum((as_json, as_markdown, html_file is not None)) > 1:
        raise click.UsageError("Give one of --json, --markdown and --html.")
    workspace = open_workspace(folder)
    context.obj = (workspace, day_of(workspace, today))
    if context.invoked_subcommand:
        return
    brief = _make(workspace, today=context.obj[1], may_sync=may_sync)
    if html_file:
        from leadline.cli.brief_page import brief_html

        html_file.write_text(brief_html(brief), encoding="utf-8")
        click.echo(f"Wrote {html_file}.", err=True)
    elif as_markdown:
        from leadline.cli.brief_page import brief_markdown

        click.echo(brief_markdown(brief), nl=False)
    else:
        from leadline.cli.brief_text import print_brief

        show(
            brief.to_dict(),
            as_json=as_json,
            human=lambda out: print_brief(
                brief, out=out, show_all=show_all, elsewhere=_elsewhere(workspace)
            ),
        )


def _elsewhere(workspace: Workspace) -> str:
    """Return the workspace's folder as a shell reads it, where it is not this one."""
    folder = workspace.folder.resolve()
    return "" if folder == Path.cwd() else shlex.quote(str(folder))


def _make(workspace: Workspace, *, today: date, may_sync: bool) -> Brief:
    from leadline.cli.sync import sync_if_stale
    from leadline.records.actions.brief import make_brief

    if may_sync:
        sync_if_stale(workspace, today=today)
    return make_brief(workspace, today=today)


@command.command()
@click.argument("finding", metavar="ID")
@click.option("--reason", default="", help="Why, in a few words, for yourself.")
@click.pass_obj
def dismiss(obj: tuple[Workspace, date], *, finding: str, reason: str) -> None:
    """Do not show this line again, unless it gets worse."""
    _respond(obj, finding, "dismissed", reason=reason)


@command.command()
@click.argument("finding", metavar="ID")
@click.option("--reason", default="", help="What is wrong with it; the rule speaks less often.")
@click.pass_obj
def wrong(obj: tuple[Workspace, date], *, finding: str, reason: str) -> None:
    """Say that a line is not true; it never comes back, and its rule weighs less."""
    _respond(obj, finding, "wrong", reason=reason)


@command.command()
@click.argument("finding", metavar="ID")
@click.option("--days", type=click.IntRange(1, 3_650), default=7, show_default=True)
@click.option("--until", type=IsoDate(), metavar="YYYY-MM-DD", help="Instead of --days.")
@click.option("--reason", default="", help="Why, in a few words, for yourself.")
@click.pass_obj
def snooze(
    obj: tuple[Workspace, date], *, finding: str, days: int, until: date | None, reason: str
) -> None:
    """Show this line again on a later day, if it is still true."""
    _respond(
        obj, finding, "snoozed", reason=reason, until=until or obj[1] + timedelta(days=days)
    )


def _respond(
    obj: tuple[Workspace, date],
    finding: str,
    verdict: str,
    *,
    reason: str,
    until: date | None = None,
) -> None:
    from leadline.practice.brief import Verdict
    from leadline.records.actions.respond import respond

    kept = respond(
        finding,
        verdict=Verdict(verdict),
        today=obj[1],
        until=until,
        reason=reason,
    )
    ending = f" until {kept.until}" if kept.until else ""
    click.echo(f"{kept.finding} ({kept.rule}): {kept.verdict}{ending}.")
