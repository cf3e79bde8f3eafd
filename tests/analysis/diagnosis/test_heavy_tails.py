"""Numbers with heavy tails: a handful of rows must not hide what all others show."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import kurtosis as scipy_kurtosis
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.engine import few_to_judge, kurtosis
from leadline.analysis.diagnosis.gains import measured, winsorised
from leadline.analysis.diagnosis.samples import Sample
from leadline.analysis.diagnosis.single import _line, _straight, column_shares
from leadline.analysis.problem.kinds import Problem
from leadline.library.diagnosis import diagnose


def test_kurtosis_is_that_of_scipy():
    values = np.random.default_rng(0).lognormal(size=500)
    assert kurtosis(values) == pytest.approx(scipy_kurtosis(values, fisher=False))
    assert kurtosis(np.ones(5)) == np.inf  # nothing can be told of rows that do not differ


@pytest.mark.parametrize(("tails", "few"), [("normal", False), ("heavy", True)])
def test_heavy_tails_make_many_rows_few(tails, few):
    """Oracle: 3,000 rows of kurtosis κ count as 9,000 / κ; a log-normal's κ is above 100."""
    rng = np.random.default_rng(0)
    target = rng.normal(size=3_000) if tails == "normal" else rng.lognormal(0, 1, 3_000)

    class Rows(SimpleNamespace):
        def __len__(self):
            return 3_000

    problem = SimpleNamespace(is_classification=False, kind="regression")
    assert few_to_judge(SimpleNamespace(test=Rows(target=target), problem=problem)) == few


def test_losses_are_winsorised_at_one_percent_of_either_side():
    before = np.arange(1_001.0)
    a, b = winsorised(before, np.zeros(1_001))
    # closed form: the quantiles of 0 … 1,000 at 1 % and 99 %
    assert ((a - b).min(), (a - b).max()) == (10.0, 990.0)
    assert np.array_equal((a - b)[10:991], before[10:991])


def test_a_gain_that_one_wild_row_hides_is_seen_by_the_others():
    """Oracle: 999 rows gain 1 ± 3, one gains 800; its mean has a standard error of 0.8."""
    rng = np.random.default_rng(0)
    gain = np.append(1 + 3 * rng.normal(size=999), 800.0)
    found = measured(gain, np.zeros(1_000))
    alone = gain.mean() / (gain.std(ddof=1) / np.sqrt(1_000))
    assert found.pvalue < thresholds.FALSE_DISCOVERY_RATE
    assert alone < 2.5  # the wild row made the mean twice as unsure as it made it large
    lost = np.append(0 + 3 * rng.normal(size=999), 800.0)  # that row is all there is
    assert measured(lost, np.zeros(1_000)).pvalue > 0.1


def numbers(X, y):
    return Sample(name="training", X=X, labels=y, y=y, matrix=X)


@pytest.mark.parametrize("column", ["numbers", "some missing", "one value", "all missing"])
def test_a_line_by_one_column_is_that_of_ridge_regression(column):
    """Oracle: scikit-learn's imputation, scaling and ridge regression."""
    rng = np.random.default_rng(0)
    x = rng.normal(7, 3, size=200)
    x[:: {"numbers": 200, "some missing": 5}.get(column, 1)] = np.nan
    x = np.full(200, 3.0) if column == "one value" else x
    y, known = rng.lognormal(size=200), np.arange(200) % 2 == 0
    expected = _straight(x[:, None], y, known)
    np.testing.assert_allclose(_line(x, y, known), expected, rtol=1e-12)


def test_a_copy_of_a_number_with_heavy_tails_takes_nearly_all_of_its_loss():
    """Oracle: the copy's own share of the variance, 1 − 0.05²."""
    rng = np.random.default_rng(0)
    y = rng.lognormal(0, 1.5, 4_000)
    copy = y + 0.05 * y.std() * rng.normal(size=4_000)
    problem = Problem(kind="regression", reason="")
    share = column_shares(
        numbers(copy[:, None], y), problem=problem, categorical=np.zeros(1, bool)
    )
    assert share[0] == pytest.approx(1 - 0.05**2, abs=0.01)


def test_a_copy_that_the_model_makes_little_of_is_a_leak_though_nothing_is_lost_without_it():
    """Oracle: the column is the answer and noise, and trees cannot follow its far tail."""
    rng = np.random.default_rng(3)

    def draw(n):
        X = rng.normal(size=(n, 4))
        X[:, 1] = X[:, 0] + 0.4 * rng.normal(size=n)
        X[:, 2] = X[:, 1] + 0.4 * rng.normal(size=n)
        y = np.exp(2.2 * X[:, 0] + 0.2 * rng.normal(size=n))
        return X, y

    (X, y), (X2, y2) = draw(800), draw(800)
    scale = y.std()
    with_copy = [
        np.column_stack([table, answer + 0.1 * scale * rng.normal(size=answer.size)])
        for table, answer in ((X, y), (X2, y2))
    ]
    found = diagnose(
        HistGradientBoostingRegressor(max_iter=60, random_state=0),
        with_copy[0], y, with_copy[1], y2,
    )  # fmt: skip
    assert found.verdict == "leakage"


def test_folds_with_wrong_labels_do_not_raise_the_floor(only):
    """Oracle: the floor is 2 % of the loss on test rows, whose labels are right."""
    only("calibration")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2))
    y = X[:, 0] + rng.normal(size=600)
    wrong = np.where(np.arange(600) % 20 == 0, 50.0, y)
    found = diagnose(LinearRegression(), X[:300], wrong[:300], X[300:], y[300:])
    loss = np.mean(
        (y[300:] - LinearRegression().fit(X[:300], wrong[:300]).predict(X[300:])) ** 2
    )
    assert found.floor == pytest.approx(0.02 * loss)
