"""Leaks of the split itself, and overlaps that are none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from leadline.analysis.diagnosis import engine
from leadline.analysis.diagnosis.causes import split
from leadline.analysis.diagnosis.causes.leakage import leakage
from leadline.analysis.diagnosis.causes.twins import Pairs, twins
from leadline.library.diagnosis import diagnose


@pytest.fixture
def leaks_only(monkeypatch):
    """Try leaks and nothing else: what the other causes say has tests of its own."""
    monkeypatch.setattr(engine, "CAUSES", {"leakage": leakage})


def of_the_split(diagnosis, word):
    """Findings of leakage whose evidence has this word."""
    found = [f for f in (*diagnosis.findings, *diagnosis.tried) if f.cause == "leakage"]
    return [f for f in found if word in f.evidence]


def customers(n_groups, *, seed, effect, n_columns=6):
    """Ten rows of each customer; each has fixed traits and `effect` as own random level."""
    rng = np.random.default_rng(seed)
    traits = np.repeat(rng.normal(size=(n_groups, n_columns)), 10, axis=0)
    X = np.column_stack([traits + 0.05 * rng.normal(size=traits.shape),
                         rng.normal(size=len(traits))])  # fmt: skip
    level = np.repeat(rng.normal(size=n_groups), 10)
    y = X[:, -1] + effect * level + 0.5 * rng.normal(size=len(X))
    return X, y, np.repeat(np.arange(n_groups), 10)


def halves(n, *, seed):
    order = np.random.default_rng(seed).permutation(n)
    return order[: n // 2], order[n // 2 :]


def test_rows_of_one_customer_on_both_sides_are_a_leak():
    X, y, groups = customers(200, seed=0, effect=1.5)
    train, test = halves(len(X), seed=1)
    model = DecisionTreeRegressor(min_samples_leaf=3, random_state=0)
    diagnosis = diagnose(
        model, X[train], y[train], X[test], y[test], groups=(groups[train], groups[test])
    )
    found = of_the_split(diagnosis, "groups")[0]
    assert (diagnosis.verdict, found.verdict) == ("leakage", "blocker")
    assert diagnosis.findings[0].cause == "leakage"
    assert found.numbers["share"] > 0.98  # oracle: 10 rows each, 2⁻¹⁰ have none in training
    # oracle: new customers drawn from the same world
    new_X, new_y, _ = customers(200, seed=9, effect=1.5)
    model.fit(X[train], y[train])
    known = np.mean((model.predict(X[test]) - y[test]) ** 2)
    new = np.mean((model.predict(new_X) - new_y) ** 2)
    assert abs(-found.gain - (new - known)) < 0.3 * (new - known)
    assert found.gain_upper < 0
    assert "split by group" in found.remedy


def test_groups_that_share_nothing_are_no_leak_though_they_overlap(leaks_only):
    X, y, groups = customers(150, seed=0, effect=0.0)
    train, test = halves(len(X), seed=1)
    diagnosis = diagnose(
        Ridge(), X[train], y[train], X[test], y[test], groups=(groups[train], groups[test])
    )
    assert diagnosis.verdict != "leakage"
    assert of_the_split(diagnosis, "groups")[0].verdict == "ruled out"


def test_customers_that_come_back_in_production_are_no_leak(leaks_only):
    X, y, groups = customers(150, seed=0, effect=1.5)
    order = np.random.default_rng(1).permutation(len(X))
    train, test, live = np.split(order, 3)
    diagnosis = diagnose(
        DecisionTreeRegressor(min_samples_leaf=3, random_state=0),
        X[train], y[train], X[test], y[test], X[live], y[live],
        groups=(groups[train], groups[test], groups[live]),
    )  # fmt: skip
    found = of_the_split(diagnosis, "groups")[0]
    assert found.verdict == "ruled out"
    assert found.numbers["known_in_production"] > 0.9


def seasons(n, *, seed, walk):
    """Rows in order of time whose level walks at random, with the time as a column."""
    rng = np.random.default_rng(seed)
    level = walk * np.cumsum(rng.normal(size=n)) / np.sqrt(n)
    X = np.column_stack([np.arange(n, dtype=float), rng.normal(size=(n, 2))])
    return X, 5 * level + X[:, 1] + 0.3 * rng.normal(size=n)


def test_a_random_split_of_rows_in_order_of_time_is_a_leak(leaks_only):
    X, y = seasons(2400, seed=0, walk=2.0)
    train, test = halves(len(X), seed=1)
    when = np.datetime64("2025-01-01") + np.arange(len(X)).astype("timedelta64[h]")
    diagnosis = diagnose(
        DecisionTreeRegressor(min_samples_leaf=3, random_state=0),
        X[train], y[train], X[test], y[test], time=(when[train], when[test]), kind="regression",
    )  # fmt: skip
    found = of_the_split(diagnosis, "past only")[0]
    assert found.verdict == "blocker"
    assert abs(found.numbers["later"] - 0.5) < 0.05  # oracle: the median of a random half
    assert found.gain_upper < 0
    assert "split by time" in found.remedy


def test_a_random_split_over_time_is_no_leak_where_time_tells_nothing(leaks_only):
    X, y = seasons(2400, seed=0, walk=0.0)
    train, test = halves(len(X), seed=1)
    when = np.arange(len(X))
    diagnosis = diagnose(
        Ridge(), X[train], y[train], X[test], y[test],
        time=(when[train], when[test]), kind="regression",
    )  # fmt: skip
    assert of_the_split(diagnosis, "past only")[0].verdict == "ruled out"
    assert diagnosis.verdict != "leakage"


def test_test_rows_after_training_rows_are_not_asked_about_and_before_them_are(leaks_only):
    X, y = seasons(1200, seed=0, walk=0.0)
    when = np.arange(len(X))
    past, future = when[:600], when[600:]
    ahead = diagnose(
        Ridge(), X[past], y[past], X[future], y[future], time=(past, future), kind="regression"
    )
    assert not of_the_split(ahead, "past only")
    back = diagnose(
        Ridge(), X[future], y[future], X[past], y[past], time=(future, past), kind="regression"
    )
    assert "the past for training" in back.unanswered["leakage"]
    words = (["soon"] * 600, ["later"] * 600)
    nonsense = diagnose(
        Ridge(), X[past], y[past], X[future], y[future], time=words, kind="regression"
    )
    assert any("neither dates nor numbers" in reason for reason in nonsense.skipped)


def pictures(n, copies, *, seed):
    """`copies` slightly shaken copies of each of `n` rows, whose answers are chance mostly."""
    rng = np.random.default_rng(seed)
    X = np.repeat(rng.normal(size=(n, 8)), copies, axis=0)
    y = np.repeat((rng.random(n) < 1 / (1 + np.exp(-X[::copies, 0]))).astype(int), copies)
    return X + 0.001 * rng.normal(size=X.shape), y


def test_shaken_copies_made_before_the_split_are_a_leak(leaks_only):
    X, y = pictures(500, 3, seed=0)
    train, test = halves(len(X), seed=1)
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    diagnosis = diagnose(model, X[train], y[train], X[test], y[test])
    assert diagnosis.verdict == "leakage"
    found = of_the_split(diagnosis, "nearly equal")[0]
    # oracle: of 3 copies in random halves, a test row has none in training in 1 of 4 cases
    assert abs(found.numbers["share"] - 0.75) < 0.06
    assert found.numbers["linked"] > 0.9  # copies share their answer
    assert found.gain_upper < 0


def test_copies_that_come_in_production_too_are_no_leak(leaks_only):
    X, y = pictures(500, 4, seed=0)
    train, rest = halves(len(X), seed=1)
    test, later = rest[::2], rest[1::2]
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    diagnosis = diagnose(model, X[train], y[train], X[test], y[test], X_production=X[later])
    assert diagnosis.verdict != "leakage"
    others = pictures(200, 1, seed=5)[0]
    diagnosis = diagnose(model, X[train], y[train], X[test], y[test], X_production=others)
    assert diagnosis.verdict == "leakage"


def test_shaken_copies_of_three_classes_are_a_leak(leaks_only):
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(500, 8)), 3, axis=0)
    level = X[:, 0] + np.repeat(
        rng.normal(size=500), 3
    )  # oracle: the copies share their chance
    y = np.digitize(level, [-0.6, 0.6])
    X += 0.001 * rng.normal(size=X.shape)
    train, test = halves(len(X), seed=1)
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    found = of_the_split(diagnose(model, X[train], y[train], X[test], y[test]), "nearly equal")
    assert found[0].numbers["linked"] > 0.9
    assert found[0].gain_upper < 0


def test_what_cannot_be_trained_or_afforded_is_not_asked(leaks_only, monkeypatch):
    monkeypatch.setattr(split, "_learnable", lambda *_: False)
    X, y, groups = customers(100, seed=0, effect=1.5)
    train, test = halves(len(X), seed=1)
    given = (Ridge(), X[train], y[train], X[test], y[test])
    diagnosis = diagnose(*given, groups=(groups[train], groups[test]))
    assert not of_the_split(diagnosis, "groups")
    copies, answers = pictures(200, 3, seed=0)
    train, test = halves(len(copies), seed=1)
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    diagnosis = diagnose(model, copies[train], answers[train], copies[test], answers[test])
    assert not of_the_split(diagnosis, "nearly equal")
    rows = SimpleNamespace(groups=None, time=None)
    bench = SimpleNamespace(
        case=SimpleNamespace(clock=SimpleNamespace(allows=lambda *_: False), test=rows),
        trials=SimpleNamespace(seconds={}, pool=rows),
        base=SimpleNamespace(learner=SimpleNamespace(name="ridge")),
    )
    assert split.of_the_split(bench) == []


@pytest.mark.parametrize("groups", ["apart", "a handful"])
def test_groups_that_are_no_crowd_on_both_sides_are_not_asked(leaks_only, groups):
    X, y, names = customers(100, seed=0, effect=1.5)
    train, test = halves(len(X), seed=1)
    mine, theirs = names[train], names[test]
    pair = (mine, theirs + 1000) if groups == "apart" else (mine % 6, theirs % 6)
    diagnosis = diagnose(Ridge(), X[train], y[train], X[test], y[test], groups=pair)
    assert not of_the_split(diagnosis, "groups")


@pytest.mark.parametrize("levels", [2, 5])
def test_rows_of_few_values_that_repeat_by_nature_are_no_leak(leaks_only, levels):
    rng = np.random.default_rng(levels)
    X = rng.integers(levels, size=(3000, 5)).astype(float)
    y = (rng.random(3000) < 1 / (1 + np.exp(-(X[:, 0] - X[:, 1])))).astype(int)
    diagnosis = diagnose(LogisticRegression(), X[:1500], y[:1500], X[1500:], y[1500:])
    assert diagnosis.verdict != "leakage"


def test_repeated_rows_of_a_world_without_chance_are_no_leak(leaks_only):
    rng = np.random.default_rng(0)
    X = rng.integers(4, size=(3000, 5)).astype(float)  # oracle: 1,024 rows there can be
    y = ((X[:, 0] + X[:, 1] * X[:, 2]) > 4).astype(int)
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
    diagnosis = diagnose(model, X[:1500], y[:1500], X[1500:], y[1500:])
    assert diagnosis.verdict != "leakage"


def test_twins_are_found_whatever_a_counter_says_and_not_by_chance():
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(400, 6)), rng.normal(size=(100, 6))
    test[:20] = train[:20] + 1e-4
    test[:20, 5] = 1e6  # a number given to each row
    plain = np.zeros(6, dtype=bool)
    found = twins(train, test, categorical=plain, rng=rng)
    assert found is not None
    assert {int(found.judged[i]) for i in found.found} == set(range(20))  # oracle: as copied
    assert found.partner_of.tolist() == list(range(20))
    assert abs(found.agreeing - 5 / 6) < 1e-9
    assert twins(train[:, :2], test[:, :2], categorical=plain[:2], rng=rng) is None


def test_missing_values_and_categories_agree_with_their_like_only():
    rng = np.random.default_rng(0)
    train = np.column_stack([rng.normal(size=(300, 4)), rng.integers(50, size=300)])
    train[:30, 3] = np.nan
    same = train[:10].copy()
    other = same.copy()
    other[:, 3] = 0.0  # a value where there was none …
    other[:, 4] += 1  # … and another category: 3 of 5 columns agree, not 4
    kinds = np.array([False] * 4 + [True])
    found = twins(train, np.concatenate([same, other]), categorical=kinds, rng=rng)
    assert found is not None
    assert sorted(found.found) == list(range(10))


def test_too_many_partners_are_left_out_with_their_twins():
    pairs = Pairs(
        judged=np.array([3, 5, 8, 9]),
        found={0: np.array([1, 2]), 2: np.array([3, 4, 5]), 3: np.array([2])},
        agreeing=1.0,
    )
    fewer = pairs.leaving(2)
    # oracle: by hand; row 8 would need three more partners, row 9 needs none
    assert fewer.judged.tolist() == [3, 5, 9]
    assert fewer.is_twin.tolist() == [True, False, True]
    assert fewer.partners.tolist() == [1, 2]
    assert fewer.partner_of.tolist() == [1, 2]
    assert pairs.leaving(5).share == pairs.share == 0.75
