"""The loop in which a model lives, from the frame to what is next, on the home page.

Each step is a method, in order; each returns what was seen and, beside it, the truth that
only a simulator knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits

import leadline
from examples.classifieds import ads
from examples.classifieds.explored import Explored, explored
from examples.classifieds.ideas import Tried, plan_of, try_ideas
from examples.classifieds.learning import COLUMNS, Learnt, Shuffled, remedied, rows_of
from examples.classifieds.market import N_SHOWN, RULES, Arms, Market
from examples.classifieds.pages import HAND_MADE, POPULAR, Ranker
from examples.classifieds.planted import (
    FAULTS,
    INPUTS,
    LABEL,
    Planted,
    fitted,
    with_seconds_open,
)
from examples.classifieds.results import Diagnosed, GreenLight, Summed, Trial
from examples.classifieds.served import Slice, decision, serve_some
from examples.classifieds.surfaces import Surface
from examples.classifieds.traffic import N_CANDIDATES
from examples.classifieds.units import Units
from examples.classifieds.watched import FIRST_DAY, Watched, watch_model
from examples.classifieds.world import make_world
from leadline.analysis.experiments.ledger import ledger
from leadline.analysis.experiments.ledger_lines import Change
from leadline.analysis.off_policy.estimates import off_policy
from leadline.analysis.problem.losses import CLIP
from leadline.connectors.experiments.plans import Plan, read_plan
from leadline.decisions import Decision, Split
from leadline.errors import InputError
from leadline.library.results import Readout
from leadline.practice.charter import Charter, read_charter

HERE = Path(__file__).parent
PLANS = HERE / "plans"
HOME = "home"
DAYS_BEFORE, TEST_DAYS, LOG_DAYS = 10, 14, 14
N_ROWS = 4_000
"""Rows of the log that a first model is trained on: somebody took a sample."""
UNLOGGED = "end of results"
"""The surface whose log nobody has switched on."""


class Loop:
    """One marketplace, and one surface of it that gets better.

    Parameters
    ----------
    seed : int
    n_users : int
    folder : path
        Where the logs go.
    pages_a_day : int
        Pages of the home page that go through real decisions.
    """

    def __init__(self, *, seed: int, n_users: int, folder: Path, pages_a_day: int = 40) -> None:
        self.folder = folder
        self.n_users = n_users
        self._seed = seed
        self._pages_a_day = pages_a_day
        world = make_world(seed=seed, n_users=n_users, listings_a_day=n_users // 33, n_days=120)
        self.market = Market(
            world=world, serving={HOME: self._all(HAND_MADE)}, keep={HOME: COLUMNS}
        )
        self._before = self._pass(self.market, DAYS_BEFORE)
        self.model: Learnt | None = None
        self.last_table = pd.DataFrame()
        self._explored: list[Explored] = []

    def frame(self) -> Charter:
        """Say what it is for, before anybody writes code."""
        return read_charter((HERE / "charter.toml").read_text(encoding="utf-8"))

    def baseline(self) -> Trial:
        """Put a rule in front of users, and measure its drop against what was there."""
        return self._test("rule-first", {"hand-made": HAND_MADE, "rule": POPULAR})

    def log(self) -> pd.DataFrame:
        """Let the rule run, three in ten users with shuffled pages; return the log's rows."""
        split = Split(salt="home-explore", weights={"rule": 7, "shuffled": 3})
        shuffled = Shuffled(np.random.default_rng([self._seed, 7]))
        arms = Arms.by_hash(
            split, {"rule": POPULAR, "shuffled": shuffled}, n_users=self.n_users
        )
        self.market.serving = {HOME: arms}
        self._before = Units(surface=HOME, n_users=self.n_users)
        self._explored = []
        parts: list[pd.DataFrame] = []
        for day in self.market.days(LOG_DAYS):
            self._before.add(day)
            rows = rows_of(day.shown[HOME])
            is_shuffled = arms.of_user[rows["user"]] == 1
            parts.append(rows.assign(day=len(parts), shuffled=is_shuffled))
            self._explored.append(explored(self.market.world, day.shown[HOME], arms))
        self.market.serving = {HOME: self._all(POPULAR)}
        return pd.concat(parts, ignore_index=True)

    def diagnose(
        self, rows: pd.DataFrame, faults: Sequence[Planted] = FAULTS, *, seconds: float = 10
    ) -> tuple[Diagnosed, ...]:
        """Train models with a fault, ask what holds each back, and mend what was planted."""
        rows = with_seconds_open(rows, np.random.default_rng([self._seed, 6]))
        train = rows[rows["day"] < 8].sample(N_ROWS, random_state=0)
        test = rows[(rows["day"] >= 8) & (rows["day"] < 11)].sample(2 * N_ROWS, random_state=0)
        later = rows[rows["day"] >= 11]
        with threadpool_limits(limits=1):  # many small trainings: threads would only wait
            return tuple(
                _diagnosed(fault, train, test, later, seconds=seconds) for fault in faults
            )

    def train(self, rows: pd.DataFrame) -> None:
        """Train the model as it should be, on all rows of the first days."""
        train = rows[rows["day"] < 8]
        self.model = Learnt(remedied().fit(train[list(INPUTS)].to_numpy(), train[LABEL]))

    def green_light(self, rows: pd.DataFrame) -> GreenLight:
        """Hold the model against the best rule, on shuffled pages, at the plan's threshold."""
        plan = read_plan(PLANS / "home-model.toml")
        assert plan.green_light is not None  # noqa: S101 (the plan beside says so)
        model = self.trained
        pages = rows[rows["shuffled"]]
        pages = pages[pages.groupby("page")[LABEL].transform("max") > 0]
        train, test = pages[pages["day"] < 8], pages[pages["day"] >= 8]
        columns = [*COLUMNS, "page"]
        result = leadline.baseline(
            model({name: test[name].to_numpy() for name in COLUMNS}),
            train[columns], train[LABEL], test[columns], test[LABEL],
            kind="ranking", groups="page",
        )  # fmt: skip
        later = self._explored[8:]  # days that the model was not trained on
        best = [np.asarray(model(pages.features)).argmax(axis=1)[:, None] for pages in later]
        clicked, truth = (
            np.concatenate([
                np.take_along_axis(getattr(pages, name), place, axis=1)[:, 0]
                for pages, place in zip(later, best, strict=True)
            ])
            for name in ("clicked", "true_click")
        )  # fmt: skip
        is_shown = ~np.isnan(clicked)
        favourite = off_policy(
            reward=np.where(is_shown, clicked, 0.0),
            propensity=np.full(clicked.size, N_SHOWN / N_CANDIDATES),
            target=is_shown,
        )
        return GreenLight(
            threshold=plan.green_light.threshold,
            result=result,
            favourite=favourite,
            true_favourite=float(truth.mean()),
            anything=float(np.nanmean(np.concatenate([pages.clicked for pages in later]))),
        )

    def experiment(self) -> Trial:
        """Try the model on users, as the plan says."""
        return self._test("home-model", {"rule": POPULAR, "model": self.trained})

    def ads(self) -> Readout:
        """Try personal ads against geo match, the users' side as the guardrail."""
        plan = read_plan(PLANS / "ad-personal.toml")
        return leadline.experiments.analyze(
            pd.DataFrame(ads.experiment(self.market, plan, days=TEST_DAYS)), plan=plan
        )

    def watch(self) -> Watched:
        """Watch the model in front of everybody: quiet weeks, then planted faults."""
        return watch_model(self.market, self.trained, self.folder / "watch")

    def surfaces(self, tried: Sequence[Tried]) -> list[Surface]:
        """Return the register of surfaces as far as the story has come."""
        logs = self.folder / "decisions"
        plans = {one.surface: plan_of(one.name) for one in tried}
        plans[HOME] = read_plan(PLANS / "home-model.toml")
        found = []
        for name, rule in RULES.items():
            log = None if name == UNLOGGED else logs / name
            decides = decision(name, {"control": rule}, log=log)
            if name != HOME:  # which has decided in its experiments
                serve_some(self.market, decides, n_pages=self._pages_a_day)
            found.append(
                Surface(name=name, decision=decides, rule=rule.name, log=log, plan=plans[name])
            )
        selling = Decision("ads", rule=ads.by_auction(ads.GEO_MATCH), log=logs / "ads")
        ads.decide_some(self.market, selling, n=self._pages_a_day)
        selling.close()
        return [
            *found,
            Surface(
                name="ads",
                decision=selling,
                rule=ads.GEO_MATCH.name,
                log=logs / "ads",
                plan=read_plan(PLANS / "ad-personal.toml"),
                two_sided=True,
            ),
            Surface(name="weekly mail"),
        ]

    def sum_up(self, *, days: int = 14) -> Summed:
        """Try two dozen more ideas, ship what won, and add up what it brought."""
        tried = tuple(try_ideas(self.market, days=days, seed=self._seed))
        changes = [
            Change(
                key=one.name,
                concluded_on=FIRST_DAY + timedelta(weeks=week),
                shipped=one.shipped,
                proof="experiment",
                measured=one.effect,
                measured_se=one.se,
            )
            for week, one in enumerate(tried)
        ]
        return Summed(
            tried=tried,
            ledger=ledger(changes, unit="contacts per user in 14 days"),
            true_total=sum(one.true_effect for one in tried if one.shipped),
        )

    @property
    def trained(self) -> Learnt:
        """The model, once `train` was called."""
        if self.model is None:
            raise InputError("there is no model yet", hint="Call `train` first.")
        return self.model

    def _test(self, name: str, rankers: Mapping[str, Ranker]) -> Trial:
        """Run an experiment on one market, and the truth on two others beside it."""
        plan = read_plan(PLANS / f"{name}.toml")
        decides = decision(HOME, rankers, plan=plan, log=self.folder / "decisions" / HOME)
        arms = Arms.by_hash(decides.split, rankers, n_users=self.n_users)
        beside = [
            self.market.fork(serving={HOME: self._all(ranker)}) for ranker in rankers.values()
        ]
        through = Slice(decides, n_pages=self._pages_a_day)
        self.market.serving, self.market.through = {HOME: arms}, {HOME: through}
        units = self._pass(self.market, TEST_DAYS)
        self.market.through = {}
        decides.close()
        self.market.serving = {HOME: self._all(rankers[_winner(rankers)])}
        true = [self._pass(market, TEST_DAYS).per_user("true_contacts") for market in beside]
        return Trial(
            readout=self._read(plan, units, arms),
            true_effect=true[1] - true[0],
            control_mean=true[0],
            n_served=through.n_served,
            n_differing=through.n_differing,
        )

    def _read(self, plan: Plan, units: Units, arms: Arms) -> Readout:
        self.last_table = pd.DataFrame(units.table(arms, before=self._before))
        days = pd.to_timedelta(self.last_table["day"], unit="D")
        table = self.last_table.assign(day=pd.to_datetime(FIRST_DAY) + days)
        return leadline.experiments.analyze(table, plan=plan)

    def _all(self, ranker: Ranker) -> Arms:
        return Arms.only(ranker, n_users=self.n_users)

    def _pass(self, market: Market, days: int) -> Units:
        units = Units(surface=HOME, n_users=self.n_users)
        for day in market.days(days):
            units.add(day)
        return units


def _diagnosed(
    fault: Planted,
    train: pd.DataFrame,
    test: pd.DataFrame,
    later: pd.DataFrame,
    *,
    seconds: float,
) -> Diagnosed:
    columns = list(fault.columns)
    found = leadline.diagnose(
        fault.model(), train[columns], train[LABEL], test[columns], test[LABEL],
        kind="binary", budget_seconds=seconds,
    )  # fmt: skip
    before, after = (
        float(log_loss(later[LABEL], np.clip(chances(later), CLIP, 1 - CLIP)))
        for chances in (fitted(fault.model(), train, fault.columns), fault.mend(train, test))
    )
    return Diagnosed(planted=fault, diagnosis=found, loss_before=before, bought=before - after)


def _winner(rankers: Mapping[str, Ranker]) -> str:
    """Return the treatment: the rule is kept as the baseline, the model because it won."""
    return list(rankers)[-1]
