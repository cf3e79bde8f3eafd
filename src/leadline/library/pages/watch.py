"""A watched model, as a page: what stands, three pictures, and its ML Test Score."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from leadline.analysis.baseline.wording import number
from leadline.charts import watching as charts
from leadline.library.pages import frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from leadline.analysis.monitoring.test_score import MLTestScore
    from leadline.library.watch_numbers import WatchSeries

_WORDS = {"quiet": "ship", "alert": "stop", "monitor failed": "stop"}
_MARKS = {1.0: "runs by itself", 0.5: "done by hand", 0.0: "nothing shows it"}


def watch_page(models: Sequence[WatchSeries], *, failed: Sequence[tuple[str, str]] = ()) -> str:
    """Return the whole page of some models, self-contained.

    Parameters
    ----------
    failed : sequence of (model, message)
        Models that could not be looked at; they stand first.
    """
    title = ", ".join([*(name for name, _ in failed), *(one.model for one in models)])
    loud = [
        f'<h1>{escape(name)}</h1><div class="verdict stop"><strong>monitor failed</strong>'
        f"{frame.paragraph(said)}</div>"
        for name, said in failed
    ]
    parts = [*loud, *(watch_fragment(one) for one in models)]
    return frame.page(f"Watching {title}", "\n".join(parts))


def watch_fragment(found: WatchSeries) -> str:
    """Return one model's part of the page."""
    told = found.failures or found.alerts or ("Nothing stands that does harm.",)
    facts = [found.place, f"owner {found.owner}" if found.owner else "",
             f"reference until {found.reference_until}"]  # fmt: skip
    return "\n".join(
        part
        for part in (
            f"<h1>{escape(found.model)}</h1>",
            frame.paragraph(" · ".join(filter(None, facts)), style="soft"),
            f'<div class="verdict {_WORDS[found.verdict]}">'
            f"<strong>{escape(found.verdict)}</strong>{frame.bullets(told)}</div>",
            frame.section("Risk by day", _risk(found)),
            frame.section("Drift by column, weighted by what depends on it", _drift(found)),
            frame.section("Rows by day", _volume(found)),
            frame.section("Drift whose harm is not known", frame.bullets(found.undecided)),
            frame.section("Benign drift", frame.bullets(found.benign)),
            frame.section("Cannot be said", frame.bullets(found.unanswered)),
            frame.section("ML Test Score", *_score(found.test_score)),
            frame.footer(
                place=found.place,
                as_of=found.today.isoformat(),
                command=found.command,
            ),
        )
        if part
    )


def _risk(found: WatchSeries) -> str:
    if found.bound is None or found.usual is None or not found.risk:
        return frame.paragraph("No outcomes yet: the loss of a day cannot be said.")
    rows = [
        {"day": one.on.isoformat(), "loss": one.loss, "period": _period(one.on, found)}
        for one in found.risk
    ]
    last = found.risk[-1]
    side = "above" if last.loss > found.bound else "within"
    losses = [one.loss for one in found.risk]
    return frame.figure(
        charts.risk(rows, bound=found.bound, usual=found.usual),
        alt_text=(
            f"Mean loss by day from {found.risk[0].on} to {last.on}: between "
            f"{number(min(losses))} and {number(max(losses))}, on the last day "
            f"{number(last.loss)}, {side} the bound of {number(found.bound)}."
        ),
        caption=(
            f"Mean loss on {found.target} of {sum(one.rows for one in found.risk):,} rows with "
            "an outcome. One day above the bound may be chance: an alert adds up evidence."
        ),
        header=("day", "loss", "rows"),
        rows=[(str(one.on), number(one.loss), f"{one.rows:,}") for one in found.risk],
    )


def _drift(found: WatchSeries) -> str:
    if not found.drift:
        return frame.paragraph("No day after the reference has enough rows to compare.")
    rows = [
        {"column": one.column, "weighted": one.weighted, "state": one.state}
        for one in found.drift
    ]
    first = found.drift[0]
    return frame.figure(
        charts.weighted_drift(rows),
        alt_text=(
            f"Drift of {len(rows)} columns on {found.drift_on}, weighted by dependence: most "
            f"on {first.column}, {number(first.weighted)} ({first.state})."
        ),
        caption=(
            f"{found.drift_on} against the reference. Excess PSI in nats, times dependence "
            "next to the strongest column's; where that is not known it counts in full."
        ),
        header=("column", "excess PSI", "dependence", "product", "outside", "state"),
        rows=[
            (one.column, number(one.excess),
             "not known" if one.weight is None else f"{one.weight:.0%}",
             number(one.weighted), f"{one.outside:.1%}", one.state)
            for one in found.drift
        ],
    )  # fmt: skip


def _volume(found: WatchSeries) -> str:
    counts = [one.rows for one in found.volume]
    rows = [
        {"day": one.on.isoformat(), "rows": one.rows, "period": _period(one.on, found)}
        for one in found.volume
    ]
    return frame.figure(
        charts.volume(rows),
        alt_text=(
            f"Rows by day from {found.volume[0].on} to {found.volume[-1].on}: between "
            f"{min(counts):,} and {max(counts):,}, on the last day {counts[-1]:,}."
        ),
        caption=f"{sum(counts):,} rows.",
        header=("day", "rows"),
        rows=[(str(one.on), f"{one.rows:,}") for one in found.volume],
    )


def _period(day: date, found: WatchSeries) -> str:
    return charts.PERIODS[day > found.reference_until]


def _score(score: MLTestScore) -> list[str]:
    said = (
        f"{score.score:g} of 7: a model is as ready as its weakest section, here "
        f"{score.weakest}. A test is ticked by what runs, or by what somebody wrote down as "
        "done by hand."
    )
    parts = [
        frame.paragraph(said),
        frame.numbers((f"{points:g} of 7", name) for name, points in score.points.items()),
    ]
    for section, ticks in score.sections.items():
        rows: list[Any] = [(_MARKS[one.points], one.test, one.evidence) for one in ticks]
        table = frame.table(("", "test", "evidence"), rows)
        parts.append(
            f"<details{' open' if section == score.weakest else ''}>"
            f"<summary>{escape(section)}</summary>{table}</details>"
        )
    return parts
