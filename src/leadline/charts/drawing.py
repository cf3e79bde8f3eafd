"""Specifications turned into SVG pictures, in the colours of a light or a dark page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import vl_convert


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colours of one kind of page; `first` is what the eye should find."""

    ink: str
    muted: str
    grid: str
    first: str
    second: str
    rest: str


LIGHT = Palette(
    ink="#1b1f24",
    muted="#59636e",
    grid="#d9dee3",
    first="#0b62a8",
    second="#b4540a",
    rest="#8a939b",
)
DARK = Palette(
    ink="#e6eaee",
    muted="#9aa5b1",
    grid="#3a424b",
    first="#6cb6ff",
    second="#f0883e",
    rest="#768390",
)
THEMED = Palette(
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--line)",
    first="var(--first)",
    second="var(--second)",
    rest="var(--rest)",
)
"""Colours that the page around the picture says: one picture for its light and dark looks."""

FONT = "system-ui, sans-serif"


def to_svg(spec: dict[str, Any], *, palette: Palette = LIGHT) -> str:
    """Draw a Vega-Lite specification.

    Parameters
    ----------
    spec : dict
        As the functions of this folder return it; colours by role are the palette's.
    palette : Palette
        Of the page that the picture stands on; the picture itself is transparent.

    Returns
    -------
    str
        One `<svg>` element, without scripts.
    """
    svg: str = vl_convert.vegalite_to_svg(spec | {"config": _config(palette)})
    return svg


def _config(palette: Palette) -> dict[str, Any]:
    axis = {
        "labelColor": palette.ink,
        "titleColor": palette.muted,
        "gridColor": palette.grid,
        "domainColor": palette.grid,
        "tickColor": palette.grid,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "labelLimit": 260,
    }
    return {
        "background": None,
        # Browsers measure text by their own fonts: leave room for longer labels.
        "padding": {"left": 32, "right": 24, "top": 6, "bottom": 6},
        "font": FONT,
        "axis": axis,
        "legend": {
            "labelColor": palette.ink,
            "titleColor": palette.muted,
            "columnPadding": 18,
        },
        "view": {"stroke": None},
        "range": {"category": [palette.first, palette.second, palette.rest]},
        "text": {"color": palette.ink},
        "rule": {"color": palette.muted},
        "line": {"color": palette.first},
        "point": {"color": palette.first},
        "bar": {"color": palette.first},
    }
