"""The proper loss of each kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.losses import (
    group_codes,
    loss_mean,
    ndcg_per_query,
    proper_loss,
    row_loss,
)
from leadline.errors import InputError, NotEnoughDataError

RNG = np.random.default_rng(7)
Y = RNG.integers(0, 2, 200)
P = RNG.uniform(0.01, 0.99, 200)
BINARY = infer_problem(Y)
RANKING = infer_problem(Y, kind="ranking")


def test_log_loss_is_scikit_learns():
    assert loss_mean(Y, P, problem=BINARY) == pytest.approx(sk.log_loss(Y, P), abs=1e-12)
    weights = RNG.uniform(1, 2, 200)
    assert loss_mean(Y, P, problem=BINARY, sample_weight=weights) == pytest.approx(
        sk.log_loss(Y, P, sample_weight=weights), abs=1e-12
    )


def test_log_loss_of_many_classes_is_scikit_learns():
    y = RNG.integers(0, 3, 200)
    shares = RNG.dirichlet(np.ones(3), 200)
    problem = infer_problem(y)
    assert loss_mean(y, shares, problem=problem) == pytest.approx(sk.log_loss(y, shares))


def test_a_sure_mistake_costs_fourteen_nats_and_not_infinity():
    # −ln(10⁻⁶) = 13.8155…
    assert row_loss(np.array([1]), np.array([0.0]), problem=BINARY)[0] == pytest.approx(
        13.81551
    )


def test_squared_error_is_by_row():
    problem = infer_problem([1.5, 2.0, 4.0], kind="regression")
    found = row_loss(np.array([1.0, 2.0]), np.array([3.0, 2.0]), problem=problem)
    assert found.tolist() == [4.0, 0.0]


def test_normalised_entropy_of_the_base_rate_is_one():
    problem = infer_problem(Y, kind="click")
    # by definition (He et al. 2014, section 3)
    assert loss_mean(Y, np.full(200, Y.mean()), problem=problem) == pytest.approx(1)


def test_ndcg_is_scikit_learns_query_by_query():
    y = RNG.integers(0, 5, 300)
    scores = RNG.integers(0, 4, 300).astype(float)  # with ties
    queries = np.sort(RNG.integers(0, 20, 300))
    found = ndcg_per_query(y, scores, queries)
    expected = [
        sk.ndcg_score([2.0 ** y[queries == q] - 1], [scores[queries == q]], k=10)
        for q in range(20)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@given(st.permutations(range(30)))
def test_the_order_of_rows_does_not_change_ndcg(order):
    y, scores, queries = Y[:30], P[:30], np.arange(30) // 6
    shuffled = list(order)
    np.testing.assert_allclose(
        ndcg_per_query(y, scores, queries),
        ndcg_per_query(y[shuffled], scores[shuffled], queries[shuffled]),
    )


def test_queries_without_a_relevant_row_are_left_out():
    y = np.array([0, 0, 1, 0])
    losses = proper_loss(
        y, np.array([1.0, 2, 3, 4]), problem=RANKING, groups=["a", "a", "b", "b"]
    )
    assert losses.unit == "query"
    # one relevant row at place 2 of 2: NDCG = 1 / log2(3)
    np.testing.assert_allclose(losses.values, [1 - 1 / np.log2(3)])


def test_a_ranking_without_queries_is_an_error():
    with pytest.raises(InputError, match="which rows belong to one query"):
        proper_loss(Y, P, problem=RANKING)


def test_a_loss_of_nothing_is_an_error():
    with pytest.raises(NotEnoughDataError, match="at least one query"):
        loss_mean(np.zeros(2), np.zeros(2), problem=RANKING, groups=[1, 1])


def test_groups_of_any_type_become_codes():
    assert group_codes(["b", "a", "b"]).tolist() == [1, 0, 1]
    assert group_codes(np.array([30, 10, 30])).tolist() == [1, 0, 1]
    assert group_codes(["b", None, 3]).tolist() == [2, 1, 0]


def test_rows_keep_their_clusters():
    losses = proper_loss(Y, P, problem=BINARY, groups=np.arange(200) // 10)
    assert losses.unit == "row"
    assert losses.clusters is not None
    assert losses.clusters.max() == 19
