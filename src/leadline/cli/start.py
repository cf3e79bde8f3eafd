"""`leadline start`: a lead's first 90 days as a plan, in a workspace or from a people file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import (
    IsoDate,
    day_of,
    open_workspace,
    today_option,
    workspace_option,
)
from leadline.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from leadline.practice.onboarding import Plan, PlanProject, PlanStep, PlanTemplate
    from leadline.practice.people import Person

EXAMPLES = """
\b
Examples:
  leadline start                      in a workspace: ticked by what is there
  leadline start --done f3aefe        a step that nothing else can tick
  leadline start --move 6b1e69 2026-12-01
  leadline start --on 2027-01-04 --people people.csv --lead you@harbour.example
  leadline start --on 2027-01-04 --people people.csv --repository ~/code/ranking --ics plan.ics
  leadline start --on 2027-01-04 --people people.csv --markdown plan.md
  leadline start --on 2027-01-04 --people people.csv --export-template frame.toml
"""

file_path = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=EXAMPLES)
@click.option(
    "--on",
    "start_on",
    type=IsoDate(),
    metavar="YYYY-MM-DD",
    help="Your first day as the lead; in the future it adds a month of preparation.",
)
@workspace_option
@click.option(
    "--people", "people_path", type=file_path, help="A people file, instead of a workspace."
)
@click.option("--lead", multiple=True, metavar="EMAIL", help="Your address; repeatable.")
@click.option(
    "--repository",
    "repositories",
    multiple=True,
    metavar="PATH",
    help="A git repository, by path or URL; repeatable.",
)
@click.option("--country", default="", metavar="CODE", help="Your holidays: DE, DE-BE, …")
@click.option("--template", type=file_path, help="A plan template of your own (TOML).")
@click.option(
    "--embargo-days",
    type=click.IntRange(min=0),
    help="Days together before the first feedback (default: 90, or what the workspace says).",
)
@click.option("--ics", "ics_path", type=file_path, help="Write the plan as a calendar.")
@click.option("--markdown", "markdown_path", type=file_path, help="Write it as Markdown.")
@click.option(
    "--export-template", "export_path", type=file_path, help="Write the frame, without names."
)
@click.option("--done", metavar="ID", help="Tick a step of the workspace's plan by hand.")
@click.option(
    "--move",
    nargs=2,
    type=(str, IsoDate()),
    metavar="ID YYYY-MM-DD",
    help="Put a step elsewhere.",
)
@today_option
@json_option
def command(
    *,
    start_on: date | None,
    folder: Path,
    people_path: Path | None,
    lead: tuple[str, ...],
    repositories: tuple[str, ...],
    country: str,
    template: Path | None,
    embargo_days: int | None,
    ics_path: Path | None,
    markdown_path: Path | None,
    export_path: Path | None,
    done: str | None,
    move: tuple[str, date] | None,
    today: date | None,
    as_json: bool,
) -> None:
    """Plan your first 90 days: meet everyone, understand each project, begin feedback."""
    from leadline.practice.onboarding import load_template

    own_template = load_template(template) if template else None
    if people_path is None:
        plan, problems = _in_workspace(
            folder,
            today,
            changes=_Changes(done=done, move=move),
            start_on=start_on,
            template=own_template,
            embargo_days=embargo_days,
        )
    else:
        plan, problems = _from_files(
            people_path,
            start_on=start_on,
            today=today or date.today(),  # noqa: DTZ011  # the lead's own wall calendar
            lead=lead,
            repositories=repositories,
            country=country,
            template=own_template,
            embargo_days=embargo_days,
        )
    written = _write(plan, ics=ics_path, markdown=markdown_path, export=export_path)
    value = {**plan.to_dict(), "problems": problems}
    show(value, as_json=as_json, human=lambda out: _print(plan, problems, written, out))


class _Changes(NamedTuple):
    """What the lead says of steps: one is done, one moves."""

    done: str | None
    move: tuple[str, date] | None


def _in_workspace(
    folder: Path,
    today: date | None,
    *,
    changes: _Changes,
    start_on: date | None,
    template: PlanTemplate | None,
    embargo_days: int | None,
) -> tuple[Plan, list[str]]:
    """Return the plan of the workspace, ticked by its calendar and confirmed briefs."""
    workspace = open_workspace(folder)
    day = day_of(workspace, today)
    from leadline.cli.sync import sync_if_stale
    from leadline.records.queries.plan import first_days
    from leadline.records.queries.repositories import known_projects
    from leadline.records.queries.team import team

    sync_if_stale(workspace, today=day)

    def planned() -> Plan:
        plan = first_days(
            workspace,
            team(workspace, today=day),
            today=day,
            projects=known_projects(),
            start_on=start_on,
            template=template,
            embargo_days=embargo_days,
        )
        if plan is None:
            raise ConfigurationError(
                f"{workspace.folder} does not say when you took the team",
                hint="Put since = YYYY-MM-DD under [lead] in leadline.toml, or give --on.",
            )
        return plan

    _change(planned(), changes, day=day)
    return planned(), []


def _change(plan: Plan, changes: _Changes, *, day: date) -> None:
    from datetime import UTC, datetime

    from leadline.records.actions.plan import change_step

    now = datetime.now(UTC)
    if changes.done:
        change_step(plan, changes.done, at=now, done_on=day)
    if changes.move:
        step, moved_to = changes.move
        change_step(plan, step, at=now, moved_to=moved_to)


def _from_files(
    people_path: Path,
    *,
    start_on: date | None,
    today: date,
    lead: Sequence[str],
    repositories: Sequence[str],
    country: str,
    template: PlanTemplate | None,
    embargo_days: int | None,
) -> tuple[Plan, list[str]]:
    """Return the plan of a people file and repositories, without a workspace."""
    from leadline.connectors.people import read_people
    from leadline.practice.feedback import EMBARGO_DAYS
    from leadline.practice.onboarding import first_90_days

    if start_on is None:
        raise ConfigurationError("--people needs your first day as the lead", hint="Give --on.")
    roster = read_people(people_path)
    plan = first_90_days(
        start_on=start_on,
        today=today,
        people=roster.people,
        projects=_projects(repositories, people=roster.people, today=today),
        lead=lead,
        template=template,
        holidays=_holidays(country, start_on=start_on),
        embargo_days=EMBARGO_DAYS if embargo_days is None else embargo_days,
    )
    return plan, [str(problem) for problem in roster.problems]


def _holidays(country: str, *, start_on: date) -> frozenset[date]:
    """Return the lead's holidays over the year before and after the start."""
    if not country:
        return frozenset()
    from leadline.connectors.working_days import holidays_of

    years = range(start_on.year - 1, start_on.year + 2)
    return holidays_of(country=country, years=years)


def _projects(
    repositories: Sequence[str], *, people: Sequence[Person], today: date
) -> list[PlanProject]:
    """Return the projects in reading order, each with the names of those to ask."""
    from leadline.cli.output import progress
    from leadline.connectors.git import read_history
    from leadline.practice.knowledge import knowledge_map
    from leadline.practice.onboarding import PlanProject
    from leadline.practice.projects import inventory

    maps = []
    with progress() as bar:
        for location in bar.track(repositories, description="Reading repositories"):
            history = read_history(location)
            maps.append(knowledge_map(history, people=people, today=today))
    return [
        PlanProject(name=project.name, owners=tuple(owner.name for owner in project.owners))
        for project in inventory(maps)
    ]


def _write(
    plan: Plan, *, ics: Path | None, markdown: Path | None, export: Path | None
) -> list[Path]:
    from leadline.practice.onboarding import export_template, to_markdown

    wanted: list[tuple[Path | None, Callable[[Plan], bytes]]] = [
        (ics, _ics),
        (markdown, lambda plan: to_markdown(plan).encode()),
        (export, lambda plan: export_template(plan).encode()),
    ]
    written = []
    for path, content in wanted:
        if path is None:
            continue
        try:
            path.write_bytes(content(plan))
        except OSError as error:
            raise InputError(
                f"{path} cannot be written: {error.strerror}",
                hint="Give a file in a folder that exists and that you may write to.",
            ) from error
        written.append(path)
    return written


def _ics(plan: Plan) -> bytes:
    from leadline.connectors.calendar import Dated, to_ics

    items = (
        Dated(uid=step.uid, on=step.on, title=step.title, description=step.description)
        for step in plan.steps
    )
    return to_ics(items, name=f"First 90 days ({plan.template.name})")


def _print(plan: Plan, problems: Sequence[str], written: Sequence[Path], out: Console) -> None:
    from leadline.practice.dates import long_date
    from leadline.practice.onboarding import phases

    out.print(
        f"[bold]First 90 days[/], {long_date(plan.start_on)} to {long_date(plan.ends_on)}"
    )
    out.print(plan.template.about, style="dim", markup=False)
    for title, steps in phases(plan):
        out.print()
        out.print(title, style="bold", markup=False)
        for step in steps:
            out.print(_step_line(step), markup=False)
    out.print()
    if not any(step.subject.startswith("person:") for step in plan.steps):
        out.print("Nobody reports to you in this people file: no one-on-ones are planned.")
    if not any(step.subject.startswith("project:") for step in plan.steps):
        out.print("No project yet: add --repository PATH for each repository of the team.")
    for problem in problems:
        out.print(f"people file: {problem}", style="yellow", markup=False)
    for path in written:
        out.print(f"Written: {path}", markup=False)
    out.print("A frame, not a law: move or drop any step.", style="dim")


def _step_line(step: PlanStep) -> str:
    from leadline.practice.dates import long_date

    done = f"  (done {step.done_on})" if step.done_on else ""
    tick = "✓" if step.done_on else " "
    return f"{tick} {long_date(step.on):<16} {step.title}{done}  [{step.uid[:6]}]"
