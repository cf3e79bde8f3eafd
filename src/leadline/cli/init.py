"""`leadline init`: a workspace from what a folder already has."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.cli.output import json_option, print_json
from leadline.cli.workspaces import IsoDate
from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.workspace.discovery import Discovery

EXAMPLES = """
\b
Examples:
  leadline init                             here, with what is found below
  leadline init ~/team --since 2026-10-01   and when you took the team
  leadline init --calendar https://calendar.example/private/lead.ics
  leadline init --name "Ines Marlow" --email ines@harbour.example --people people.csv

\b
Nothing is asked that git, the folder or an option says. Afterwards: leadline brief
"""


@click.command(epilog=EXAMPLES)
@click.argument(
    "folder", default=".", type=click.Path(file_okay=False, path_type=Path, exists=True)
)
@click.option("--name", help="Your name (default: what git says).")
@click.option("--email", help="Your e-mail address (default: what git says).")
@click.option("--since", type=IsoDate(), metavar="YYYY-MM-DD", help="When you took the team.")
@click.option(
    "--timezone", help="Your time zone, e.g. Europe/Berlin (default: this machine's)."
)
@click.option("--people", help="The people file (default: a CSV with name and emails below).")
@click.option("--calendar", "calendars", multiple=True, help="Your own calendar, file or URL.")
@click.option("--repository", "repositories", multiple=True, help="A repository, path or URL.")
@click.option("--force", is_flag=True, help="Replace a leadline.toml that is there.")
@json_option
def command(
    *,
    folder: Path,
    name: str | None,
    email: str | None,
    since: date | None,
    timezone: str | None,
    people: str | None,
    calendars: tuple[str, ...],
    repositories: tuple[str, ...],
    force: bool,
    as_json: bool,
) -> None:
    """Make a workspace: one leadline.toml that names what is there."""
    from leadline.workspace import FILE_NAME, read_configuration
    from leadline.workspace.discovery import configuration_text, discover

    target = folder / FILE_NAME
    if target.exists() and not force:
        raise ConfigurationError(
            f"{target} is there already",
            hint="Edit it, or replace it with `leadline init --force`.",
        )
    found = _in_place(discover(folder), folder)
    text = configuration_text(
        name=name or found.name or _ask("Your name", "--name"),
        email=email or found.email or _ask("Your e-mail address", "--email"),
        since=since,
        timezone=timezone or found.timezone or "UTC",
        people=people or next((str(path) for path in found.people_files), ""),
        calendars=calendars or _only_one(found.calendars),
        repositories=repositories or tuple(str(path) for path in found.repositories),
    )
    draft = target.with_suffix(".toml.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        read_configuration(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    if as_json:
        calendars_found = [str(path) for path in found.calendars]
        print_json({"file": str(target), "text": text, "calendars_found": calendars_found})
    else:
        _say(target, text, found)


def _in_place(found: Discovery, folder: Path) -> Discovery:
    """Return the discovery with paths as the workspace file should write them."""

    def relative(paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(path.relative_to(folder) for path in paths)

    return replace(
        found,
        repositories=relative(found.repositories),
        calendars=relative(found.calendars),
        people_files=relative(found.people_files),
    )


def _only_one(calendars: tuple[Path, ...]) -> tuple[str, ...]:
    """Name a calendar only where it cannot be somebody else's: there is just one."""
    return tuple(str(path) for path in calendars) if len(calendars) == 1 else ()


def _ask(question: str, option: str) -> str:
    """Ask for what could not be found, or name the option where nobody can answer."""
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"{question.lower()} could not be found", hint=f"Give {option}."
        )
    answer: str = click.prompt(question)
    return answer


def _say(target: Path, text: str, found: Discovery) -> None:
    click.echo(f"Wrote {target}:\n")
    click.echo("\n".join(f"  {line}" for line in text.splitlines()))
    click.echo()
    for label, option, named in (
        ("people file", "--people", "[people]" in text),
        ("calendar", "--calendar", "[[calendar]]" in text),
        ("git repository", "--repository", "[[repository]]" in text),
    ):
        if not named and not (label == "calendar" and found.calendars):
            click.echo(
                f"No {label} was found; add one to the file, or run again with --force "
                f"{option}."
            )
    if len(found.calendars) > 1 and "[[calendar]]" not in text:
        several = ", ".join(str(path) for path in found.calendars)
        click.echo(
            f"Only your own calendar is read; which is it? There are: {several}\n"
            f"Say it: leadline init --force --calendar {found.calendars[0]}"
        )
    if len(found.people_files) > 1 and f'"{found.people_files[0]}"' in text:
        others = ", ".join(str(path) for path in found.people_files[1:])
        click.echo(f"More people files are there, and not read: {others}")
    click.echo("Next: leadline brief")
