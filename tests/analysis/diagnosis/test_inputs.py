"""Everything that a user may hand in, and everything that is refused with a reason."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from leadline.analysis.diagnosis.bench import Bench
from leadline.errors import InputError
from leadline.library.diagnosis import diagnose


@pytest.fixture
def pair(linear_world):
    return linear_world(300, seed=1), linear_world(300, seed=2)


def test_groups_and_time_come_as_a_column_a_tuple_a_mapping_or_one_array(pair, only):
    only("calibration", "amount of data")
    train, test = pair
    names = [
        pd.DataFrame(r.X, columns=list("abcde")).assign(g=np.arange(300) // 3) for r in pair
    ]
    codes = np.arange(300) // 3
    verdicts = set()
    for groups in ((codes, codes), {"train": codes, "test": codes}, np.tile(codes, 2)):
        diagnosis = diagnose(
            LogisticRegression(), train.X, train.y, test.X, test.y, groups=groups,
            sample_weight=np.ones(600),
        )  # fmt: skip
        verdicts.add(diagnosis.verdict)
    assert len(verdicts) == 1
    by_name = diagnose(
        LogisticRegression(), names[0], train.y, names[1], test.y, groups="g",
        time=np.arange(600), budget_seconds=20,
    )  # fmt: skip
    assert by_name.kind == "binary"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"groups": np.arange(7)}, "groups has 7 values"),
        ({"groups": (np.arange(7), None)}, "groups of train has 7 values for 300 rows"),
        ({"sample_weight": np.full(600, -1.0)}, "sample_weight has values"),
        ({"payoff": [1, 2, 3]}, "payoff must be"),
        ({"candidates": {"test": [{"a": 1}] * 300}}, "candidates need values"),
        ({"y_production": [1, 0]}, "y_production has 2 rows, X_production has 0"),
        ({"metric": "nonsense"}, "nonsense"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_reason(pair, kwargs, message):
    train, test = pair
    with pytest.raises(InputError, match=message):
        diagnose(LogisticRegression(), train.X, train.y, test.X, test.y, **kwargs)


def test_no_rows_are_refused_and_few_rows_decide_nothing(pair):
    train, test = pair
    with pytest.raises(InputError, match="y_train, and at least one row"):
        diagnose(LogisticRegression(), train.X[:0], train.y[:0], test.X, test.y)
    cases = [
        (train.X[:3], train.y[:3], test.X[:3], test.y[:3], "3 training rows"),
        (train.X, train.y * 0, test.X, test.y, "one value"),
        (train.X, train.y, test.X, test.y * 0, "one class"),
    ]
    for X_train, y_train, X_test, y_test, reason in cases:
        diagnosis = diagnose(LogisticRegression(), X_train, y_train, X_test, y_test)
        assert diagnosis.verdict == "undecidable"
        assert reason in diagnosis.findings[0].evidence


def test_a_model_that_raises_is_named_with_its_cause(pair):
    class Broken(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            raise ValueError("no can do")

    train, test = pair
    with pytest.raises(InputError, match=r"Broken raised ValueError while training.*no can do"):
        diagnose(Broken(), train.X, train.y, test.X, test.y)


def test_a_model_that_prints_is_not_heard_and_is_never_changed(pair, only):
    only("capacity", "amount of data")

    class Loud(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            print("TRAINING")  # noqa: T201 (a model of the user's may)
            return super().fit(X, y)

    train, test = pair
    model, heard = Loud(), io.StringIO()
    with redirect_stdout(heard):
        diagnosis = diagnose(model, train.X, train.y, test.X, test.y)
    assert diagnosis.model == "Loud"
    assert heard.getvalue() == ""
    assert not hasattr(model, "coef_")


def test_a_callable_and_an_object_that_cannot_be_cloned_are_measured_as_they_are(
    pair, linear_world, only
):
    only("calibration", "leakage", "capacity", "amount of data", "shift")
    train, test = pair[0], linear_world(1000, seed=2)

    class Fixed:
        def predict_proba(self, X):
            p = 1 / (1 + np.exp(-2 * (X[:, 0] - X[:, 1])))
            return np.column_stack([1 - p, p])

    class Uncloneable(Fixed):
        def fit(self, X, y):
            return self

        def get_params(self, deep=True):
            raise RuntimeError("no parameters")

    for model in (Fixed(), Uncloneable(), lambda X: Fixed().predict_proba(X)[:, 1]):
        diagnosis = diagnose(
            model, train.X, train.y, test.X, test.y, X_production=test.X, y_production=test.y
        )
        assert diagnosis.verdict in {"healthy", "undecidable"}
        assert any(rung.name == "reference" for rung in diagnosis.ladder)


def test_a_fitted_model_is_used_as_it_is(pair, only):
    only("calibration")
    train, test = pair
    upside_down = LogisticRegression().fit(train.X, 1 - train.y)
    diagnosis = diagnose(upside_down, train.X, train.y, test.X, test.y)
    rungs = {rung.name: rung.loss for rung in diagnosis.ladder}
    assert rungs["test"] > 1  # oracle: worse than ln 2, for it says the opposite


def test_scores_alone_answer_what_scores_can(linear_world):
    from .conftest import chances

    rows = [linear_world(2000, seed=s) for s in (1, 2, 3)]
    sure = [chances(r.X) ** 3 / (chances(r.X) ** 3 + (1 - chances(r.X)) ** 3) for r in rows]
    diagnosis = diagnose(None, sure[0], rows[0].y, sure[1], rows[1].y)
    assert diagnosis.verdict == "miscalibration"
    assert "X_train" in diagnosis.unanswered["overfitting"]
    assert not diagnosis.shift
    turned = diagnose(None, sure[0], rows[0].y, sure[1], rows[1].y, 1 - sure[2], rows[2].y)
    assert turned.verdict == "concept_drift"
    numbers = [r.X[:, 0] for r in rows]
    target = [r.X[:, 0] + r.X[:, 1] for r in rows]
    moved = diagnose(
        None, numbers[0], target[0], numbers[1], target[1], numbers[2], target[2] + 3
    )
    assert moved.verdict == "concept_drift"


def test_polars_records_and_sparse_tables_are_read(linear_world, only):
    only("shift")
    sizes = {1: 300, 2: 1000, 3: 300}  # enough test rows: no folds join
    train, test, production = (linear_world(n, seed=s) for s, n in sizes.items())
    ways = {
        "polars": (lambda X: pl.DataFrame(X, schema=list("abcde")), lambda T: T.to_numpy()),
        "records": (
            lambda X: [dict(zip("abcde", row, strict=True)) for row in X.tolist()],
            lambda T: np.array([list(row.values()) for row in T]),
        ),
        "sparse": (sparse.csr_matrix, lambda T: T),
    }
    for make, back in ways.values():
        model = make_pipeline(FunctionTransformer(back), LogisticRegression())
        diagnosis = diagnose(
            model, make(train.X), train.y, make(test.X), test.y,
            make(production.X), production.y,
        )  # fmt: skip
        assert diagnosis.verdict in {"healthy", "undecidable"}


def test_candidates_come_in_four_shapes(number_world, only):
    only("missing information")
    train, test = number_world(300, seed=1), number_world(1000, seed=2)
    known, wanted = [1, 2, 3], [0, 4]
    both = [pd.DataFrame(r.X[:, wanted], columns=["p", "q"]) for r in (train, test)]
    gains = []
    for candidates in (
        tuple(both),
        {"train": both[0], "test": both[1]},
        pd.concat(both, ignore_index=True),
        {"p": (both[0]["p"], both[1]["p"]), "q": (both[0]["q"], both[1]["q"])},
    ):
        diagnosis = diagnose(
            Ridge(), train.X[:, known], train.y, test.X[:, known], test.y, candidates=candidates
        )
        found = next(f for f in diagnosis.findings if f.cause == "missing_information")
        gains.append(found.numbers["p"])
    assert np.allclose(gains, gains[0])  # the same values, however they come


def test_the_same_seed_gives_the_same_diagnosis_and_json(pair):
    train, test = pair
    first, second = (
        diagnose(
            LogisticRegression(), train.X, train.y, test.X, test.y, random_state=3
        ).to_dict()
        for _ in range(2)
    )
    first.pop("seconds"), second.pop("seconds")
    assert first == second


def test_no_time_means_that_everything_skipped_is_said(pair):
    train, test = pair
    heard = []
    diagnosis = diagnose(
        LogisticRegression(), train.X, train.y, test.X, test.y,
        budget_seconds=1e-9, progress=lambda what, share: heard.append((what, share)),
    )  # fmt: skip
    assert any(reason.startswith("label noise") for reason in diagnosis.skipped)
    assert heard[0][1] == 0.0
    assert "not tried" in str(diagnosis)


def test_labels_are_not_looked_at_where_the_budget_does_not_hold_it(pair, only, monkeypatch):
    only("label noise")
    train, test = pair
    monkeypatch.setattr(Bench, "out_of_fold_seconds", 1_000.0)
    diagnosis = diagnose(LogisticRegression(), train.X, train.y, test.X, test.y)
    assert diagnosis.verdict == "undecidable"  # what was never asked is no health
    assert any(reason.startswith("label noise") for reason in diagnosis.skipped)


def test_a_slow_model_is_tried_on_a_sample_and_that_is_said(linear_world, only):
    import time

    only("calibration")

    class Slow(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            time.sleep(len(X) / 20_000)
            return super().fit(X, y)

    train, test = linear_world(9000, seed=1), linear_world(2500, seed=2)
    for model in (Slow(), Slow().fit(train.X, train.y)):
        diagnosis = diagnose(model, train.X, train.y, test.X, test.y, budget_seconds=0.9)
        assert any("of 9,000 training rows are used" in reason for reason in diagnosis.skipped)


def test_more_rows_than_the_cap_are_sampled_by_whole_groups():
    from leadline.analysis.diagnosis.samples import Sample, at_most

    sample = Sample(
        name="train", X=np.zeros((100, 1)), labels=None, y=None, matrix=np.zeros((100, 1)),
        groups=np.repeat(np.arange(10), 10),
    )  # fmt: skip
    drawn = at_most(sample, 35, rng=np.random.default_rng(0), whole_groups=True)
    assert len(drawn) == 30  # oracle: three groups of ten fit into 35
    with pytest.raises(ValueError, match="no target"):
        _ = sample.target


def test_a_stack_of_models_needs_no_predict_before_it_is_fitted(pair, only):
    only("calibration")
    train, test = pair
    stack = StackingClassifier([("linear", LogisticRegression())], cv=2)
    found = diagnose(stack, train.X, train.y, test.X, test.y)
    assert found.model == "StackingClassifier"
    rungs = {rung.name: rung.loss for rung in found.ladder}
    assert rungs["test"] < rungs["constant"]


def test_what_is_missing_is_named(pair):
    train, test = pair
    for tables, missing in (
        ((None, train.y, test.X, test.y), "X_train is missing"),
        ((train.X, train.y, test.X, None), "y_test is missing"),
        ((np.empty((60, 0)), train.y[:60], test.X, test.y), "X_train has no columns"),
    ):
        with pytest.raises(InputError, match=missing):
            diagnose(LogisticRegression(), *tables)
    for model, told in ((LogisticRegression, "is a class"), ("m.pkl", "'m.pkl' is no est")):
        with pytest.raises(InputError, match=told):
            diagnose(model, train.X, train.y, test.X, test.y)


def test_columns_in_another_order_and_columns_of_one_table_only_do_no_harm(pair, only):
    only("calibration")
    train, test = (pd.DataFrame(rows.X, columns=list("abcde")) for rows in pair)
    y, y_test = pair[0].y, pair[1].y
    usual = diagnose(LogisticRegression(), train, y, test, y_test)
    shuffled = test[list("edcba")].assign(note="not known in training")
    found = diagnose(LogisticRegression(), train, y, shuffled, y_test)
    assert str(found.ladder) == str(usual.ladder)  # nan is no nan
    with pytest.raises(InputError, match="X_production lacks c, which the training table has"):
        diagnose(LogisticRegression(), train, y, test, y_test, test[list("abde")])


def test_a_model_that_writes_into_its_table_leaves_the_owners_alone(pair, only):
    class Writes(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            X["a"] = 0.0
            return super().fit(X, y)

        def predict_proba(self, X):
            X["a"] = 0.0
            return super().predict_proba(X)

    only("calibration")
    train, test = (pd.DataFrame(rows.X, columns=list("abcde")) for rows in pair)
    before = train.copy(), test.copy()
    diagnose(Writes(), train, pair[0].y, test, pair[1].y)
    assert train.equals(before[0])
    assert test.equals(before[1])


def test_weights_that_are_no_weights_are_refused(pair):
    train, test = pair
    n = len(train.y) + len(test.y)
    for weight, told in (
        (["much"] * n, "no number of at least 0"),
        (np.zeros(n), "0 for every"),
    ):
        with pytest.raises(InputError, match=told):
            diagnose(
                LogisticRegression(), train.X, train.y, test.X, test.y, sample_weight=weight
            )


@pytest.mark.parametrize(
    ("payoff", "message"),
    [
        ({"hits": 10}, "knows hit"),
        ({"hit": "ten"}, "payoff of hit is 'ten'"),
        ("hit=10", "'hit=10', which is no table"),
        ([[1, 2, 3]], "must be 2 × 2 numbers"),
    ],
)
def test_a_payoff_that_cannot_be_read_is_refused(pair, payoff, message):
    train, test = pair
    with pytest.raises(InputError, match=message):
        diagnose(LogisticRegression(), train.X, train.y, test.X, test.y, payoff=payoff)


def test_a_payoff_by_name_is_a_table_and_knows_what_yes_means(pair, only):
    only("imbalance")
    train, test = pair
    words = [np.where(rows.y == 1, "bought", "went") for rows in pair]
    arguments = (LogisticRegression(), train.X, words[0], test.X, words[1])
    named = diagnose(*arguments, payoff={"hit": 9, "false_alarm": -1}, positive="bought")
    table = diagnose(
        LogisticRegression(), train.X, train.y, test.X, test.y, payoff=[[0, -1], [0, 9]]
    )
    assert named.findings[0].gain == pytest.approx(table.findings[0].gain)
    assert "'bought' in" in named.kind_reason
    with pytest.raises(InputError, match="two classes; this problem is regression"):
        diagnose(Ridge(), train.X, train.X[:, 0], test.X, test.X[:, 0], payoff={"hit": 1})


@pytest.mark.parametrize("seed", [None, -1, "a", 1.5])
def test_a_seed_is_a_whole_number(pair, seed):
    train, test = pair
    with pytest.raises(InputError, match="random_state must be a whole number"):
        diagnose(LogisticRegression(), train.X, train.y, test.X, test.y, random_state=seed)


def test_scores_come_as_a_series_or_a_list_too(pair):
    train, test = pair
    p, q = (1 / (1 + np.exp(-rows.X[:, 0])) for rows in pair)
    usual = diagnose(None, p, train.y, q, test.y)
    for made in (pd.Series, list):
        found = diagnose(None, made(p), train.y, made(q), test.y)
        assert str(found.ladder) == str(usual.ladder)
