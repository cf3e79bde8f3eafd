"""The audit against the one-experiment functions, closed forms and a real archive."""

from __future__ import annotations

import csv
import math
import time

import numpy as np
import pytest

from leadline.analysis.experiments.audit import ArmTable, Audit, audit
from leadline.analysis.experiments.effects import compare
from leadline.analysis.experiments.metrics import Mean, Proportion
from leadline.analysis.experiments.moments import Moments
from leadline.analysis.experiments.multiplicity import holm
from leadline.analysis.experiments.sample_ratio import sample_ratio
from leadline.analysis.experiments.sequential import crossing_probabilities
from leadline.analysis.experiments.shrinkage import fit_prior, shrink
from leadline.errors import InputError, NotEnoughDataError


def table(*rows: tuple[str, str, int, float], **columns: object) -> ArmTable:
    experiment, arm, n, mean = (np.array(column) for column in zip(*rows, strict=True))
    given = {name: np.asarray(v) if name != "groups" else v for name, v in columns.items()}
    return ArmTable(experiment=experiment, arm=arm, n=n, mean=mean.astype(float), **given)


GOOD = [("x", "A", 10_000, 0.10), ("x", "B", 10_000, 0.12), ("x", "C", 10_000, 0.107)]
BROKEN = [("y", "A", 10_000, 0.10), ("y", "B", 12_000, 0.13)]


def test_every_number_equals_that_of_the_single_experiment():
    got = audit(table(*GOOD))
    arms = {
        arm: Moments.from_counts(successes=round(n * mean), n=n) for _, arm, n, mean in GOOD
    }
    # Oracle: compare(), holm() and sample_ratio(), each tested against other libraries.
    effects = [
        compare(treatment=arms[arm], control=arms["A"], metric=Proportion(column="y"))
        for arm in ("B", "C")
    ]
    assert got.effect_size == pytest.approx([e.effect_size for e in effects], rel=1e-9)
    assert got.se == pytest.approx([e.se for e in effects], rel=1e-9)
    assert got.pvalue == pytest.approx([e.pvalue for e in effects], rel=1e-9)
    assert got.holm_pvalue == pytest.approx(holm([e.pvalue for e in effects]), rel=1e-9)
    ratio = sample_ratio([10_000] * 3).pvalue
    assert got.sample_ratio_pvalue == pytest.approx([ratio] * 2)
    believed = shrink(got.effect_size, got.se, prior=fit_prior(got.effect_size, got.se))
    assert got.shrunken == pytest.approx(believed.mean)


def test_means_get_welchs_test_and_relative_effects_the_delta_method():
    rows = [("x", "A", 50, 10.0), ("x", "B", 40, 12.0)]
    got = audit(table(*rows, sd=[3.0, 4.0]), scale="relative")
    arms = [
        Moments.from_mean_sd(n=50, mean=10, sd=3),
        Moments.from_mean_sd(n=40, mean=12, sd=4),
    ]
    effect = compare(treatment=arms[1], control=arms[0], metric=Mean(column="y"))
    assert got.pvalue[0] == pytest.approx(effect.pvalue, rel=1e-9)
    assert got.effect_size[0] == pytest.approx(0.2)
    # Closed form: √(v_T + R²v_C)/μ_C.
    assert got.se[0] == pytest.approx(math.sqrt(16 / 40 + 1.44 * 9 / 50) / 10)


def test_a_sound_gain_stands_and_others_fail_by_name():
    got = audit(table(*GOOD, *BROKEN, ("z", "A", 40, 0.1), ("z", "B", 40, 0.4)))
    assert got.experiment.tolist() == ["x", "x", "y", "z"]
    assert got.claimed.tolist() == [True, False, True, True]
    assert got.stands.tolist() == [True, False, False, False]
    assert got.failures(0) == ()
    assert got.failures(2) == ("sample_ratio",)
    assert "few_events" in got.failures(3)
    assert (got.n_experiments, got.n_mismatched) == (3, 1)
    assert math.isnan(got.shrunken[2])


def test_what_the_team_claims_is_held_against_the_numbers():
    got = audit(table(*GOOD, claimed=[False, True, True]))
    assert got.failures(1) == ("not_significant", "shrinks")
    assert got.total.n_claimed == 2


def test_many_arms_can_take_a_claim_away():
    rows = [("x", "A", 10_000, 0.1)] + [
        ("x", arm, 10_000, mean)
        for arm, mean in (("B", 0.1090), ("C", 0.1), ("D", 0.1), ("E", 0.101), ("F", 0.099))
    ]
    got = audit(table(*rows))
    assert "many_arms" in got.failures(0)


def test_looking_often_can_take_a_claim_away():
    rows = [("x", "A", 10_000, 0.1), ("x", "B", 10_000, 0.1095)]
    got = audit(table(*rows, n_looks=[14, 14]))
    z = abs(got.effect_size[0] / got.se[0])
    lower, upper = crossing_probabilities(
        fractions=[(i + 1) / 14 for i in range(14)], z=[z] * 14
    )
    # Oracle: the recursion at this very z; the audit interpolates.
    assert got.peeking_pvalue[0] == pytest.approx(lower.sum() + upper.sum(), rel=2e-3)
    assert "peeking" in got.failures(0)
    once = audit(table(*rows, n_looks=[1, 1]))
    assert once.peeking_pvalue[0] == once.pvalue[0]


def test_power_is_checked_against_the_smallest_effect_that_matters():
    assert "underpowered" in audit(table(*GOOD), mde=0.005).failures(0)
    assert audit(table(*GOOD), mde=0.02).failures(0) == ()
    assert audit(table(*GOOD), mde=0.005).stands[0]  # a warning, not a reason to fall


def test_lower_can_be_better():
    got = audit(table(*GOOD), higher_is_better=False)
    assert got.effect_size[0] == pytest.approx(-0.02)
    assert not got.claimed.any()


def test_the_control_can_be_named_and_the_split_declared():
    rows = [("x", "old", 9000, 0.10), ("x", "a new one", 1000, 0.12)]
    got = audit(table(*rows, weight=[9.0, 1.0]), control="old")
    assert (got.control[0], got.arm[0]) == ("old", "a new one")
    assert got.sample_ratio_pvalue[0] == pytest.approx(1.0)
    assert audit(table(*rows), control="old").n_mismatched == 1
    with pytest.raises(InputError, match="has no arm 'gone'"):
        audit(table(*rows), control="gone")


def test_totals_by_group_add_up_to_the_whole():
    rows = [*GOOD, ("w", "A", 10_000, 0.10), ("w", "B", 10_000, 0.115), *BROKEN]
    quarters = np.array(["Q1"] * 3 + ["Q2"] * 4)
    got = audit(table(*rows, groups={"quarter": quarters}, reach=[2.0] * 3 + [1.0] * 4))
    whole, first, second = got.totals
    assert (whole.group, first.label, second.label) == ("", "Q1", "Q2")
    for name in ("claimed", "shrunken", "n_claimed", "n_standing", "n_comparisons"):
        parts = getattr(first, name) + getattr(second, name)
        assert getattr(whole, name) == pytest.approx(parts)
    assert first.claimed == pytest.approx(0.04)  # reach 2 × 0.02
    # The broken experiment is claimed, never believed.
    assert second.claimed == pytest.approx(0.015 + 0.03)
    assert second.shrunken < 0.015
    assert first.lower < first.shrunken < first.upper


def test_an_arm_without_units_or_variance_is_undefined_not_zero():
    rows = [
        ("x", "A", 0, math.nan),
        ("x", "B", 100, 0.3),
        ("y", "A", 50, 0.0),
        ("y", "B", 50, 0.0),
    ]
    got = audit(table(*rows))
    assert np.isnan(got.pvalue).all()
    assert np.isnan(got.shrunken).all()
    assert got.prior is None
    assert got.total.shrunken == 0.0
    assert got.total.n_claimed == 0


def test_an_experiment_with_one_arm_is_passed_over():
    got = audit(table(*GOOD, ("alone", "A", 100, 0.1)))
    assert got.n_experiments == 2
    assert "alone" not in got.experiment.tolist()
    with pytest.raises(NotEnoughDataError, match="two arms"):
        audit(table(("alone", "A", 100, 0.1)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: audit(table(*GOOD, ("x", "B", 5, 0.1))),
        lambda: audit(table(*GOOD, sd=[1.0])),
        lambda: audit(table(("x", "A", -1, 0.1), ("x", "B", 10, 0.1))),
        lambda: audit(table(("x", "A", 10, 1.1), ("x", "B", 10, 0.1))),
        lambda: audit(table(("x", "A", 10, 3.0), ("x", "B", 10, 2.0), sd=[-1.0, 1.0])),
    ],
)
def test_impossible_rows_are_refused(call):
    with pytest.raises(InputError):
        call()


@pytest.fixture(scope="module")
def upworthy(shared_data) -> tuple[Audit, np.ndarray, float]:
    with (shared_data / "upworthy" / "tests.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    started = time.perf_counter()
    n = np.array([int(row["impressions"]) for row in rows])
    months = np.array([row["started_at"][:7] for row in rows])
    got = audit(
        ArmTable(
            experiment=np.array([row["experiment"] for row in rows]),
            arm=np.array([int(row["arm"]) for row in rows]),
            n=n,
            mean=np.array([int(row["clicks"]) for row in rows]) / n,
            groups={"month": months},
        )
    )
    return got, months, time.perf_counter() - started


def test_the_real_archives_claims_shrink(upworthy):
    got, months, seconds = upworthy
    assert got.n_experiments == 2426
    assert got.total.shrunken < 0.7 * got.total.claimed
    assert got.total.upper < got.total.claimed_lower
    assert {total.label for total in got.totals[1:]} == set(months.tolist())
    assert seconds < 3


def test_the_order_of_rows_changes_nothing(shared_data):
    rng = np.random.default_rng(1)
    rows = [*GOOD, *BROKEN]
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    one, other = audit(table(*rows)), audit(table(*shuffled))
    assert one.pvalue.tolist() == other.pvalue.tolist()
    assert one.total == other.total
