"""Numbers of experiments in words: as many digits as they carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.analysis.experiments.metrics import Proportion

if TYPE_CHECKING:
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


def effect_in_words(result: MetricResult) -> str:
    """Return `arm B: clicks +0.012 [+0.004, +0.020], +2.1 %, p = .003`."""
    effect = result.effect
    is_share = isinstance(result.metric, Proportion)
    scale, unit = (100.0, " pp") if is_share else (1.0, "")
    lower, upper = sorted((effect.ci_lower, effect.ci_upper))
    relative = effect.rel_effect_size
    share = f", {signed(100 * relative)} %" if not math.isnan(relative) else ""
    return (
        f"{result.arm}: {result.metric.name} {signed(scale * effect.effect_size)}{unit} "
        f"[{signed(scale * lower)}, {signed(scale * upper)}]{share}, "
        f"{pvalue_in_words(result.adjusted_pvalue)}"
    )


def rows_of_results(readout: Readout) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return a readout's effects as a table in words: its header, and one row an effect."""
    header = (
        "metric", "role", "arm", "control", "treatment", "effect",
        f"{number_in_words(100 * (1 - readout.alpha))} % interval", "relative", "p", "n",
    )  # fmt: skip
    return header, [_result_row(result) for result in readout.results]


def _result_row(result: MetricResult) -> tuple[str, ...]:
    effect, is_share = result.effect, isinstance(result.metric, Proportion)
    scale, unit = (100.0, " pp") if is_share else (1.0, "")
    relative = effect.rel_effect_size
    state = f" ({result.guardrail.state})" if result.guardrail else ""
    return (
        result.metric.name,
        f"{result.role}{state}",
        result.arm,
        value_in_words(effect.control, is_share=is_share),
        value_in_words(effect.treatment, is_share=is_share),
        f"{signed(scale * effect.effect_size)}{unit}",
        f"{signed(scale * effect.ci_lower)} to {signed(scale * effect.ci_upper)}",
        "undefined" if math.isnan(relative) else f"{signed(100 * relative)} %",
        pvalue_in_words(result.adjusted_pvalue).removeprefix("p ").removeprefix("= "),
        f"{effect.n_obs:,}",
    )
