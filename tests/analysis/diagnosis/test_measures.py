"""Measures of rankings and clicks, on rows whose truth is known because we made it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, ndcg_score

from leadline.analysis.diagnosis import engine, measures
from leadline.analysis.diagnosis.audit import _short
from leadline.library.diagnosis import diagnose


@pytest.fixture(autouse=True)
def no_causes(monkeypatch):
    """Measure only: what the causes say has tests of its own."""
    monkeypatch.setattr(engine, "CAUSES", {})


def measured(diagnosis):
    return {measure.name: measure for measure in diagnosis.measures}


def by_a(table):
    """Score by column `a`, whatever else the table has."""
    return table["a"].to_numpy()


def queries(n, *, seed, k=8):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"a": rng.normal(size=n * k), "item_id": rng.integers(0, 40, n * k)})
    X["retrieved"] = (rng.random(n * k) < 0.5).astype(int)
    y = (rng.random(n * k) < 1 / (1 + np.exp(-2 * X["a"]))).astype(int)
    return X, y.to_numpy(), np.repeat(np.arange(n), k) + 10_000 * seed


def ranked(train, test):
    return measured(
        diagnose(by_a, *train[:2], *test[:2], groups=(train[2], test[2]), kind="ranking")
    )


def test_a_ranking_is_measured_by_query_with_an_interval():
    test = queries(60, seed=2)
    found = ranked(queries(60, seed=1), test)
    truth, scores = test[1].reshape(60, 8), test[0]["a"].to_numpy().reshape(60, 8)
    asked = truth.any(axis=1)
    # oracle: scikit-learn's NDCG; MRR and recall by hand
    assert found["NDCG@10"].value == pytest.approx(ndcg_score(truth[asked], scores[asked]))
    order = np.take_along_axis(truth, np.argsort(-scores, axis=1), axis=1)[asked]
    assert found["MRR"].value == pytest.approx(np.mean(1 / (1 + order.argmax(axis=1))))
    assert found["recall@10"].value == 1.0  # 8 candidates all stand among the first 10
    assert found["NDCG@10"].n_units == asked.sum()
    # oracle: Student's interval of the mean over queries is as wide, within a third
    each = [ndcg_score([t], [s]) for t, s in zip(truth[asked], scores[asked], strict=True)]
    half = 1.28 * np.std(each) / np.sqrt(asked.sum())
    width = found["NDCG@10"].upper - found["NDCG@10"].lower
    assert abs(width - 2 * half) < 2 * half / 3


def test_what_never_reached_the_ranker_is_told_from_what_it_put_too_low():
    found = ranked(queries(80, seed=1), queries(80, seed=2))
    assert abs(found["recall of the candidate stage"].value - 0.5) < 0.08  # oracle: as drawn
    before, after = found["lost before the ranker"], found["lost by the ranker"]
    assert before.value > after.value
    assert "finding candidates first" in before.sentence


def test_two_stages_that_lose_alike_are_not_told_apart():
    # Every other query loses all of it before the ranker, the rest all in the order.
    first, even = np.tile(np.arange(8) == 0, 80), np.repeat(np.arange(80) % 2 == 0, 8)
    X = pd.DataFrame({
        "a": np.where(first, -1.0, np.tile(np.arange(8.0), 80)),
        "item_id": np.tile(np.arange(8), 80),
        "retrieved": np.where(even & first, 0, 1),
    })  # fmt: skip
    names = np.repeat(np.arange(80), 8)
    found = ranked((X, first.astype(int), names), (X, first.astype(int), names + 1000))
    assert "undecided between the two stages" in found["lost before the ranker"].sentence


def test_a_measure_that_is_undefined_is_left_out():
    case = SimpleNamespace(rng=lambda _: np.random.default_rng(0))
    bench, rows = SimpleNamespace(case=case), np.zeros((measures.LEAST_UNITS, 2))
    said = measures._measure(bench, "x", rows, lambda s: s[0] / s[1], lambda *_: "")
    assert said is None  # oracle: 0/0 in every draw


def test_a_ranker_worse_than_its_candidates_is_named():
    train, test = queries(80, seed=1), queries(80, seed=2)
    test[0]["retrieved"] = 1
    test[0]["a"] *= -1  # the order upside down
    found = ranked(train, test)
    assert found["recall of the candidate stage"].value == 1.0
    assert found["lost before the ranker"].value == 0.0
    # oracle: with every candidate there, the ranker's loss is 1 − NDCG
    assert found["lost by the ranker"].value == pytest.approx(1 - found["NDCG@10"].value)
    assert "the ranker first" in found["lost before the ranker"].sentence


def test_coverage_and_cold_starts_of_things():
    train, test = queries(40, seed=1), queries(40, seed=2)
    train[0]["item_id"] %= 20
    found = ranked(train, test)
    assert found["coverage"].value == 1.0  # every row is among the first 10 of its 8
    assert found["coverage"].n_units == test[0]["item_id"].nunique()
    assert "item_id that no training row has" in found["cold start (item_id)"].sentence
    new = (test[0]["item_id"] >= 20).mean()
    assert f"{new:.0%} of the test rows" in found["cold start (item_id)"].sentence


def test_queries_without_a_relevant_row_have_no_cold_start():
    train, test = queries(40, seed=1), queries(40, seed=2)
    train[0]["item_id"] %= 20
    y = np.where(np.arange(320) < 8, 0, test[1])  # the first query has none
    asked = y.reshape(40, 8).any(axis=1).sum()
    found = ranked(train, (test[0], y, test[2]))
    assert found["cold start (item_id)"].n_units == asked < 40


def test_what_is_lost_beside_a_model_that_is_well_is_named_first():
    train, test = queries(80, seed=1), queries(80, seed=2)
    found = diagnose(
        by_a, *train[:2], *test[:2], groups=(train[2], test[2]), kind="ranking"
    )  # half of the rows never reached the ranker
    assert found.verdict == "healthy"
    remedy = found.findings[0].remedy
    assert remedy.startswith(
        "leave the model alone; work on this first: lost before the ranker"
    )
    assert "look for new information" not in remedy


def test_no_reference_knows_where_a_row_was_shown(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(engine, "CAUSES", {"capacity": engine.CAUSES["capacity"]})
    train, test = clicks(600, seed=1, slope=0.5), clicks(600, seed=2, slope=0.5)
    found = diagnose(chance, *train, *test, kind="click")
    # the world turns on a and the place: without the place nothing beats what a says
    assert found.verdict == "healthy"
    assert "position" not in {shift.column for shift in found.shift}
    only_place = [rows[0][["position"]] for rows in (train, test)]
    placed = diagnose(
        lambda X: np.full(len(X), 0.3), only_place[0], train[1], only_place[1], test[1],
        kind="click",
    )  # fmt: skip
    assert {shift.column for shift in placed.shift} == {"position"}  # there is nothing else


def test_scores_alone_make_no_model_healthy(monkeypatch):
    monkeypatch.undo()  # of scores only, causes are tried by name
    train, test = queries(60, seed=1), queries(60, seed=2)
    found = diagnose(
        None, by_a(train[0]), train[1], by_a(test[0]), test[1],
        kind="ranking", groups=(train[2], test[2]),
    )  # fmt: skip
    assert found.verdict == "undecidable"
    assert found.findings[0].evidence.endswith("what another model would gain")
    assert "pass the model" in found.findings[0].remedy
    train, test = clicks(800, seed=1), clicks(800, seed=2)
    rows = chance(train[0]), train[1], chance(test[0]), test[1]
    found = diagnose(None, *rows, kind="click")
    assert found.verdict == "undecidable"
    assert found.findings[0].evidence.endswith("without a gain: miscalibration")


def chance(table):
    """Say what the world would be without the place."""
    return 1 / (1 + np.exp(1.5 - table["a"].to_numpy()))


def clicks(n, *, seed, slope=0.0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({
        "a": rng.normal(size=n), "position": rng.integers(1, 10, n),
        "user_id": rng.integers(0, n // 4, n), "propensity": rng.uniform(0.05, 1, n),
    })  # fmt: skip
    p = np.clip(chance(X) * (1 + slope * (5 - X["position"])), 0, 1)
    return X, (rng.random(n) < p).astype(int)


def test_clicks_without_position_bias_are_calibrated_and_say_so():
    test = clicks(4000, seed=2)
    found = measured(diagnose(chance, *clicks(1000, seed=1), *test, kind="click"))
    rate = test[1].mean()
    constant = log_loss(test[1], np.full(len(test[1]), rate))
    # oracle: scikit-learn's log loss over that of the average rate
    assert found["normalised entropy"].value == pytest.approx(
        log_loss(test[1], chance(test[0])) / constant
    )
    ratio = found["calibration ratio"]
    assert ratio.value == pytest.approx(chance(test[0]).sum() / test[1].sum())
    bias = found["position bias"]
    assert bias.lower < 1.1
    assert bias.upper > 0.9
    assert found["loss off policy"].lower < 0 < found["loss off policy"].upper


def test_position_bias_is_as_large_as_it_was_made():
    train, test = clicks(1000, seed=1, slope=0.15), clicks(6000, seed=2, slope=0.15)
    bias = measured(diagnose(chance, *train, *test, kind="click"))["position bias"]
    # oracle: places 1–3 or 4 against 7–9: 1.45 or 1.375 over 0.55, by the made slope
    assert bias.lower < 1.45 / 0.55 + 0.1
    assert bias.upper > 1.375 / 0.55 - 0.1
    assert bias.lower > 1.5
    assert "shuffle a small share" in bias.sentence


def test_too_high_scores_and_rows_that_a_policy_chose_are_said():
    test = clicks(4000, seed=2)
    # rows of the old policy: where it was sure, the score is right; elsewhere it is not
    test[0]["propensity"] = np.where(test[0]["a"] > 0, 0.9, 0.1)

    def high_where_rare(table):
        return np.where(table["a"] > 0, chance(table), 0.6)

    found = measured(diagnose(high_where_rare, *clicks(1000, seed=1), *test, kind="click"))
    assert "too high" in found["calibration ratio"].sentence
    assert "above 1" in found["normalised entropy"].sentence
    off = found["loss off policy"]
    assert off.lower > 0
    # oracle: Kish's effective number of rows for weights 1/0.9 and 1/0.1
    weight = 1 / test[0]["propensity"]
    assert f"worth {weight.sum() ** 2 / (weight**2).sum():,.0f}" in off.sentence


def test_users_that_are_new_and_worse_are_a_cold_start():
    train, test = clicks(2000, seed=1), clicks(2000, seed=2)
    train[0]["user_id"] %= 250

    def blind_for_new(table):
        return np.where(table["user_id"] < 250, chance(table), 0.9)

    found = measured(diagnose(blind_for_new, *train, *test, kind="click"))
    assert found["cold start (user_id)"].lower > 0
    assert "before the first row" in found["cold start (user_id)"].sentence


def test_what_does_not_apply_is_left_out():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    numbers = diagnose(lambda X: X[:, 0], X, X[:, 0] + 1.0, X, X[:, 0] + rng.normal(size=300))
    assert numbers.measures == ()
    train, test = clicks(300, seed=1), clicks(300, seed=2)
    test[0]["position"] = 1  # one place only
    test[0]["propensity"] = np.nan
    found = measured(diagnose(chance, *train, *test, kind="click"))
    assert "position bias" not in found
    assert "loss off policy" not in found
    few = queries(60, seed=1), queries(12, seed=2)  # 12 queries: no interval is worth a word
    assert "MRR" not in ranked(*few)


def test_a_moment_is_written_as_people_write_it():
    assert _short(np.datetime64("2024-07-08T09:30:00.000")) == "2024-07-08 09:30"
    assert _short(np.datetime64("2024-07-08", "ns")) == "2024-07-08"


def test_the_audit_asks_about_this_table_first(monkeypatch):
    train, test = clicks(400, seed=1), clicks(400, seed=2)
    questions = diagnose(chance, *train, *test, kind="click").questions
    worst = test[0]["a"].to_numpy()[np.argmax(np.abs(test[1] - chance(test[0])))]
    assert any(f"a {worst:.4g}" in question for question in questions)
    assert any(question.startswith("The model lives on a:") for question in questions)
    assert any("No column says when" in question for question in questions)
    dated = diagnose(chance, *train, *test, kind="click", time=(np.arange(400),) * 2).questions
    assert not any("No column says when" in question for question in dated)
    constant = diagnose(lambda X: np.full(len(X), 0.2), *train, *test, kind="click").questions
    assert any("hardly uses any column" in question for question in constant)
    monkeypatch.undo()  # of scores only, causes are tried by name
    scores = diagnose(None, chance(train[0]), train[1], chance(test[0]), test[1]).questions
    assert not any("cost the model most" in question for question in scores)


def test_a_model_gets_its_columns_and_what_is_known_late_stands_beside(monkeypatch):
    monkeypatch.setattr(engine, "WITH_SCORES_ONLY", ())
    train, test = queries(60, seed=1), queries(60, seed=2)
    features = train[0][["a"]]
    model = LogisticRegression().fit(features, train[1])
    groups = (train[2], test[2])
    found = diagnose(model, features, train[1], test[0], test[1], groups=groups, kind="ranking")
    alone = measured(
        diagnose(
            None,
            pd.DataFrame({"score": model.predict_proba(features)[:, 1]}), train[1],
            test[0][["retrieved", "item_id"]].assign(
                score=model.predict_proba(test[0][["a"]])[:, 1]
            ), test[1],
            groups=groups, kind="ranking",
        )
    )  # fmt: skip
    usual = measured(diagnose(by_a, *train[:2], *test[:2], groups=groups, kind="ranking"))
    bare = measured(
        diagnose(
            None,
            {"score": model.predict_proba(features)[:, 1]}, train[1],
            {"score": model.predict_proba(test[0][["a"]])[:, 1],
             "item_id": test[0]["item_id"].to_numpy()}, test[1],
            groups=groups, kind="ranking",
        )
    )  # fmt: skip
    assert bare["coverage"] == alone["coverage"]
    # oracle: the model's order is that of `a`, whoever gives the scores
    for name in ("NDCG@10", "lost before the ranker", "lost by the ranker", "coverage"):
        assert measured(found)[name].value == pytest.approx(usual[name].value)
        assert alone[name].value == pytest.approx(usual[name].value)
    assert "cold start (item_id)" not in alone  # no training row says its item


def test_a_column_that_names_the_group_is_seen_by_no_reference(monkeypatch):
    train, test = queries(60, seed=1), queries(60, seed=2)
    X, T = (rows[0].drop(columns="retrieved").assign(query=rows[2]) for rows in (train, test))
    found = diagnose(by_a, X, train[1], T, test[1], groups="query", kind="ranking")
    assert {shift.column for shift in found.shift} == {"a", "item_id"}
