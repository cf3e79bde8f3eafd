"""The model in front of everybody, watched: quiet weeks first, then a fault is planted.

What is watched is a table of predictions, one row a listing shown, one file a day; each
day `leadline.watch` reads the new file. The truth beside it: the same days without the
fault.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

import leadline
from examples.classifieds.learning import COLUMNS, Learnt, rows_of
from examples.classifieds.market import Arms, Day, Market
from examples.classifieds.pages import POPULAR, Features
from examples.classifieds.planted import INPUTS
from leadline.library.watch_result import Watch, sentence

SURFACE = "home"
REFERENCE_DAYS, QUIET_DAYS, FAULTY_DAYS = 21, 14, 4
BUDGET_MS = 5.0
FIRST_DAY = date(2026, 1, 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something that goes wrong on a day, or only changes.

    Attributes
    ----------
    name : str
    column : str
        Of the predictions, in which it shows.
    is_harmful : bool
        Whether it ought to be an alert.
    plant : callable
        From a market to one in which it has happened.
    factor : float
        What the column arrives multiplied by: 0 where it is lost.
    slowness : float
        Times the usual latency.
    """

    name: str
    column: str
    is_harmful: bool = True
    plant: Callable[[Market], Market] = Market.fork
    factor: float = 1.0
    slowness: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What came of a fault.

    Attributes
    ----------
    caught_after : int or None
        Days until an alert named its column; None if none did.
    sentence : str
        What stood of its column, as alert or as benign; empty if nothing did.
    true_loss : float
        Share of the contacts of the home page that it really cost.
    """

    fault: Fault
    caught_after: int | None
    sentence: str
    true_loss: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """Looks at quiet days, how many of them raised an alert, and all faults."""

    n_quiet: int
    n_false: int
    seen: tuple[Seen, ...]


class Served:
    """The model in front of everybody, with a budget: a ranker that keeps its own log."""

    def __init__(self, model: Learnt, *, rng: np.random.Generator, fault: Fault) -> None:
        self._model = model
        self._rng = rng
        self._fault = fault
        self._latency = np.empty(0)

    def __call__(self, page: Features) -> Any:
        """Score candidates; the rule answers on pages for which the model is too late."""
        seen = {name: self._as_it_arrives(name, page[name]) for name in COLUMNS}
        n_pages = len(page[COLUMNS[0]])
        self._latency = self._fault.slowness * self._rng.lognormal(np.log(1.2), 0.3, n_pages)
        return np.where(self._is_late[:, None], POPULAR(page), self._model(seen))

    @property
    def _is_late(self) -> Any:
        return self._latency > BUDGET_MS

    def _as_it_arrives(self, name: str, values: Any) -> Any:
        return values * np.float32(self._fault.factor) if name == self._fault.column else values

    def rows(self, day: Day) -> pd.DataFrame:
        """Return the day's predictions, one row a listing shown, clicks beside them."""
        shown = day.shown[SURFACE]
        rows = rows_of(shown)
        for name in COLUMNS:
            rows[name] = self._as_it_arrives(name, rows[name])
        n_shown = shown.listing.shape[1]
        is_late = np.repeat(self._is_late, n_shown)
        score = self._model.model.predict_proba(rows[list(INPUTS)].to_numpy())[:, 1]
        return pd.DataFrame(
            {
                "day": FIRST_DAY + timedelta(days=day.day),
                **{name: rows[name] for name in COLUMNS},
                "score": np.where(is_late, np.nan, score),
                "latency_ms": np.repeat(self._latency, n_shown),
                "fallback_reason": np.where(is_late, "over_budget", ""),
                "clicked": rows["clicked"],
            }
        )


class Predictions:
    """Days of a market on which the model serves, each written to a file of its own."""

    def __init__(self, market: Market, model: Learnt, folder: Path, *, fault: Fault) -> None:
        rng = np.random.default_rng([market.world.seed, 8, market.day])
        self._served = Served(model, rng=rng, fault=fault)
        self._market = market
        market.serving = {SURFACE: Arms.only(self._served, n_users=market.world.users.n)}
        self._folder = folder
        self.true_contacts = 0.0

    def days(self, n: int) -> Iterator[date]:
        """Let days pass; yield each one's date when its file is there."""
        self._folder.mkdir(parents=True)
        for day in self._market.days(n):
            shown = day.shown[SURFACE]
            self.true_contacts += float(shown.true_contacts.mean()) / n
            rows = self._served.rows(day)
            on = rows["day"].iloc[0]
            duckdb.from_df(rows).write_parquet(str(self._folder / f"{on}.parquet"))
            yield on


HEALTHY = Fault(name="nothing", column="")


def watch_model(market: Market, model: Learnt, folder: Path) -> Watched:
    """Watch weeks in which nothing happens, then each of `FAULTS` in a fork of its own."""
    market = market.fork(keep={SURFACE: COLUMNS})
    accepted = Predictions(market, model, folder / "reference", fault=HEALTHY)
    list(accepted.days(REFERENCE_DAYS))
    quiet = Predictions(market, model, folder / "quiet", fault=HEALTHY)
    looks = [_look(folder, "quiet", day) for day in quiet.days(QUIET_DAYS)]
    as_ever = Predictions(market.fork(), model, folder / "as-ever", fault=HEALTHY)
    list(as_ever.days(FAULTY_DAYS))
    return Watched(
        n_quiet=len(looks),
        n_false=sum(bool(look.alerts) for look in looks),
        seen=tuple(
            _seen(market, model, folder, fault=fault, without=as_ever.true_contacts)
            for fault in FAULTS
        ),
    )


def _seen(market: Market, model: Learnt, folder: Path, *, fault: Fault, without: float) -> Seen:
    shutil.copy(folder / "quiet.json", folder / f"{fault.column}.json")
    faulty = Predictions(fault.plant(market), model, folder / fault.column, fault=fault)
    looks = [_look(folder, fault.column, day) for day in faulty.days(FAULTY_DAYS)]
    said = [
        (after, standing)
        for after, look in enumerate(looks, start=1)
        for standing in look.look.standing
        if standing.signal.column == fault.column
    ]
    alerts = [after for after, standing in said if standing.level == "alert"]
    return Seen(
        fault=fault,
        caught_after=alerts[0] if alerts else None,
        sentence=sentence(said[0][1]) if said else "",
        true_loss=1 - faulty.true_contacts / without,
    )


def _look(folder: Path, name: str, day: date) -> Watch:
    """Look at the files so far, on the morning after a day."""
    return leadline.watch(
        folder / name,
        reference=folder / "reference",
        state=folder / f"{name}.json",
        today=day + timedelta(days=1),
        model="home-page",
        columns=COLUMNS,
        target="clicked",
        label_days=0,
    )


def strangers(market: Market) -> Market:
    """Forget half of the buyers: a new consent banner, and they look like new ones."""
    other = market.fork()
    n_users = market.world.users.n
    half = np.random.default_rng([market.world.seed, 9]).random(n_users) < 0.5
    other.known.contacts_by_category[half] = 0
    other.known.prices_asked[half] = 0
    return other


FAULTS = (
    Fault(name="half of the buyers look like strangers", column="affinity", plant=strangers),
    Fault(name="counts of contacts arrive as 0", column="popularity", factor=0),
    Fault(name="the model takes three times as long", column="latency_ms", slowness=3.0),
    Fault(
        name="answers are counted more strictly", column="answers", is_harmful=False, factor=0.8
    ),
)
