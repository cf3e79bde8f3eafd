"""Each verdict, with its reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from leadline.analysis.experiments.effects import Effect, effect_between
from leadline.analysis.experiments.estimates import Estimate
from leadline.analysis.experiments.guardrails import GuardrailResult, non_inferiority
from leadline.analysis.experiments.metrics import Mean
from leadline.analysis.experiments.primaries import Progress, judge_primaries
from leadline.analysis.experiments.sample_ratio import sample_ratio
from leadline.analysis.experiments.verdict import Verdict, Worth, decide, units_to_detect
from leadline.errors import InputError

DONE = Progress(n_obs=200, n_planned=200, looks=(1.0,), mde=0.5)


def effect(size: float, *, se: float = 1.0, metric: str = "orders") -> Effect:
    return effect_between(
        Estimate(value=10 + size, variance=se**2 / 2, df=math.inf, n=100),
        Estimate(value=10.0, variance=se**2 / 2, df=math.inf, n=100),
        metric=metric,
    )


def guardrail(harm: float, *, se: float = 0.1) -> GuardrailResult:
    metric = Mean(column="latency", role="guardrail", margin=1.0, higher_is_better=False)
    return non_inferiority(effect=effect(harm, se=se, metric="latency"), metric=metric)


def verdict(size: float, *, better: bool = True, **kwargs: object) -> Verdict:
    progress = kwargs.get("progress")
    results = judge_primaries([("B", effect(size), better)], progress=progress)  # type: ignore[arg-type]
    return decide(primaries=results, **kwargs)  # type: ignore[arg-type]


def test_a_mismatch_blocks_even_the_largest_gain():
    got = verdict(9.0, sample_ratio=sample_ratio([1000, 1300]))
    assert got.decision == "cannot tell"
    assert "sample ratio mismatch" in got.reason
    assert verdict(9.0, sample_ratio=sample_ratio([1000, 1001])).decision == "ship"


def test_a_metric_without_variance_cannot_tell():
    results = judge_primaries([("B", effect(0.0, se=0.0), True)])
    got = decide(primaries=results)
    assert got.decision == "cannot tell"
    assert "no unit differs" in got.reason


@pytest.mark.parametrize(("size", "better"), [(3.0, True), (-3.0, False)])
def test_a_gain_without_objections_ships(size, better):
    got = verdict(size, better=better, guardrails=[guardrail(0.0)])
    assert got.decision == "ship"
    assert "gained 3" in got.reason
    assert ("orders: effect", pytest.approx(size)) in got.numbers


def test_harm_stops_it():
    got = verdict(-3.0)
    assert got.decision == "stop"
    assert "got worse by 3" in got.reason


def test_a_breached_guardrail_stops_even_a_gain():
    got = verdict(3.0, guardrails=[guardrail(2.0)])
    assert got.decision == "stop"
    assert "guardrail breached: latency" in got.reason


@pytest.mark.parametrize(
    ("progress", "decision"),
    [
        (None, "cannot tell"),
        (DONE, "cannot tell"),
        (Progress(n_obs=160, n_planned=200, looks=(0.8,)), "extend"),
    ],
)
def test_an_unproven_guardrail_holds_a_gain_back(progress, decision):
    got = verdict(4.0, guardrails=[guardrail(0.9)], progress=progress)
    assert got.decision == decision
    assert "has not passed" in got.reason


def test_a_gain_that_does_not_pay_its_cost_stops():
    got = verdict(3.0, worth=Worth(expected=10.0, sd=5.0, cost=12.0))
    assert got.decision == "stop"
    assert got.decides == "a cost below 10"
    paid = verdict(3.0, worth=Worth(expected=10.0, sd=5.0, cost=2.0))
    assert paid.decision == "ship"
    assert ("expected net value", 8.0) in paid.numbers


def test_before_the_planned_end_it_goes_on():
    got = verdict(2.0, progress=Progress(n_obs=100, n_planned=200, looks=(0.25, 0.5)))
    assert got.decision == "extend"  # z = 2 does not reach the bound at half information
    assert "100 more units" in got.decides


def test_a_finished_experiment_stops_where_every_relevant_gain_is_excluded():
    results = judge_primaries([("B", effect(-0.1, se=0.2), True)], progress=DONE)
    got = decide(primaries=results, progress=DONE)
    assert got.decision == "stop"
    assert "a gain of 0.5, the smallest that matters, is excluded" in got.reason


def test_an_underpowered_experiment_cannot_tell_and_says_how_many_units_would():
    got = verdict(0.4, progress=DONE)
    assert got.decision == "cannot tell"
    # Closed form: 200·(1·(1.959964 + .841621)/.5)².
    needed = math.ceil(200 * (2.801585 / 0.5) ** 2)
    assert ("units needed", needed) in got.numbers
    assert units_to_detect(effect(0.4), mde=0.5) == needed


def test_without_a_smallest_effect_that_matters_nobody_can_tell():
    got = verdict(0.4)
    assert got.decision == "cannot tell"
    assert "nobody wrote down" in got.reason


def test_an_experiment_that_ended_early_spends_all_of_alpha_at_once():
    stopped = Progress(n_obs=100, n_planned=200, looks=(0.25, 0.5), ended=True)
    got = judge_primaries([("B", effect(2.1), True)], progress=stopped)[0]
    # Oracle: little was spent at the first look, so the bound is that of one test.
    assert got.threshold == pytest.approx(stats.norm.isf(0.025), abs=1e-3)
    assert got.significant
    assert got.largest_gain == pytest.approx(2.1 + got.threshold, rel=1e-9)


def test_several_arms_meet_holms_thresholds():
    effects = [("B", effect(2.1), True), ("C", effect(2.3), True), ("D", effect(0.0), True)]
    fixed = judge_primaries(effects)
    # Oracle: Holm by hand: 3·p(2.3) = .064.
    assert fixed[1].adjusted_pvalue == pytest.approx(3 * 2 * stats.norm.sf(2.3), rel=1e-9)
    assert not any(result.significant for result in fixed)
    looks = Progress(n_obs=10, n_planned=20, looks=(0.5, 1.0))
    sequential = judge_primaries([*effects, ("E", effect(99.0), True)], progress=looks)
    assert [result.significant for result in sequential] == [False, False, False, True]
    # Thresholds fall in Holm's order: α/4 for the largest |z|, then α/3 …
    z = [sequential[i].threshold for i in (3, 1, 0, 2)]
    assert z == sorted(z, reverse=True)
    # No correction needed for the last: O'Brien-Fleming type, two looks, α = .05
    # (Lan and DeMets 1983): 1.969 at the end.
    assert z[-1] == pytest.approx(1.969, abs=1e-3)


def test_family_wise_error_stays_below_alpha_over_looks_and_arms():
    # Oracle: simulation of 1,000 experiments with three useless arms and four looks.
    rng = np.random.default_rng(1)
    looks = np.arange(1, 5) / 4
    from leadline.analysis.experiments.sequential import spending_bounds

    z = np.cumsum(rng.normal(0, 0.5, size=(20_000, 3, 4)), axis=2) / np.sqrt(looks)
    bound = np.array(spending_bounds(looks.tolist(), alpha=0.05 / 3).z)
    assert (np.abs(z) >= bound).any(axis=(1, 2)).mean() <= 0.053


def test_a_verdict_is_about_one_arm():
    results = judge_primaries([("B", effect(1.0), True), ("C", effect(1.0), True)])
    for primaries in (results, ()):
        with pytest.raises(InputError, match="one arm"):
            decide(primaries=primaries)
