"""Options that declare metrics: ratios, quantiles, covariates, guardrails, what is explored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from leadline.analysis.experiments.metrics import Metric

_OPTIONS = (
    click.option("--metric", "metrics", multiple=True, metavar="COLUMN",
                 help="A metric that decides; may be given several times. Recognised by "
                 "default."),
    click.option("--ratio", "ratios", multiple=True, metavar="[NAME=]COLUMN/COLUMN",
                 help="A ratio of two sums that decides: clicks/views."),
    click.option("--quantile", "quantiles", multiple=True, metavar="COLUMN=Q",
                 help="A quantile to explore: latency_ms=0.95."),
    click.option("--explore", "explored", multiple=True, metavar="COLUMN",
                 help="A metric that decides nothing."),
    click.option("--guardrail", "guardrails", multiple=True, metavar="COLUMN=MARGIN",
                 help="A metric that may rise by at most 5 (=5), fall by at most 0.01 "
                 "(=-0.01), or by a share of it (=-1%)."),
    click.option("--covariate", "covariates", multiple=True, metavar="[METRIC=]COLUMN",
                 help="Known before the experiment; lowers the noise of one metric or of "
                 "all."),
    click.option("--lower-is-better", "lower", multiple=True, metavar="METRIC",
                 help="A metric of which less is better."),
)  # fmt: skip


def metric_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that declare metrics."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def metrics_of(options: dict[str, Any]) -> list[Metric | str]:
    """Take the options that declare metrics out of a command's options.

    Returns
    -------
    list of Metric or str
        A name alone is a column that was only named; empty to recognise all.

    Raises
    ------
    click.BadParameter
        One is written in another way, or a covariate names no metric.
    """
    from leadline.analysis.experiments.metrics import Outcome, Quantile, Ratio

    named = list(options.pop("metrics"))
    before = _covariates(options.pop("covariates"))
    lower = set(options.pop("lower"))
    missing = options["missing"]
    found: list[Metric | str] = []

    def common(name: str) -> dict[str, Any]:
        own = (*before.pop(name, ()), *before.get("", ()))
        better = name not in lower
        lower.discard(name)
        return {"covariates": own, "higher_is_better": better, "missing": missing}

    for column in named:
        told = common(column)
        is_plain = not told["covariates"] and told["higher_is_better"]
        found.append(column if is_plain else Outcome(column=column, **told))
    for text in options.pop("ratios"):
        name, numerator, denominator = _ratio(text)
        found.append(
            Ratio(name=name, numerator=numerator, denominator=denominator, **common(name))
        )
    found += [
        Outcome(column=column, role="exploratory", **common(column))
        for column in options.pop("explored")
    ]
    for text in options.pop("guardrails"):
        column, limit = guardrail(text)
        found.append(Outcome(column=column, missing=missing, **limit))
    for text in options.pop("quantiles"):
        column, q = _pair(text, "--quantile", "COLUMN=0.95")
        found.append(Quantile(column=column, q=q, role="exploratory", missing=missing))
    _refuse({*before} - {""}, "--covariate")
    _refuse(lower, "--lower-is-better")
    if "" in before and not named and not found:
        raise click.BadParameter("name the metric: METRIC=COLUMN", param_hint="--covariate")
    return found


def guardrail(text: str) -> tuple[str, dict[str, Any]]:
    """Read `latency_ms=5`, `retained=-0.01` or `revenue=-1%`."""
    column, sign, value = text.rpartition("=")
    try:
        amount = float(value.removesuffix("%"))
    except ValueError:
        amount = 0.0
    if not sign or not column.strip() or not amount:
        raise click.BadParameter(
            f"{text!r}; write latency_ms=5 (may rise by 5), retained=-0.01 (may fall by 0.01) "
            "or revenue=-1%",
            param_hint="--guardrail",
        )
    is_share = value.endswith("%")
    margin = {"rel_margin": abs(amount) / 100} if is_share else {"margin": abs(amount)}
    return column.strip(), {"role": "guardrail", "higher_is_better": amount < 0, **margin}


def _covariates(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        metric, _, column = text.rpartition("=")
        found[metric] = (*found.get(metric, ()), column)
    return found


def _ratio(text: str) -> tuple[str, str, str]:
    name, _, formula = text.rpartition("=")
    numerator, sign, denominator = formula.partition("/")
    if not (sign and numerator and denominator):
        raise click.BadParameter(
            f"{text!r}; write clicks/views or rate=clicks/views", param_hint="--ratio"
        )
    return name or formula, numerator, denominator


def _pair(text: str, option: str, example: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r}; write {example}", param_hint=option) from None


def _refuse(names: set[str], option: str) -> None:
    if names:
        raise click.BadParameter(
            f"no metric is declared as {', '.join(sorted(names))}", param_hint=option
        )
