"""Wrong answers that are possible numbers: they show together, and so does what they cost."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm
from sklearn.ensemble import RandomForestRegressor

from leadline.analysis.diagnosis.causes.contamination import (
    Apart,
    contaminated,
    farther,
    worse,
)
from leadline.analysis.diagnosis.samples import Sample
from leadline.library.diagnosis import diagnose


def apart(distance, expected=None):
    expected = np.zeros(distance.size) if expected is None else expected
    return Apart(expected=expected, distance=distance)


def test_within_one_stratum_distances_are_compared_as_mann_and_whitney_do():
    rng = np.random.default_rng(0)
    train, test = rng.exponential(1.1, 400), rng.exponential(1.0, 300)
    found = farther(apart(train), apart(test))  # all expect the same: one stratum
    told = mannwhitneyu(train, test, alternative="greater", method="asymptotic",
                        use_continuity=False).pvalue  # fmt: skip
    assert norm.sf(found) == pytest.approx(told)  # oracle: scipy


def test_rows_with_more_noise_of_their_own_are_no_wrong_answers():
    """Oracle: distances have the scale that is expected, and only that differs by sample."""
    rng = np.random.default_rng(0)
    loud, quiet = rng.uniform(2, 4, 3_000), rng.uniform(1, 3, 3_000)
    train, test = (s * np.abs(rng.normal(size=s.size)) for s in (loud, quiet))
    assert farther(apart(train), apart(test)) > 10
    assert abs(farther(apart(train, loud), apart(test, quiet))) < 2.5


def test_an_empty_stratum_compares_nothing():
    train = apart(np.ones(20), np.arange(20.0))
    test = apart(np.ones(5), np.full(5, 100.0))  # all in the last stratum; all tied
    assert farther(train, test) == 0.0


def test_the_share_of_wrong_answers_and_which_ones_they_are():
    """Oracle: a fifth of the distances are eight times as large."""
    rng = np.random.default_rng(0)
    test = np.abs(rng.normal(size=4_000))
    wrong = rng.random(4_000) < 0.2
    train = np.abs(rng.normal(size=4_000)) * np.where(wrong, 8, 1)
    share, chance = contaminated(train, test)
    # closed form: 1 - share of those within z, of which 2 Φ(z / 8) - 1 are wrong ones
    assert 0.14 < share < 0.22
    assert chance[train > 4].mean() > 0.95
    assert chance[train < 1].mean() < 0.1
    assert np.all(np.diff(chance[np.argsort(train)]) >= 0)
    none, _ = contaminated(np.abs(rng.normal(size=4_000)), test)
    assert none < 0.03


@pytest.mark.parametrize(
    ("how", "slope"), [("other rows", 0.0), ("noise", 1.0), ("point", 10.0)]
)
def test_more_wrong_answers_are_made_as_those_that_were_found(how, slope):
    """Oracle: how the wrong answers go with what is expected, as they were made."""
    rng = np.random.default_rng(0)
    expected = rng.normal(5, 1, 4_000)
    y = expected + 0.1 * rng.normal(size=4_000)
    made = {
        "other rows": rng.permutation(y),
        "noise": y + rng.normal(size=4_000),
        "point": 10 * y,
    }
    wrong = rng.random(4_000) < 0.3
    rows = Sample(name="training", X=expected[:, None], labels=None,
                  y=np.where(wrong, made[how], y), matrix=expected[:, None])  # fmt: skip
    more = worse(rows, expected, wrong.astype(float), share=0.3, rng=rng)
    new = more.target != rows.target
    assert abs(new.mean() - 0.3) < 0.03
    line = np.polyfit(expected[new], more.target[new], 1)
    assert line[0] == pytest.approx(slope, abs=0.1)
    scatter = {"other rows": np.std(y), "noise": 1.0, "point": 1.0}[how]
    left = more.target[new] - np.polyval(
        np.polyfit(expected[new], more.target[new], 1), expected[new]
    )
    assert np.std(left) == pytest.approx(scatter, rel=0.1)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_answers_of_other_rows_are_label_noise_and_right_ones_are_not(
    only, number_world, share
):
    """Oracle: the same forest with the answers as they were before they changed places."""
    only("label noise")
    train, test = number_world(1_200, seed=1), number_world(1_200, seed=2)
    rng = np.random.default_rng(0)
    wrong = np.where(rng.random(1_200) < share, rng.permutation(train.y), train.y)
    model = RandomForestRegressor(30, min_samples_leaf=5, random_state=0, n_jobs=1)
    found = diagnose(model, train.X, wrong, test.X, test.y)
    assert found.verdict == ("label_noise" if share else "healthy")
    if share:
        loss = [
            np.mean((test.y - model.fit(train.X, y).predict(test.X)) ** 2)
            for y in (wrong, train.y)
        ]
        first = found.findings[0]
        assert 0.4 * (loss[0] - loss[1]) < first.gain < 1.3 * (loss[0] - loss[1])
        told = int(re.match(r"at least (\d+)% of the training labels", first.evidence)[1])
        assert 3 <= told <= 30  # oracle: three in ten changed places, many to a like answer
