"""How a terminal shows a diagnosis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leadline.analysis.baseline.wording import number
from leadline.analysis.diagnosis.result import in_words
from leadline.library.diagnosis_page import (
    full_sentence,
    gain_text,
    headline,
    measure_text,
    measured_text,
    metric_now,
    open_text,
    rule_text,
)

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.analysis.diagnosis.result import CauseFinding, Diagnosis, Segment

COLOURS = {"blocker": "red", "confirmed": "yellow", "undecidable": "cyan", "healthy": "green"}


def write(console: Console, diagnosis: Diagnosis) -> None:
    """Print findings ranked, then the ladder, then what was not answered."""
    console.print(Text(headline(diagnosis), style="bold"))
    facts = f"{diagnosis.kind}: {diagnosis.kind_reason}; {metric_now(diagnosis)}"
    facts += f"; gains are falls of {diagnosis.unit}"
    least = f"; less than {number(diagnosis.floor, digits=3)} does not count"
    console.print(Text(facts + ("" if math.isnan(diagnosis.floor) else least), style="dim"))
    console.print(Text(f"{open_text(diagnosis)}\n".lstrip(), style="dim"))
    for rank, finding in enumerate(diagnosis.findings, start=1):
        _write_finding(console, rank, finding, measured_text(diagnosis, finding))
    if diagnosis.ladder:
        console.print(_ladder(diagnosis))
        console.print(Text(rule_text(diagnosis), style="dim"))
    measured = [f"{m.name}: {measure_text(m)} · {m.sentence}" for m in diagnosis.measures]
    _write_list(console, "Measured beside the loss", measured)
    _write_list(console, "Weak segments", [_weak(diagnosis, s) for s in diagnosis.segments[:5]])
    tried = [f"{in_words(f.cause)}: {f.remedy} ({gain_text(f)})" for f in diagnosis.tried]
    _write_list(console, "Tried, not worth it", tried)
    unanswered = [f"{in_words(cause)}: {how}" for cause, how in diagnosis.unanswered.items()]
    _write_list(console, "Cannot be answered here", unanswered)
    _write_list(console, "Questions", diagnosis.questions)
    _write_list(console, "Not tried", diagnosis.skipped)


def _write_finding(console: Console, rank: int, finding: CauseFinding, told: str) -> None:
    style = f"bold {COLOURS.get(finding.verdict, 'white')}"
    same = finding.verdict == finding.cause
    name = in_words(finding.cause) if same else f"{in_words(finding.cause)} ({finding.verdict})"
    console.print(Text(f"{rank}. {name}", style=style))
    seen = full_sentence(finding.evidence)
    lines = (f"Do: {finding.remedy}", told, seen, f"Ask: {finding.question}")
    for line in filter(None, lines):
        console.print(Padding(Text(line), (0, 0, 0, 3)))
    console.print()


def _ladder(diagnosis: Diagnosis) -> Table:
    table = Table(title="Ladder", title_justify="left", box=None)
    table.add_column("rung")
    for heading in (diagnosis.unit, diagnosis.metric, "rows"):
        table.add_column(heading, justify="right")
    for rung in diagnosis.ladder:
        table.add_row(rung.name, _number(rung.loss), _number(rung.metric), f"{rung.n_rows:,}")
    return table


def _weak(diagnosis: Diagnosis, segment: Segment) -> str:
    return (
        f"{segment.sentence}: {diagnosis.unit} {number(segment.loss, digits=3)} in"
        f" {segment.n_rows:,} rows, {number(segment.loss_elsewhere, digits=3)} elsewhere"
    )


def _number(value: float) -> str:
    return "–" if math.isnan(value) else number(value)


def _write_list(console: Console, title: str, lines: list[str] | tuple[str, ...]) -> None:
    if not lines:
        return
    console.print(Text(f"\n{title}", style="bold"))
    for line in lines:
        console.print(Padding(Text(f"· {line}"), (0, 0, 0, 2)))
