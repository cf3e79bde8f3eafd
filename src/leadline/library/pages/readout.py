"""The readout of one experiment, as a page that a lead forwards."""

from __future__ import annotations

import math
from datetime import date
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.metrics import Proportion
from leadline.charts import experiments as charts
from leadline.library.pages import frame
from leadline.library.splits import SUSPICIOUS
from leadline.library.wording import (
    amount_in_words,
    check_rows,
    interval_in_words,
    number_in_words,
    pvalue_in_words,
    rows_of_results,
    scan_rows,
    sentence_of,
    signed,
)

if TYPE_CHECKING:
    from leadline.library.results import MetricResult, Path, Readout

_WORDS = {
    "ship": "Ship it",
    "stop": "Stop",
    "extend": "Extend",
    "cannot tell": "Cannot tell yet",
}


def readout_page(readout: Readout) -> str:
    """Return the whole page, self-contained."""
    return frame.page(f"{readout.name}: {readout.verdict.word}", readout_fragment(readout))


def readout_fragment(readout: Readout) -> str:
    """Return the page's body."""
    return "\n".join(
        part
        for part in (
            f"<h1>{escape(_title(readout))}</h1>",
            frame.paragraph(readout.hypothesis, style="soft") if readout.hypothesis else "",
            _verdict(readout),
            _figures(readout),
            frame.section("What changed", _effects(readout)),
            frame.section("How it got there", *(_path(readout, p) for p in readout.paths)),
            frame.section("Who took part", _split(readout), _arrivals(readout)),
            frame.section("What was checked", _checks(readout)),
            frame.section("Segments", _segments(readout)),
            frame.section("Which stage next?", frame.paragraph(readout.next_stage)),
            frame.section(
                "Read with care", frame.bullets(map(str, readout.problems)),
                frame.bullets(readout.notes),
            ),
            frame.footer(
                place=readout.place,
                as_of=readout.as_of.isoformat(),
                command=readout.command,
            ),
        )
        if part
    )  # fmt: skip


def effects_chart_of(readout: Readout) -> Any:
    """Return the relative effects of all metrics with their intervals."""
    return charts.forest(_relative_rows(readout), unit="change against the control, %")


def _verdict(readout: Readout) -> str:
    verdict = readout.verdict
    name = f"{_WORDS[verdict.word]}{f': {verdict.arm}' if verdict.arm else ''}"
    doubts = [
        check
        for check in readout.checks
        if (check.check == "sample ratio") == (check.state == "unknown") and check.state != "ok"
    ]  # a mismatch is the verdict itself; a suspicious split stands beside it
    lines = [f"{sentence_of(check)}." for check in doubts]
    before = (
        "<p><b>Before you decide</b></p>"
        + frame.bullets(line[:1].upper() + line[1:] for line in lines)
        if doubts
        else ""
    )
    return (
        f'<div class="verdict {verdict.word.replace(" ", "-")}"><strong>{escape(name)}</strong>'
        f"<p>{escape(_spoken(verdict.reason))}</p>"
        f"<p><b>What would decide:</b> {escape(verdict.decides)}</p>{before}</div>"
    )


def _title(readout: Readout) -> str:
    """Return the experiment's name; a table without one is called as its file."""
    return PurePath(readout.name).name if readout.name == readout.place else readout.name


def _spoken(text: str) -> str:
    """Return a sentence for readers who do not say "pp", its numbers beside their signs."""
    return text.replace(" pp", " percentage points").replace(" %", "\N{NO-BREAK SPACE}%")


def _figures(readout: Readout) -> str:
    planned = f" of {readout.n_planned:,} planned" if readout.n_planned else ""
    days = f", {len(readout.days)} days" if readout.days else ""
    pairs = []
    if readout.primaries:
        shown = readout.deciding
        level = number_in_words(100 * (1 - readout.alpha))
        pairs += [
            (
                amount_in_words(shown.effect.effect_size, metric=shown.metric, sign=True),
                f"{shown.metric.name}, {shown.arm} against {readout.control}",
            ),
            (
                interval_in_words(shown).replace(" pp", ""),
                f"{level} % interval: effects that the data do not exclude",
            ),
        ]
    pairs += [
        (f"{readout.n_obs:,}", f"units{planned}{days}"),
        (
            f"{sum(check.state == 'ok' for check in readout.checks)} of {len(readout.checks)}",
            "checks passed",
        ),
    ]
    return frame.numbers(pairs)


def _relative_rows(readout: Readout) -> list[dict[str, Any]]:
    return [
        {
            "label": result.metric.name,
            "arm": result.arm,
            "effect": 100 * result.effect.rel_effect_size,
            "lower": 100 * result.effect.rel_ci_lower,
            "upper": 100 * result.effect.rel_ci_upper,
            "state": _state(result),
        }
        for result in readout.results
        if math.isfinite(result.effect.rel_ci_lower + result.effect.rel_ci_upper)
    ]


def _state(result: MetricResult) -> str:
    if not result.is_significant:
        return "open"
    return "better" if result.gain > 0 else "worse"


def _effects(readout: Readout) -> str:
    header, rows = rows_of_results(readout)
    relative = _relative_rows(readout)
    level = number_in_words(100 * (1 - readout.alpha))
    caption = (
        f"Change against {readout.control}, in percent of its value, with {level} % intervals; "
        f"n = {readout.n_obs:,} units; source: {readout.place}, {readout.as_of}."
    )
    if not relative:
        return frame.table(header, rows)
    chart = charts.forest(relative, unit="change against the control, %")
    alt_text = "Effects with intervals: " + "; ".join(
        f"{row['label']} {signed(row['effect'])} %" for row in relative
    )
    return frame.figure(chart, alt_text=alt_text, caption=caption, header=header, rows=rows)


def _path(readout: Readout, path: Path) -> str:
    if len(path.looks) < 2:
        return ""
    metric = next(r.metric for r in readout.results if r.metric.name == path.metric)
    scale = 100.0 if isinstance(metric, Proportion) else 1.0
    unit = "percentage points" if scale > 1 else "the metric's unit"
    rows = [
        {
            "day": _day(look.day),
            "effect": scale * look.effect_size,
            "lower": scale * look.always_lower,
            "upper": scale * look.always_upper,
            "bound_low": None if math.isnan(look.bound) else -scale * look.bound * look.se,
            "bound_high": None if math.isnan(look.bound) else scale * look.bound * look.se,
        }
        for look in path.looks
    ]
    has_bounds = any(row["bound_low"] is not None for row in rows)
    bounds = " Orange marks: reaching them stops the experiment." if has_bounds else ""
    caption = (
        f"{path.metric}, {path.arm} minus {readout.control}, in {unit}, by day. The band is an "
        f"interval that stays valid however often one looks.{bounds} "
        f"n = {path.looks[-1].n_obs:,} units; source: {readout.place}, {readout.as_of}."
    )
    adjusted = ""
    if path.stagewise:
        found = path.stagewise
        adjusted = frame.paragraph(
            f"Allowing for the looks, the effect is {signed(scale * found.estimate)} "
            f"[{signed(scale * found.ci_lower)}, {signed(scale * found.ci_upper)}], "
            f"{pvalue_in_words(found.pvalue)}; forgetting them it would be "
            f"{signed(scale * found.naive_estimate)}."
        )
    header = ("day", "units so far", "effect", "from", "to", "|z|", "stops at")
    numbers = [
        (
            str(_day(look.day)),
            f"{look.n_obs:,}",
            signed(scale * look.effect_size),
            signed(scale * look.always_lower),
            signed(scale * look.always_upper),
            number_in_words(abs(look.z)),
            "" if math.isnan(look.bound) else f"{look.bound:.2f}",
        )
        for look in path.looks
    ]
    chart = charts.path(rows, unit=f"{path.metric}, {unit}", is_dated=_is_dated(readout))
    alt_text = f"The effect on {path.metric} day by day, ending at {signed(rows[-1]['effect'])}"
    return (
        frame.figure(chart, alt_text=alt_text, caption=caption, header=header, rows=numbers)
        + adjusted
    )


def _split(readout: Readout) -> str:
    header = ("arm", "units", "expected by the split")
    expected = dict(zip(sorted(readout.counts), readout.sample_ratio.expected, strict=True))
    rows = [(arm, f"{n:,}", f"{expected[arm]:,.0f}") for arm, n in readout.counts.items()]
    return (
        frame.paragraph(
            f"{_split_sentence(readout)} ({pvalue_in_words(readout.sample_ratio.pvalue)}; it "
            f"counts as a mismatch below {readout.sample_ratio.alpha:g}.)"
        )
        + frame.table(header, rows)
        + _scan(readout)
    )


def _scan(readout: Readout) -> str:
    if readout.sample_ratio_scan is None:
        return ""
    return frame.paragraph(
        "Each day and each segment by itself, the most suspect first; p-values are judged "
        "together (Holm)."
    ) + frame.table(*scan_rows(readout))


def _checks(readout: Readout) -> str:
    header, rows = check_rows(readout)
    return frame.table(header, rows)


def _split_sentence(readout: Readout) -> str:
    if readout.sample_ratio.sample_ratio_mismatch:
        return "The arms did not get the units that the split gives."
    if readout.sample_ratio.pvalue < SUSPICIOUS:
        return "The arms are of suspiciously unequal size, though not beyond doubt."
    return "The arms got their units as the split gives, as far as one can see."


def _arrivals(readout: Readout) -> str:
    if len(readout.days) < 2:
        return ""
    rows = [
        {"day": _day(day), "arm": arm, "n": n}
        for arm, counts in readout.arrivals.items()
        for day, n in zip(readout.days, counts, strict=True)
    ]
    header = ("day", *readout.arrivals)
    numbers = [
        (str(_day(day)), *(f"{counts[i]:,}" for counts in readout.arrivals.values()))
        for i, day in enumerate(readout.days)
    ]
    return frame.figure(
        charts.arrivals(rows, is_dated=_is_dated(readout)),
        alt_text="Units by day and arm",
        caption=f"Units that entered, by day and arm; n = {readout.n_obs:,}; source: "
        f"{readout.place}, {readout.as_of}.",
        header=header,
        rows=numbers,
    )


def _segments(readout: Readout) -> str:
    parts = []
    for segment in dict.fromkeys(entry.segment for entry in readout.segments):
        entries = [entry for entry in readout.segments if entry.segment == segment]
        for metric in dict.fromkeys(entry.effect.metric for entry in entries):
            found = [entry for entry in entries if entry.effect.metric == metric]
            parts.append(_segment(readout, segment=segment, metric=metric, found=found))
    return "".join(parts)


def _segment(readout: Readout, *, segment: str, metric: str, found: list[Any]) -> str:
    rows = [
        {
            "label": entry.level,
            "arm": entry.arm,
            "effect": 100 * entry.effect.rel_effect_size,
            "lower": 100 * entry.effect.rel_ci_lower,
            "upper": 100 * entry.effect.rel_ci_upper,
            "state": "open"
            if not entry.adjusted_pvalue < readout.alpha
            else "better"
            if (entry.effect.effect_size > 0) == entry.higher_is_better
            else "worse",
        }
        for entry in found
        if math.isfinite(entry.effect.rel_ci_lower + entry.effect.rel_ci_upper)
    ]
    header = (segment, "arm", "change", "from", "to", "p, adjusted", "n")
    numbers = [
        (
            entry.level,
            entry.arm,
            f"{signed(100 * entry.effect.rel_effect_size)} %",
            f"{signed(100 * entry.effect.rel_ci_lower)} %",
            f"{signed(100 * entry.effect.rel_ci_upper)} %",
            pvalue_in_words(entry.adjusted_pvalue).removeprefix("p ").removeprefix("= "),
            f"{entry.effect.n_obs:,}",
        )
        for entry in found
    ]
    if not rows:
        return frame.table(header, numbers)
    caption = (
        f"{metric} by {segment}: change in percent of the control's value, p adjusted over "
        f"all segments (Benjamini-Hochberg). Exploratory: a hint for the next experiment, no "
        f"verdict. n = {sum(e.effect.n_obs for e in found):,}; source: {readout.place}, "
        f"{readout.as_of}."
    )
    chart = charts.forest(rows, unit=f"{metric}, change %")
    return frame.figure(
        chart, alt_text=f"{metric} by {segment}", caption=caption, header=header, rows=numbers
    )


def _is_dated(readout: Readout) -> bool:
    return isinstance(readout.days[0], date)


def _day(day: Any) -> Any:
    return day.isoformat() if isinstance(day, date) else day
