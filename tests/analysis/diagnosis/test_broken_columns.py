"""Columns that broke, and columns that only look as if: oracle of each is how it was made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from leadline.analysis.diagnosis.broken import misplaced, yet_unseen
from leadline.library.diagnosis import diagnose


def test_values_of_another_unit_are_found_within_the_old_range_too():
    rng = np.random.default_rng(0)
    before, after = np.exp(rng.normal(3, 1.5, 2_000)), np.exp(rng.normal(3, 1.5, 2_000))
    turned = rng.random(2_000) < 0.5
    after[turned] *= 60
    after[0] = np.nan
    found = misplaced(before, after, 60.0)
    assert not found[0]
    assert found[turned].mean() > 0.9
    assert found[~turned].mean() < 0.1
    # a factor by which columns move by themselves: only what lies outside of the old range
    few = misplaced(before, after, 2.0)
    assert np.array_equal(few[1:], (after[1:] < before.min()) | (after[1:] > before.max()))


def test_the_chance_of_something_new_is_good_and_turings():
    values = np.array(list("aaabbcdef"))
    chance = 4 / 9  # c, d, e and f stand once
    error = np.sqrt(chance * (1 - chance) / 9)
    assert yet_unseen(values) == pytest.approx(chance + 3 * error)
    assert yet_unseen(np.array(["a", "a"])) == 0.0


def towns(n, *, seed, low=0.0, high=1.0):
    """A price by the size of a place and its name; only some places lie in a range."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(low, high, n)
    X = pd.DataFrame({"size": size, "town": [f"t{int(40 * s)}" for s in size]})
    return X, 10 * size + rng.normal(size=n)


def test_names_that_few_rows_have_not_met_broke_nowhere(only):
    only("data quality")
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), Ridge())
    found = diagnose(model, *towns(90, seed=1), *towns(400, seed=2))
    assert found.verdict == "healthy"


def test_new_names_that_come_with_other_rows_broke_nowhere(only):
    only("data quality")
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
    )
    train, test = towns(600, seed=1, high=0.6), towns(500, seed=2, high=0.6)
    others, renamed = towns(500, seed=3, low=0.4), towns(500, seed=4, high=0.6)
    model = make_pipeline(columns, Ridge())
    assert diagnose(model, *train, *test, *others).verdict == "healthy"
    renamed[0]["town"] = renamed[0]["town"].str.replace("t", "town ")
    assert diagnose(model, *train, *test, *renamed).verdict == "data_quality"


def test_a_renamed_column_that_is_the_only_one_broke(only):
    only("data quality")
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), Ridge())
    train, test, renamed = (
        (X[["town"]], y) for X, y in (towns(n, seed=n, high=0.6) for n in (600, 500, 400))
    )
    renamed[0]["town"] = renamed[0]["town"].str.replace("t", "town ")
    assert diagnose(model, *train, *test, *renamed).verdict == "data_quality"


def test_a_number_that_became_common_with_its_neighbours_is_no_default(only):
    """Oracle: years of schooling lie at the low end in training, at the high end later."""
    only("data quality")
    rng = np.random.default_rng(0)

    def draw(n, low, high):
        years = rng.integers(low, high, n).astype(float)
        return years[:, None], years + rng.normal(size=n)

    found = diagnose(Ridge(), *draw(600, 4, 13), *draw(500, 4, 13), *draw(500, 13, 17))
    assert found.verdict == "healthy"
    default = draw(500, 4, 13)
    default[0][rng.random(500) < 0.3] = 99
    assert diagnose(Ridge(), *draw(600, 4, 13), *draw(500, 4, 13), *default).verdict == (
        "data_quality"
    )
