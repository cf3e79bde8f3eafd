"""Options that the commands on experiment tables share."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from leadline.cli.metric_options import metric_options
from leadline.findings import without_password

ROLES = {
    "experiment-column": ("experiment", "Column with the experiment's name."),
    "arm": ("arm", "Column with the variant."),
    "unit": ("unit", "Column with the id of the unit (user)."),
    "day": ("day", "Column with the day, or the time."),
    "n": ("n", "Column with the number of units of an arm."),
    "served": ("served", "Column with the variant that was really shown."),
    "shipped": ("shipped", "Column that says which arm was shipped."),
    "project": ("project", "Column with the project."),
    "started-on": ("started_on", "Column with the first day."),
    "ended-on": ("ended_on", "Column with the last day."),
    "reach": ("reach", "Column with the units that a year touches."),
}
"""Option → role and help."""


def columns_of(options: dict[str, Any]) -> dict[str, str]:
    """Take the options that name columns out of a command's options.

    Raises
    ------
    click.BadParameter
        A --column is not written ROLE=COLUMN, or names no role.
    """
    from leadline.connectors.experiments.names import SYNONYMS

    told = {role: options.pop(f"column_{role}", "") for role, _ in ROLES.values()}
    for text in options.pop("column_pairs"):
        role, sign, name = text.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"{text!r}; write role=column", param_hint="--column")
        role = role.strip().replace("-", "_")
        if role not in SYNONYMS:
            raise click.BadParameter(
                f"{role!r} is no role; there are: {', '.join(sorted(SYNONYMS))}",
                param_hint="--column",
            )
        told[role] = name
    return {role: name for role, name in told.items() if name}


def with_settings(source: str, options: dict[str, Any]) -> dict[str, Any]:
    """Fill in what `leadline.toml` says of a table, where the command line says nothing.

    Parameters
    ----------
    source : str
        The table, as it was given; an entry of `[[experiments]]` with this file counts.
    options : dict
        With `columns`, `metrics`, `control` and `missing`.
    """
    from leadline.workspace import find_workspace
    from leadline.workspace.reading import FILE_NAME

    here = Path.cwd()
    if not any((folder / FILE_NAME).is_file() for folder in (here, *here.parents)):
        return options
    workspace = find_workspace(here)
    place = (here / source).resolve()
    for entry in workspace.configuration.experiments:
        if entry.file and workspace.locate(entry.file).resolve() == place:
            if "key_results" in options:
                options["key_results"] = options["key_results"] or entry.key_results
            return options | {
                "columns": dict(entry.columns) | options["columns"],
                "metrics": options["metrics"] or list(entry.metrics),
                "control": options["control"] or entry.control,
                "missing": entry.missing
                if options["missing"] == "error"
                else options["missing"],
            }
    return options


def table_options(command: Callable[..., Any], *, without: str = "") -> Callable[..., Any]:
    """Add the options that say where a table is and what its columns mean.

    Parameters
    ----------
    command : callable
    without : str
        A flag that the command needs for itself; --column still says that role.
    """
    for flag, (role, text) in reversed(ROLES.items()):
        if flag == without:
            continue
        command = click.option(f"--{flag}", f"column_{role}", metavar="COLUMN", help=text)(
            command
        )
    for option in reversed(_COMMON):
        command = option(command)
    return metric_options(command)


def parse_weights(text: str) -> dict[str, float]:
    """Read `control=1,new=1`.

    Raises
    ------
    click.BadParameter
        It is written in another way.
    """
    weights = {}
    for part in filter(None, text.split(",")):
        arm, _, share = part.rpartition("=")
        try:
            weights[arm.strip()] = float(share)
        except ValueError:
            raise click.BadParameter(
                f"{part!r} is no weight; write control=1,new=1", param_hint="--weights"
            ) from None
    return weights


def command_line(context: click.Context, *, without: frozenset[str]) -> str:
    """Return the command line that was given, so that a page can say how to make it again.

    Parameters
    ----------
    context : click.Context
        Of the command that runs.
    without : frozenset of str
        Parameters that say where the answer goes, not what it is.

    Returns
    -------
    str
        Quoted for a shell; a password within an address is left out.
    """
    words = context.command_path.split()
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        given = context.get_parameter_source(parameter.name or "")
        if given is not ParameterSource.COMMANDLINE or parameter.name in without:
            continue
        if isinstance(parameter, click.Argument):
            words.append(str(value))
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            words.append((parameter.opts if value else parameter.secondary_opts)[0])
        else:
            several = value if isinstance(value, tuple) else (value,)
            for one in several:
                day = one.date() if isinstance(one, datetime) else one
                words += [parameter.opts[0], str(day)]
    return shlex.join(without_password(word) for word in words)


def write_page(html: str, path: Path) -> None:
    """Write a page, and say where."""
    path.write_text(html, encoding="utf-8")
    click.echo(f"Written: {path}", err=True)


_COMMON = (
    click.option("--column", "column_pairs", multiple=True, metavar="ROLE=COLUMN",
                 help="Any other role of a column: --column predicted=forecast."),
    click.option("--control", default="", metavar="ARM", help="The control's name."),
    click.option("--weights", default="", metavar="ARM=W,…",
                 help="The declared split; equal by default."),
    click.option("--missing", type=click.Choice(["error", "exclude", "zero"]), default="error",
                 show_default=True, help="What a missing value means."),
    click.option("--cumulative/--daily", default=None,
                 help="Whether a row by day holds all days so far."),
    click.option("--table", default="", metavar="NAME", help="The table of a database."),
    click.option("--spark", default="", metavar="URL",
                 help="Read through Spark: local[2], spark://…, sc://…"),
    click.option("--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True),
                 default=0.05, show_default=True, help="Two-sided level."),
)  # fmt: skip
