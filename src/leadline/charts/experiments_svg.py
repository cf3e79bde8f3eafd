"""Chart → SVG, light and dark, without a browser."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Any, Literal

import vl_convert

Appearance = Literal["light", "dark"]

_INK = {"light": ("#1d2733", "#5c6875", "#dde3e9"), "dark": ("#e8edf2", "#a3afbb", "#36414d")}
_SERIES = {
    "light": ["#1f6fb2", "#c77700", "#1a7f5a", "#8e44ad", "#7a8794"],
    "dark": ["#6cb4f0", "#f0ad4e", "#57c49a", "#c89be0", "#a3afbb"],
}


NARROW = 270
"""Width of a chart's plot on a telephone; its letters stay as large as on a desk."""


def to_svg(chart: Any, *, appearance: Appearance, width: int | None = None) -> str:
    """Render an Altair chart as SVG.

    Parameters
    ----------
    chart : altair chart
    appearance : {"light", "dark"}
        Which paper it stands on; the background itself is transparent.
    width : int, optional
        Of the plot, in pixels; the chart's own by default.
    """
    spec = chart.to_dict() | {"background": "transparent", "config": _config(appearance)}
    if width is not None:
        spec["width"] = width
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


def to_picture(chart: Any, *, alt_text: str) -> str:
    """Return HTML that shows a chart in the reader's own appearance, nothing loaded."""
    wide, narrow = (
        {name: _data_url(to_svg(chart, appearance=name, width=width)) for name in _APPEARANCES}
        for width in (None, NARROW)
    )
    small, dark = "(max-width: 36rem)", "(prefers-color-scheme: dark)"
    return (
        f'<picture><source media="{small} and {dark}" srcset="{narrow["dark"]}">'
        f'<source media="{small}" srcset="{narrow["light"]}">'
        f'<source media="{dark}" srcset="{wide["dark"]}">'
        f'<img src="{wide["light"]}" alt="{escape(alt_text)}"></picture>'
    )


_APPEARANCES: tuple[Appearance, ...] = ("light", "dark")


def _data_url(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _config(appearance: Appearance) -> dict[str, Any]:
    ink, soft, line = _INK[appearance]
    font = "system-ui, sans-serif"
    return {
        "font": font,
        # The reader's own font may be wider than the one that was measured.
        "padding": {"left": 14, "right": 8, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "labelColor": soft, "titleColor": soft, "gridColor": line, "domainColor": line,
            "tickColor": line, "titleFontWeight": "normal", "labelFontSize": 12,
            "titleFontSize": 12,
        },
        "legend": {"labelColor": ink, "titleColor": soft, "labelFontSize": 12,
            "columnPadding": 22,
        },
        "rule": {"color": soft},
        "text": {"color": soft, "font": font},
        "line": {"color": _SERIES[appearance][0]},
        "area": {"color": _SERIES[appearance][0]},
        "point": {"color": _SERIES[appearance][0]},
        "range": {"category": _SERIES[appearance]},
    }  # fmt: skip
