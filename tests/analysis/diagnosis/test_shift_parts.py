"""Other rows, other answers, other shares: each told from the others where the truth is known.

Oracle: worlds whose chances are written down. Whether the same row is answered otherwise is
then known, and so is what each learner may gain by knowing where a row comes from.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from leadline.analysis.diagnosis import engine, priors
from leadline.analysis.diagnosis.causes.shift import Rise
from leadline.analysis.diagnosis.domain import Split
from leadline.analysis.diagnosis.otherwise import answered_otherwise
from leadline.analysis.diagnosis.thresholds import SHIFT_STANDARD_ERRORS
from leadline.library.diagnosis import diagnose


def world(n, *, seed, move=0.0, turned=False, rare=1.0):
    """Rows whose answer hangs on two columns; `turned` answers the first one otherwise."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    X["a"] += move
    logit = 1.5 * (-X["a"] if turned else X["a"]) - X["b"]
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int).to_numpy()
    kept = np.flatnonzero((y == 0) | (rng.random(n) < rare))
    return X.iloc[kept].reset_index(drop=True), y[kept]


class EnoughSeenError(Exception):
    """Nothing else of the diagnosis is asked about."""


def told(monkeypatch, production, *, ratio=None):
    """By how many standard errors it helps to know which rows are new."""
    found = []

    def look(bench):
        rows = bench.case.production
        gain = answered_otherwise(bench, rows, ratio=None if ratio is None else ratio(bench))
        found.append(gain.estimate / gain.standard_error)
        raise EnoughSeenError

    monkeypatch.setattr(engine, "CAUSES", {"shift": look})
    train, test = world(300, seed=1), world(300, seed=2)
    with pytest.raises(EnoughSeenError):
        diagnose(LogisticRegression(), *train, *test, *production)
    return found[0]


def of_shares(bench):
    shares = [np.bincount(rows.target) / len(rows)
              for rows in (bench.case.production, bench.case.test)]  # fmt: skip
    return shares[0] / shares[1]


def test_who_answers_otherwise_must_be_known_and_who_is_rare_need_not(monkeypatch):
    least = SHIFT_STANDARD_ERRORS
    assert told(monkeypatch, world(400, seed=3, turned=True)) > least
    assert told(monkeypatch, world(400, seed=3, move=1.5)) < least
    assert told(monkeypatch, world(400, seed=3)) < least


def test_rows_weighed_to_new_shares_tell_nothing_of_a_label_shift(monkeypatch):
    rarer = world(900, seed=3, rare=0.1)
    assert told(monkeypatch, rarer) > SHIFT_STANDARD_ERRORS  # chances did change
    assert told(monkeypatch, rarer, ratio=of_shares) < SHIFT_STANDARD_ERRORS
    turned = world(400, seed=3, turned=True)
    assert told(monkeypatch, turned, ratio=of_shares) > SHIFT_STANDARD_ERRORS


def rise(*, total=1.0, concept=1.0, told=0.0, share=0.0, others=False, any_others=False,
         pays=False):  # fmt: skip
    split = Split(total=total, total_error=0.1, concept=concept, concept_error=0.1,
                  covariate=total - concept, shared=0.9)  # fmt: skip
    return Rise(split=split, told=told, told_share=share, others=others,
                any_others=any_others, pays=pays)  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (rise(), "otherwise"),  # the same rows come and lose more
        (rise(concept=0.0, told=4.0), "otherwise"),  # it helps to know which are new
        (rise(total=0.0, concept=0.0, told=4.0, pays=True), "otherwise"),  # tails hide the rise
        (rise(concept=0.0), None),
        (rise(others=True), "others"),  # other rows come, and where they are from is no news
        (rise(others=True, told=4.0, share=0.5), "otherwise"),
        (rise(others=True, told=4.0, share=0.01), "others"),  # certain, but next to nothing
        (rise(any_others=True), "others"),  # a column that never moved in training moves now
        (rise(any_others=True, told=2.5), "otherwise"),  # it moves, but something else changed
        (rise(total=0.0, concept=0.0, others=True), None),  # they cost nothing …
        (rise(total=0.0, concept=0.0, others=True, pays=True), "others"),  # … but teach much
    ],
)
def test_a_rise_has_the_cause_that_explains_it(seen, cause):
    assert seen.is_shift == (cause is not None)
    assert seen.is_answered_otherwise == (cause == "otherwise")
    if cause == "others":
        assert seen.others_come


def test_rows_of_a_place_that_training_never_saw_are_other_rows(only):
    """The model cannot depend on a column that never moved in its training rows."""
    only("shift")
    rng = np.random.default_rng(0)

    def draw(n, *, new):
        X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
        X["calls"] = rng.poisson(6, n) if new else 0
        logit = 1.5 * X["a"] - X["b"] + 0.8 * X["calls"]
        return X, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int).to_numpy()

    found = diagnose(
        LogisticRegression(),
        *draw(500, new=False),
        *draw(1_000, new=False),
        *draw(400, new=True),
    )
    assert found.verdict == "covariate_shift"


def test_more_than_new_shares_is_no_label_shift(only, monkeypatch):
    """One class became commoner because rows of the other are answered otherwise now.

    Where few rows of a class look alike whatever moved, the correction alone seems to hold.
    """
    only("shift")
    tried = priors.correction
    monkeypatch.setattr(priors, "correction", lambda *given: replace(tried(*given), holds=True))
    X_new, y_new = world(800, seed=7)
    y_new = np.where((X_new["a"] > 0.3) & (y_new == 1), 0, y_new)
    found = diagnose(
        LogisticRegression(), *world(800, seed=5), *world(1_000, seed=6), X_new, y_new
    )
    assert found.verdict == "concept_drift"
    assert "label_shift" not in {f.cause for f in found.findings}


def test_few_unlabelled_rows_tell_nothing_of_a_shift(only):
    """Oracle: the model is the world's own, so that nothing can be gained by other rows."""
    only("shift")
    production, _ = world(60, seed=3, move=2.0)
    found = diagnose(
        LogisticRegression(), *world(400, seed=1), *world(300, seed=2), X_production=production
    )
    assert found.verdict == "healthy"
    assert "100 production rows" in found.unanswered["covariate_shift"]


@pytest.mark.parametrize(
    ("n_groups", "verdict"), [(1, "undecidable"), (3, "undecidable"), (60, "concept_drift")]
)
def test_groups_of_production_stay_whole(n_groups, verdict, only):
    """Oracle: the first column is turned round, which three groups cannot prove."""
    only("shift")
    production = world(300, seed=3, turned=True)
    groups = {
        "train": np.arange(300),
        "test": np.arange(1_000),
        "production": np.arange(300) % n_groups,
    }
    found = diagnose(
        LogisticRegression(),
        *world(300, seed=1),
        *world(1_000, seed=2),
        *production,
        groups=groups,
    )
    assert found.verdict == verdict
    assert any("one group" in skipped for skipped in found.skipped) == (n_groups == 1)
