"""How every command prints: JSON for programs, rich text for people, progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

LONGEST = 200
"""Letters of a cell that a terminal shows; Markdown, pages and JSON have them all."""

_CONTROLS = dict.fromkeys(
    {*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    - {9, 10, 13},
    0xFFFD,
)
"""What moves a terminal's cursor, its colours or the direction of writing, in a name."""

SHORT = 10
"""Letters up to which a column stays as wide as it is: dates, numbers."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print plain values as JSON: dates in ISO format, not-a-number as null."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    click.echo(json.dumps(_plain(value), indent=2, ensure_ascii=encoding != "utf8"))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124
        return None
    return value


def console(*, stderr: bool = False) -> Console:
    """Return the console for people; rich itself respects NO_COLOR and pipes."""
    from rich.console import Console
    from rich.segment import Segment

    class Terminal(Console):
        def render(self, *args: Any, **kwargs: Any) -> Iterator[Segment]:
            for segment in super().render(*args, **kwargs):  # colours are no text yet
                yield (
                    segment
                    if segment.control
                    else segment._replace(text=readable(segment.text))
                )

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process with exit code 1

    return Terminal(stderr=stderr, highlight=False, soft_wrap=False, emoji=False)


def readable(text: str) -> str:
    """Return a text that no terminal takes for an order: names come from anybody's file."""
    return text if text.isprintable() else text.translate(_CONTROLS)


def progress() -> Progress:
    """Return a progress bar on stderr that is silent where stderr is no terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    )


def show(value: Any, *, as_json: bool, human: Callable[[Console], None]) -> None:
    """Print `value` as JSON, or let `human` write it to the console."""
    if as_json:
        print_json(value)
    else:
        human(console())


def print_table(
    console: Console,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str = "",
    less: Sequence[str] = (),
) -> None:
    """Print a table of words; a cell too long for its column goes on below.

    Parameters
    ----------
    less : sequence of str
        Columns that are left out first, in this order, where the console is too narrow;
        Markdown, pages and JSON have them all.
    """
    from rich.table import Table
    from rich.text import Text

    widths = {
        name: max(len(name), *(len(row[i]) for row in rows)) if rows else len(name)
        for i, name in enumerate(header)
    }
    for name in less:
        if sum(widths.values()) + 2 * len(widths) <= console.width:
            break
        widths.pop(name, None)
    table = Table(title=title or None, title_justify="left", box=None)
    for name, width in widths.items():
        table.add_column(name, no_wrap=width <= SHORT, overflow="fold")
    for row in rows:
        cells = zip(header, row, strict=True)
        table.add_row(*(Text(_short(cell)) for name, cell in cells if name in widths))
    console.print(table)


def _short(cell: str) -> str:
    cell = readable(cell)
    return cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…"
