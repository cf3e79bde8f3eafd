"""`leadline people`: the roster, one person's dates, and where the lead's hours go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import day_of, open_workspace, today_option, workspace_option

EXAMPLES = """
\b
Examples:
  leadline people                              everybody, with the dates that come next
  leadline people mira@harbour.example         one person: one-on-ones, probation, history
  leadline people --calendar                   your hours by kind, series, span
  leadline people --same ana@a.example ana@b.example       one person on commits
  leadline people --different ana@a.example anna@b.example  two; do not ask again
"""


@click.command(epilog=EXAMPLES)
@click.argument("email", required=False)
@workspace_option
@today_option
@click.option("--calendar", is_flag=True, help="Your hours by kind, your series, your span.")
@click.option("--same", nargs=2, metavar="EMAIL EMAIL", help="These commit as one person.")
@click.option("--different", nargs=2, metavar="EMAIL EMAIL", help="These are two people.")
@json_option
def command(
    *,
    email: str | None,
    folder: Path,
    today: date | None,
    calendar: bool,
    same: tuple[str, str] | None,
    different: tuple[str, str] | None,
    as_json: bool,
) -> None:
    """Print the roster: who, since when, and which dates come next."""
    workspace = open_workspace(folder)
    day = day_of(workspace, today)
    if same or different:
        _decide(same, different)
    elif calendar:
        from leadline.cli.people_text import print_calendar
        from leadline.records.queries.calendar import calendar_report

        report = calendar_report(workspace, today=day)
        show(report.to_dict(), as_json=as_json, human=lambda out: print_calendar(report, out))
    elif email:
        from leadline.cli.people_text import print_person
        from leadline.records.queries.people import person_report

        person = person_report(workspace, email, today=day)
        show(person.to_dict(), as_json=as_json, human=lambda out: print_person(person, out))
    else:
        from leadline.cli.people_text import print_roster
        from leadline.records.queries.people import people_reports

        rows = people_reports(workspace, today=day)
        value = [row.to_dict() for row in rows]
        file = workspace.configuration.people.file if workspace.configuration.people else ""
        show(
            value,
            as_json=as_json,
            human=lambda out: print_roster(rows, out, today=day, file=file),
        )


def _decide(same: tuple[str, str] | None, different: tuple[str, str] | None) -> None:
    from datetime import UTC, datetime

    from leadline.records.actions.identities import decide_identity

    for pair, is_same in ((same, True), (different, False)):
        if pair:
            kept = decide_identity(*pair, same=is_same, at=datetime.now(UTC))
            click.echo(f"{kept}. It counts from the next `leadline sync`.")
