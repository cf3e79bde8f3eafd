"""The made-up team's experiments, ledger and model: small tables, dated back from today.

The numbers were measured on the marketplace of `examples/classifieds`, where the truth is
known, and are kept in `data`. Most changes do little, as everywhere; those that were
shipped are the ones that looked best, so their sum is too large. One experiment then lost
users in one arm: nothing in it can be trusted. One runs on, and nobody said until when.
The model's predictions go on to yesterday, and lately one of its features arrives as 0.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import as_file, files
from io import StringIO
from pathlib import Path

import duckdb
import msgspec

from leadline.findings import Finding

DATA = files(__package__) / "data"
HEADER = (
    "experiment,project,started_on,ended_on,variant,users,contacts_mean,contacts_sd,shipped"
)
LOST_IN = "radius-20km"
LOST_SHARE = 0.06
"""Share of the treatment's users that this one lost on their way to the table."""
RUNNING = "message-prompt"
"""Started long ago, and nobody said when it ends."""
PLAN = "plans/home-model.toml"
CHANGES = "changes.csv"
MODEL = "models/home_page.py"
PREDICTIONS = "predictions/home-page.parquet"
DAYS_SINCE_MODEL = 16
"""Days since the experiment on the home page's model began; it has ended by now."""


def write_models(folder: Path, *, today: date) -> None:
    """Write the ledger, the plan of the newest experiment with its table, and a model."""
    (folder / CHANGES).write_text(changes_csv(today=today), encoding="utf-8")
    (folder / PLAN).parent.mkdir()
    started_on = today - timedelta(days=DAYS_SINCE_MODEL)
    (folder / PLAN).write_text(_PLAN.format(started_on=started_on), encoding="utf-8")
    table = _model_csv(started_on=started_on)
    (folder / PLAN).with_suffix(".csv").write_text(table, encoding="utf-8")
    (folder / MODEL).parent.mkdir()
    (folder / MODEL).write_text(_MODEL, encoding="utf-8")
    for name in ("train.parquet", "test.parquet"):
        (folder / MODEL).with_name(name).write_bytes((DATA / name).read_bytes())
    write_predictions(folder / PREDICTIONS, today=today)


def write_predictions(target: Path, *, today: date) -> None:
    """Write what the home page's model predicted; since three days a feature arrives as 0."""
    target.parent.mkdir()
    with duckdb.connect() as connection, as_file(DATA / "predictions.parquet") as kept:
        connection.read_parquet(str(kept)).select(
            duckdb.SQLExpression(f"DATE '{today}' - days_ago::INT AS day"),
            duckdb.StarExpression(exclude=["days_ago"]),
        ).write_parquet(str(target), compression="zstd")


def model_finding(*, today: date) -> Finding:
    """Return what `leadline diagnose` says of the model, as its receipt has it."""
    found = msgspec.json.decode((DATA / "home-page.json").read_bytes(), type=Finding)
    receipts = tuple(replace(receipt, as_of=today) for receipt in found.receipts)
    return replace(found, receipts=receipts)


def experiments_csv(*, today: date) -> str:
    """Return the table: 24 experiments of the last two years, two rows each."""
    return _text(HEADER, (_dated(row, today=today) for row in _rows("ideas.csv")))


def changes_csv(*, today: date) -> str:
    """Return the list of changes for `leadline ledger`: baseline, model, and all ideas."""
    rows = list(_rows("changes.csv"))
    header = "concluded_on," + ",".join(rows[0])
    return _text(header, _concluded(rows, today=today))


def _concluded(rows: list[dict[str, str]], *, today: date) -> Iterator[list[object]]:
    """Date changes back from today; the experiment that lost its users is no proof."""
    for number, row in enumerate(
        row for row in rows if row["change"] not in {LOST_IN, RUNNING}
    ):
        on = today - timedelta(days=30 * (len(rows) - number))
        yield [on, *row.values()]


def _dated(row: dict[str, str], *, today: date) -> list[object]:
    number, name = int(row["number"]), row["experiment"]
    started_on = today - timedelta(days=30 * (24 - number) + 100)
    ended_on = "" if name == RUNNING else (started_on + timedelta(days=14)).isoformat()
    users, mean = int(row["users"]), float(row["contacts_mean"])
    shipped = row["shipped"] if ended_on else "false"
    if name == LOST_IN and row["variant"] == "treatment":
        users -= round(LOST_SHARE * users)
        mean = round(mean / (1 - LOST_SHARE), 5)  # who is lost had contacted nobody
        shipped = "true"
    cells = (name, row["project"], started_on, ended_on, row["variant"])
    return [*cells, users, mean, row["contacts_sd"], shipped]


def _model_csv(*, started_on: date) -> str:
    rows = _rows("home-model.csv")
    dated = (
        [started_on + timedelta(days=int(row["day"])), *list(row.values())[1:]] for row in rows
    )
    return _text("day,variant,users,contacted", dated)


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(StringIO((DATA / name).read_text(encoding="utf-8"))))


def _text(header: str, rows: Iterable[list[object]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])


_PLAN = """\
# Written before training: what the model must reach offline, and what decides online.
name = "home-model"
hypothesis = "What a buyer clicked so far, and how far things are, orders the home page better."
control = "rule"
started_on = {started_on}
weeks = 2
owner = "mira@harbour.example"

[green_light]  # on shuffled pages of the log, against the best rule without ML
metric = "ndcg"
threshold = 0.01

[weights]
rule = 1.0
model = 1.0

[table]
source = "home-model.csv"

[[metrics]]
kind = "proportion"
name = "contacted"
column = "contacted"
role = "primary"
smallest_effect = 0.01
"""

_MODEL = '''\
"""The first model of the home page: will this buyer click this listing?"""

from sklearn.ensemble import HistGradientBoostingClassifier

model = HistGradientBoostingClassifier(
    max_iter=20,
    learning_rate=0.4,
    max_leaf_nodes=31,
    min_samples_leaf=3,
    early_stopping=False,
    random_state=0,
)
'''
