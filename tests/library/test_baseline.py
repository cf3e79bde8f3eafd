"""`leadline.baseline` as a notebook, a test and a judge call it."""

from __future__ import annotations

import json
import sys
import threading

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import leadline
from leadline.errors import InputError
from leadline.library.baseline_result import NotBetterThanRuleError

ADULT = [
    "age", "workclass", "fnlwgt", "education", "education_num", "marital_status",
    "occupation", "relationship", "race", "sex", "capital_gain", "capital_loss",
    "hours_per_week", "native_country", "income",
]  # fmt: skip


def problem_of(n, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "days": rng.integers(0, 60, n),
            "plan": rng.choice(["a", "b"], n),
            "z": rng.normal(size=n),
        }
    )
    risk = 1 / (1 + np.exp(-(0.08 * (X.days - 30) + 1.2 * X.z)))
    return X, np.where(rng.random(n) < risk, "stay", "churn")


X, Y = problem_of(1500)
X2, Y2 = problem_of(800, seed=1)
NUMBERS = ["days", "z"]
GOOD = LogisticRegression().fit(X[NUMBERS], Y)
SCORES = GOOD.predict_proba(X2[NUMBERS])[:, 1]


@pytest.fixture(scope="module")
def result():
    return leadline.baseline(
        SCORES, X, Y, X2, Y2, payoff={"hit": 5, "false_alarm": -2}, kpi=100
    )


def test_a_good_model_beats_the_best_rule(result):
    assert result.beats
    assert result.beats_rule
    assert 0 < result.gain_lower < result.gain < result.gain_upper
    assert result.model_value - result.rule_value == pytest.approx(result.gain)
    assert result.require(min_gain=0.01) is result
    assert len(result.worth) == 2


def test_the_best_rule_is_chosen_without_a_look_at_test_rows(result):
    order = [rule.train for rule in result.rules]
    assert order == sorted(order, reverse=True)
    turned = leadline.baseline(SCORES, X, Y, X2, Y2[::-1])
    assert turned.rule.sentence == result.rule.sentence


def test_a_model_that_guesses_loses_and_require_raises_a_failed_assertion():
    guesses = np.random.default_rng(0).uniform(size=800)
    worse = leadline.baseline(guesses, X, Y, X2, Y2)
    assert worse.verdict == "loses"
    assert worse.worse_segments
    with pytest.raises(AssertionError, match="loses to the best rule"):
        worse.require()
    with pytest.raises(NotBetterThanRuleError, match=r"A gain above 0\.9 was required"):
        leadline.baseline(SCORES, X, Y, X2, Y2).require(min_gain=0.9)


def test_the_same_seed_gives_the_same_result(result):
    again = leadline.baseline(
        SCORES, X, Y, X2, Y2, payoff={"hit": 5, "false_alarm": -2}, kpi=100
    )
    assert again == result


def test_results_print_as_text_html_and_json(result):
    text = str(result)
    assert (
        text.startswith("the scores beats the best rule: roc_auc")
        or "beats the best rule" in text
    )
    assert result.rule.sentence in text
    assert "Other framings" in text
    assert "EUR" not in text
    html = result._repr_html_()
    assert html.startswith("<div>")
    assert "<script" not in html
    plain = json.loads(json.dumps(result.to_dict(), default=str))
    assert plain["verdict"] == "beats"
    assert plain["problem"]["kind"] == "binary"
    assert plain["rules"][0]["sentence"] == result.rule.sentence


@pytest.mark.parametrize(
    "convert", [pl.from_pandas, pa.Table.from_pandas, lambda t: t.to_dict("records")]
)
def test_every_kind_of_table_gives_the_same_answer(result, convert):
    found = leadline.baseline(SCORES, convert(X), Y, convert(X2), Y2)
    assert found.gain == pytest.approx(result.gain)
    assert found.rule.sentence == result.rule.sentence


def test_an_unfitted_model_is_fitted_on_a_clone():
    mine = DecisionTreeClassifier(max_depth=4)
    found = leadline.baseline(mine, X[NUMBERS], Y, X2[NUMBERS], Y2)
    assert any("came unfitted" in note for note in found.notes)
    assert not hasattr(mine, "tree_")


def test_labels_are_judged_by_accuracy_and_said_to_be_labels():
    found = leadline.baseline(GOOD.predict(X2[NUMBERS]), X, Y, X2, Y2)
    assert found.metric == "accuracy"
    assert "labels, not probabilities" in found.notes[0]


def test_uncalibrated_probabilities_that_rank_well_are_noted():
    extreme = np.where(np.median(SCORES) < SCORES, 1 - 1e-9 * (1 - SCORES), 1e-9 * SCORES)
    found = leadline.baseline(extreme, X, Y, X2, Y2)
    assert found.beats
    assert any("calibrate it" in note for note in found.notes)


def test_a_column_that_says_it_all_is_suspected():
    leaky, test = (
        t.assign(status=np.where(y == "stay", "s", "c")) for t, y in ((X, Y), (X2, Y2))
    )
    found = leadline.baseline(SCORES, leaky, Y, test, Y2)
    assert any("known before the outcome" in note for note in found.notes)
    assert not found.beats


def test_a_column_that_numbers_rows_makes_no_rule():
    y = np.arange(300.0)
    table = pd.DataFrame({"row": np.arange(300), "x": np.tile([0, 1], 150)})
    found = leadline.baseline(y, table, y, table, y)
    assert "row" not in found.rule.sentence


def test_a_forecast_has_rules_of_history():
    days = pd.date_range("2024-01-01", periods=150)
    rng = np.random.default_rng(2)
    y = 10.0 * (np.arange(150) % 7) + rng.normal(size=150)
    table = pd.DataFrame({"day": days, "promo": rng.integers(0, 2, 150)})
    found = leadline.baseline(
        np.full(50, y.mean()), table[:100], y[:100], table[100:], y[100:], time="day"
    )
    assert found.problem.kind == "forecast"
    assert found.rule.name == "same day last week"
    assert found.verdict == "loses"


def test_a_test_set_of_few_days_is_said_to_be_one():
    table = pd.DataFrame({"x": np.tile([0.0, 1.0], 60)})
    y = np.linspace(0, 1, 120)
    time = (np.arange(100), np.repeat([100, 101], 10))
    found = leadline.baseline(y[100:], table[:100], y[:100], table[100:], y[100:], time=time)
    assert any("few moments" in note for note in found.notes)


def test_groups_widen_the_interval():
    twice = [pd.concat([t] * 4, ignore_index=True) for t in (X, X2)]
    y = [np.tile(v, 4) for v in (Y, Y2)]
    groups = (np.tile(np.arange(1500), 4), np.tile(np.arange(800), 4))
    alone = leadline.baseline(np.tile(SCORES, 4), twice[0], y[0], twice[1], y[1])
    within = leadline.baseline(
        np.tile(SCORES, 4), twice[0], y[0], twice[1], y[1], groups=groups
    )
    # the same 800 people four times: twice the standard error
    ratio = within.difference.standard_error / alone.difference.standard_error
    assert ratio == pytest.approx(2, rel=0.1)
    assert any("kind='ranking'" in note for note in within.notes)


def test_a_rare_target_named_click_is_a_click():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"hour": rng.integers(0, 24, 2000)})
    clicked = pd.Series((rng.random(2000) < 0.03).astype(int), name="clicked")
    found = leadline.baseline(
        np.full(1000, 0.03), table[:1000], clicked[:1000], table[1000:], clicked[1000:]
    )
    assert found.problem.kind == "click"
    assert found.metric == "normalised_entropy"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": 3}, "groups is a int"),
        ({"groups": "nobody"}, "no column 'nobody'"),
        ({"kind": "cluster"}, "unknown"),
        ({"metric": "nonsense"}, "unknown"),
        ({"horizon": -3}, "horizon must be at least 0, got -3"),
    ],
)
def test_options_that_make_no_sense_are_one_clear_error(change, message):
    with pytest.raises(InputError, match=message):
        leadline.baseline(SCORES, X, Y, X2, Y2, **change)


def test_a_model_that_raises_is_named():
    def scorer(table):
        raise RuntimeError("no GPU")

    with pytest.raises(InputError, match="scorer raised RuntimeError"):
        leadline.baseline(scorer, X, Y, X2, Y2)


@pytest.mark.parametrize(
    ("y", "y_test"),
    [
        (np.ones(60), np.ones(40)),  # constant
        (np.tile([0, 1], 30), np.ones(40)),  # one class in test
        (np.tile([0, 1], 30), np.r_[np.ones(1), np.zeros(39)]),  # one positive
        (np.tile(["a", "b", "c"], 20), np.full(40, "a")),
        (np.linspace(0, 1, 60), np.zeros(40)),
        (np.full(60, 0.5), np.linspace(0, 1, 40)),
    ],
)
def test_poor_targets_give_an_honest_answer(y, y_test):
    rng = np.random.default_rng(0)
    tables = [pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"]) for n in (60, 40)]
    kinds = len(set(y)) + len(set(y_test)) > 10
    scores = rng.uniform(size=(40, 3)) if len(set(y)) == 3 else rng.uniform(size=40)
    found = leadline.baseline(
        scores, tables[0], y, tables[1], y_test, kind="regression" if kinds else None
    )
    assert not found.beats
    assert str(found)


def test_hostile_columns_do_not_break_it():
    rng = np.random.default_rng(0)
    n = 300
    table = pd.DataFrame(
        {
            "gone": [None] * n,
            "id": [f"u{i}" for i in range(n)],
            "mixed": [i if i % 3 else f"v{i % 5}" for i in range(n)],
            "cells": [[i % 2] for i in range(n)],
            "inf": np.where(rng.random(n) < 0.1, np.inf, rng.normal(size=n)),
            "date": pd.date_range("2024-01-01", periods=n, tz="Europe/Vienna"),
            "size": pd.Categorical(rng.choice(["s", "l"], n)),
            7: rng.normal(size=n),
        }
    )
    y = rng.integers(0, 2, n)
    found = leadline.baseline(rng.uniform(size=100), table[:200], y[:200], table[200:], y[200:])
    assert found.verdict in {"loses", "cannot tell"}


@pytest.mark.parametrize("n", [1, 2, 3])
def test_three_rows_cannot_tell(n):
    table = pd.DataFrame({"x": np.arange(n)})
    found = leadline.baseline(np.full(n, 0.5), table, np.arange(n) % 2, table, np.arange(n) % 2)
    assert found.verdict == "cannot tell"
    assert "no interval" in found.headline
    with pytest.raises(NotBetterThanRuleError):
        found.require()


def test_no_rows_are_refused():
    with pytest.raises(InputError, match="no test rows"):
        leadline.baseline(np.empty(0), X, Y, X2[:0], Y2[:0])


def test_a_thousand_columns_are_judged():
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(300, 1000))
    y = (wide[:, 3] > 0).astype(int)
    found = leadline.baseline(wide[200:, 3], wide[:200], y[:200], wide[200:], y[200:])
    assert "x3" in found.rule.sentence


def test_names_that_do_not_exist_are_said_so():
    with pytest.raises(AttributeError, match="no attribute 'basline'"):
        leadline.basline  # noqa: B018 (the attribute is what is asked for)
    assert "baseline" in dir(leadline)


@pytest.mark.slow
def test_a_forest_beats_the_best_rule_on_adult(shared_data):
    read = {"header": None, "names": ADULT, "skipinitialspace": True, "na_values": "?"}
    train = pd.read_csv(shared_data / "adult/train.csv.gz", **read).sample(5000, random_state=0)
    test = pd.read_csv(shared_data / "adult/test.csv.gz", **read).sample(5000, random_state=0)
    test["income"] = test["income"].str.rstrip(".")

    def features(rows):
        numbers = ["age", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
        return rows[numbers].assign(husband=rows["relationship"] == "Husband")

    model = RandomForestClassifier(50, min_samples_leaf=5, random_state=0)
    model.fit(features(train), train.income)
    found = leadline.baseline(
        lambda table: model.predict_proba(features(table)),
        train.drop(columns="income"), train.income, test.drop(columns="income"), test.income,
    )  # fmt: skip
    assert found.beats
    assert found.problem.positive == ">50K"
    # being married says most about an income of 1994 in this table
    assert "marital_status" in found.rule.sentence or "relationship" in found.rule.sentence


@pytest.mark.slow
def test_carat_is_the_rule_of_diamonds(shared_data):
    table = pd.read_csv(shared_data / "diamonds/diamonds.csv.gz").sample(9000, random_state=0)
    train, test = table[:6000], table[6000:]
    found = leadline.baseline(
        RandomForestRegressor(20, random_state=0), train[["carat", "depth"]], train.price,
        test[["carat", "depth"]], test.price, metric="mae",
    )  # fmt: skip
    assert found.problem.kind == "regression"
    assert "carat" in found.rule.sentence


def test_a_real_ranking_is_judged_by_query(shared_data):
    from sklearn.datasets import load_svmlight_file

    folder = shared_data / "learning_to_rank"

    def read(part):
        X, y = load_svmlight_file(str(folder / f"rank.{part}.gz"), n_features=301)
        sizes = np.loadtxt(folder / f"rank.{part}.query.gz", dtype=int)
        return X.toarray()[:, :60], y, np.repeat(np.arange(sizes.size), sizes)

    (train, y, groups), (test, y_test, groups_test) = read("train"), read("test")
    found = leadline.baseline(
        np.zeros(y_test.size), train, y, test, y_test, groups=(groups, groups_test)
    )
    assert found.problem.kind == "ranking"
    assert found.difference.n_units == 50  # the test set's queries
    assert found.verdict == "loses"


def test_a_model_that_hangs_is_given_up_and_the_screen_is_given_back():
    free = threading.Event()

    def hangs(table):
        free.wait(60)
        return np.zeros(len(table))

    streams = sys.stdout, sys.stderr
    with pytest.raises(InputError, match=r"hangs has not scored 500 test rows in 0\.01 s"):
        leadline.baseline(hangs, X[:1000], Y[:1000], X[1000:], Y[1000:], budget_seconds=0.01)
    assert (sys.stdout, sys.stderr) == streams
    free.set()
    for budget in (0, -1, float("nan")):
        with pytest.raises(InputError, match="budget_seconds must be a number above 0"):
            leadline.baseline(
                hangs, X[:1000], Y[:1000], X[1000:], Y[1000:], budget_seconds=budget
            )


def test_rows_and_columns_in_another_order_are_refused_or_put_right():
    usual = leadline.baseline(GOOD, X[NUMBERS], Y, X2[NUMBERS], Y2)
    turned = X2[["z", "days", "plan"]]  # training knows no plan
    assert leadline.baseline(GOOD, X[NUMBERS], Y, turned, Y2).model_value == usual.model_value
    mixed = X[NUMBERS].sample(frac=1, random_state=0)
    with pytest.raises(InputError, match="y_train has the index of X_train in another order"):
        leadline.baseline(GOOD, mixed, pd.Series(Y), X2[NUMBERS], Y2)
    for given, told in ((None, "NoneType is no"), ("m.pkl", "'m.pkl' is no estimator")):
        with pytest.raises(InputError, match=told):
            leadline.baseline(given, X[NUMBERS], Y, X2[NUMBERS], Y2)


def test_scores_without_tables_are_compared_with_a_constant():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    found = leadline.baseline(np.clip(y + rng.normal(size=400), 0, 1), None, y, None, y)
    assert found.rule_value == 0.5  # oracle: a constant orders nothing
    assert found.beats
    with pytest.raises(InputError, match="got None"):
        leadline.baseline(LogisticRegression(), None, y, None, y)
