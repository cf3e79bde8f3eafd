"""Shift counted over all rows of two files, against the rows themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from leadline.analysis.diagnosis import engine
from leadline.library.diagnosis import diagnose
from leadline.library.diagnosis_all_rows import with_all_rows


def table(n, *, seed, move=0.0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "a": rng.normal(size=n) + move,
        "b": rng.normal(size=n),
        "shop": rng.choice(["n", "s", "e"], n, p=[0.6 - move / 5, 0.3 + move / 5, 0.1]),
        "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 99, n), unit="h"),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.1 + move / 10, "b"] = np.nan
    return frame


@pytest.fixture
def diagnosis(monkeypatch):
    """A diagnosis that measures and tries nothing, of 60 rows."""
    monkeypatch.setattr(engine, "CAUSES", {})
    model = make_pipeline(FunctionTransformer(lambda X: X[["a"]]), LogisticRegression())
    few = [table(60, seed=s) for s in (1, 2)]
    y = [(f["a"] > 0).astype(int) for f in few]
    return diagnose(model, few[0], y[0], few[1], y[1])


def test_every_column_that_can_be_counted_has_the_distance_of_all_rows(diagnosis, tmp_path):
    old, new = table(6_000, seed=3), table(5_000, seed=4, move=0.5)
    paths = [tmp_path / "old.parquet", tmp_path / "new.csv"]
    old.to_parquet(paths[0])
    new.to_csv(paths[1], index=False)
    found = with_all_rows(diagnosis, train=paths[0], new=paths[1], n_train=6_000, n_new=5_000)
    by_name = {c.column: c for c in found.shift}
    assert set(by_name) == {c.column for c in diagnosis.shift}
    # oracle: SciPy's statistic, which seventeen quantiles find but for a seventeenth
    exact = ks_2samp(old["a"], new["a"]).statistic
    assert exact - 1 / 17 < by_name["a"].distance <= exact + 1e-9
    # oracle: pandas' shares
    shares = [f["shop"].value_counts(normalize=True).sort_index() for f in (old, new)]
    apart = float((shares[0] - shares[1]).abs().sum() / 2)
    assert by_name["shop"].distance == pytest.approx(apart)
    assert by_name["b"].missing_before == pytest.approx(old["b"].isna().mean())
    assert by_name["b"].missing_after == pytest.approx(new["b"].isna().mean())
    assert by_name["a"].sample == "test, all 5,000 rows"
    assert not by_name["at"].sample.endswith("rows")  # a date is not counted
    harms = [c.distance * max(c.dependence, 0) for c in found.shift]
    assert harms == sorted(harms, reverse=True)


def test_files_without_a_common_column_change_nothing(diagnosis, tmp_path):
    path = tmp_path / "other.csv"
    pd.DataFrame({"z": [1, 2]}).to_csv(path, index=False)
    assert with_all_rows(diagnosis, train=path, new=path, n_train=2, n_new=2) is diagnosis
