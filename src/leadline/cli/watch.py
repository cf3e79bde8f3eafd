"""`leadline watch`: models in front of users, by the tables of their predictions."""

from __future__ import annotations

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.experiment_options import write_page
from leadline.cli.output import console, json_option, print_json
from leadline.cli.watch_delivery import failed as tell_failure
from leadline.cli.watch_delivery import send
from leadline.cli.watch_tasks import Task, given, of_workspace
from leadline.cli.workspaces import today_option, workspace_option
from leadline.errors import LeadlineError

if TYPE_CHECKING:
    from leadline.library.watch_messages import Message
    from leadline.library.watch_result import Watch

EPILOG = """
\b
Examples:
  leadline watch predictions.parquet --score probability --target churned
  leadline watch decisions/ --model churn --owner mira@example.com --state churn.json
  leadline watch live.csv --reference training.csv --segment country --json
  leadline watch --html watching.html
  leadline watch postgresql://host/shop --table ml.predictions --state churn.json
  leadline watch --webhook https://chat.example/hooks/ml

\b
Without TABLE, every [[watch]] of the workspace is looked at (--model: that one).
What is counted is kept in --state; the next look reads the new days alone.
--mail needs LEADLINE_SMTP_URL, smtps://user:password@host:465 or smtp://host:587.

\b
Exit codes: 0 quiet · 1 an alert stands · 2 the input cannot be used · 3 the monitor
itself fails: no rows, a column that is gone, a source that does not answer.
"""


@click.command(epilog=EPILOG)
@click.argument("table_or_folder", metavar="[TABLE]", required=False)
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
@click.option(
    "--predictor",
    metavar="MODEL",
    help="Ask the model itself what it depends on: module:object, .skops …",
)
@click.option("--trust", is_flag=True, help="Load a pickle: it runs any code that it holds.")
@click.option(
    "--code", metavar="FOLDER", help="The model's code: an alert names its last commit."
)
@click.option("--state", metavar="FILE", help="Keep the counts here between looks.")
@click.option("--label-days", default=14, show_default=True, help="Days outcomes may take.")
@click.option("--grace-days", default=1, show_default=True, help="Days rows may be late.")
@click.option("--webhook", metavar="URL", help="Send what is new to this URL, as JSON.")
@click.option("--mail", metavar="ADDRESS", help="Send what is new to this address.")
@click.option("--budget", default=5, show_default=True, help="Alerts sent a week for a model.")
@click.option("--test-score", is_flag=True, help="Show the ML Test Score, ticked by evidence.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE",
    help="Write a page with pictures and the ML Test Score.",
)  # fmt: skip
@click.option("--by-hand", multiple=True, metavar="TEST", help="A test done by hand: data-2 …")
@workspace_option
@today_option
@json_option
def command(
    table_or_folder: str | None,
    *,
    folder: Path,
    today: date | None,
    webhook: str | None,
    mail: str | None,
    budget: int,
    test_score: bool,
    page: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say what changed for a model in front of users, and whether it does harm.

    TABLE is a CSV or Parquet file, a folder of Parquet (a rotated decision log too), a
    DuckDB file or a PostgreSQL address, with one row a prediction.
    """
    is_one = table_or_folder is not None
    tasks = (
        [given(table_or_folder or "", today=today, **options)]
        if is_one
        else list(of_workspace(folder, today=today, model=options["model"]))
    )
    printed: list[dict[str, Any]] = []
    messages: list[tuple[Task, Message | None]] = []
    looks: list[tuple[Task, Watch | LeadlineError]] = []
    codes, failed = [0], None
    for task in tasks:
        try:
            found = task.look()
        except LeadlineError as error:
            failed = error
            looks.append((task, error))
            codes.append(3)
            messages.append((task, tell_failure(task, error, printed=printed, alone=is_one)))
            continue
        from leadline.library.watch_messages import message_of

        looks.append((task, found))
        printed.append(_shown(found, task, test_score=test_score, as_json=as_json))
        messages.append((task, message_of(found, budget=budget)))
        codes.append(exit_code(found))
    if page:
        _write_page(page, looks, place=table_or_folder)
    if as_json and printed:
        print_json(printed[0] if is_one else printed)
    codes += [send(task, message, webhook=webhook, mail=mail) for task, message in messages]
    if is_one and failed:
        raise failed
    if max(codes):
        sys.exit(max(codes))


def _write_page(
    page: Path, looks: list[tuple[Task, Watch | LeadlineError]], *, place: str | None
) -> None:
    """Write one page of all models; one that could not be looked at stands first."""
    from leadline.library.pages import watch_page
    from leadline.library.watch_series import series_of
    from leadline.library.watch_test_score import score_of

    series, failed = [], []
    for task, found in looks:
        if isinstance(found, LeadlineError):
            failed.append((task.model, found.message))
            continue
        command = shlex.join(
            ["leadline", "watch", *([place] if place else ["--model", task.model])]
        )
        series.append(series_of(found, score_of(found, by_hand=task.by_hand), command=command))
    write_page(watch_page(series, failed=failed), page)


def exit_code(found: Watch) -> int:
    """Return 3 where the monitor itself fails, 1 where an alert stands, else 0."""
    return {"monitor failed": 3, "alert": 1, "quiet": 0}[found.verdict]


def _shown(found: Watch, task: Task, *, test_score: bool, as_json: bool) -> dict[str, Any]:
    """Print a look for people, and return it for programs."""
    from leadline.cli.watch_text import write, write_score
    from leadline.library.watch_test_score import plain, score_of

    score = score_of(found, by_hand=task.by_hand) if test_score else None
    if not as_json:
        write(console(), found)
        if score:
            write_score(console(), score)
    return found.to_dict() | ({"test_score": plain(score)} if score else {})
