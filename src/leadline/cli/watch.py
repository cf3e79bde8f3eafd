"""`leadline watch`: models in front of users, by the tables of their predictions."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.output import json_option, show
from leadline.cli.workspaces import today_option

if TYPE_CHECKING:
    from leadline.library.watch_result import Watch

EPILOG = """
\b
Examples:
  leadline watch predictions.parquet --score probability --target churned
  leadline watch decisions/ --model churn --owner mira@example.com --state churn.json
  leadline watch live.csv --reference training.csv --segment country --json
  leadline watch postgresql://host/shop --table ml.predictions --state churn.json

\b
What is counted is kept in --state; the next look reads the new days alone.

\b
Exit codes: 0 quiet · 1 an alert stands · 2 the input cannot be used · 3 the monitor
itself fails: no rows, a column that is gone, a source that does not answer.
"""


@click.command(epilog=EPILOG)
@click.argument("table_or_folder", metavar="TABLE")
@click.option(
    "--reference", metavar="TABLE", help="The accepted period (default: the first days)."
)
@click.option("--reference-days", default=28, show_default=True, help="How many first days.")
@click.option("--table", default="", help="The table in a database.")
@click.option("--spark", default="", metavar="MASTER", help="Read through Spark: local[2] …")
@click.option("--model", default="", help="What the model is called.")
@click.option("--owner", default="", help="Who is asked, by e-mail address.")
@click.option("--day", default="", help="The column with the day or time.")
@click.option("--column", "columns", multiple=True, help="Watch this column; repeat for more.")
@click.option("--segment", "segments", multiple=True, help="Count by this column as well.")
@click.option("--score", default="", help="The column with the model's score.")
@click.option("--target", default="", help="The column with the outcome, once it came.")
@click.option("--latency", default="", help="The column with the time a decision took.")
@click.option("--fallback", default="", help="The column that says the rule had to answer.")
@click.option("--kpi", default="", help="The column with what a decision brought.")
@click.option(
    "--dependence",
    metavar="FILE",
    help="JSON: column → how much the model depends on it (default: by the score).",
)
@click.option("--state", metavar="FILE", help="Keep the counts here between looks.")
@click.option("--label-days", default=14, show_default=True, help="Days outcomes may take.")
@click.option("--grace-days", default=1, show_default=True, help="Days rows may be late.")
@today_option
@json_option
def command(
    table_or_folder: str,
    *,
    today: date | None,
    dependence: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say what changed for a model in front of users, and whether it does harm.

    TABLE is a CSV or Parquet file, a folder of Parquet (a rotated decision log too), a
    DuckDB file or a PostgreSQL address, with one row a prediction.
    """
    from leadline.cli.watch_text import write
    from leadline.library.watch import watch

    found = watch(
        table_or_folder,
        today=today or datetime.now(UTC).date(),
        dependence=_read_dependence(dependence),
        **options,
    )
    show(found.to_dict(), as_json=as_json, human=lambda console: write(console, found))
    code = exit_code(found)
    if code:
        sys.exit(code)


def exit_code(found: Watch) -> int:
    """Return 3 where the monitor itself fails, 1 where an alert stands, else 0."""
    return {"monitor failed": 3, "alert": 1, "quiet": 0}[found.verdict]


def _read_dependence(path: str | None) -> dict[str, float] | None:
    from leadline.errors import InputError

    if path is None:
        return None
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        return {str(name): float(share) for name, share in read.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(
            f"{path} holds no dependence: {error}", hint='Write {"column": 0.4, …} as JSON.'
        ) from None
