"""What every command that needs a workspace shares: the option, opening, the day."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from leadline.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])


FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
"""Days that can be asked about: from the first that git can write, and with room to plan."""


class IsoDate(click.ParamType[date]):
    """A day written as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day, or fail with the form it needs."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-11-23", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value!r} is not within {FIRST_DAY} and {LAST_DAY}", param, ctx)
        return day


class IsoMonth(IsoDate):
    """A month written as YYYY-MM: its first day."""

    name = "YYYY-MM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the month's first day, or fail with the form it needs."""
        try:
            first = value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"{value!r} is no month; write it as 2026-11", param, ctx)
        return super().convert(first.isoformat(), param, ctx)


today_option = click.option(
    "--today",
    type=IsoDate(),
    metavar="YYYY-MM-DD",
    help="Answer as of this day (default: today in the lead's time zone).",
)

workspace_option = click.option(
    "--workspace",
    "-w",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="The workspace (default: the folder you are in, or one above it).",
)


def open_workspace(folder: Path) -> Workspace:
    """Find the workspace at or above `folder` and connect its database.

    Only after this can a command import queries and actions: Django's tables exist then.
    """
    from leadline.records.database import open_database
    from leadline.workspace import find_workspace

    workspace = find_workspace(folder)
    open_database(workspace)
    return workspace


def day_of(workspace: Workspace, today: date | None) -> date:
    """Return the day that was given, or today where the lead is."""
    return today or workspace.day_at(datetime.now(UTC))


def use_web_tables() -> None:
    """Work on the tables of accounts too, where the pages are installed."""
    if all(importlib.util.find_spec(name) for name in ("allauth", "csp", "whitenoise")):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.web.settings")
