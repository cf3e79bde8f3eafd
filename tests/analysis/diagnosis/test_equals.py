"""What may not hang on chance: which of equal remedies is named, and copies among test rows."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.causes.curve import draw_of_rows
from leadline.analysis.diagnosis.copies import copies, without_copies
from leadline.analysis.diagnosis.gains import first_of_equals, from_error
from leadline.analysis.diagnosis.judge import judge
from leadline.analysis.diagnosis.maps import maps
from leadline.analysis.diagnosis.priors import chance_of_counts
from leadline.analysis.diagnosis.references import refinements
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.problem.kinds import Problem
from leadline.library.diagnosis import diagnose


def test_of_options_that_differ_by_a_hair_the_first_is_named():
    rng = np.random.default_rng(0)
    losses = rng.normal(size=1000)
    spread = rng.normal(size=1000)
    spread -= spread.mean()
    hair = thresholds.SAME_OPTION / np.sqrt(1000)  # oracle: of a difference with deviation 1
    spread /= spread.std()
    within, beyond = (losses - spread - share * hair for share in (0.9, 1.1))
    assert first_of_equals(np.stack([losses, within])) == 0
    assert first_of_equals(np.stack([losses, beyond])) == 1


def suspicion(cause, estimate, error=0.2, **kwargs):
    return Suspicion(
        cause=cause, gain=from_error(estimate, error, n_units=1000), floor=0.1, evidence="",
        remedy="", question="?", numbers={"another_model": False, "gap": 0.0}, **kwargs,
    )  # fmt: skip


@pytest.fixture
def bench():
    return SimpleNamespace(
        floor=0.1, unit="log loss", case=SimpleNamespace(payoff=None), base=None
    )


def test_of_causes_that_gain_alike_the_cheaper_one_is_named(bench):
    found = judge(bench, [suspicion("not_enough_data", 2.001), suspicion("imbalance", 2.0)])
    assert [f.cause for f in found] == ["imbalance", "not_enough_data"]
    found = judge(bench, [suspicion("not_enough_data", 2.5), suspicion("imbalance", 2.0)])
    assert [f.cause for f in found] == ["not_enough_data", "imbalance"]
    # what another cause explains is its symptom, however cheap its remedy
    noise = suspicion("label_noise", 2.0, explains=("miscalibration", "underfitting"))
    found = judge(bench, [suspicion("miscalibration", 2.001), noise])
    assert found[0].cause == "label_noise"
    # what gains more than twice as much is more than that
    for gain, first in ((3.9, "label_noise"), (4.1, "underfitting")):
        assert judge(bench, [suspicion("underfitting", gain), noise])[0].cause == first


def test_a_leak_blocks_though_the_model_gains_without_it(bench):
    leak = suspicion("leakage", 0.15, error=0.3, blocker=True)
    assert judge(bench, [leak])[0].verdict == "blocker"


def test_what_was_tried_is_named_before_rows_that_nobody_has_if_it_gains_nearly_as_much(bench):
    rows = suspicion("not_enough_data", 2.0)
    for gain, first in ((1.75, "underfitting"), (1.65, "not_enough_data")):  # 85 % of 2.0: 1.7
        found = judge(bench, [rows, suspicion("underfitting", gain)])
        assert found[0].cause == first
    # what is foretold surely, to the half of its lower doubt: (2 + 1.6) / 2 is more than 1.7
    for error, first in ((0.3, "not_enough_data"), (0.8, "underfitting")):
        rows = suspicion("not_enough_data", 2.0, error=error)
        assert judge(bench, [rows, suspicion("underfitting", 1.65)])[0].cause == first
    rows = suspicion("not_enough_data", 2.0)
    # a column that nobody has yet is no cheaper than rows
    found = judge(bench, [rows, suspicion("missing_information", 1.9)])
    assert found[0].cause == "not_enough_data"


def test_a_broken_column_whose_cost_is_not_certain_stands_behind_what_is(bench):
    for cost, verdict in ((0.15, "ruled out"), (0.35, "undecidable")):  # of a floor of 0.1
        broken = suspicion("data_quality", cost, error=0.3, blocker=True)
        found = judge(bench, [broken, suspicion("underfitting", 2.0)])
        assert [f.verdict for f in found] == ["confirmed", verdict]
    leak = suspicion("leakage", -0.15, error=0.2, blocker=True)  # a score owes nothing it gains
    assert judge(bench, [suspicion("underfitting", 2.0), leak])[0].verdict == "blocker"


def sample(matrix, y):
    return Sample(name="rows", X=matrix, labels=y, y=y, matrix=matrix)


def test_copies_are_counted_and_left_out_while_enough_rows_stay():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 3)), rng.integers(0, 2, 400)
    train = sample(X[:200], y[:200])
    test = sample(X[140:400], y[140:400])  # oracle: 60 of 260 rows stand in both
    found = copies(train, test)
    assert (int(found.in_test.sum()), int(found.in_train.sum())) == (60, 60)
    assert found.within == 0.0
    assert len(without_copies(train, test)) == 200
    assert copies(train, sample(X[200:], y[200:])) is None
    otherwise = sample(test.matrix, 1 - test.target)  # the same rows with other answers
    assert without_copies(train, otherwise) is otherwise
    # rows of two coins repeat by themselves; copies stand out by prices that nobody shares
    coins = rng.integers(0, 2, (400, 2)).astype(float)
    prices = rng.normal(size=400)
    train = sample(coins[:200], prices[:200])
    found = copies(train, sample(coins[140:400], prices[140:400]))
    assert int(found.in_test.sum()) == 60
    assert copies(train, sample(coins[200:], prices[200:])) is None
    assert copies(sample(coins[:200], y[:200]), sample(coins[200:], y[200:])) is None
    train = sample(X[:200], y[:200])
    inside = sample(X[:210], y[:210])
    assert without_copies(train, inside) is inside  # ten rows would be left


def test_a_model_that_learns_copies_by_heart_gains_nothing_by_it(linear_world):
    train, test = linear_world(600, seed=1), linear_world(600, seed=2)
    X, y = np.concatenate([train.X, test.X[:300]]), np.concatenate([train.y, test.y[:300]])
    diagnosis = diagnose(LogisticRegression(), X, y, test.X, test.y)
    # oracle: in a linear world nothing is gained by following the training rows more closely
    assert diagnosis.verdict in {"healthy", "undecidable"}
    assert any("300 of 600 test rows" in reason for reason in diagnosis.skipped)


def test_counted_shares_move_by_chance_as_binomials_do():
    # oracle: three times the error of a difference of two binomial shares
    error = np.sqrt(0.3 * 0.7 * (1 / 200 + 1 / 300))
    assert chance_of_counts(np.array([0.3, 0.7]), n=200, m=300) == pytest.approx(3 * error)


def test_the_luck_of_the_rows_is_measured_between_repeats():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=500)
    drawn = {
        share: np.stack([rows + luck / np.sqrt(share) for luck in rng.normal(size=80)])
        for share in (0.5, 0.25)
    }
    # oracle: draws of standard deviation 1 at all rows, and the square root law
    assert draw_of_rows(drawn) == pytest.approx(1.0, abs=0.15)
    assert draw_of_rows({0.5: rows[None, :]}) == 0.0  # one repeat tells nothing


def test_one_temperature_undoes_a_power_of_the_scores():
    rng = np.random.default_rng(0)
    p = rng.dirichlet([1, 1, 1], size=4000)
    y = (rng.random((4000, 1)) > p.cumsum(axis=1)).sum(axis=1)
    sure = p**3 / (p**3).sum(axis=1, keepdims=True)
    fit = maps(Problem(kind="multiclass", reason="", classes=(0, 1, 2)), n=4000)["temperature"]
    assert np.abs(fit(sure, y)(sure) - p).mean() < 0.02  # oracle: the chances before


def test_many_classes_and_columns_get_fewer_careful_references():
    few = Problem(kind="binary", reason="", classes=(0, 1))
    many = Problem(kind="multiclass", reason="", classes=tuple(range(9)))
    common = {"n_rows": 500, "seed": 0}
    assert len(refinements(problem=few, categorical=np.zeros(5, bool), **common)) == 3
    assert len(refinements(problem=many, categorical=np.zeros(64, bool), **common)) == 1


def test_the_same_case_names_the_same_remedy_however_slow_the_machine(bent_world, monkeypatch):
    from leadline.analysis.diagnosis.case import Clock

    train, test = bent_world(300, seed=1), bent_world(1000, seed=2)
    model = RandomForestClassifier(20, max_depth=2, random_state=0)
    found = []
    for slowness in (1.0, 8.0):  # seconds pass this many times as fast
        now = Clock.__init__.__kwdefaults__["now"]
        monkeypatch.setitem(
            Clock.__init__.__kwdefaults__, "now", lambda n=now, s=slowness: s * n()
        )
        diagnosis = diagnose(model, train.X, train.y, test.X, test.y, budget_seconds=600)
        found.append([(f.cause, f.remedy, f.gain) for f in diagnosis.findings])
    assert found[0] == found[1]
