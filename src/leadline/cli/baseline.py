"""`leadline baseline`: does the model beat the best rule without machine learning?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.output import json_option, print_json
from leadline.cli.tables import model_options, read_payoff, read_split

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.library.baseline_result import BaselineResult

EPILOG = """
\b
Examples:
  leadline baseline train.csv test.csv --target churned --score probability
  leadline baseline train.parquet test.parquet --target price --model shop.pricing:model
  leadline baseline train.csv test.csv --target churned --model model.skops \\
      --payoff hit=40,false_alarm=-5 --min-gain 0.02
  leadline baseline train.csv test.csv --target clicks --groups query --kind ranking \\
      --score rank_score --json

\b
Exit codes: 0 the model beats the best rule · 1 it is not shown to · 2 the input
cannot be used, or the model needs --trust · 3 the model cannot be loaded.
"""


@click.command(epilog=EPILOG)
@click.argument("train")
@click.argument("test")
@model_options
@click.option("--kpi", metavar="NAME=RATE", help="What 1.0 of the metric is worth.")
@click.option("--horizon", type=float, help="Age of the newest known outcome, in days.")
@click.option(
    "--budget",
    "budget_seconds",
    default=600.0,
    show_default=True,
    help="Seconds that the model may take.",
)
@click.option("--min-gain", default=0.0, help="Exit 1 unless the gain is surely above.")
@json_option
def command(train: str, test: str, *, min_gain: float, as_json: bool, **options: Any) -> None:
    """Compare a model with the best rule that needs no machine learning.

    The rule is chosen on TRAIN and judged on TEST: CSV, Parquet or JSON lines with the
    same columns.
    """
    result = _compare(train, test, **options)
    if as_json:
        print_json(result.to_dict())
    else:
        from leadline.cli.output import console

        _write(console(), result)
    if not result.gain_lower > min_gain:  # nan is no proof either
        if result.beats:
            click.echo(f"The gain is not surely above {min_gain:g}.", err=True)
        sys.exit(1)


def _compare(
    train: str,
    test: str,
    *,
    target: str,
    model: str | None,
    score: tuple[str, ...],
    payoff: str | None,
    kpi: str | None,
    seed: int,
    trust: bool,
    without: tuple[str, ...],
    **options: Any,
) -> BaselineResult:
    from leadline.library.baseline import baseline

    if bool(model) == bool(score):
        raise click.UsageError("Say what to compare: either --model or --score.")
    earns = read_payoff(payoff)
    loaded = _load(model, trust=trust) if model else None
    learnt, held_out = (
        read_split(path, target=target, score=score if path == test else (), drop=score,
                   without=without, as_frame=model is not None)
        for path in (train, test)
    )  # fmt: skip
    held_out = held_out.with_columns_of(learnt)
    return baseline(
        loaded if model else held_out.score,
        learnt.X,
        learnt.y,
        held_out.X,
        held_out.y,
        payoff=earns,
        kpi=_read_kpi(kpi),
        random_state=seed,
        **options,
    )


def _load(model: str, *, trust: bool) -> Any:
    from leadline.connectors.saved_models import load_model

    return load_model(model, trust=trust)


def _read_kpi(text: str | None) -> tuple[str, float] | None:
    if text is None:
        return None
    name, separator, rate = text.rpartition("=")
    try:
        return (name.strip() if separator else "KPI", float(rate))
    except ValueError:
        raise click.BadParameter(f"{text!r} is not name=number", param_hint="--kpi") from None


def _write(console: Console, result: BaselineResult) -> None:
    from rich.table import Table
    from rich.text import Text

    from leadline.analysis.baseline.wording import number

    colour = {"beats": "green", "loses": "red", "cannot tell": "yellow"}[result.verdict]
    console.print(Text(result.headline, style=f"bold {colour}"))
    console.print(Text(f"The rule: {result.rule.sentence}\n"))
    facts = Table.grid(padding=(0, 2))
    for name, value in result.facts():
        facts.add_row(Text(name, style="dim"), Text(value))
    console.print(facts)
    rules = Table(title=f"Rules, by {result.metric}", title_justify="left", box=None)
    rules.add_column("rule")
    for heading in ("held-back train", "test"):
        rules.add_column(heading, justify="right")
    for rule in result.rules:
        rules.add_row(rule.name, number(rule.train), number(rule.test))
    console.print("", rules)
    for line in (*result.segment_lines(), *result.framing_lines(), *result.note_lines()):
        console.print(Text(line))
