"""`leadline diagnose`: what holds a model back, and what each remedy would buy."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.output import json_option, print_json
from leadline.cli.tables import model_options, read_candidates, read_payoff, read_split
from leadline.cli.workspaces import day_of, open_workspace, today_option, workspace_option

if TYPE_CHECKING:
    from leadline.analysis.diagnosis.result import Diagnosis

MOST_ROWS = 200_000
"""Of files with more rows than this a sample is read: trials get 100,000 rows at most."""

EPILOG = """
\b
Examples:
  leadline diagnose train.csv test.csv --target churned --model shop.churn:model
  leadline diagnose train.parquet test.parquet --target churned --model model.skops \\
      --production last_week.parquet --html diagnosis.html
  leadline diagnose train.csv test.csv --target churned --score probability --json
  leadline diagnose train.csv test.csv --target clicked --score score --groups query \\
      --kind ranking
  leadline diagnose train.csv test.csv --target churned --model model.skops --save churn
  leadline diagnose train.csv test.csv --target churned --model model.skops \\
      --candidate age --hypotheses hypotheses.csv --gap "complaints by phone"

\b
With --score the three files hold predictions only; what cannot be answered from them
is said, with the measurement that would answer it. Columns named position, propensity,
retrieved, item_id or user_id beside the scores are measured too.

\b
Exit codes: 0 done · 1 something holds the model back (with --check) · 2 the input
cannot be used, or the model needs --trust · 3 the model cannot be loaded.
"""


@click.command(epilog=EPILOG)
@click.argument("train")
@click.argument("test")
@model_options
@click.option("--production", metavar="FILE", help="Rows from where the model runs.")
@click.option("--budget", default=60.0, show_default=True, help="Seconds allowed.")
@click.option("--html", metavar="FILE", help="Write a page with pictures.")
@click.option(
    "--candidate",
    "candidates",
    multiple=True,
    metavar="COLUMN",
    help="A column the model lacks: what would it buy?",
)
@click.option("--hypotheses", metavar="FILE", help="Add each finding to a CSV, one line each.")
@click.option(
    "--gap",
    "gaps",
    multiple=True,
    metavar="TEXT",
    help="With --hypotheses: what one would look at by hand and no column holds.",
)
@click.option(
    "--save",
    metavar="NAME",
    help="Keep it in the workspace under the model's name, for the brief.",
)
@workspace_option
@today_option
@click.option("--check", is_flag=True, help="Exit 1 unless the verdict is healthy.")
@json_option
def command(
    train: str,
    test: str,
    *,
    html: str | None,
    save: str | None,
    hypotheses: str | None,
    gaps: tuple[str, ...],
    folder: Path,
    today: date | None,
    check: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Try every cheap remedy and rank what holds a model back.

    TRAIN and TEST are CSV, Parquet or JSON lines with the same columns.
    """
    for path, option in ((html, "--html"), (hypotheses, "--hypotheses")):
        # Said before the work, so that none of it is lost.
        if path and not Path(path).absolute().parent.is_dir():
            raise click.BadParameter(
                f"there is no folder {Path(path).parent}", param_hint=option
            )
    if hypotheses:
        from leadline.library.diagnosis_hypotheses import checked_list

        checked_list(hypotheses)
    if save:
        open_workspace(folder)
    diagnosis = _diagnose(train, test, **options)
    if html is not None:
        from leadline.library.diagnosis_page import page

        Path(html).write_text(page(diagnosis), encoding="utf-8")
        click.echo(f"Wrote {html}", err=True)
    if as_json:
        print_json(diagnosis.to_dict())
    else:
        from leadline.cli.diagnose_text import write
        from leadline.cli.output import console

        write(console(), diagnosis)
    if hypotheses:
        _keep(diagnosis, hypotheses, model=save or diagnosis.model, gaps=gaps)
    if save:
        _save(diagnosis, save, folder=folder, today=today, place=f"{train}, {test}")
    if check and diagnosis.verdict != "healthy":
        sys.exit(1)


def _keep(diagnosis: Diagnosis, path: str, *, model: str, gaps: tuple[str, ...]) -> None:
    """Add findings and gaps to a list of hypotheses."""
    from leadline.library.diagnosis_hypotheses import hypotheses, keep_hypotheses

    new = keep_hypotheses(path, hypotheses(diagnosis, model=model, gaps=gaps))
    click.echo(f"{new} new line{'' if new == 1 else 's'} in {path}", err=True)


def _save(
    diagnosis: Diagnosis, model: str, *, folder: Path, today: date | None, place: str
) -> None:
    """Keep what the brief should say of the model; the command line is its receipt."""
    workspace = open_workspace(folder)
    from leadline.analysis.diagnosis.result import in_words
    from leadline.library.diagnosis_findings import diagnosis_findings
    from leadline.records.actions.diagnoses import save_diagnosis

    day = day_of(workspace, today)
    command = shlex.join(["leadline", *sys.argv[1:]])
    found = diagnosis_findings(diagnosis, model=model, place=place, command=command, today=day)
    verdict = in_words(diagnosis.verdict)
    now = datetime.now(UTC)
    save_diagnosis(model, found, place=place, summary=verdict, today=day, at=now)
    click.echo(f"Kept for the brief as {model}: {verdict}.", err=True)


def _diagnose(
    train: str,
    test: str,
    *,
    target: str,
    model: str | None,
    score: tuple[str, ...],
    production: str | None,
    payoff: str | None,
    budget: float,
    seed: int,
    trust: bool,
    candidates: tuple[str, ...],
    without: tuple[str, ...],
    **options: Any,
) -> Diagnosis:
    from leadline.analysis.baseline.worth import payoff_matrix
    from leadline.cli.output import progress
    from leadline.library.diagnosis import diagnose

    if bool(model) == bool(score):
        raise click.UsageError("Say what to diagnose: either --model or --score.")
    earns = read_payoff(payoff)
    loaded = _load(model, trust=trust) if model else None
    # queries and histories stay whole; of other rows a sample is as good
    most = None if options["groups"] or options["time"] else MOST_ROWS
    read = partial(
        read_split, target=target, without=without, score=score, as_frame=model is not None,
        most=most,
    )  # fmt: skip
    splits = [read(path, drop=candidates) for path in (train, test)]
    live = read(production, may_lack_y=True) if production else None
    given = [*splits, *([live] if live else [])]
    if model is None:
        for key in ("groups", "time"):
            if options[key]:
                options[key] = tuple(split.column(options[key]) for split in given)
    tables = [
        split and (split.X if model else split.predictions()) for split in (*splits, live)
    ]
    with progress() as bar:
        task = bar.add_task("reading", total=1.0)
        found = diagnose(
            loaded,
            tables[0],
            splits[0].y,
            tables[1],
            splits[1].y,
            tables[2],
            live and live.y,
            payoff=None if earns is None else payoff_matrix(earns),
            candidates=read_candidates((train, test), candidates, most=most) or None,
            budget_seconds=budget,
            random_state=seed,
            progress=lambda what, share: bar.update(task, description=what, completed=share),
            **options,
        )
    if most is None:
        return found
    return _of_all_rows(found, train, test, production, most=most)


def _of_all_rows(
    found: Diagnosis, train: str, test: str, production: str | None, *, most: int
) -> Diagnosis:
    """Say of which files a sample was read, and count their columns over all rows."""
    from leadline.connectors.files import count_rows
    from leadline.errors import LeadlineError
    from leadline.library.diagnosis_all_rows import with_all_rows

    paths = [train, test, *([production] if production else [])]
    sizes = {path: count_rows(path) for path in paths}
    drawn = [
        f"all rows of {path} in trials: {most:,} of {n:,} were drawn"
        for path, n in sizes.items()
        if n > most
    ]
    found = replace(found, skipped=(*found.skipped, *drawn))
    new = production or test
    if not found.shift or max(sizes[train], sizes[new]) <= most:
        return found
    try:
        return with_all_rows(
            found, train=train, new=new, n_train=sizes[train], n_new=sizes[new]
        )
    except LeadlineError as error:  # JSON lines, say: what was found is not lost for that
        reason = f"columns over all rows: {error.message}"
        return replace(found, skipped=(*found.skipped, reason))


def _load(model: str, *, trust: bool) -> Any:
    from leadline.connectors.saved_models import load_model

    return load_model(model, trust=trust)
