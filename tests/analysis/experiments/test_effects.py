"""Effects against tea-tasting, statsmodels, scipy, closed forms and simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting as tt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from leadline.analysis.experiments import covariates
from leadline.analysis.experiments.effects import compare, effect_between
from leadline.analysis.experiments.estimates import Estimate, gradient_of
from leadline.analysis.experiments.metrics import Mean, Proportion, Quantile, Ratio
from leadline.analysis.experiments.moments import Moments, with_missing_indicator
from leadline.analysis.experiments.quantile_effects import (
    QuantileSummary,
    compare_quantiles,
    quantile_ranks,
    summarise_quantile,
)
from leadline.errors import InputError, NotEnoughDataError

MEAN, SHARE = Mean(column="y"), Proportion(column="y")
RATIO = Ratio(numerator="clicks", denominator="views")
COLUMNS = {"y": "y", "numerator": "clicks", "denominator": "views", "x1": "before", "x2": "age"}


@pytest.fixture(scope="module")
def users() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 3000
    before = rng.gamma(2, 10, n)
    age = rng.normal(40, 9, n)
    variant = rng.integers(0, 2, n)
    views = 1 + rng.poisson(2 + before / 20)
    clicks = rng.binomial(views, 0.2 + 0.02 * variant)
    y = 3 + 0.8 * before - 0.2 * age + 0.5 * variant + rng.normal(0, 6, n)
    return pd.DataFrame(
        {
            "variant": variant,
            "y": y,
            "before": before,
            "age": age,
            "views": views,
            "clicks": clicks,
            "bought": (y > 20).astype(int),
        }
    )


def arms(table: pd.DataFrame, *columns: str) -> dict[str, Moments]:
    return {
        name: Moments.from_arrays(
            {c: table.loc[table.variant == value, COLUMNS[c]].to_numpy() for c in columns}
        )
        for name, value in (("treatment", 1), ("control", 0))
    }


def assert_equals_tea_tasting(ours, theirs, *, rel=1e-9):
    pairs = [
        (ours.effect_size, theirs.effect_size),
        (ours.pvalue, theirs.pvalue),
        (ours.ci_lower, theirs.effect_size_ci_lower),
        (ours.ci_upper, theirs.effect_size_ci_upper),
        (ours.rel_effect_size, theirs.rel_effect_size),
        (ours.rel_ci_lower, theirs.rel_effect_size_ci_lower),
        (ours.rel_ci_upper, theirs.rel_effect_size_ci_upper),
    ]
    for one, other in pairs:
        assert one == pytest.approx(other, rel=rel)


@pytest.mark.parametrize(
    ("metric", "columns", "oracle"),
    [
        (MEAN, ("y",), tt.Mean("y")),
        (RATIO, ("numerator", "denominator"), tt.RatioOfMeans("clicks", "views")),
    ],
)
def test_means_and_ratios_equal_tea_tasting(users, metric, columns, oracle):
    # Oracle: tea-tasting 1.14, Welch's t.
    ours = compare(**arms(users, *columns), metric=metric)
    assert_equals_tea_tasting(ours, tt.Experiment(m=oracle).analyze(users)["m"])


def test_proportions_equal_tea_tastings_unpooled_z_test(users):
    # Oracle: tea-tasting 1.14, normal approximation, no continuity correction.
    table = users.assign(y=users.bought)
    oracle = tt.Proportion("y", method="norm", correction=False, equal_var=False)
    ours = compare(**arms(table, "y"), metric=SHARE)
    assert_equals_tea_tasting(ours, tt.Experiment(m=oracle).analyze(table)["m"])
    assert math.isinf(ours.df)


@pytest.mark.parametrize(
    ("metric", "columns", "oracle"),
    [
        (MEAN, ("y", "x1"), tt.Mean("y", covariate="before")),
        (
            RATIO,
            ("numerator", "denominator", "x1"),
            tt.RatioOfMeans("clicks", "views", numer_covariate="before"),
        ),
    ],
)
def test_cuped_with_tea_tastings_coefficient_equals_tea_tasting(
    users, metric, columns, oracle, monkeypatch
):
    # tea-tasting takes θ from both arms thrown together, we take it from within the arms
    # (a real effect must not leak into θ). With its θ put in, all else is equal.
    both = Moments.from_arrays({c: users[COLUMNS[c]].to_numpy() for c in columns})
    k = len(metric.outcomes)
    gradient = gradient_of(both, ratio=k == 2)
    theta = both.covariance[k:, :k] @ gradient / both.covariance[k, k]
    theirs = tt.Experiment(m=oracle).analyze(users)["m"]
    ours = compare(**arms(users, *columns), metric=metric)
    # The stated difference: far below the standard error.
    assert abs(ours.effect_size - theirs.effect_size) < 0.01 * ours.se
    monkeypatch.setattr(covariates, "pooled_theta", lambda *_, **__: theta)
    assert_equals_tea_tasting(compare(**arms(users, *columns), metric=metric), theirs)


def test_cuped_with_several_covariates_equals_least_squares(users):
    # Oracle: statsmodels OLS of y on the treatment and the covariates: with one slope in
    # both arms its treatment coefficient is the CUPED effect with pooled within-arm θ.
    design = sm.add_constant(users[["variant", "before", "age"]].astype(float))
    fitted = sm.OLS(users.y, design).fit(cov_type="HC1")
    ours = compare(**arms(users, "y", "x1", "x2"), metric=MEAN)
    assert ours.effect_size == pytest.approx(fitted.params["variant"], rel=1e-9)
    # Robust and unpooled standard errors differ by terms of order 1/n.
    assert ours.se == pytest.approx(fitted.bse["variant"], rel=5e-3)
    # Achieved reduction: R² of y on the covariates within arms, here about 81 %.
    residual = users.y - users.groupby("variant").y.transform("mean")
    centred = users[["before", "age"]] - users.groupby("variant")[["before", "age"]].transform(
        "mean"
    )
    r2 = sm.OLS(residual, centred).fit().rsquared
    assert ours.variance_reduction == pytest.approx(r2, abs=2e-3)


def test_a_missing_indicator_keeps_new_users_and_any_filling_gives_the_same(users):
    before = users.before.where(users.index % 4 != 0)
    results = []
    for fill in (0.0, 1000.0):
        covariates = with_missing_indicator({"x1": before}, fill=fill)
        pair = {
            name: Moments.from_arrays(
                {"y": users.y[users.variant == value]}
                | {k: v[users.variant == value] for k, v in covariates.items()}
            )
            for name, value in (("treatment", 1), ("control", 0))
        }
        results.append(compare(**pair, metric=MEAN))
    assert results[0].n_obs == len(users)
    # Oracle: algebra; the indicator absorbs the filling.
    assert results[0].effect_size == pytest.approx(results[1].effect_size, rel=1e-9)
    assert results[0].se == pytest.approx(results[1].se, rel=1e-9)
    assert results[0].variance_reduction > 0.3


def test_a_constant_covariate_changes_nothing(users):
    plain = compare(**arms(users, "y"), metric=MEAN)
    table = users.assign(before=1.0)
    adjusted = compare(**arms(table, "y", "x1"), metric=MEAN)
    assert adjusted.effect_size == pytest.approx(plain.effect_size, rel=1e-12)
    assert adjusted.variance_reduction == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("share_missing", [0.0, 0.2, 0.5])
def test_false_alarms_stay_at_five_percent_with_missing_values(share_missing):
    # Oracle: simulation, 2,000 A/A tests; 4 simulation errors are 4·√(.05·.95/2000) = .0195.
    rng = np.random.default_rng(int(100 * share_missing))
    rejected = 0
    for _ in range(2000):
        y = rng.exponential(1.0, size=(2, 200))
        y[rng.random(y.shape) < share_missing] = np.nan
        pair = [Moments.from_arrays({"y": row}, missing="exclude") for row in y]
        rejected += compare(treatment=pair[0], control=pair[1], metric=MEAN).pvalue < 0.05
    assert rejected / 2000 == pytest.approx(0.05, abs=0.0195)


def test_an_effect_is_found_at_a_mean_of_a_hundred_million_standard_deviations():
    rng = np.random.default_rng(8)
    noise = rng.normal(size=(2, 4000))
    near, far = (
        compare(
            treatment=Moments.from_arrays({"y": base + 0.25 + noise[1]}, pilot=(base,)),
            control=Moments.from_arrays({"y": base + noise[0]}, pilot=(base,)),
            metric=MEAN,
        )
        for base in (0.0, 1e8)
    )
    # Oracle: the same numbers near zero; doubles near 1e8 are 1.5e-8 apart.
    assert far.effect_size == pytest.approx(near.effect_size, abs=3e-8)
    assert far.se == pytest.approx(near.se, rel=1e-7)


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_scaling_and_shifting_the_values_moves_the_effect_with_them(scale, shift):
    y = np.array([[1.0, 2.5, 4, 7], [2.0, 3, 9, 1]])
    base, moved = (
        compare(
            treatment=Moments.from_arrays({"y": rows[0]}),
            control=Moments.from_arrays({"y": rows[1]}),
            metric=MEAN,
        )
        for rows in (y, scale * y + shift)
    )
    assert moved.effect_size == pytest.approx(scale * base.effect_size, rel=1e-6, abs=1e-9)
    assert moved.pvalue == pytest.approx(base.pvalue, rel=1e-6)


def test_swapping_the_arms_flips_the_sign_and_keeps_the_p_value(users):
    pair = arms(users, "y", "x1")
    one = compare(**pair, metric=MEAN)
    other = compare(treatment=pair["control"], control=pair["treatment"], metric=MEAN)
    assert other.effect_size == pytest.approx(-one.effect_size, rel=1e-12)
    assert other.pvalue == pytest.approx(one.pvalue, rel=1e-12)
    # Oracle: (1 + r)(1 + r') = 1.
    assert (1 + one.rel_effect_size) * (1 + other.rel_effect_size) == pytest.approx(1.0)


def test_fiellers_interval_holds_exactly_the_ratios_that_are_not_rejected():
    treatment = Estimate(value=3.0, variance=1.0, df=math.inf, n=100)
    control = Estimate(value=4.0, variance=1.0, df=math.inf, n=100)
    got = effect_between(treatment, control, metric="m")
    assert got.rel_method == "fieller"
    for end in (got.rel_ci_lower, got.rel_ci_upper):
        ratio = 1 + end
        # Oracle: the definition, |T − ρC| = z·√(v_T + ρ²v_C) at both ends.
        z = abs(3.0 - ratio * 4.0) / math.sqrt(1 + ratio**2)
        assert z == pytest.approx(stats.norm.isf(0.025), rel=1e-9)


@pytest.mark.parametrize(
    ("treatment", "control", "said"),
    [
        ((1.0, 1.0), (0.0, 1.0), "control's value is 0"),
        ((-3.0, 1.0), (-4.0, 0.01), "control's value is negative"),
        ((1.0, 1.0), (0.5, 1.0), "bounded"),
    ],
)
def test_a_relative_effect_against_nothing_is_nan_with_a_reason(treatment, control, said):
    estimates = [
        Estimate(value=v, variance=s, df=math.inf, n=9) for v, s in (treatment, control)
    ]
    got = effect_between(*estimates, metric="m")
    assert math.isnan(got.rel_ci_lower)
    assert math.isnan(got.rel_ci_upper)
    assert said in got.notes[0]
    assert math.isfinite(got.pvalue)


def test_no_variance_means_no_test():
    same = Moments.from_arrays({"y": [2.0, 2.0, 2.0], "x1": [1.0, 2.0, 3.0]})
    for columns in (("y",), ("y", "x1")):
        arm = same.select(*columns)
        got = compare(treatment=arm, control=arm, metric=MEAN)
        assert math.isnan(got.pvalue)
        assert math.isnan(got.ci_lower)
        assert "no test" in got.notes[0]


def test_one_arm_without_variance_still_gets_welchs_test():
    # Oracle: scipy.stats.ttest_ind.
    y, x = [0.0, 0, 0, 0], [2.0, 4, 5, 9]
    got = compare(
        treatment=Moments.from_arrays({"y": x}),
        control=Moments.from_arrays({"y": y}),
        metric=MEAN,
    )
    oracle = stats.ttest_ind(x, y, equal_var=False)
    assert got.pvalue == pytest.approx(oracle.pvalue, rel=1e-9)
    interval = oracle.confidence_interval(0.95)
    assert (got.ci_lower, got.ci_upper) == pytest.approx(interval, rel=1e-9)


def test_cookie_cats_seven_day_retention(shared_data):
    table = pd.read_csv(shared_data / "cookie_cats" / "cookie_cats.csv.gz")
    pair = {
        name: Moments.from_counts(successes=int(part.sum()), n=len(part))
        for name, part in table.groupby("version").retention_7
    }
    got = compare(treatment=pair["gate_40"], control=pair["gate_30"], metric=SHARE)
    # Published with the data set: −0.82 percentage points, p = .0016.
    assert got.effect_size == pytest.approx(-0.0082, abs=5e-5)
    assert got.pvalue == pytest.approx(0.0016, abs=5e-5)


def test_the_quantile_effect_covers_as_often_as_it_says():
    # Oracle: simulation; medians of two exponentials differ by ln 2 · 0.2.
    rng = np.random.default_rng(4)
    metric = Quantile(column="y", q=0.5)
    truth, covered, n_tests = 0.2 * math.log(2), 0, 1000
    for _ in range(n_tests):
        got = compare_quantiles(
            treatment=summarise_quantile(rng.exponential(1.2, 400), q=0.5),
            control=summarise_quantile(rng.exponential(1.0, 400), q=0.5),
            metric=metric,
        )
        covered += got.ci_lower <= truth <= got.ci_upper
    # 4 simulation errors around the nominal level.
    assert covered / n_tests == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / n_tests))


def test_the_standard_error_of_a_quantile_equals_its_asymptotic_value():
    # Oracle: closed form √2·√(q(1 − q)/n) / f(x_q) for the standard normal.
    n, q = 400_000, 0.9
    summary = summarise_quantile(np.random.default_rng(2).normal(size=n), q=q)
    metric = Quantile(column="y", q=q)
    got = compare_quantiles(treatment=summary, control=summary, metric=metric)
    exact = math.sqrt(2 * q * (1 - q) / n) / stats.norm.pdf(stats.norm.ppf(q))
    assert got.se == pytest.approx(exact, rel=0.05)


def test_too_few_rows_are_refused():
    one, two = (Moments.from_arrays({"y": np.arange(n) + 0.0}) for n in (1, 2))
    with pytest.raises(NotEnoughDataError, match="at least 2 rows"):
        compare(treatment=one, control=two, metric=MEAN)
    with pytest.raises(NotEnoughDataError, match="at least 2 rows"):
        compare(treatment=one, control=two, metric=SHARE)
    with pytest.raises(NotEnoughDataError, match="too few"):
        quantile_ranks(n=5, q=0.5)


def test_what_cannot_be_compared_is_refused():
    y = Moments.from_arrays({"y": [1.0, 3.0]})
    zero = Moments.from_arrays({"numerator": [1.0, 2.0], "denominator": [0.0, 0.0]})
    for call in (
        lambda: compare(treatment=y, control=y, metric=Quantile(column="y")),
        lambda: compare(treatment=y, control=y, metric=MEAN, alpha=0.0),
        lambda: compare(treatment=y, control=y, metric=RATIO),
        lambda: compare(treatment=y, control=y, metric=SHARE),
        lambda: compare(treatment=zero, control=zero, metric=RATIO),
    ):
        with pytest.raises(InputError):
            call()


def test_a_proportion_with_few_events_says_so():
    few, many = (Moments.from_counts(successes=k, n=200) for k in (9, 20))
    assert "rough guide" in compare(treatment=few, control=many, metric=SHARE).notes[0]
    assert compare(treatment=many, control=many, metric=SHARE).notes == ()


def test_a_quantile_that_many_units_share_has_no_interval():
    tied = QuantileSummary(n=400, value=0.0, lower=0.0, upper=0.0)
    free = QuantileSummary(n=400, value=1.0, lower=0.8, upper=1.2)
    got = compare_quantiles(treatment=free, control=tied, metric=Quantile(column="y"))
    assert got.effect_size == 1.0
    assert math.isnan(got.pvalue)
    assert "many units share" in got.notes[0]


def test_an_arm_without_successes_is_not_known_for_certain():
    none, some = (Moments.from_counts(successes=k, n=100) for k in (0, 5))
    got = compare(treatment=none, control=some, metric=SHARE)
    # Closed form: variance of (0 + 1)/(100 + 2) over 102, plus that of 5/100 over 100.
    assert got.se**2 == pytest.approx(1 / 102 * 101 / 102 / 102 + 0.05 * 0.95 / 100, rel=1e-12)
    assert got.rel_ci_lower < got.rel_effect_size < got.rel_ci_upper
    # Oracle: Fisher's exact p is .0594; the plain z-test would say .0218.
    assert 0.03 < got.pvalue < stats.fisher_exact([[0, 100], [5, 95]]).pvalue


@pytest.mark.parametrize("scale", [1e-140, 1e140])
def test_the_unit_may_be_as_large_or_small_as_doubles_allow(scale):
    y = np.array([[1.0, 2.5, 4, 7], [2.0, 3, 9, 1]])
    base, moved = (
        compare(
            treatment=Moments.from_arrays({"y": rows[0]}),
            control=Moments.from_arrays({"y": rows[1]}),
            metric=MEAN,
        )
        for rows in (y, scale * y)
    )
    assert moved.pvalue == pytest.approx(base.pvalue, rel=1e-9)
