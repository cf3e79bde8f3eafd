"""How a terminal shows a look at a model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from leadline.analysis.baseline.wording import number
from leadline.library.watch_result import ASSUMPTION, performance_text, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from leadline.analysis.monitoring.test_score import MLTestScore
    from leadline.library.watch_result import Watch

STYLES = {"monitor failed": "bold white on red", "alert": "bold red", "quiet": "bold green"}


def write(console: Console, watch: Watch) -> None:
    """Print failures, alerts, then what is only to be known."""
    days = watch.current.days
    first, last = watch.reference.days[0], watch.reference.days[-1]
    console.print(
        Text.assemble(
            (watch.verdict.upper(), STYLES[watch.verdict]),
            f"  {watch.model}, {watch.place}",
            f", owner {watch.owner}" if watch.owner else "",
        )
    )
    rows = watch.current.over(days).rows
    seen = f"{days[0]} to {days[-1]}, {rows:,.0f} rows" if days else "no days after it"
    console.print(Text(f"reference {first} to {last}; since then {seen}\n", style="dim"))
    _write(console, "The monitor fails", [f.sentence for f in watch.failures], "bold red")
    _write(console, "Alerts", [sentence(s) for s in watch.alerts], "bold red")
    new = [f"{name}: {', '.join(values)}" for name, values in watch.new_values.items()]
    _write(console, "New values, the most frequent first", new, "bold")
    _write(console, "Last changes before", watch.changes, "bold")
    of_level = {
        level: [sentence(s) for s in watch.look.standing if s.level == level]
        for level in ("undecided", "info")
    }
    _write(console, "Drift whose harm is not known", of_level["undecided"], "bold yellow")
    _write(
        console,
        "Benign: hardly anything depends on it, and its values are known ones",
        of_level["info"],
        "bold",
    )
    _write(console, "Performance", _performance(watch), "bold")
    _write(
        console, "Performance by segment, the largest rise first", _by_segment(watch), "bold"
    )
    _write(console, "Latency", _latency(watch), "bold")
    unanswered = [f"{what}: {how}" for what, how in watch.look.unanswered.items()]
    _write(console, "Cannot be said", unanswered, "bold")


def write_score(console: Console, score: MLTestScore) -> None:
    """Print the ML Test Score: sections, then every test with its evidence."""
    console.print(
        Text(f"ML Test Score {score.score:g} of 7, held down by {score.weakest}", style="bold")
    )
    for section, ticks in score.sections.items():
        console.print(Text(f"{section}: {score.points[section]:g} of 7", style="bold"))
        for tick in ticks:
            mark = {1.0: "1", 0.5: "½", 0.0: "·"}[tick.points]
            shown = f": {tick.evidence}" if tick.evidence else ""
            line = f"{mark} {tick.name.rpartition('-')[2]} {tick.test}{shown}"
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def _performance(watch: Watch) -> Iterable[str]:
    look = watch.look
    if look.before:
        yield f"reference: {performance_text(look.before)}"
    if look.realised:
        yield f"last outcomes, until {look.labels_until}: {performance_text(look.realised)}"
    if look.estimated:
        yield f"last days by score alone: {performance_text(look.estimated)} ({ASSUMPTION})"
    if look.split and look.split.cause != "neither":
        part = look.split
        yield (
            f"of the rise of {part.rise:.3g}, {part.covariate:.3g} comes from other rows and "
            f"{part.concept:.3g} ± {2 * part.standard_error:.2g} from a changed meaning: "
            f"{part.cause}"
        )


SEGMENTS = 5
"""Segments that are shown; JSON has all."""


def _by_segment(watch: Watch) -> Iterable[str]:
    for one in watch.by_segment[:SEGMENTS]:
        yield (
            f"{one.segment} = {one.level}: {performance_text(one.now)}, reference "
            f"{performance_text(one.before)}"
        )


def _latency(watch: Watch) -> Iterable[str]:
    for q, (before, now) in watch.latencies.items():
        yield f"{q:.0%} within {_edge(now, watch)}, {_edge(before, watch)} in the reference"


def _edge(value: float, watch: Watch) -> str:
    if math.isfinite(value):
        return number(value)
    plan = watch.current.plan
    return f"more than {number(plan.column(plan.latency).edges[-1])}"


def _write(console: Console, title: str, lines: Iterable[str], style: str) -> None:
    found = list(lines)
    if not found:
        return
    console.print(Text(title, style=style))
    for line in found:
        console.print(Padding(Text(f"· {line}"), (0, 0, 0, 2)))
