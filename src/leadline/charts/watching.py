"""Charts of a watched model as data: each takes plain rows and returns an Altair chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 560
ROW = 26

PERIODS = ["reference", "since"]
STATES = ["does harm", "not known", "benign", "one day so far", "as usual"]
_OF_STATES = ["#c0392b", "#c77700", "#1a7f5a", "#8e6bb0", "#7a8794"]
_OF_PERIODS = ["#7a8794", "#1f6fb2"]


def risk(
    rows: Sequence[dict[str, Any]], *, bound: float, usual: float, unit: str = "mean loss"
) -> Any:
    """Draw the loss by day, with the reference's mean and the largest that is no rise.

    Parameters
    ----------
    rows : sequence of dict
        With `day`, `loss` and `period`, one of `PERIODS`.
    """
    base = alt.Chart(_data(rows)).encode(
        x=_days(),
        y=alt.Y("loss:Q", title=unit, scale=alt.Scale(zero=False)),
        color=_colour("period", PERIODS, _OF_PERIODS),
    )
    lines = [
        {"at": usual, "what": "reference"},
        {"at": bound, "what": "bound"},
    ]
    rule = alt.Chart(_data(lines)).encode(y="at:Q")
    marks = rule.mark_rule(strokeWidth=1.5).encode(
        strokeDash=alt.StrokeDash(
            "what:N",
            scale=alt.Scale(domain=["reference", "bound"], range=[[1, 0], [6, 4]]),
            legend=alt.Legend(title=None, orient="bottom"),
        )
    )
    drawn = alt.layer(base.mark_line(strokeWidth=1.5), base.mark_point(filled=True), marks)
    return drawn.properties(width=WIDTH, height=240)


def weighted_drift(rows: Sequence[dict[str, Any]]) -> Any:
    """Draw each column's drift times what depends on it, the heaviest on top.

    Parameters
    ----------
    rows : sequence of dict
        With `column`, `weighted` and `state`, one of `STATES`.
    """
    return (
        alt.Chart(_data(rows))
        .mark_bar(height=14)
        .encode(
            x=alt.X("weighted:Q", title="excess PSI × dependence", axis=alt.Axis(tickCount=6)),
            y=alt.Y("column:N", title=None, sort=None, axis=alt.Axis(labelLimit=200)),
            color=_colour("state", STATES, _OF_STATES),
        )
        .properties(width=WIDTH, height=alt.Step(ROW))
    )


def volume(rows: Sequence[dict[str, Any]]) -> Any:
    """Draw rows by day.

    Parameters
    ----------
    rows : sequence of dict
        With `day`, `rows` and `period`, one of `PERIODS`.
    """
    return (
        alt.Chart(_data(rows))
        .mark_area(line=True, opacity=0.35, interpolate="step-after")
        .encode(
            x=_days(),
            y=alt.Y("rows:Q", title="rows a day", scale=alt.Scale(zero=True)),
            color=_colour("period", PERIODS, _OF_PERIODS),
        )
        .properties(width=WIDTH, height=180)
    )


def _days() -> alt.X:
    return alt.X(
        "day:T",
        title=None,
        axis=alt.Axis(format="%d %b", tickCount=7, labelFlush=False, labelOverlap="greedy"),
    )


def _colour(name: str, domain: list[str], colours: list[str]) -> alt.Color:
    return alt.Color(
        f"{name}:N",
        scale=alt.Scale(domain=domain, range=colours),
        legend=alt.Legend(title=None, orient="top", columns=3),
    )


def _data(rows: Sequence[dict[str, Any]]) -> Any:
    return alt.InlineData(values=list(rows))
