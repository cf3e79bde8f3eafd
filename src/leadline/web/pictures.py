"""Pictures that pages draw themselves: plain SVG shapes, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.records.queries.project_facts import AreaFacts

ROW, LEFT, WIDTH, MARK = 34, 190, 760, 132
MOST_NAMES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A name on the picture: where it stands, and whether its owner can be asked."""

    x: int
    y: int
    name: str
    label: str
    is_here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One folder: a line of depth, with the names of who knows it."""

    y: int
    label: str
    state: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A knowledge map: folders below each other, who knows them to the right.

    Attributes
    ----------
    width, height : int
        In the picture's own units.
    rows : tuple of Row
        Top to bottom.
    """

    width: int
    height: int
    rows: tuple[Row, ...]


def knowledge_picture(areas: Sequence[AreaFacts]) -> Picture:
    """Return where everything stands on the picture of a knowledge map."""
    return Picture(
        width=WIDTH,
        height=ROW * len(areas) + 8,
        rows=tuple(_row(area, number) for number, area in enumerate(areas)),
    )


def _row(area: AreaFacts, number: int) -> Row:
    y = ROW * number + ROW // 2 + 4
    people = [(name, True) for name in area.here] + [(name, False) for name in area.gone]
    return Row(
        y=y,
        label=_short(area.path or "all of it", 24),
        state=area.state,
        marks=tuple(
            Mark(x=LEFT + MARK * place, y=y, name=name, label=_short(name, 15), is_here=here)
            for place, (name, here) in enumerate(people[:MOST_NAMES])
        ),
    )


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
