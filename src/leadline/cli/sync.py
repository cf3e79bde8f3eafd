"""`leadline sync`: read every source anew."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, progress, show
from leadline.cli.workspaces import day_of, open_workspace, workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.records.queries.sources import SourceState
    from leadline.workspace import Workspace


@click.command(
    epilog="\b\nExamples:\n  leadline sync\n  leadline sync --json\n\n"
    "Then mail goes to those who asked for it in their settings, once a day, through\n"
    "LEADLINE_SMTP_URL (smtps://user:password@host:465 or smtp://host:587), from\n"
    "LEADLINE_MAIL_FROM; its links begin with LEADLINE_URL.\n\n"
    "Exit code 3 when a source could not be read or a mail not be sent; all others were."
)
@workspace_option
@json_option
def command(*, folder: Path, as_json: bool) -> None:
    """Read all sources now: the people file, your calendar, the repositories."""
    workspace = open_workspace(folder)
    from leadline.cli.sync_mail import send_mail_now
    from leadline.records.queries.sources import source_states

    sync_now(workspace)
    all_sent = send_mail_now(workspace, today=day_of(workspace, None))
    states = source_states(at=datetime.now(UTC))
    value = [state.to_dict() for state in states]
    show(value, as_json=as_json, human=lambda out: _print(states, out=out))
    if any(state.failure for state in states) or not all_sent:
        sys.exit(3)


def sync_now(workspace: Workspace, *, today: date | None = None) -> None:
    """Read all sources with a progress bar on stderr, as of a day where one is given."""
    from leadline.records.actions.sync import sync

    with progress() as bar:
        task = bar.add_task("reading", total=None)
        sync(
            workspace,
            at=datetime.now(UTC),
            today=today,
            tell=lambda name: bar.update(task, description=f"reading {name}"),
        )


def sync_if_stale(workspace: Workspace, *, today: date | None = None) -> None:
    """Read all sources if one was never read well, changed, or was read long ago."""
    from leadline.records.actions.sync import is_stale

    if is_stale(workspace, at=datetime.now(UTC)):
        sync_now(workspace, today=today)


def _print(states: tuple[SourceState, ...], *, out: Console) -> None:
    from rich.text import Text

    if not states:
        out.print("leadline.toml names no sources yet; see `leadline init --help`.")
    for state in states:
        failed = bool(state.failure)
        word, style = ("NOT READ", "bold red") if failed else ("read", "green")
        what = state.failure if failed else state.summary
        out.print(Text.assemble((f"{word:8} ", style), f"{state.kind} {state.name}: {what}"))
        for note in state.notes:
            out.print(Text(f"         {note}", style="yellow"))
