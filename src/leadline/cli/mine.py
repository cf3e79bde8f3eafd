"""`leadline mine`: everything held about a person; see, correct, export, purge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import open_workspace, workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.practice.keeping import Stays
    from leadline.records.queries.held import Held
    from leadline.records.queries.mine import Mine
    from leadline.workspace import Workspace

EXAMPLES = """
\b
Examples:
  leadline mine mira@harbour.example                  see it
  leadline mine mira@harbour.example --json > me.json  the export
  leadline mine mira@harbour.example --correct start_on=2026-09-01
  leadline mine mira@harbour.example --purge

\b
Nothing here measures a person; a test of Leadline's tables proves it.
"""


@click.command(epilog=EXAMPLES)
@click.argument("email")
@workspace_option
@click.option(
    "--correct", "corrections", multiple=True, metavar="FIELD=VALUE",
    help="Say what is right; it wins over the people file.",
)  # fmt: skip
@click.option("--purge", is_flag=True, help="Delete all of it, and leave the person out.")
@click.option("--yes", is_flag=True, help="Purge without asking again.")
@json_option
def command(
    *,
    email: str,
    folder: Path,
    corrections: tuple[str, ...],
    purge: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Show everything held about a person, with where it came from and who can read it."""
    workspace = open_workspace(folder)
    from leadline.records.queries.mine import everything_about

    for correction in corrections:
        _correct(email, correction)
    mine = everything_about(email)
    if purge:
        _purge(workspace, mine, yes=yes, as_json=as_json)
        return
    show(mine.to_dict(), as_json=as_json, human=lambda out: _print(mine, out=out))


def _correct(email: str, correction: str) -> None:
    from leadline.records.actions.correct import correct

    field, equals, value = correction.partition("=")
    if not equals:
        raise click.BadParameter(f"{correction!r} is not FIELD=VALUE", param_hint="--correct")
    kept = correct(email, field=field.strip(), value=value, at=datetime.now(UTC))
    click.echo(f"{kept.field} is {kept.value or 'not known'} from now on.", err=True)


def _purge(workspace: Workspace, mine: Mine, *, yes: bool, as_json: bool) -> None:
    from leadline.records.actions.erase import purge

    if not yes:
        click.confirm(
            f"Delete {len(mine.held)} pieces about {mine.name or mine.key}, for good?",
            abort=True,
        )
    stays = purge(workspace, mine.key, at=datetime.now(UTC))
    report = {"purged": mine.key, "stays": [one.to_dict() for one in stays]}
    show(report, as_json=as_json, human=lambda out: _print_report(mine.key, stays, out=out))


def _print_report(key: str, stays: Iterable[Stays], *, out: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    out.print(Text(f"Purged, and left out from now on: {key}. What stays, and why:"))
    for one in stays:
        out.print()
        out.print(Text.assemble((one.what, "bold"), f", until {one.until}"))
        for text in (f"fields: {', '.join(one.fields)}" if one.fields else "", one.ground):
            if text:
                out.print(Padding(Text(text, style="dim"), (0, 0, 0, 2)))


def _print(mine: Mine, *, out: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    out.print()
    out.print(Text.assemble((mine.name or mine.key, "bold"), f" · {', '.join(mine.addresses)}"))
    for (what, readers), pieces in groupby(mine.held, key=lambda one: (one.what, one.readers)):
        out.print()
        out.print(Text(f"{what} (read by: {', '.join(readers)})", style="bold"))
        table = Table.grid(padding=(0, 2))
        for days, text, place in _folded(pieces):
            table.add_row(Text(days, style="cyan"), Text(text), Text(place, style="dim"))
        out.print(table)
    out.print()
    out.print(
        Text("This is all that is held: no score, no measure of activity.", style="green")
    )


def _folded(pieces: Iterable[Held]) -> list[tuple[str, str, str]]:
    """Return pieces with the same text as one row from the first day to the last."""
    days: dict[tuple[str, str], list[date]] = {}
    for piece in pieces:
        days.setdefault((piece.text, piece.place), []).extend([piece.on] if piece.on else [])
    return [(_span(on), text, place) for (text, place), on in days.items()]


def _span(days: list[date]) -> str:
    if len(set(days)) < 2:
        return "".join(str(day) for day in days[:1])
    return f"{min(days)} … {max(days)}"
