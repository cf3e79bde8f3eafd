"""Non-inferiority against statsmodels' one-sided test and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from leadline.analysis.experiments.effects import compare, effect_between
from leadline.analysis.experiments.estimates import Estimate
from leadline.analysis.experiments.guardrails import non_inferiority
from leadline.analysis.experiments.metrics import Mean, Proportion
from leadline.analysis.experiments.moments import Moments
from leadline.errors import InputError


def test_the_p_value_equals_statsmodels_shifted_one_sided_test():
    rng = np.random.default_rng(1)
    treatment, control = rng.normal(10, 2, 300), rng.normal(10, 3, 310)
    metric = Mean(column="y", role="guardrail", margin=0.3)
    effect = compare(
        treatment=Moments.from_arrays({"y": treatment}),
        control=Moments.from_arrays({"y": control}),
        metric=metric,
    )
    # Oracle: Welch's test of "treatment − control is above −0.3".
    oracle = CompareMeans(DescrStatsW(treatment), DescrStatsW(control)).ttest_ind(
        alternative="larger", usevar="unequal", value=-0.3
    )
    assert non_inferiority(effect=effect, metric=metric).pvalue == pytest.approx(
        oracle[1], rel=1e-9
    )


@pytest.mark.parametrize(
    ("difference", "state"), [(0.0, "passed"), (-1.0, "unproven"), (-3.0, "breached")]
)
@pytest.mark.parametrize("higher_is_better", [True, False])
def test_a_guardrail_passes_breaches_or_stays_unproven(difference, state, higher_is_better):
    sign = 1 if higher_is_better else -1
    metric = Mean(
        column="y", role="guardrail", rel_margin=0.1, higher_is_better=higher_is_better
    )
    effect = effect_between(
        Estimate(value=10 + sign * difference, variance=0.04, df=math.inf, n=50),
        Estimate(value=10.0, variance=0.04, df=math.inf, n=50),
        metric="y",
    )
    got = non_inferiority(effect=effect, metric=metric)
    assert got.state == state
    assert got.passed == (state == "passed")
    assert got.margin == pytest.approx(1.0)  # a tenth of the control's 10
    # Closed form: harm + z(.95)·√.08.
    assert got.worst_harm == pytest.approx(-difference + 1.6448536 * math.sqrt(0.08))


def test_no_variance_proves_nothing():
    effect = effect_between(
        Estimate(value=1.0, variance=0.0, df=9, n=10),
        Estimate(value=1.0, variance=0.0, df=9, n=10),
        metric="y",
    )
    got = non_inferiority(effect=effect, metric=Mean(column="y", margin=1.0))
    assert got.state == "unproven"
    assert math.isnan(got.pvalue)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("higher_is_better", [True, False])
@pytest.mark.parametrize(("margin", "state"), [(0.02, "passed"), (0.01, "unproven")])
def test_a_rate_that_no_unit_moved_is_bounded_exactly(value, higher_is_better, margin, state):
    metric = Proportion(
        column="y", role="guardrail", margin=margin, higher_is_better=higher_is_better
    )
    arm = Moments.from_arrays({"y": np.full(200, value)})
    got = non_inferiority(
        effect=compare(treatment=arm, control=arm, metric=metric), metric=metric
    )
    # Oracle: statsmodels' Clopper-Pearson, whose two-sided 90 % end is one-sided at 95 %.
    upper = proportion_confint(0, 200, alpha=0.1, method="beta")[1]
    assert got.worst_harm == pytest.approx(upper)
    assert got.pvalue == pytest.approx((1 - margin) ** 200)
    assert (got.state, got.harm) == (state, 0.0)


def test_a_guardrail_without_a_margin_is_refused():
    effect = effect_between(
        Estimate(value=1.0, variance=1.0, df=9, n=10),
        Estimate(value=1.0, variance=1.0, df=9, n=10),
        metric="y",
    )
    with pytest.raises(InputError, match="margin"):
        non_inferiority(effect=effect, metric=Mean(column="y"))
