"""What a remedy is worth in the user's payoff, and a reference that has nothing to learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from leadline.analysis.diagnosis.references import references
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.problem.kinds import Problem


def test_a_stronger_model_is_worth_what_its_answers_save(bent_world, diagnosed):
    train, test = bent_world(800, seed=1), bent_world(2000, seed=2)
    diagnosis = diagnosed(LogisticRegression(), train, test, payoff=[[0.0, -1.0], [-1.0, 0.0]])
    found = next(f for f in diagnosis.findings if f.cause == "underfitting")
    # oracle: a payoff of −1 for a wrong answer is accuracy; the best answer is the sign of
    # the product, the best without it is the commoner class (symmetry: about ½)
    best = np.mean(test.y == (test.X[:, 0] * test.X[:, 1] > 0))
    common = max(test.y.mean(), 1 - test.y.mean())
    assert found.verdict == "confirmed"
    assert found.value == pytest.approx(1000 * (best - common), abs=40)


def test_a_reference_trained_on_one_class_says_that_class():
    matrix = np.arange(6.0).reshape(6, 1)
    sample = Sample(name="train", X=matrix, labels=None, y=np.ones(6, dtype=int), matrix=matrix)
    learners = references(
        problem=Problem(kind="binary", reason="two values", classes=(0, 1)),
        categorical=np.zeros(1, dtype=bool),
        n_rows=6,
        seed=0,
    )
    for learner in learners:  # oracle: the share of class 1 among the rows is 1
        assert learner.train(sample)(sample).tolist() == [1.0] * 6
