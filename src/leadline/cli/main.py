"""`leadline`: the group of all commands, loaded one at a time so that --help is fast."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from leadline import __version__
from leadline.cli.lazy import LazyGroup
from leadline.cli.output import readable
from leadline.errors import LeadlineError

SECTIONS = {
    "What needs you": {
        "brief": "at most seven lines, each with its receipt",
        "projects": "every project in the order to read them, and its one-page brief",
        "knowledge": "who knows which part of a repository, by name",
        "report": "drafts of a monthly report, and of a project's proposal",
        "people": "the roster, the dates that come next, and where your hours go",
        "start": "a lead's first 90 days, ticked by what is there",
    },
    "Experiments and models": {
        "audit": "which claims of past experiments stand, and what they really sum to",
        "experiments": "design an experiment, or analyse one to a verdict",
        "ledger": "what all changes brought since the baseline, without overclaiming",
        "baseline": "does the model beat the best rule without machine learning?",
        "serve": "answer for decisions over HTTP, from any number of processes",
        "diagnose": "what holds a model back, and what each remedy would buy",
        "funnel": "from data coverage to the user's act: at which stage work buys most",
        "watch": "models in front of users: what changed, and whether it does harm",
    },
    "The workspace": {
        "init": "a workspace from what a folder already has",
        "up": "the workspace in a browser, for you and the team",
        "mcp": "the workspace for an assistant: it reads, and changes nothing",
        "sync": "read every source now",
        "mine": "everything held about a person: see, correct, export, purge",
        "backup": "what cannot be made anew, in one file",
        "restore": "a workspace from a backup",
        "keys": "the keys that private notes and drafts are sealed with",
        "cost": "what Leadline itself costs: typed minutes a week",
        "demo": "a made-up team, built and read in a minute",
    },
}
"""Section → command → one line of help. `x-y` is `command` in `leadline.cli.x_y`."""

COMMANDS = {name: line for commands in SECTIONS.values() for name, line in commands.items()}

EPILOG = """
\b
Start here:
  leadline demo                 a fictional team, built and read in a minute
  leadline init                 a workspace from the repositories below this folder
  leadline brief                what needs you next, with receipts
  leadline up                   the same in a browser, and more

\b
Exit codes: 0 done · 1 the answer is no (a check failed) · 2 the input or a setting
cannot be used · 3 a source did not answer · 130 interrupted.
"""


class Commands(LazyGroup):
    """All commands, in sections; a reader that goes away ends them quietly."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a reader that goes away (`leadline brief | head`) is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _write_nowhere()
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        widest = max(map(len, COMMANDS))
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                rows = [(name.ljust(widest), line) for name, line in commands.items()]
                formatter.write_dl(rows, col_max=widest)


@click.group(
    cls=Commands,
    modules={name: name.replace("-", "_") for name in COMMANDS},
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="leadline")
def cli() -> None:
    """The working system of a data-science lead.

    Point it at what a team already has (git, your calendar, a people file,
    experiment and prediction tables) and it says what needs you next, each line
    with its receipt. It judges work, never people.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a user's mistake ends in one clear message, never a trace."""
    # Maps and tables are many small objects that stay: look for cycles among them less often.
    gc.set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows "?"
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
    if code:
        sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    """Run a command, say what went wrong, return the exit code."""
    try:
        ended = cli.main(args=arguments, prog_name="leadline", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was left half-written.", err=True)
        return 130
    except LeadlineError as error:
        click.echo(f"leadline: {readable(str(error))}", err=True)
        return error.exit_code
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"leadline: {place}{error.strerror or error}", err=True)
        return 2
    except _database_errors() as error:
        click.echo(f"leadline: the database cannot be used: {error}".rstrip(), err=True)
        click.echo("Check the disk and the permissions, and ask again.", err=True)
        return 2


def _database_errors() -> tuple[type[Exception], ...]:
    """Return Django's errors of a database, where a command has loaded Django."""
    loaded = sys.modules.get("django.db.utils")
    return (loaded.OperationalError,) if loaded else ()


def _write_nowhere() -> None:
    """Let the interpreter end in peace after a reader went away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
