"""The brief in a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from leadline.findings import Finding, Receipt
from leadline.practice.dates import days_in_words, long_date

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from leadline.records.actions.brief import Brief
    from leadline.records.queries.sources import SourceState


MOST_RECEIPTS = 3
"""Receipts printed for a line; JSON and the page have all of them."""


def print_brief(
    brief: Brief, *, out: Console, show_all: bool = False, elsewhere: str = ""
) -> None:
    """Write the lines with their receipts, then what was looked at, failed and is missing.

    Parameters
    ----------
    brief : Brief
        The brief of one day.
    out : Console
        Where it is written.
    show_all : bool
        Also what stands from earlier briefs, and what stands behind each practice.
    elsewhere : str
        The folder in which the receipts' commands run, where one stands in another.
    """
    out.print()
    out.print(Text.assemble((f"{brief.lead}'s brief", "bold"), f" · {long_day(brief)}"))
    for source in brief.failed:
        out.print()
        out.print(Text(f"NOT READ: {source.kind} {source.name}", style="bold red"))
        _indented(Text(source.failure), out=out)
    if not brief.choice.lines:
        out.print()
        out.print(Text(silence(brief), style="green"))
    for number, found in enumerate(brief.choice.lines, start=1):
        _print_line(found, number=str(number), brief=brief, out=out, with_reason=show_all)
    if show_all:
        for found in brief.choice.standing:
            _print_line(found, number="·", brief=brief, out=out, with_reason=True)
    _print_foot(brief, out=out, show_all=show_all)
    if elsewhere and brief.choice.lines:
        where = Text(f"The commands are for this folder: cd {elsewhere}", style="dim")
        out.print(where, soft_wrap=True)


def long_day(brief: Brief) -> str:
    """Return the day in words, the same in every locale."""
    return f"{brief.on:%A} {brief.on.day} {brief.on:%B %Y}"


def silence(brief: Brief) -> str:
    """Return the honest words for a brief without lines."""
    read = [source for source in brief.sources if source.read_at]
    if not read:
        return "Nothing was read yet, so nothing can be said."
    so_far = ", as far as could be read" if brief.failed else ""
    new = " new" if brief.choice.standing else ""
    return f"Nothing{new} needs you today{so_far}."


def in_words(found: Finding) -> Finding:
    """Return a finding as it is read: its days in words, not as a rule writes them."""
    return replace(
        found,
        sentence=days_in_words(found.sentence),
        question=days_in_words(found.question),
    )


def receipt_text(receipt: Receipt) -> str:
    """Return a receipt in one line: source, place, age and command."""
    return f"{receipt.source}: {receipt.place} · as of {receipt.as_of} · {receipt.command}"


def _print_line(
    found: Finding, *, number: str, brief: Brief, out: Console, with_reason: bool
) -> None:
    read = in_words(found)
    sentence = Text(read.sentence)
    if found.due_on:
        sentence.append(f" By {long_date(found.due_on)}.", style="bold")
    lines = [sentence, Text(read.question, style="italic")]
    for receipt in found.receipts[:MOST_RECEIPTS]:
        aged = "" if receipt.as_of == brief.on else f" as of {receipt.as_of}"
        lines.append(Text(f"{receipt.source}: {receipt.place}{aged}", style="dim"))
    more = len(found.receipts) - MOST_RECEIPTS
    if more > 0:
        lines.append(Text(f"and {more} more: leadline brief --json", style="dim"))
    if with_reason and found.citation:
        lines.append(Text(f"{found.citation.text} ({found.citation.source})", style="dim"))
    out.print()
    _indented(Group(*lines), out=out, number=number)
    command = Text.assemble(
        (f"   {found.id}", "cyan"), (f" $ {found.receipts[0].command}", "dim")
    )
    out.print(command, soft_wrap=True)  # one line, to be copied as it is


def _indented(lines: RenderableType, *, out: Console, number: str = "") -> None:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=2, justify="right", style="bold cyan")
    grid.add_column()
    grid.add_row(number, lines)
    out.print(grid)


def _print_foot(brief: Brief, *, out: Console, show_all: bool) -> None:
    out.print()
    out.print(Text("Looked at", style="bold"))
    for source in brief.looked_at:
        if source.read_at:
            _indented(Text(_looked_at(source)), out=out)
        for note in source.notes:
            _indented(Text(f"{source.name}: {note}", style="yellow"), out=out)
    for missing in brief.missing:
        _indented(Text(missing, style="yellow"), out=out)
    standing = len(brief.choice.standing)
    out.print()
    if standing and not show_all:
        out.print(Text(f"{standing} more stand: leadline brief --all", style="dim"))
    if brief.choice.lines:
        answers = "leadline brief dismiss | snooze | wrong ID"
        out.print(Text(f"Answer a line: {answers}", style="dim"))


def _looked_at(source: SourceState) -> str:
    return f"{source.kind} {source.name}: {source.summary} ({age(source.read_at)})"


def age(moment: datetime | None) -> str:
    """Return how long ago a moment was, in words."""
    if moment is None:
        return "never"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"read {count} {name}{'s' if count > 1 else ''} ago"
    return "read just now"
