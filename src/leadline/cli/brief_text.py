"""The brief in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from leadline.findings import Finding, Receipt

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.records.actions.brief import Brief
    from leadline.records.queries.sources import SourceState


def print_brief(brief: Brief, *, out: Console, show_all: bool = False) -> None:
    """Write the lines with their receipts, then what was looked at, failed and is missing."""
    out.print()
    out.print(Text.assemble((f"{brief.lead}'s brief", "bold"), f" · {long_day(brief)}"))
    for source in brief.failed:
        out.print()
        out.print(Text(f"NOT READ: {source.kind} {source.name}", style="bold red"))
        out.print(Padding(Text(source.failure), (0, 0, 0, 3)))
    if not brief.choice.lines:
        out.print()
        out.print(Text(silence(brief), style="green"))
    for number, found in enumerate(brief.choice.lines, start=1):
        _print_line(found, number=str(number), out=out)
    if show_all:
        for found in brief.choice.standing:
            _print_line(found, number="·", out=out)
    _print_foot(brief, out=out, show_all=show_all)


def long_day(brief: Brief) -> str:
    """Return the day in words, the same in every locale."""
    return f"{brief.on:%A} {brief.on.day} {brief.on:%B %Y}"


def silence(brief: Brief) -> str:
    """Return the honest words for a brief without lines."""
    read = [source for source in brief.sources if source.read_at]
    if not read:
        return "Nothing was read yet, so nothing can be said."
    if brief.choice.standing:
        return "Nothing new needs you today."
    return "Nothing needs you today."


def receipt_text(receipt: Receipt) -> str:
    """Return a receipt in one line: source, place, age and command."""
    return f"{receipt.source}: {receipt.place} · as of {receipt.as_of} · {receipt.command}"


def _print_line(found: Finding, *, number: str, out: Console) -> None:
    out.print()
    due = Text.assemble("  by ", (f"{found.due_on}", "bold")) if found.due_on else Text()
    out.print(Text.assemble((f"{number:>2} ", "bold cyan"), found.sentence, due))
    out.print(Padding(Text(found.question, style="italic"), (0, 0, 0, 3)))
    for receipt in found.receipts:
        out.print(Padding(Text(receipt_text(receipt), style="dim"), (0, 0, 0, 3)))
    if found.citation:
        cited = f"{found.citation.text} ({found.citation.source})"
        out.print(Padding(Text(cited, style="dim"), (0, 0, 0, 3)))
    out.print(Padding(Text(found.id, style="dim cyan"), (0, 0, 0, 3)))


def _print_foot(brief: Brief, *, out: Console, show_all: bool) -> None:
    out.print()
    out.print(Text("Looked at", style="bold"))
    for source in brief.sources:
        if source.read_at:
            out.print(Padding(Text(_looked_at(source)), (0, 0, 0, 3)))
        for note in source.notes:
            out.print(Padding(Text(f"{source.name}: {note}", style="yellow"), (0, 0, 0, 5)))
    for missing in brief.missing:
        out.print(Padding(Text(missing, style="yellow"), (0, 0, 0, 3)))
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
