"""The reference of commands, read off the click tree."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator

import click

from leadline.cli.main import cli


def command_lines() -> Iterator[str]:
    """Yield the lines of the page."""
    context = click.Context(cli, info_name="leadline")
    yield plain(cli.help)
    yield ""
    yield from _listing(cli, context)
    yield from _epilog(cli)
    for command, path in walk(cli, context):
        yield from _command(command, path)


def walk(
    group: click.Group, context: click.Context
) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield every command below a group, subcommands after their command."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        yield command, inner
        if isinstance(command, click.Group):
            yield from walk(command, inner)


def _listing(group: click.Group, context: click.Context) -> Iterator[str]:
    for command, inner in walk(group, context):
        if inner.parent is context:
            anchor = inner.command_path.replace(" ", "-")
            yield f"- [`{inner.command_path}`](#{anchor}): {plain(command.help, first=True)}"
    yield ""


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = len(context.command_path.split())
    yield f"{'#' * depth} {context.command_path}"
    yield ""
    yield plain(command.help)
    yield ""
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("```text", f"{context.command_path} {usage}", "```", "")
    yield from _arguments(command, context)
    yield from _epilog(command)


def _arguments(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [param.get_help_record(context) for param in command.params]
    rows = [record for record in records if record]
    for options, description in rows:
        words = " ".join(description.split())
        yield f"- `{options}`: {words}" if words else f"- `{options}`"
    if rows:
        yield ""


def _epilog(command: click.Command) -> Iterator[str]:
    """Yield the examples and notes below a help text, as blocks."""
    for block in (command.epilog or "").split("\b\n"):
        text = textwrap.dedent(block).strip("\n")
        if text:
            yield from ("```text", text, "```", "")


def plain(text: str | None, *, first: bool = False) -> str:
    """Return a docstring without its indent; with `first`, its first paragraph in a line."""
    clean = inspect.cleandoc(text or "").replace("\b\n", "")
    return clean.split("\n\n")[0].replace("\n", " ") if first else clean
