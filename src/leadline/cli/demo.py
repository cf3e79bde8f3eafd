"""`leadline demo`: a made-up team, built and read in a minute, without a network."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from leadline.cli.output import console, json_option, print_json
from leadline.cli.workspaces import open_workspace, today_option

EXAMPLES = """
\b
Examples:
  leadline demo                     into a new temporary folder
  leadline demo --folder ~/demo     to keep and look at
  leadline demo --today 2027-02-01  the same story, on another day
  leadline demo --no-serve          only print the brief

\b
In a terminal it then serves the team's pages on this machine until Ctrl-C.

\b
Everybody in it is invented. Nothing is fetched from anywhere.
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="An empty or new folder (default: a temporary one).",
)  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, help="Another story's commits.")
@click.option(
    "--serve/--no-serve",
    default=None,
    help="Show its pages after that (default: in a terminal).",
)
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8765, show_default=True,
    help="The port of the pages.",
)  # fmt: skip
@today_option
@json_option
def command(
    *,
    folder: Path | None,
    seed: int,
    serve: bool | None,
    port: int,
    today: date | None,
    as_json: bool,
) -> None:
    """Build a made-up team of eight, print its lead's brief, and serve its pages."""
    from leadline.cli.brief_text import print_brief
    from leadline.cli.sync import sync_now
    from leadline.demo import build

    day = today or date.today()  # noqa: DTZ011 - the demo's day is wherever you are
    place = folder or Path(tempfile.mkdtemp(prefix="leadline-demo-"))
    build(place, today=day, seed=seed)
    workspace = open_workspace(place)
    sync_now(workspace, today=day)
    _keep_diagnosis(day)
    from leadline.records.actions.brief import make_brief
    from leadline.records.demo import fill_people

    _write_notes(day)
    fill_people(workspace, today=day)
    brief = make_brief(workspace, today=day)
    if as_json:
        print_json({"folder": str(place), "brief": brief.to_dict()})
        return
    print_brief(brief, out=console())
    click.echo(f"\nThis team is made up; it stands in {place}. Try there:")
    for line in _next_commands(place):
        click.echo(f"  {line}")
    if serve if serve is not None else sys.stdout.isatty():
        _serve(place, port=port, today=today)
    else:
        click.echo(f"\nIn a browser: leadline up --workspace {place}")


def _write_notes(today: date) -> None:
    """Write what the made-up team noted on its projects, as its pages would."""
    from leadline.demo import notes
    from leadline.records.actions import project_notes as write

    def moment(days_ago: int) -> datetime:
        return datetime.combine(today - timedelta(days=days_ago), time(9, 30), tzinfo=UTC)

    for one in notes.ASSUMED:
        row = write.assume(
            one.project, one.text, confidence=one.confidence, author=notes.INES,
            at=moment(one.days_ago),
        )  # fmt: skip
        if one.verdict:
            write.answer_assumption(
                row, one.verdict, learnt=one.learnt, author=one.by, at=moment(one.days_ago - 2)
            )
    for idea in notes.PARKED:
        write.park_idea(
            idea.project, idea.text, condition=idea.condition, waits_for=idea.waits_for,
            author=idea.by, at=moment(idea.days_ago),
        )  # fmt: skip
    for decision in notes.DECIDED:
        again = decision.again_in_days
        write.log_decision(
            decision.project, decision.text, consulted=decision.consulted,
            reversible=decision.reversible, author=decision.by, at=moment(decision.days_ago),
            decided_on=today - timedelta(days=decision.days_ago),
            revisit_on=None if again is None else today + timedelta(days=again),
        )  # fmt: skip


def _serve(place: Path, *, port: int, today: date | None) -> None:
    """Become `leadline up`: its settings are others, so it is a program of its own."""
    click.echo("\nNow its pages; Ctrl-C ends them.")
    sys.stdout.flush()
    arguments = ["up", "--workspace", str(place), "--port", str(port)]
    if today:
        arguments += ["--today", today.isoformat()]
    os.execv(  # noqa: S606  # nosec B606 # the same program, a list of our own
        sys.executable, [sys.executable, "-m", "leadline", *arguments]
    )


def _keep_diagnosis(day: date) -> None:
    """Keep what `leadline diagnose --save home-page` would have kept, in no time."""
    from leadline.demo.experiments import model_finding
    from leadline.records.actions.diagnoses import save_diagnosis

    found = model_finding(today=day)
    place = found.receipts[0].place
    now = datetime.now(UTC)
    save_diagnosis("home-page", [found], place=place, summary="overfitting", today=day, at=now)


def _next_commands(place: Path) -> tuple[str, ...]:
    program = Path(sys.executable).with_name("leadline")
    reach = [] if shutil.which("leadline") else [f'export PATH="{program.parent}:$PATH"']
    return (
        f"cd {place}",
        *reach,
        "leadline people                                   who, since when, which dates come",
        "leadline people selma@harbour.example             how a probation date comes about",
        "leadline knowledge repositories/search-ranking --people people.csv   who knows what",
        "leadline projects                                 what is active, and in what order",
        "leadline start                                    the lead's first 90 days",
        "leadline mine luca@harbour.example                everything that is held about one",
        "leadline ledger changes.csv                       what all changes added up to",
        "leadline experiments analyze plans/home-model.toml   is the newest one decided",
        "leadline watch                                    what changed for a model, and when",
        "leadline brief --html brief.html                  a page to forward",
        "leadline up                                       all of it in a browser",
    )
