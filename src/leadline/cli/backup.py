"""`leadline backup`: what cannot be made anew, in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from leadline.cli.workspaces import open_workspace, use_web_tables, workspace_option

EXAMPLES = """
\b
Examples:
  leadline backup monday.leadline           while everybody goes on working
  leadline restore monday.leadline          in another folder, or after a loss

\b
In it: all tables, leadline.toml, and the files of this folder that it names. Whoever has it
can read what the lead can, but no private note, no feedback and no interview notes: their key,
.leadline/sealing.keys, is not in it. Keep a copy of the key in another place; without it
these texts stay shut for good. What is read from elsewhere (repositories, calendars at a
URL) is read again.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@workspace_option
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(*, file: Path, folder: Path, force: bool) -> None:
    """Write the workspace into FILE, readable by you alone."""
    use_web_tables()
    workspace = open_workspace(folder)
    from leadline.records.backups import make_backup

    manifest = make_backup(workspace, file, at=datetime.now(UTC), overwrite=force)
    rows = sum(table.rows for table in manifest.tables)
    click.echo(
        f"{file}: {rows} rows of {len(manifest.tables)} tables, {_files(manifest.files)}"
    )
    click.echo(
        "Not in it, so that a backup alone opens no private note: .leadline/sealing.keys. "
        "Keep a copy of that file in another place.",
        err=True,
    )


def _files(names: tuple[str, ...]) -> str:
    return f"and {', '.join(names)}."
