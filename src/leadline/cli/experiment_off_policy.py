"""`leadline experiments off-policy`: what a challenger would have earned."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.output import json_option, show

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.analysis.off_policy.estimates import Estimate, OffPolicy

EPILOG = """
\b
Examples:
  leadline experiments off-policy decisions/ --outcomes clicks.parquet --challenger next
  leadline experiments off-policy table.csv --reward click --propensity p --target q
  leadline experiments off-policy table.csv --reward click --propensity p --target q \\
      --predicted-logged m --predicted-target v

\b
Exit codes: 0 an estimate · 1 refused: too few decisions speak of this policy.
"""


@click.command("off-policy", epilog=EPILOG)
@click.argument("source", metavar="LOG|TABLE")
@click.option("--outcomes", metavar="FILE", help="With LOG: what came of its decisions.")
@click.option("--challenger", metavar="ARM", help="With LOG: the shadow to judge.")
@click.option(
    "--logged",
    default="rule",
    show_default=True,
    metavar="ARM",
    help="With LOG: the arm whose decisions are used; it must explore.",
)
@click.option("--decision", default="", metavar="NAME", help="With LOG: which decision.")
@click.option("--reward", default="", metavar="COLUMN", help="What a decision earned.")
@click.option(
    "--propensity", metavar="COLUMN", help="How likely the logged policy was to choose this."
)
@click.option("--target", metavar="COLUMN", help="How likely the new policy is to do so.")
@click.option(
    "--predicted-logged", metavar="COLUMN", help="A reward model, for the logged action."
)
@click.option(
    "--predicted-target", metavar="COLUMN", help="The same, over the new policy's actions."
)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
)
@json_option
def command(
    source: str,
    *,
    outcomes: str | None,
    challenger: str | None,
    logged: str,
    decision: str,
    reward: str,
    alpha: float,
    as_json: bool,
    **columns: str | None,
) -> None:
    """Say what a challenger would have earned, before any user meets it.

    LOG is the folder of a decision log in which the challenger runs as a shadow. TABLE is a
    CSV or Parquet file with one row a decision. Decisions are weighted by how much
    likelier the challenger makes their action; where few decisions carry all the weight,
    the estimate is refused.
    """
    if challenger and outcomes:
        from leadline.decisions.off_policy import challenge

        found = challenge(
            source,
            outcomes,
            challenger=challenger,
            logged=logged,
            decision=decision,
            reward=reward,
            alpha=alpha,
        )
    else:
        found = _of_table(source, {"reward": reward or None} | columns, alpha=alpha)
    show(asdict(found), as_json=as_json, human=lambda console: _print(found, console))
    if found.refused:
        sys.exit(1)


def _of_table(source: str, columns: dict[str, str | None], *, alpha: float) -> OffPolicy:
    from leadline.analysis.off_policy.estimates import off_policy
    from leadline.connectors.files import read_table
    from leadline.errors import InputError

    lacking = [name for name in ("reward", "propensity", "target") if not columns[name]]
    if lacking:
        raise click.UsageError(
            f"needs --{', --'.join(lacking)} for a table, or --outcomes and --challenger for "
            "a decision log"
        )
    told = {role: name for role, name in columns.items() if name}
    values: dict[str, Any] = read_table(source)
    absent = sorted(set(told.values()) - set(values))
    if absent:
        raise InputError(
            f"{source} has no column {', '.join(absent)}; it has {', '.join(values)}"
        )
    return off_policy(alpha=alpha, **{role: values[name] for role, name in told.items()})


def _print(found: OffPolicy, console: Console) -> None:
    if found.refused:
        console.print("CANNOT TELL", style="bold", markup=False)
        console.print(found.refused, markup=False)
        console.print(
            "Next: log more exploration towards this policy, or try it on few users.",
            markup=False,
        )
    else:
        gain = found.best.value - found.logged.value
        console.print(
            f"It would have earned {_in_words(found.best)} a decision; the logged policy "
            f"earned {_in_words(found.logged)}, so {gain:+.4g}.",
            markup=False,
        )
    console.print(
        f"\n{found.n_rows:,} decisions, worth {found.effective:,.0f}; largest weight "
        f"{found.max_weight:,.4g}, mean weight {found.mean_weight:.3f}",
        markup=False,
    )
    for one in found.estimates:
        console.print(f"  {one.method:<6} {_in_words(one)}", markup=False)
    if found.warning:
        console.print(f"Data: {found.warning}", style="yellow", markup=False)


def _in_words(one: Estimate) -> str:
    return f"{one.value:.4g} [{one.ci_lower:.4g}, {one.ci_upper:.4g}]"
