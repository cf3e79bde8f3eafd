"""`leadline restore`: a workspace from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from leadline.cli.workspaces import use_web_tables

EXAMPLES = """
\b
Examples:
  leadline restore monday.leadline                       into this folder
  leadline restore monday.leadline --workspace harbour   into a new folder
  LEADLINE_DATABASE_URL=postgresql://… leadline restore monday.leadline
                                        from a laptop's file to a team's server

\b
Stop `leadline up` first. Each piece is checked against its hash before anything is
changed; a backup of an older Leadline is brought up to date. Until the last step the old
workspace stays as it is. Put .leadline/sealing.keys back yourself.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--workspace", "-w", "folder", type=click.Path(file_okay=False, path_type=Path),
    default=Path(), metavar="FOLDER", help="Where to (default: the folder you are in).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the workspace that is there.")
def command(*, file: Path, folder: Path, force: bool) -> None:
    """Make a workspace again from what `leadline backup` wrote."""
    use_web_tables()
    from leadline.records.backups import restore_backup

    restored = restore_backup(file, folder, overwrite=force)
    manifest = restored.manifest
    rows = sum(table.rows for table in manifest.tables)
    click.echo(f"Restored {rows} rows of {manifest.made_at}, and {', '.join(manifest.files)}.")
    if restored.n_migrations:
        click.echo(f"Brought up to date from Leadline {manifest.leadline}.")
    if restored.sealed:
        click.echo(restored.sealed, err=True)
