"""Which kind of problem a target poses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from leadline.analysis.problem import kinds
from leadline.analysis.problem.framings import FRAMINGS
from leadline.analysis.problem.kinds import KINDS, infer_problem
from leadline.errors import InputError

GRADES = np.tile([0, 1, 2, 3], 50)


@pytest.mark.parametrize(
    ("y", "options", "kind"),
    [
        (["yes", "no", "no"], {}, "binary"),
        ([True, False], {}, "binary"),
        (np.tile([0, 1], 50), {"columns": ["position"]}, "binary"),  # too many positives
        (np.r_[np.ones(3), np.zeros(97)], {"columns": ["hour"]}, "binary"),
        (np.r_[np.ones(3), np.zeros(97)], {"columns": ["ad_position"]}, "click"),
        (["a", "b", "c"], {}, "multiclass"),
        (GRADES, {}, "multiclass"),
        (GRADES, {"groups": np.arange(200) // 10}, "ranking"),
        (np.linspace(0, 1, 30), {}, "regression"),
        ([1, 2, 3, 4], {}, "regression"),  # whole numbers, each seen once
        (np.linspace(0, 1, 30), {"time": np.arange(30)}, "forecast"),
        (np.tile([0, 1], 50), {"time": np.arange(100)}, "binary"),
    ],
)
def test_the_kind_is_inferred_from_the_target(y, options, kind):
    problem = infer_problem(y, **options)
    assert problem.kind == kind
    assert problem.reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_two_other_framings(kind):
    first, second = FRAMINGS[kind]
    assert first.kind != second.kind != kind
    assert infer_problem([0, 1, 1, 0], kind=kind).others == (first, second)


def test_the_user_may_override_and_the_reason_says_so():
    problem = infer_problem(GRADES, kind="regression")
    assert problem.kind == "regression"
    assert problem.reason.startswith("you said so; the target has 4 whole numbers")
    assert problem.classes == ()


def test_classes_are_taken_from_training_and_test_rows():
    problem = infer_problem(["a", "b", "a"], y_test=["c"])
    assert problem.classes == ("a", "b", "c")
    assert problem.encode(["c", "a"]).tolist() == [2, 0]


def test_the_positive_class_can_be_named():
    problem = infer_problem(["churn", "stay"], positive="churn")
    assert problem.classes == ("stay", "churn")
    assert problem.positive == "churn"
    assert infer_problem(["churn", "stay"], positive="stay").classes == ("churn", "stay")
    with pytest.raises(InputError, match="positive is 'left'"):
        infer_problem(["churn", "stay"], positive="left")


def test_one_true_and_1_are_the_same_class():
    problem = infer_problem([0, 1])
    assert problem.encode([True, 0.0, np.int8(1)]).tolist() == [1, 0, 1]
    assert infer_problem(pd.Series([1.0, 0.0, True], dtype=object)).kind == "binary"


@pytest.mark.parametrize(("y", "classes"), [([1, 1], (0, 1)), (["x", "x"], ("not x", "x"))])
def test_a_constant_target_is_said_to_be_one(y, classes):
    problem = infer_problem(y)
    assert problem.is_constant
    assert problem.classes == classes
    assert "always" in problem.reason


def test_mixed_classes_are_sorted_by_what_they_print():
    assert infer_problem([1, "a", 2, "b"]).classes == (1, 2, "a", "b")


def test_only_classes_have_a_positive_one():
    assert infer_problem([0.1, 0.2, 0.7, 0.9]).positive is None


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        ([], {}, "has no rows"),
        ([0, 1], {"kind": "clustering"}, "kind 'clustering' is unknown"),
        (["a", "b", "c"], {"kind": "binary"}, "has two values, this one has 3"),
    ],
)
def test_a_target_that_does_not_fit_is_an_error(y, options, message):
    with pytest.raises(InputError, match=message):
        infer_problem(y, **options)


def test_a_target_that_was_never_seen_is_an_error():
    with pytest.raises(InputError, match="has 'c', which is none of"):
        infer_problem(["a", "b"]).encode(["c"])


def test_numbers_are_encoded_as_they_are():
    problem = infer_problem([1.5, 2.5, 3.5])
    assert problem.encode([2, "4.5"]).tolist() == [2.0, 4.5]


def test_a_missing_number_is_an_error_that_names_the_row():
    problem = infer_problem([1.5, 2.5, 3.5])
    with pytest.raises(
        InputError, match=r"1 of 3 rows have no target \(the first is row 1, nan\)"
    ):
        problem.encode([1.5, np.nan, 2.0])


@pytest.mark.parametrize("grades", [[0, -1, 2], [0, 1, 50]])
def test_grades_of_a_ranking_stay_within_what_can_be_counted(grades):
    problem = infer_problem([0, 1, 2], kind="ranking")
    with pytest.raises(InputError, match="grades rows from 0 to 31"):
        problem.encode(grades)


def test_missing_labels_are_no_class():
    assert infer_problem(["a", None, "b"]).classes == ("a", "b")
    assert infer_problem([None, None]).reason == "it is empty"


def test_rows_without_a_target_are_counted_by_table():
    problem = infer_problem(["no", "yes", "no"])
    with pytest.raises(InputError, match=r"2 of 3 test rows have no target \(.* row 1, None\)"):
        problem.encode(["no", None, ""], of="test")


@pytest.mark.parametrize("size", [1e150, 1e-150])
def test_a_target_whose_square_is_no_number_is_refused(size):
    problem = infer_problem([1.5, 2.5, 3.5])
    with pytest.raises(InputError, match="squared errors of it are no numbers"):
        problem.encode([1.0 * size, 2.0 * size])
    assert problem.encode([0.0, 0.0]).tolist() == [0.0, 0.0]


def test_the_reason_names_the_class_whose_probability_is_predicted():
    y = ["stays", "leaves", "stays", "stays"]
    assert infer_problem(y).reason.endswith("('stays' in 75.0% of the rows)")
    chosen = infer_problem(y, positive="leaves")
    assert chosen.reason.endswith("('leaves' in 25.0% of the rows)")
    assert chosen.classes == ("stays", "leaves")
    assert infer_problem([0, 1, 1], positive="0").classes == (1, 0)  # from a command line
    with pytest.raises(InputError, match=r"positive is 'no', which is none of \[0, 1\]"):
        infer_problem([0, 1, 1], positive="no")


def test_words_are_no_numbers_in_a_target_of_numbers():
    problem = infer_problem([1.5, 2.5, 3.5])
    with pytest.raises(
        InputError, match="target of row 1 is 'much', which is no finite number"
    ):
        problem.encode([1.5, "much", 2.0])


def test_a_target_of_many_rows_is_looked_at_by_its_distinct_values(monkeypatch):
    asked = []
    usual = kinds._key
    monkeypatch.setattr(kinds, "_key", lambda value: asked.append(value) or usual(value))
    y = np.tile([0, 1], 5_000)
    found = infer_problem(y, y_test=y)
    np.testing.assert_array_equal(found.encode(y), y)
    assert len(asked) < 50  # oracle: two values, each asked of a few times; not 20,000 rows
    assert "1 in 50.0% of the rows" in found.reason


def test_values_that_cannot_be_counted_are_their_text():
    values = np.empty(4, dtype=object)
    values[:] = [[1], [2], [1], [2]]
    found = infer_problem(values)
    assert found.classes == ("[1]", "[2]")
    np.testing.assert_array_equal(found.encode(values), [0, 1, 0, 1])
