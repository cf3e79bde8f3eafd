"""Write the small tables from which `leadline demo` tells of models and experiments.

They are kept with the package, so that a demo is built in seconds without numpy's work and
without this example: `python -m examples.classifieds.for_demo` writes them anew.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

import leadline
from examples.classifieds import ideas
from examples.classifieds.learning import COLUMNS
from examples.classifieds.loop import HOME, N_ROWS, Loop
from examples.classifieds.planted import INPUTS, LABEL, overgrown
from examples.classifieds.results import Trial
from examples.classifieds.watched import FIRST_DAY, HEALTHY, Fault, Predictions
from leadline.findings import Finding
from leadline.library.diagnosis_findings import diagnosis_findings

SEED, N_USERS = 5, 12_000
DATA = Path(leadline.__file__).parent / "demo" / "data"
PLACE = "models/train.parquet, models/test.parquet"
COMMAND = (
    "leadline diagnose models/train.parquet models/test.parquet --target clicked "
    "--model models.home_page:model"
)
PREDICTED_DAYS, BROKEN_DAYS, ROWS_A_DAY = 30, 3, 250
BROKEN = Fault(name="counts of contacts arrive as 0", column="popularity", factor=0)
PROJECT = {
    "home": "search-ranking",
    "search": "search-ranking",
    "category": "search-ranking",
    "more like this": "listing-quality",
    "end of results": "listing-quality",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the demo tells of the loop."""

    rule: Trial
    model: Trial
    model_table: pd.DataFrame
    train: pd.DataFrame
    test: pd.DataFrame
    tried: tuple[ideas.Tried, ...]
    predictions: pd.DataFrame


def go_round(*, seed: int = SEED, n_users: int = N_USERS) -> Told:
    """Go once around the loop."""
    with tempfile.TemporaryDirectory() as folder:
        loop = Loop(seed=seed, n_users=n_users, folder=Path(folder), pages_a_day=5)
        rule = loop.baseline()
        rows = loop.log()
        loop.train(rows)
        model = loop.experiment()
        return Told(
            rule=rule,
            model=model,
            model_table=loop.last_table,
            train=_small(rows[rows["day"] < 8]),
            test=_small(rows[rows["day"] >= 8]),
            tried=loop.sum_up().tried,
            predictions=_predictions(loop, Path(folder)),
        )


def _predictions(loop: Loop, folder: Path) -> pd.DataFrame:
    """Return four weeks of the model's predictions; on the last days a feature arrives as 0."""
    market = loop.market.fork(keep={HOME: COLUMNS})
    parts: list[pd.DataFrame] = []
    for fault, n_days in ((HEALTHY, PREDICTED_DAYS - BROKEN_DAYS), (BROKEN, BROKEN_DAYS)):
        place = folder / f"predictions{len(parts)}"
        days = Predictions(market, loop.trained, place, fault=fault).days(n_days)
        parts += [pd.read_parquet(place / f"{day}.parquet") for day in days]
    return pd.concat(
        part.sample(ROWS_A_DAY, random_state=0)
        .drop(columns="day")
        .round(3)
        .astype(dict.fromkeys([*COLUMNS, "score", "latency_ms"], np.float32))
        .assign(days_ago=np.int8(len(parts) - number))
        for number, part in enumerate(parts)
    )


def _small(rows: pd.DataFrame) -> pd.DataFrame:
    sample = rows.sample(N_ROWS, random_state=0)[[*INPUTS, LABEL]]
    return sample.round(3).astype(dict.fromkeys(INPUTS, np.float32))


def write(told: Told, folder: Path) -> None:
    """Write all tables."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(folder / "ideas.csv", _arms(told.tried))
    _csv(folder / "changes.csv", _changes(told))
    _csv(folder / "home-model.csv", _by_day(told.model_table))
    for name, rows in (
        ("train", told.train),
        ("test", told.test),
        ("predictions", told.predictions),
    ):
        duckdb.from_df(rows).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")
    found = diagnosed(folder / "train.parquet", folder / "test.parquet")
    text = msgspec.json.format(msgspec.json.encode(found), indent=1)
    (folder / "home-page.json").write_bytes(text + b"\n")


def diagnosed(train: Path, test: Path) -> Finding:
    """Return what holds the demo's model back, from its own tables, as a brief says it."""
    tables = [pd.read_parquet(path) for path in (train, test)]
    X, y = ([table[columns] for table in tables] for columns in (list(INPUTS), LABEL))
    with threadpool_limits(limits=1):
        diagnosis = leadline.diagnose(overgrown(), X[0], y[0], X[1], y[1], kind="binary")
    (finding,) = diagnosis_findings(
        diagnosis, model="home-page", place=PLACE, command=COMMAND, today=FIRST_DAY
    )
    return finding


def _arms(tried: Iterable[ideas.Tried]) -> Iterable[dict[str, Any]]:
    for number, one in enumerate(tried):
        for place, arm in enumerate(("control", "treatment")):
            yield {
                "number": number,
                "experiment": one.name,
                "project": PROJECT[one.surface],
                "variant": arm,
                "users": one.users[place],
                "contacts_mean": round(one.mean[place], 5),
                "contacts_sd": round(one.sd[place], 5),
                "shipped": str(one.shipped and arm == "treatment").lower(),
            }


def _changes(told: Told) -> Iterable[dict[str, Any]]:
    for key, trial, is_baseline in (
        ("rule-first", told.rule, True),
        ("home-model", told.model, False),
    ):
        yield {
            "change": key, "project": "search-ranking", "shipped": "true",
            "measured": round(trial.effect.effect_size, 4),
            "measured_se": round(trial.effect.se, 4), "baseline": str(is_baseline).lower(),
        }  # fmt: skip
    for one in told.tried:
        yield {
            "change": one.name, "project": PROJECT[one.surface],
            "shipped": str(one.shipped).lower(), "measured": round(one.effect, 4),
            "measured_se": round(one.se, 4), "baseline": "false",
        }  # fmt: skip


def _by_day(units: pd.DataFrame) -> Iterable[dict[str, Any]]:
    days = units["day"] - units["day"].min()
    grouped = units.assign(day=days).groupby(["day", "arm"])["contacted"].agg(["size", "sum"])
    for (day, arm), row in grouped.iterrows():
        yield {"day": day, "variant": arm, "users": row["size"], "contacted": row["sum"]}


def _csv(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    lines = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


if __name__ == "__main__":
    write(go_round(), DATA)
