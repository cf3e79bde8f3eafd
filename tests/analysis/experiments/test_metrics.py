"""Metric declarations refuse what they cannot mean."""

from __future__ import annotations

import pytest

from leadline.analysis.experiments.metrics import Mean, Outcome, Proportion, Quantile, Ratio
from leadline.errors import ConfigurationError


def test_metrics_name_themselves_and_their_columns():
    assert Mean(column="revenue").name == "revenue"
    assert Proportion(column="paid", name="conversion").name == "conversion"
    ratio = Ratio(numerator="clicks", denominator="views")
    assert (ratio.name, ratio.outcomes) == ("clicks/views", ("clicks", "views"))
    assert Quantile(column="latency", q=0.95).name == "latency p95"
    assert Quantile(column="latency").outcomes == ("latency",)
    assert Mean(column="revenue").outcomes == ("revenue",)


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Mean(column="y", missing="ignore"),
        lambda: Mean(column="y", role="secondary"),
        lambda: Mean(column="y", margin=-1.0),
        lambda: Mean(column="y", margin=1.0, rel_margin=0.1),
        lambda: Mean(column="y", role="guardrail"),
        lambda: Quantile(column="y", q=1.0),
        lambda: Quantile(column="y", covariates=("x",)),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(declare):
    with pytest.raises(ConfigurationError):
        declare()


def test_a_columns_values_settle_what_it_is():
    told = Outcome(column="bought", role="exploratory", higher_is_better=False)
    share, mean = told.settled(is_share=True), told.settled(is_share=False)
    assert share == Proportion(column="bought", role="exploratory", higher_is_better=False)
    assert mean == Mean(column="bought", role="exploratory", higher_is_better=False)
