"""Numbers of experiments in words: as many digits as they carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.analysis.experiments.metrics import Proportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.analysis.experiments.checks import CheckResult
    from leadline.analysis.experiments.metrics import Metric
    from leadline.library.results import MetricResult, Readout


def pvalue_in_words(pvalue: float) -> str:
    """Return `p = .0086`, `p < .0001` or `p undefined`."""
    if math.isnan(pvalue):
        return "p undefined"
    if pvalue < 1e-4:
        return "p < .0001"
    return f"p = {number_in_words(pvalue)}".replace(" 0.", " .")


def number_in_words(value: float, *, digits: int = 2) -> str:
    """Return a number with its leading digits, never with an exponent."""
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    if places > 12:  # what rounding left of a zero
        return "0"
    shown = round(value, places) if abs(value) >= 1000 else value
    return f"{shown:,.{max(0, places)}f}".replace("-", "−")


def signed(value: float, *, digits: int = 2) -> str:
    """Return a number with its sign."""
    text = number_in_words(value, digits=digits)
    return f"+{text}" if value > 0 else text


def value_in_words(value: float, *, is_share: bool) -> str:
    """Return a metric's value; a share as percent."""
    if is_share:
        return f"{number_in_words(100 * value, digits=3)} %"
    return number_in_words(value, digits=4)


def amount_in_words(value: float, *, metric: Metric, sign: bool = False) -> str:
    """Return an amount of a metric: points of percent for a share."""
    scale, unit = (100.0, " pp") if isinstance(metric, Proportion) else (1.0, "")
    return f"{(signed if sign else number_in_words)(scale * value)}{unit}"


def interval_in_words(result: MetricResult) -> str:
    """Return `+0.80 to +2.4 pp`."""
    lower, upper = result.interval
    low = amount_in_words(lower, metric=result.metric, sign=True).removesuffix(" pp")
    return f"{low} to {amount_in_words(upper, metric=result.metric, sign=True)}"


def effect_in_words(result: MetricResult, *, is_named: bool = False) -> str:
    """Return `Clicks: 21 % with new, 20 % without; +1.6 pp, 95 % interval +0.80 to …`.

    Parameters
    ----------
    is_named : bool
        Whether the sentence before has named metric and effect already.
    """
    effect, metric = result.effect, result.metric
    is_share = isinstance(metric, Proportion)
    relative = effect.rel_effect_size
    share = f" ({signed(100 * relative)} %)" if not math.isnan(relative) else ""
    level = number_in_words(100 * (1 - effect.alpha))
    size = (
        "" if is_named else f"; {amount_in_words(effect.effect_size, metric=metric, sign=True)}"
    )
    return (
        f"{'' if is_named else f'{metric.name}: '}"
        f"{value_in_words(effect.treatment, is_share=is_share)} with {result.arm}, "
        f"{value_in_words(effect.control, is_share=is_share)} without{size}{share}; {level} % "
        f"interval {interval_in_words(result)}, {evidence_in_words(result)}"
    )


def evidence_in_words(result: MetricResult) -> str:
    """Return the p-value; with several looks, whether this look's bound is reached."""
    if math.isnan(result.threshold):
        return pvalue_in_words(result.adjusted_pvalue)
    return "beyond the bound of this look" if result.is_significant else "within the bounds"


def sum_in_words(value: float, *, is_share: bool, sign: bool = True) -> str:
    """Return a sum of effects with three digits: points of percent for shares."""
    scale, unit = (100.0, " pp") if is_share else (1.0, "")
    return f"{(signed if sign else number_in_words)(scale * value, digits=3)}{unit}"


def that_say_something(
    header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a table without the columns that are empty in every row."""
    said = [i for i in range(len(header)) if any(row[i] for row in rows)]
    return tuple(header[i] for i in said), [tuple(row[i] for i in said) for row in rows]


def counted(n: int, one: str) -> str:
    """Return `1 claim` or `2 claims`."""
    return f"{n:,} {one}{'' if n == 1 else 's'}"


CHECKS = {
    "sample ratio": "split of units",
    "peeking": "looks",
    "power": "size",
    "multiplicity": "number of questions",
    "novelty": "novelty",
    "purity": "served as assigned",
    "aa": "A/A on your own data",
}
"""A check's stable name → what pages call it."""

STATES = {"ok": "passed", "failed": "failed", "unknown": "unclear"}
"""A check's state in words."""


def sentence_of(check: CheckResult) -> str:
    """Return a check as a clause that can stand alone."""
    return f"{CHECKS[check.check]}: {check.sentence}"


def check_rows(readout: Readout) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a readout's checks as a table in words, the failed ones first."""
    order = ("failed", "unknown", "ok")
    ordered = sorted(readout.checks, key=lambda check: order.index(check.state))
    return ("check", "result", "what was found"), [
        (CHECKS[check.check], STATES[check.state], f"{check.sentence}.") for check in ordered
    ]


def scan_rows(readout: Readout) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return where a sample ratio mismatch comes from: days and segments, worst first."""
    header = ("where", *readout.counts, "p of its own split", "off")
    cells = readout.sample_ratio_scan.cells if readout.sample_ratio_scan else ()
    return header, [
        (
            cell.name,
            *(f"{n:,}" for n in cell.counts),
            pvalue_in_words(cell.pvalue).removeprefix("p ").removeprefix("= "),
            "yes" if cell.suspect else "",
        )
        for cell in cells[:MOST_CELLS]
    ]


MOST_CELLS = 12
"""Days and segments of a scan that are shown, the most suspect first."""


def rows_of_results(readout: Readout) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a readout's effects as a table in words: its header, and one row an effect."""
    header = (
        "metric", "role", "arm", "control", "treatment", "effect",
        f"{number_in_words(100 * (1 - readout.alpha))} % interval", "relative", "p", "n",
    )  # fmt: skip
    return header, [_result_row(result) for result in readout.results]


def _result_row(result: MetricResult) -> tuple[str, ...]:
    effect, is_share = result.effect, isinstance(result.metric, Proportion)
    relative = effect.rel_effect_size
    state = f" ({result.guardrail.state})" if result.guardrail else ""
    return (
        result.metric.name,
        f"{result.role}{state}",
        result.arm,
        value_in_words(effect.control, is_share=is_share),
        value_in_words(effect.treatment, is_share=is_share),
        amount_in_words(effect.effect_size, metric=result.metric, sign=True),
        interval_in_words(result).removesuffix(" pp"),
        "undefined" if math.isnan(relative) else f"{signed(100 * relative)} %",
        pvalue_in_words(result.adjusted_pvalue).removeprefix("p ").removeprefix("= ")
        if math.isnan(result.threshold)
        else f"|z| {abs(effect.statistic):.2f} of {result.threshold:.2f}",
        f"{effect.n_obs:,}",
    )
