"""The pictures of a diagnosis, as Vega-Lite specifications."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt

from leadline.analysis.baseline.wording import number
from leadline.analysis.diagnosis.result import CAUSES, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.diagnosis.result import (
        CalibrationBin,
        CauseFinding,
        ColumnShift,
        CurvePoint,
        Diagnosis,
        Rung,
    )

WIDTH = 560
CURVE_WIDTH = 400
SQUARE = 280
PHONE_WIDTH = 190
"""Width between the axes that fits a screen of 360 pixels with its labels."""

SQUARED = "squared error"

LEAST_SHIFT = 0.1
"""The axis of shift is never shorter: noise must not look like a move."""

MOST_NAMED = 5

FAR_APART = 30
STEP = 26

WITHOUT_ML = "without machine learning"
MODEL = "the model"
WITHIN_REACH = "within reach"
ROLES = [MODEL, WITHIN_REACH, WITHOUT_ML]
"""In the order of the palette: what the eye should find, second, rest."""

MODEL_RUNGS = {"train", "held out", "test", "production"}
FLOOR_RUNGS = {"constant", "rule"}


def ladder(rungs: Sequence[Rung], *, unit: str, width: int = WIDTH) -> dict[str, Any]:
    """Draw the loss of every rung, from a constant guess to what is within reach."""
    rungs, unit = [_rooted(rung, unit=unit) for rung in rungs], _rooted_unit(unit)
    losses = [rung.loss for rung in rungs]
    # A model that memorises has a loss of nearly 0 in training: not worth a log scale.
    kept = [rung.loss for rung in rungs if rung.loss > 0 and rung.name != "train"]
    wide = bool(kept) and max(kept) > FAR_APART * min(kept)
    rows = [
        {
            "rung": rung.name,
            "loss": max(rung.loss, min(kept) / 2) if wide else rung.loss,
            "role": role_of(rung.name),
            "label": number(rung.loss),
        }
        for rung in rungs
    ]
    axis = alt.Axis(tickCount=_ticks(width), format=_format(losses))
    base = _chart(rows).encode(
        y=alt.Y("rung:N", sort=[rung.name for rung in rungs], title=None),
        x=alt.X(
            "loss:Q",
            title=f"{unit} ({'log scale, ' if wide else ''}less is better)",
            scale=alt.Scale(type="log") if wide else alt.Undefined,
            axis=axis,
        ),
    )
    marks = (
        base.mark_point(filled=True, size=90, opacity=1) if wide else base.mark_bar(height=14)
    )
    roles = alt.Color(
        "role:N", sort=ROLES, scale=alt.Scale(domain=ROLES), legend=_legend(width=width)
    )
    labels = base.mark_text(align="left", dx=8).encode(text="label:N")
    drawn = alt.layer(marks.encode(color=roles), labels)
    return _spec(drawn, height=alt.Step(STEP), width=width)


def gains(
    findings: Sequence[CauseFinding], *, unit: str, floor: float, width: int = WIDTH
) -> dict[str, Any]:
    """Draw what each remedy buys, with its interval and the least gain that counts."""
    rows = [
        {
            "cause": in_words(finding.cause),
            "gain": finding.gain,
            "lower": finding.gain_lower,
            "upper": finding.gain_upper,
        }
        for finding in findings
        if math.isfinite(finding.gain)
    ]
    base = _chart(rows).encode(
        y=alt.Y("cause:N", sort=[str(row["cause"]) for row in rows], title=None)
    )
    sure = "isValid(datum.lower) && isValid(datum.upper)"
    whiskers = base.transform_filter(sure).mark_rule(strokeWidth=2)
    ends = [end for f in findings for end in (f.gain, f.gain_lower, f.gain_upper, floor)]
    axis = alt.Axis(tickCount=_ticks(width), format=_format(ends))
    gain = alt.X("lower:Q", title=f"gain in {unit}", axis=axis)
    intervals = whiskers.encode(x=gain, x2="upper:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(x="gain:Q")
    line = _chart([{"floor": floor}]).mark_rule(strokeDash=[4, 3])
    drawn = alt.layer(line.encode(x="floor:Q"), intervals, points)
    return _spec(drawn, height=alt.Step(STEP), width=width)


def learning_curve(
    points: Sequence[CurvePoint], *, unit: str, width: int = CURVE_WIDTH
) -> dict[str, Any]:
    """Draw the loss against the number of training rows."""
    root = math.sqrt if unit == SQUARED else float
    ends = [
        (root(max(p.loss - p.standard_error, 0.0)), root(p.loss + p.standard_error))
        for p in points
    ]
    rows = [
        {"rows": point.n_rows, "loss": root(point.loss), "lower": lower, "upper": upper}
        for point, (lower, upper) in zip(points, ends, strict=True)
    ]
    unit = _rooted_unit(unit)
    base = _chart(rows).encode(
        x=alt.X(
            "rows:Q",
            title="training rows",
            scale=alt.Scale(type="log", nice=False, padding=16),
            axis=alt.Axis(values=sorted({point.n_rows for point in points}), format=","),
        )
    )
    loss = alt.Y(
        "loss:Q",
        title=f"{unit} (less is better)",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(format=_format([root(point.loss) for point in points])),
    )
    drawn = alt.layer(
        base.mark_rule().encode(y=loss, y2="upper:Q"),
        base.mark_rule().encode(y=loss, y2="lower:Q"),
        base.mark_line(point=True).encode(y=loss),
    )
    return _spec(drawn, height=SQUARE, width=width)


def calibration(bins: Sequence[CalibrationBin], *, width: int = SQUARE) -> dict[str, Any]:
    """Draw what came against what was predicted; on the diagonal both are the same."""
    rows = [{"predicted": b.predicted, "observed": b.observed, "rows": b.n_rows} for b in bins]
    ends = [value for b in bins for value in (b.predicted, b.observed)]
    axis = alt.Axis(tickCount=_ticks(width), format=_format(ends))
    corners = [{"predicted": end, "observed": end} for end in (min(ends), max(ends))]
    diagonal = _chart(corners).mark_line(strokeDash=[4, 3], opacity=0.6)
    points = _chart(rows).mark_line(point=True)
    drawn = alt.layer(
        diagonal.encode(x="predicted:Q", y="observed:Q"),
        points.encode(
            x=alt.X("predicted:Q", title="predicted", axis=axis),
            y=alt.Y("observed:Q", title="observed", axis=axis),
            order="predicted:Q",
        ),
    )
    return _spec(drawn, height=width, width=width)


def shift(
    columns: Sequence[ColumnShift], *, unit: str, most: int = 12, width: int = WIDTH
) -> dict[str, Any]:
    """Draw how far columns moved against how much the model depends on them.

    Only the upper right corner matters: a column that moved and that the model uses.
    """
    shown = sorted(columns, key=lambda c: -c.distance * max(c.dependence, 0.0))[:most]
    rows = [
        {"column": c.column, "distance": c.distance, "dependence": c.dependence} for c in shown
    ]
    few = alt.Axis(tickCount=_ticks(width))
    farthest = max([LEAST_SHIFT, *(c.distance for c in shown)])
    dependence = alt.Axis(format=_format([c.dependence for c in shown]))
    base = _chart(rows).encode(
        x=alt.X(
            "distance:Q",
            title="how far it moved (0–1)",
            axis=few,
            scale=alt.Scale(domain=[0, farthest]),
        ),
        y=alt.Y("dependence:Q", title=f"rise of {unit} without it", axis=dependence),
    )
    points = base.mark_point(filled=True, size=60, opacity=1)
    top = _legible(shown, farthest=farthest)
    labels = base.transform_filter(alt.FieldOneOfPredicate("column", sorted(map(str, top))))
    drawn = alt.layer(points, labels.mark_text(align="left", dx=7).encode(text="column:N"))
    return _spec(drawn, height=260, width=width)


def _legible(columns: Sequence[ColumnShift], *, farthest: float) -> list[str]:
    """Name the most harmful columns whose names do not write over one another."""
    heights = [c.dependence for c in columns]
    height = (max(heights) - min(heights)) or 1.0
    named: list[ColumnShift] = []
    for c in columns:
        near = (
            n
            for n in named
            if abs(n.dependence - c.dependence) < height / 15
            and abs(n.distance - c.distance) < farthest / 3
        )
        if len(named) < MOST_NAMED and next(near, None) is None:
            named.append(c)
    return [c.column for c in named]


def _rooted(rung: Rung, *, unit: str) -> Rung:
    """Draw squared errors in the unit of the target: nobody thinks in squares."""
    return replace(rung, loss=math.sqrt(rung.loss)) if unit == SQUARED else rung


def _root_of_gain(gain: float, *, loss: float) -> float:
    """Return how far the root of a loss falls when the loss falls by `gain`."""
    return math.sqrt(loss) - math.sqrt(max(loss - gain, 0.0))


def _rooted_gain(finding: CauseFinding, *, loss: float) -> CauseFinding:
    ends = (finding.gain, finding.gain_lower, finding.gain_upper)
    gain, lower, upper = (_root_of_gain(end, loss=loss) for end in ends)
    return replace(finding, gain=gain, gain_lower=lower, gain_upper=upper)


def _rooted_unit(unit: str) -> str:
    return "root of the squared error" if unit == SQUARED else unit


def pictures(diagnosis: Diagnosis, *, width: int = WIDTH) -> dict[str, dict[str, Any]]:
    """Return every picture that the diagnosis has numbers for, by name.

    Parameters
    ----------
    diagnosis : Diagnosis
    width : int
        Most pixels between the axes of a picture.
    """
    unit = diagnosis.unit
    # A gain in another unit (a payoff, say) does not belong on the same axis.
    drawn = [
        finding
        for finding in diagnosis.findings
        if finding.cause in CAUSES and finding.unit == unit and math.isfinite(finding.gain)
    ]
    floor, moved = diagnosis.floor, diagnosis.shift
    known = [rung for rung in diagnosis.ladder if math.isfinite(rung.loss)]
    losses = {rung.name: rung.loss for rung in known}
    rooted = unit
    if unit == SQUARED and "test" in losses:
        rooted = _rooted_unit(unit)
        drawn = [_rooted_gain(f, loss=losses.get(f.measured_on, losses["test"])) for f in drawn]
        floor = _root_of_gain(floor, loss=losses["test"])
        moved = tuple(
            replace(c, dependence=-_root_of_gain(-c.dependence, loss=losses["test"]))
            for c in moved
        )
    found = {"ladder": ladder(known, unit=unit, width=width)} if known else {}
    if drawn:
        found["gains"] = gains(drawn, unit=rooted, floor=floor, width=width)
    if diagnosis.learning_curve:
        curve = diagnosis.learning_curve
        found["learning curve"] = learning_curve(
            curve, unit=unit, width=min(width, CURVE_WIDTH)
        )
    if diagnosis.calibration:
        found["calibration"] = calibration(diagnosis.calibration, width=min(width, SQUARE))
    if moved:
        found["shift"] = shift(moved, unit=rooted, width=width)
    return found


def role_of(rung: str) -> str:
    """Say what a rung of the ladder stands for."""
    if rung in FLOOR_RUNGS:
        return WITHOUT_ML
    return MODEL if rung in MODEL_RUNGS else WITHIN_REACH


def _chart(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]  # altair's own


def _format(values: Sequence[float]) -> Any:
    """Thousands and millions are written 5k and 5M, the rest as it is."""
    finite = [abs(value) for value in values if math.isfinite(value)]
    return "~s" if max(finite, default=0.0) >= 10_000 else alt.Undefined


def _ticks(width: int) -> int:
    """Numbers on an axis need about 60 pixels each."""
    return min(6, width // 60)


def _legend(*, width: int) -> alt.Legend:
    if width == WIDTH:
        return alt.Legend(title=None, orient="top", direction="horizontal")
    return alt.Legend(title=None, orient="top", direction="vertical")


def _spec(chart: Any, *, height: Any, width: int) -> dict[str, Any]:
    spec: dict[str, Any] = chart.properties(width=width, height=height).to_dict()
    return spec
