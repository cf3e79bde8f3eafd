"""`leadline keys`: the keys that private notes and drafts are sealed with."""

from __future__ import annotations

from pathlib import Path

import click

from leadline.cli.workspaces import open_workspace, workspace_option

EXAMPLES = """
\b
Examples:
  leadline keys            how many texts are sealed, and that they open
  leadline keys --rotate   a new key; everything is sealed anew

\b
The keys stand in .leadline/sealing.keys, readable by their owner alone, or in
LEADLINE_SEALING_KEYS. Keep a copy apart from the database: without them private
notes, feedback and interview notes stay shut, for everybody.
"""


@click.command(epilog=EXAMPLES)
@workspace_option
@click.option("--rotate", is_flag=True, help="Make a new key and forget the old ones.")
@click.option(
    "--reseal", is_flag=True, help="Seal anew with the first key of LEADLINE_SEALING_KEYS."
)
def command(*, folder: Path, rotate: bool, reseal: bool) -> None:
    """Check, or change, the keys of sealed texts."""
    open_workspace(folder)
    from leadline.records import sealed

    if rotate:
        count = sealed.rotate_keys()
        click.echo(f"{_texts(count)} sealed with a new key; the old ones are gone.")
    elif reseal:
        click.echo(f"{_texts(sealed.reseal())} sealed with the newest key.")
    else:
        click.echo(f"{_texts(sealed.check())} open with the keys there are.")


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"
