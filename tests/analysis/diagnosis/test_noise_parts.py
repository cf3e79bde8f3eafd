"""What right labels would bring, told from turning more of them; errors in heavy tails."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

from leadline.analysis.diagnosis.causes.noise import in_training_only
from leadline.analysis.diagnosis.causes.outliers import more
from leadline.library.diagnosis import diagnose


def test_what_turning_labels_costs_tells_what_right_ones_bring(only, bent_world):
    """Oracle: the same forest with the labels as they were before some were turned."""
    only("label noise")
    train, test = bent_world(2_000, seed=1), bent_world(1_500, seed=2)
    rng = np.random.default_rng(0)
    wrong = np.where(rng.random(2_000) < 0.2, 1 - train.y, train.y)
    model = RandomForestClassifier(30, min_samples_leaf=5, random_state=0, n_jobs=1)
    found = diagnose(model, train.X, wrong, test.X, test.y)
    first = found.findings[0]
    assert found.verdict == "label_noise"
    assert first.measured_on == "test rows, told from turning more labels"
    loss = [
        np.mean(-np.log(np.clip(np.where(test.y == 1, p, 1 - p), 1e-6, 1)))
        for p in (model.fit(train.X, y).predict_proba(test.X)[:, 1] for y in (wrong, train.y))
    ]
    assert first.gain_lower < loss[0] - loss[1] < first.gain_upper


def test_typing_errors_show_beyond_the_tails_of_the_world(only):
    """Oracle: forty answers were multiplied by ten; the tails are Student's, 3 degrees."""
    only("label noise")
    rng = np.random.default_rng(0)

    def draw(n):
        X = rng.normal(size=(n, 3))
        return X, 50 + 5 * X[:, 0] + 2 * rng.standard_t(3, size=n)

    X, y = draw(800)
    wrong = np.where(np.arange(800) % 20 == 0, 10 * y, y)
    found = diagnose(LinearRegression(), X, wrong, *draw(600))
    assert found.verdict == "label_noise"
    assert "40 training labels" in found.findings[0].remedy
    assert diagnose(LinearRegression(), X, y, *draw(600)).verdict == "healthy"


def test_two_shares_are_compared_with_their_pooled_error():
    first, second = np.arange(100) < 10, np.arange(200) < 2
    # closed form: (0.1 - 0.01) / sqrt(p (1 - p) (1/100 + 1/200)), p = 13 / 302
    expected = 0.09 / np.sqrt(13 / 302 * (1 - 13 / 302) * (1 / 100 + 1 / 200))
    assert more(first, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("confident", "overall", "wrong"),
    [
        (6.0, -1.0, True),  # one class, for certain
        (2.6, 2.6, True),
        (2.2, 5.3, True),  # few sure rows, but many contradicted ones: (2.2 + 5.3) / 1.41 = 5.3
        (1.6, 2.4, False),  # (1.6 + 2.4) / 1.41 = 2.8
        (1.0, 9.0, False),  # where it is surest, hardly more
    ],
)
def test_labels_are_wrong_where_both_signs_say_so(confident, overall, wrong):
    assert in_training_only(confident, overall) == wrong
