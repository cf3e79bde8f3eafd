"""What other libraries say about the same sums, to hold in tests as figures.

Runs in the peer's own environment and needs nothing of Leadline:

    python -m benchmarks.experiment_peers gbstats      # pip install gbstats==0.8.0
    python -m benchmarks.experiment_peers confidence   # pip install spotify-confidence==4.1.0

It prints each figure with all its digits; tests/analysis/experiments/test_peers.py
holds them.
"""
# ruff: noqa: PLC0415 -- each environment has only one of the two libraries

from __future__ import annotations

import sys

CONTROL = {"n": 1200, "sum": 3450.0, "squares": 15890.0}
TREATMENT = {"n": 1180, "sum": 3660.0, "squares": 17730.0}
"""Sums of an outcome y."""

SUCCESSES = (410, 455)
"""Of the control and the treatment, same units."""

RATIO = (
    {"n": 1200, "sum": 3450.0, "squares": 15890.0, "d_sum": 9300.0, "d_squares": 90100.0,
     "products": 31900.0},
    {"n": 1180, "sum": 3660.0, "squares": 17730.0, "d_sum": 9210.0, "d_squares": 90800.0,
     "products": 33100.0},
)  # fmt: skip
"""Sums of numerator and denominator: control, treatment."""

COVARIATE = (
    {"sum": 3300.0, "squares": 14800.0, "products": 12900.0},
    {"sum": 3210.0, "squares": 14300.0, "products": 13100.0},
)
"""Sums of a covariate x beside y: control, treatment."""

LOOKS = (0.1, 0.3, 0.55, 0.8, 1.0)


def gbstats() -> None:
    """Print effect, interval and p-value by gbstats."""
    from gbstats.frequentist.tests import (
        FrequentistConfig,
        SequentialConfig,
        SequentialTwoSidedTTest,
        TwoSidedTTest,
    )
    from gbstats.models.statistics import (
        ProportionStatistic,
        RatioStatistic,
        RegressionAdjustedStatistic,
        SampleMeanStatistic,
    )

    def mean(arm: dict[str, float]) -> SampleMeanStatistic:
        return SampleMeanStatistic(n=arm["n"], sum=arm["sum"], sum_squares=arm["squares"])

    def show(name: str, pair: tuple[object, object]) -> None:
        test = TwoSidedTTest(*pair, FrequentistConfig(difference_type="absolute"))
        got = test.compute_result()
        print(name, repr(got.expected), [float(x) for x in got.ci], repr(float(got.p_value)))

    arms = (CONTROL, TREATMENT)
    show("mean", tuple(mean(arm) for arm in arms))
    show(
        "proportion",
        tuple(
            ProportionStatistic(n=arm["n"], sum=successes)
            for arm, successes in zip(arms, SUCCESSES, strict=True)
        ),
    )
    show(
        "ratio",
        tuple(
            RatioStatistic(
                n=arm["n"],
                m_statistic=mean(arm),
                d_statistic=SampleMeanStatistic(
                    n=arm["n"], sum=arm["d_sum"], sum_squares=arm["d_squares"]
                ),
                m_d_sum_of_products=arm["products"],
            )
            for arm in RATIO
        ),
    )
    show(
        "cuped",
        tuple(
            RegressionAdjustedStatistic(
                n=arm["n"],
                post_statistic=mean(arm),
                pre_statistic=SampleMeanStatistic(
                    n=arm["n"], sum=x["sum"], sum_squares=x["squares"]
                ),
                post_pre_sum_of_products=x["products"],
                theta=0,  # it works out its own
            )
            for arm, x in zip(arms, COVARIATE, strict=True)
        ),
    )
    always = SequentialTwoSidedTTest(
        mean(CONTROL),
        mean(TREATMENT),
        SequentialConfig(difference_type="absolute", sequential_tuning_parameter=5000),
    ).compute_result()
    print("sequential", [float(x) for x in always.ci])


def confidence() -> None:
    """Print effect, interval, p-value and sequential bounds by Spotify's confidence."""
    import numpy as np
    import pandas as pd
    from spotify_confidence import ZTest
    from spotify_confidence.analysis.frequentist.sequential_bound_solver import bounds

    frame = pd.DataFrame(
        {
            "arm": ["control", "treatment"],
            "n": [CONTROL["n"], TREATMENT["n"]],
            "sum": [CONTROL["sum"], TREATMENT["sum"]],
            "squares": [CONTROL["squares"], TREATMENT["squares"]],
            "successes": SUCCESSES,
        }
    )
    for name, column, squares in (
        ("mean", "sum", "squares"),
        ("proportion", "successes", None),
    ):
        test = ZTest(
            frame,
            numerator_column=column,
            numerator_sum_squares_column=squares,
            denominator_column="n",
            categorical_group_columns="arm",
        )
        row = test.difference(level_1="control", level_2="treatment").iloc[0]
        columns = ("difference", "ci_lower", "ci_upper", "p-value")
        print(name, [float(row[c]) for c in columns])
    got = bounds(np.array(LOOKS), alpha=0.05, rho=2, ztrun=8, sides=2, max_nints=None)
    print("bounds", got.df.to_string() if hasattr(got, "df") else got)


if __name__ == "__main__":
    {"gbstats": gbstats, "confidence": confidence}[sys.argv[1]]()
