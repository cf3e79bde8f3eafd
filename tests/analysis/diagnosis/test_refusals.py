"""What happens when a model, a budget or a table refuses a part of the work."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from leadline.analysis.diagnosis import engine
from leadline.analysis.diagnosis.case import Clock
from leadline.analysis.diagnosis.maps import cross_fitted, maps
from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.tables import addressed, is_shuffled, vector
from leadline.errors import InputError
from leadline.library.diagnosis import diagnose


class Picky(LogisticRegression):
    """Trains on 300 rows with C = 1 only."""

    def fit(self, X, y, sample_weight=None):
        if len(X) != 300 or self.C != 1.0:
            raise ValueError("not these")
        return super().fit(X, y)


def test_a_model_that_refuses_other_rows_loses_those_trials_only(linear_world, diagnosed, only):
    only("calibration", "capacity", "amount of data")
    train, test = linear_world(300, seed=1), linear_world(2500, seed=2)
    diagnosis = diagnosed(Picky(), train, test)
    said = " ".join(diagnosis.skipped)
    assert "set C to 0.1" in said
    assert "amount of data: Picky raised ValueError" in said
    assert any(f.cause == "miscalibration" for f in diagnosis.tried)


def test_neighbours_take_no_weights_so_an_unlabelled_shift_stays_open(
    linear_world, diagnosed, only
):
    only("shift")
    train, test, production = (linear_world(1000, seed=s) for s in (1, 2, 3))
    X = production.X + np.array([1.5, 1.5, 0, 0, 0])
    diagnosis = diagnosed(KNeighborsClassifier(50), train, test, X_production=X)
    found = [f for f in (*diagnosis.findings, *diagnosis.tried) if f.cause == "covariate_shift"]
    assert np.isnan(found[0].gain)
    again = diagnosed(LogisticRegression(), train, test, X_production=X)
    found = [f for f in (*again.findings, *again.tried) if f.cause == "covariate_shift"]
    assert np.isfinite(found[0].gain)

    def fixed(table):
        return 1 / (1 + np.exp(-table[:, 0] + table[:, 1]))

    third = diagnosed(fixed, train, test, X_production=X)
    assert "concept_drift" in third.unanswered


@pytest.fixture
def stopped(monkeypatch, only):
    """Let the clock refuse everything whose description starts with a given word."""

    def stop(word):
        only("capacity", "amount of data", "shift", "missing information")
        allows = Clock.allows
        monkeypatch.setattr(
            Clock,
            "allows",
            lambda self, seconds, what, share=1.0: (
                not what.startswith(word) and allows(self, seconds, what, share=share)
            ),
        )

    return stop


@pytest.mark.parametrize(
    ("word", "absent"),
    [
        ("5 other settings", None),
        ("learning curve", "not_enough_data"),
        ("candidate", "missing_information"),
        ("train ", "concept_drift"),
    ],
)
def test_what_the_budget_refuses_is_absent(linear_world, diagnosed, stopped, word, absent):
    sizes = {1: 300, 2: 1000, 3: 300}
    train, test, production = (linear_world(n, seed=s) for s, n in sizes.items())
    stopped(word)
    diagnosis = diagnosed(
        LogisticRegression(), train, test, X_production=production.X,
        y_production=production.y, candidates=(train.X[:, :1], test.X[:, :1]),
    )  # fmt: skip
    causes = {f.cause for f in (*diagnosis.findings, *diagnosis.tried)}
    assert absent not in causes


def test_a_fold_of_one_class_leaves_scores_as_they_are():
    problem = infer_problem([0, 1])
    y, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    fit = maps(problem, n=4)["Platt"]
    # the other fold of each has one class: nothing can be fitted there
    assert cross_fitted(y, scores, y, fit, problem).tolist() == scores.tolist()


def test_production_of_one_class_is_not_recalibrated(linear_world):
    rows = [linear_world(500, seed=s) for s in (1, 2)]
    scores = [1 / (1 + np.exp(r.X[:, 1] - r.X[:, 0])) for r in rows]
    diagnosis = diagnose(
        None, scores[0], rows[0].y, scores[1], rows[1].y, np.full(300, 0.5), np.ones(300, int)
    )
    assert diagnosis.verdict


def test_copies_of_all_training_rows_leave_nothing_to_train_on(linear_world):
    rows = linear_world(200, seed=1)
    diagnosis = diagnose(DecisionTreeClassifier(random_state=0), rows.X, rows.y, rows.X, rows.y)
    assert diagnosis.verdict == "leakage"
    assert diagnosis.findings[0].gain == 0.0


def test_a_changed_unit_without_labels_is_measured_on_broken_test_rows(number_world, only):
    only("data quality", "shift")
    train, test, production = (number_world(1200, seed=s) for s in (1, 2, 3))
    X = production.X.copy()
    X[:, 0] *= 100
    diagnosis = diagnose(Ridge(), train.X, train.y, test.X, test.y, X_production=X)
    assert diagnosis.verdict == "data_quality"
    # oracle: 99 times a column of weight 2 and variance 1 → 4 · 99² = 39,204
    assert abs(diagnosis.findings[0].gain / 39_204 - 1) < 0.15


def test_a_target_that_a_reference_predicts_exactly_has_no_noise():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(600, 3)).astype(float)
    y = 4.0 * X[:, 0] + 2 * X[:, 1] + np.where(rng.random(600) < 0.01, 0.5, 0.0)
    diagnosis = diagnose(Ridge(), X[:300], y[:300], X[300:], y[300:], kind="regression")
    assert diagnosis.kind == "regression"


def test_a_column_without_any_value_and_infinite_values_spoil_no_trial(linear_world):
    rows = [linear_world(600, seed=s) for s in (1, 2, 3)]
    for sample in rows:
        sample.X[:, 4] = np.nan
    model = make_pipeline(SimpleImputer(keep_empty_features=True), LogisticRegression())
    tables = [value for sample in rows for value in (sample.X, sample.y)]
    diagnosis = diagnose(model, *tables)
    assert diagnosis.skipped == ()
    assert diagnosis.verdict in {"healthy", "undecidable"}  # oracle: a linear world


def test_huge_numbers_and_a_production_without_rows_spoil_nothing(linear_world):
    rows = [linear_world(600, seed=s) for s in (1, 2)]
    for sample in rows:
        sample.X[:, 4] *= 1e200
    none = (rows[0].X[:0], rows[0].y[:0])
    model = make_pipeline(FunctionTransformer(lambda X: X[:, :4]), LogisticRegression())
    diagnosis = diagnose(model, rows[0].X, rows[0].y, rows[1].X, rows[1].y, *none)
    assert diagnosis.verdict in {"healthy", "undecidable"}  # oracle: a linear world
    assert "concept_drift" not in diagnosis.unanswered


def test_two_columns_of_one_name_are_refused(linear_world):
    rows = linear_world(100, seed=1)
    table = pd.DataFrame(rows.X, columns=["a", "a", "b", "c", "d"])
    with pytest.raises(InputError, match="column names must differ"):
        diagnose(LogisticRegression(), table, rows.y, table, rows.y)


def test_a_class_of_a_few_rows_decides_nothing():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = np.zeros(200, dtype=int)
    y[[0, 100, 101]] = 1
    rare = diagnose(LogisticRegression(), X[:100], y[:100], X[100:], y[100:])
    assert rare.verdict == "undecidable"
    assert "1 training rows" in rare.findings[0].evidence
    y[:20] = 1  # now they can be learned; two of the test rows are too few to count shares
    diagnosis = diagnose(
        LogisticRegression(), X[:100], y[:100], X[100:], y[100:], X[100:], y[100:]
    )
    assert all(f.cause != "label_shift" for f in (*diagnosis.findings, *diagnosis.tried))


def test_a_gain_that_is_large_but_not_certain_is_left_undecided(linear_world):
    from leadline.analysis.diagnosis.bench import Suspicion
    from leadline.analysis.diagnosis.gains import from_error
    from leadline.analysis.diagnosis.judge import _verdict

    wide = Suspicion(
        cause="overfitting", gain=from_error(0.5, 0.6, n_units=50), floor=0.01,
        evidence="", remedy="", question="?",
    )  # fmt: skip
    assert _verdict(wide, 0.4) == "undecidable"


def test_a_gain_whose_interval_lies_above_the_floor_needs_no_small_pvalue():
    from leadline.analysis.diagnosis.bench import Suspicion
    from leadline.analysis.diagnosis.gains import from_error
    from leadline.analysis.diagnosis.judge import _verdict

    sure = Suspicion(
        cause="overfitting", gain=from_error(0.05, 0.02, n_units=500), floor=0.01,
        evidence="", remedy="", question="?",
    )  # fmt: skip
    assert sure.gain.lower > 0.01
    assert _verdict(sure, 0.06) == "confirmed"


def test_silence_about_causes_that_were_never_tried_is_no_health(linear_world, diagnosed):
    train, test = linear_world(300, seed=1), linear_world(1200, seed=2)
    diagnosis = diagnosed(LogisticRegression(), train, test, budget_seconds=1e-9)
    assert diagnosis.verdict == "undecidable"
    assert "not tried: data quality" in diagnosis.findings[0].evidence
    assert "budget_seconds" in diagnosis.findings[0].remedy


def test_the_causes_are_tried_in_an_order_in_which_each_finds_what_it_needs():
    order = list(engine.CAUSES)
    assert order.index("capacity") < order.index("amount of data") < order.index("shift")


def test_classes_that_training_never_saw_decide_nothing(linear_world):
    train, test = linear_world(200, seed=1), linear_world(200, seed=2)
    coded = np.where(test.y > 0, 7, 0)
    diagnosis = diagnose(LogisticRegression(), train.X, train.y, test.X, coded)
    assert diagnosis.verdict == "undecidable"
    assert "(7): are both targets coded alike?" in diagnosis.findings[0].evidence


def test_rows_in_another_order_than_their_targets_are_refused(number_world):
    train, test = number_world(60, seed=1), number_world(60, seed=2)
    X, y = pd.DataFrame(train.X), pd.Series(train.y)
    with pytest.raises(InputError, match="index of X_train in another order"):
        diagnose(Ridge(), X[::-1], y, test.X, test.y)
    assert not is_shuffled(X, y)
    assert not is_shuffled(X, y[:-1])
    assert not is_shuffled(X, y.set_axis(range(100, 160)))
    assert not is_shuffled(X, train.y)  # no index: by place


def test_tables_of_any_form_are_addressed_or_refused():
    rows = sparse.coo_array(np.eye(3))
    assert addressed(rows, name="X").format == "csr"
    with pytest.raises(InputError, match=r"X is an array of shape \(2, 2, 2\)"):
        addressed(np.zeros((2, 2, 2)), name="X")
    assert vector(pa.array([1, 2, 2])).tolist() == [1, 2, 2]


def test_a_model_that_hangs_or_ends_the_program_is_told_in_one_sentence(
    linear_world, diagnosed, monkeypatch
):
    monkeypatch.setattr(engine, "LEAST_PATIENCE", 0.01)
    train, test = linear_world(60, seed=1), linear_world(60, seed=2)
    free = threading.Event()

    class Hangs(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            free.wait(60)

    class Ends(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            sys.exit(7)

    streams = sys.stdout, sys.stderr
    with pytest.raises(InputError, match=r"Hangs has not finished learning 60 rows in 0\.01 s"):
        diagnosed(Hangs(), train, test, budget_seconds=0.001)
    assert (sys.stdout, sys.stderr) == streams  # given back although it still holds them
    free.set()
    with pytest.raises(InputError, match="Ends raised SystemExit while training"):
        diagnosed(Ends(), train, test)


def test_a_budget_of_nothing_is_refused(linear_world, diagnosed):
    train, test = linear_world(60, seed=1), linear_world(60, seed=2)
    for budget in (0, -3, float("nan")):
        with pytest.raises(InputError, match="budget_seconds must be a number above 0"):
            diagnosed(LogisticRegression(), train, test, budget_seconds=budget)


def test_groups_too_few_for_an_interval_decide_nothing(linear_world, diagnosed):
    train, test = linear_world(60, seed=1), linear_world(60, seed=2)
    for groups, told in ((np.zeros(120), "of 1 group;"), (np.arange(120) % 3, "of 3 groups;")):
        found = diagnosed(LogisticRegression(), train, test, groups=groups).findings[0]
        assert found.cause == "undecidable"
        assert told in found.evidence
        assert "more groups" in found.sentence


def test_a_handful_of_production_rows_tells_nothing_and_the_rest_stands(
    linear_world, diagnosed, only
):
    only("calibration", "shift")
    train, test, production = (linear_world(n, seed=n) for n in (300, 250, 5))
    found = diagnosed(
        LogisticRegression(), train, test, X_production=production.X, y_production=production.y
    )
    assert found.verdict == "healthy"
    assert found.unanswered["concept_drift"].startswith("5 production rows can tell nothing")
    one = diagnosed(LogisticRegression(), train, test, X_production=production.X[:1])
    assert one.unanswered["concept_drift"].startswith("1 production row can")


def test_a_model_that_needs_all_rows_is_judged_without_folds(linear_world, diagnosed, only):
    only("calibration")
    train, test = linear_world(300, seed=1), linear_world(250, seed=2)
    found = diagnosed(Picky(), train, test)
    assert any("folds of the training rows: Picky raised" in s for s in found.skipped)
    assert [r.name for r in found.ladder][:4] == ["constant", "rule", "train", "test"]
    with pytest.raises(InputError, match="Picky raised ValueError while training on 299 rows"):
        diagnosed(Picky(), linear_world(299, seed=1), test)


def test_a_column_without_any_value_is_named_where_the_model_fails_on_it(linear_world):
    train, test = linear_world(60, seed=1), linear_world(60, seed=2)
    tables = [
        pd.DataFrame(rows.X, columns=list("abcde")).assign(z=np.nan) for rows in (train, test)
    ]
    with pytest.raises(InputError, match="No training row has a value in z: drop"):
        diagnose(LogisticRegression(), tables[0], train.y, tables[1], test.y)


def test_a_metric_without_a_value_on_the_test_rows_is_said(linear_world, diagnosed, only):
    def unknown(y_true, y_pred):
        return float("nan")

    only("calibration")
    train, test = linear_world(60, seed=1), linear_world(60, seed=2)
    found = diagnosed(LogisticRegression(), train, test, metric=unknown)
    assert "gains in unknown: it is undefined on these test rows" in found.skipped


def test_a_healthy_model_says_what_unlabelled_production_hides(linear_world, diagnosed, only):
    only("calibration")
    train, test, production = (linear_world(250, seed=s) for s in (1, 2, 3))
    found = diagnosed(LogisticRegression(), train, test, X_production=production.X)
    assert found.verdict == "healthy"
    assert "production rows have no labels" in found.findings[0].evidence
    assert "the most that was seen is" in found.findings[0].sentence


def test_a_model_that_fails_on_the_test_rows_is_told_with_their_name(linear_world, diagnosed):
    class Small(LogisticRegression):
        def predict_proba(self, X):
            if len(X) > 2000:
                raise MemoryError("too many rows")
            return super().predict_proba(X)

    train, test = linear_world(300, seed=1), linear_world(2500, seed=2)
    with pytest.raises(InputError, match="MemoryError while predicting test rows: too many"):
        diagnosed(Small(), train, test)
