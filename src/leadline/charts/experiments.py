"""Charts of experiments as data: each takes plain rows and returns an Altair chart.

Colours, fonts and the two appearances are added when a chart is rendered, so that the
same chart serves a light and a dark page, and a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 560
ROW = 34


def forest(
    rows: Sequence[dict[str, Any]], *, unit: str, label: str = "label", group: str = "arm"
) -> Any:
    """Draw effects with their intervals, one row each, beside a line at zero.

    Parameters
    ----------
    rows : sequence of dict
        With `label`, `group`, `effect`, `lower`, `upper` and `state`, one of "better",
        "worse" and "open".
    unit : str
        What the axis shows.
    """
    base = alt.Chart(_data(rows))
    y = alt.Y(f"{label}:N", title=None, sort=None, axis=alt.Axis(labelLimit=260))
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(
            domain=["better", "worse", "open"], range=["#1a7f5a", "#c0392b", "#7a8794"]
        ),
        legend=alt.Legend(title=None, orient="top"),
    )
    several = len({row[group] for row in rows}) > 1
    offset = {"yOffset": alt.YOffset(f"{group}:N")} if several else {}
    interval = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title=unit), x2="upper:Q", y=y, color=colour, **offset
    )
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="effect:Q", y=y, color=colour, **offset
    )
    arms = base.mark_text(align="left", dx=6, dy=-7, fontSize=10).encode(
        x="effect:Q", y=y, text=f"{group}:N", **offset
    )
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(strokeDash=[4, 3]).encode(x="zero:Q")
    layers = [zero, interval, point, arms] if several else [zero, interval, point]
    per_label = len({row[group] for row in rows}) if several else 1
    height = ROW * max(1, len({row[label] for row in rows})) * per_label
    return alt.layer(*layers).properties(width=WIDTH, height=height)


def path(rows: Sequence[dict[str, Any]], *, unit: str, is_dated: bool) -> Any:
    """Draw the effect over the days, an always-valid band, and the bounds of the looks.

    Parameters
    ----------
    rows : sequence of dict
        With `day`, `effect`, `lower`, `upper`, and `bound_low`, `bound_high` (the effects
        that would have stopped the experiment) on the days of looks, else None.
    """
    base = alt.Chart(_data(rows))
    x = _day_axis(is_dated=is_dated)
    band = base.mark_area(opacity=0.18, clip=True).encode(
        x=x, y=alt.Y("lower:Q", title=unit, scale=_scale(rows)), y2="upper:Q"
    )
    line = base.mark_line(point=True, clip=True).encode(x=x, y="effect:Q")
    looks = alt.Chart(_data([row for row in rows if row["bound_low"] is not None]))
    marks = [
        looks.mark_tick(
            orient="horizontal", thickness=3, width=22, color="#c77700", clip=True
        ).encode(x=x, y=f"{name}:Q")
        for name in ("bound_low", "bound_high")
    ]
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(strokeDash=[4, 3]).encode(y="zero:Q")
    return alt.layer(zero, band, line, *marks).properties(width=WIDTH, height=240)


def arrivals(rows: Sequence[dict[str, Any]], *, is_dated: bool) -> Any:
    """Draw units by day, one line an arm.

    Parameters
    ----------
    rows : sequence of dict
        With `day`, `arm` and `n`.
    """
    return (
        alt.Chart(_data(rows))
        .mark_line(point=True)
        .encode(
            x=_day_axis(is_dated=is_dated),
            y=alt.Y("n:Q", title="units a day", scale=alt.Scale(zero=True)),
            color=alt.Color("arm:N", legend=alt.Legend(title=None, orient="top")),
        )
        .properties(width=WIDTH, height=200)
    )


def sums(rows: Sequence[dict[str, Any]], *, unit: str) -> Any:
    """Draw claimed sums beside believed ones with their intervals.

    Parameters
    ----------
    rows : sequence of dict
        With `group`, `claimed`, `believed`, `lower` and `upper`.
    """
    base = alt.Chart(_data(rows))
    y = alt.Y("group:N", title=None, sort=None)
    kind = alt.Scale(domain=["claimed", "believed"], range=["#b0b8c1", "#1f6fb2"])
    long = [
        {"group": row["group"], "kind": name, "value": row[name]}
        for row in rows
        for name in ("claimed", "believed")
    ]
    bars = (
        alt.Chart(_data(long))
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=unit),
            y=y,
            yOffset=alt.YOffset("kind:N", sort=["claimed", "believed"]),
            color=alt.Color("kind:N", scale=kind, legend=alt.Legend(title=None, orient="top")),
        )
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x="lower:Q", x2="upper:Q", y=y, yOffset=alt.YOffset(datum="believed")
    )
    return alt.layer(bars, whiskers).properties(width=WIDTH, height=44 * len(rows))


def cumulative(rows: Sequence[dict[str, Any]], *, unit: str) -> Any:
    """Draw what is believed to have added up, beside the naive sum.

    Parameters
    ----------
    rows : sequence of dict
        With `day` (ISO), `kind` ("claims added up" or "believed") and `value`.
    """
    kind = alt.Scale(domain=["claims added up", "believed"], range=["#b0b8c1", "#1f6fb2"])
    return (
        alt.Chart(_data(rows))
        .mark_line(interpolate="step-after", point=len(rows) < 80)
        .encode(
            x=_day_axis(is_dated=True),
            y=alt.Y("value:Q", title=unit),
            color=alt.Color("kind:N", scale=kind, legend=alt.Legend(title=None, orient="top")),
        )
        .properties(width=WIDTH, height=240)
    )


def bounds(rows: Sequence[dict[str, Any]]) -> Any:
    """Draw the |z| that stops at each look.

    Parameters
    ----------
    rows : sequence of dict
        With `share` of the planned units, 0–1, and `z`.
    """
    return (
        alt.Chart(_data(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("share:Q", title="share of planned units", axis=alt.Axis(format="%")),
            y=alt.Y("z:Q", title="|z| that stops"),
        )
        .properties(width=WIDTH, height=200)
    )


def _data(rows: Sequence[dict[str, Any]]) -> Any:
    """Return rows as inline data."""
    return alt.InlineData(values=list(rows))


def _day_axis(*, is_dated: bool) -> alt.X:
    if is_dated:
        return alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(format="%d %b", tickCount=7, labelFlush=False, labelOverlap="greedy"),
        )
    return alt.X("day:Q", title="day")


def _scale(rows: Sequence[dict[str, Any]]) -> alt.Scale:
    """Return a scale that the first wide days do not stretch."""
    settled = list(rows)[len(rows) // 3 :]
    ends = [row[name] for row in settled for name in ("lower", "upper")] + [0]
    room = 0.1 * (max(ends) - min(ends) or 1.0)
    return alt.Scale(domain=[min(ends) - room, max(ends) + room])
