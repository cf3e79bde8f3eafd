"""What a cut says in words."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline.features import best_cut, put_in_order, read_features
from leadline.analysis.problem.encoding import Encoder


def ordered(values, y, **options):
    encoder = Encoder().fit({"x": values})
    matrix = encoder.transform({"x": values})
    feature = read_features(encoder, matrix)[options.get("which", 0)]
    return put_in_order(feature, feature.bins(matrix), np.asarray(y, dtype=float)[:, None])


def cut(found):
    return best_cut(found.count, found.total, fewest=1)[0]


def words(*values):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


@pytest.mark.parametrize(
    ("values", "y", "above", "up_to"),
    [
        (np.array([1, 2, 3, 4]), [0, 0, 1, 1], "x > 2", "x ≤ 2"),
        (np.array([1, 2, 3, np.nan]), [0, 0, 1, 1], "x > 2 or missing", "x ≤ 2"),
        (np.array([1, 2, 3, np.nan]), [1, 1, 0, 1], "x > 2", "x ≤ 2 or missing"),
        (np.array([5, 5, np.nan, np.nan]), [0, 0, 1, 1], "x is missing", "x is known"),
        (np.array([False, False, True, True]), [0, 0, 1, 1], "x is true", "x is false"),
        (np.array(["2024-01-31", "2024-02-01"], dtype="datetime64[D]"), [0, 1],
         "x > 2024-01-31", "x ≤ 2024-01-31"),
        (words("a", "a", "b", "c"), [1, 1, 0, 0], "x is a", "x is not a"),
        (words("a", "b", None, None), [0, 0, 1, 1], "x is missing", "x is not missing"),
        (words(*"abcdefghij"), [1] * 5 + [0] * 5, "x is a, b, c, d or 1 more",
         "x is f, g, h, i or 1 more"),
    ],
)  # fmt: skip
def test_both_sides_of_a_cut_are_said(values, y, above, up_to):
    found = ordered(values, y)
    place = cut(found)
    assert found.above(place) == above
    assert found.up_to(place) == up_to


def test_a_word_in_a_text_is_said_as_one():
    texts = words(
        *(
            f"dear team please send invoice {i}" if i % 2 else f"dear all we meet at {i} sharp"
            for i in range(80)
        )
    )
    encoder = Encoder().fit({"mail": texts})
    matrix = encoder.transform({"mail": texts})
    names = [feature.name for feature in read_features(encoder, matrix)]
    which = names.index('mail contains "invoice"')
    feature = read_features(encoder, matrix)[which]
    found = put_in_order(feature, feature.bins(matrix), (np.arange(80) % 2)[:, None] * 1.0)
    assert found.above(cut(found)) == 'mail contains "invoice"'
    assert found.up_to(cut(found)) == 'mail lacks "invoice"'


def test_categories_never_seen_in_training_lie_in_the_middle():
    found = ordered(words(*"aaaabbbb"), [1, 1, 1, 1, 0, 0, 0, 0])
    unseen = found.feature.bins(np.array([[3.0]]))
    assert found.position[unseen][0] not in (0, found.feature.n_bins - 1)


def test_columns_that_never_vary_are_left_out():
    table = {"same": np.ones(5), "gone": np.full(5, np.nan), "x": np.arange(5)}
    encoder = Encoder().fit(table)
    found = read_features(encoder, encoder.transform(table))
    assert [feature.name for feature in found] == ["x"]


def test_many_values_are_cut_at_quantiles():
    values = np.arange(10_000.0)
    encoder = Encoder().fit({"x": values})
    (feature,) = read_features(encoder, values[:, None], n_bins=4)
    np.testing.assert_allclose(feature.edges, [2499, 4999, 7499], atol=1)


def test_no_cut_leaves_too_few_rows():
    assert best_cut(np.array([1.0, 1.0]), np.array([[0.0], [1.0]]), fewest=2) == (-1, 0.0)
    assert best_cut(np.array([4.0]), np.array([[1.0]]), fewest=1) == (-1, 0.0)
