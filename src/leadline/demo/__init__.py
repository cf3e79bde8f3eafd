"""A made-up team to try Leadline on: people, git histories, a calendar, experiments.

Everything is invented and seeded: the same day and seed give the same bytes, down to
the commit hashes. Dates are counted from `today`, so that the demo is always fresh.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from leadline.demo.experiments import experiments_csv, write_models
from leadline.demo.histories import history
from leadline.demo.ics import calendar_file
from leadline.demo.meetings import meetings
from leadline.demo.projects import NAMES, load
from leadline.demo.repositories import write_repository
from leadline.demo.settings import (
    CALENDAR,
    EXPERIMENTS,
    PEOPLE,
    REPOSITORIES,
    TIMEZONE,
    workspace_file,
)
from leadline.demo.team import people_csv, team
from leadline.errors import InputError
from leadline.workspace import FILE_NAME

__all__ = ["build"]


def build(folder: Path, *, today: date, seed: int = 7) -> Path:
    """Write the made-up workspace.

    Parameters
    ----------
    folder : Path
        Made if it is not there; must be empty.
    today : date
        The day the story has reached. All history lies before it.
    seed : int
        Another seed gives other commits on other days; what is planted stays.

    Returns
    -------
    Path
        The folder, with `leadline.toml`, `people.csv`, `lead.ics`, `experiments.csv`,
        `changes.csv`, `plans/`, `models/` and `repositories/`.

    Raises
    ------
    InputError
        Something is in the folder already.
    ConnectorError
        git is not there, or refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(
            f"{folder} is not empty; the demo is written into a new or empty folder",
            hint="Name another folder, or leave it out for a temporary one.",
        )
    people = team(today=today)
    (folder / PEOPLE).write_text(people_csv(people), encoding="utf-8")
    events = calendar_file(
        meetings(people, today=today),
        lead=people.lead,
        zone=ZoneInfo(TIMEZONE),
        today=today,
    )
    (folder / CALENDAR).write_bytes(events)
    (folder / EXPERIMENTS).write_text(experiments_csv(today=today), encoding="utf-8")
    write_models(folder, today=today)
    for name in NAMES:
        story = history(load(name), team=people, today=today, seed=seed)
        write_repository(story, folder=folder / REPOSITORIES / name)
    (folder / FILE_NAME).write_text(workspace_file(people), encoding="utf-8")
    return folder
