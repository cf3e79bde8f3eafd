"""The ledger's arithmetic."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from leadline.analysis.experiments.ledger import ledger
from leadline.analysis.experiments.ledger_lines import Change, Holdout
from leadline.analysis.experiments.shrinkage import Prior
from leadline.errors import InputError

HALF = Prior(scales=(0.0, 1.0), weights=(0.0, 1.0), n_experiments=50, source="experiments")
"""With standard errors of 1, this prior halves every effect; posterior sd is √½."""

BASELINE = Change(
    key="popular first",
    concluded_on=date(2025, 1, 10),
    shipped=True,
    proof="experiment",
    measured=-2.0,
    measured_se=1.0,
    baseline=True,
)
MODEL = Change(
    key="ranking model",
    concluded_on=date(2025, 3, 1),
    shipped=True,
    proof="experiment",
    measured=3.0,
    measured_se=1.0,
    predicted=4.0,
    reach=10.0,
)
LOSER = replace(MODEL, key="embeddings", shipped=False, measured=-1.0, predicted=2.0)
HOPE = Change(
    key="new features",
    concluded_on=date(2025, 5, 1),
    shipped=True,
    proof="backtest",
    predicted=1.5,
    reach=2.0,
)


def test_the_baseline_comes_first_and_is_neither_shrunk_nor_summed():
    early = replace(MODEL, key="older", concluded_on=date(2024, 1, 1))
    got = ledger([early, BASELINE], unit="orders", prior=HALF)
    assert got.lines[0].change is BASELINE
    assert got.baseline is got.lines[0]
    assert got.lines[0].shrunken == -2.0
    assert got.lines[0].lower == pytest.approx(-2 - 1.959964)
    assert got.total.value == pytest.approx(15.0)


def test_shipped_experiments_add_up_shrunken_with_the_naive_sum_beside_them():
    other = replace(MODEL, key="second", concluded_on=date(2025, 4, 1), measured=1.0)
    got = ledger([other, LOSER, MODEL, BASELINE, HOPE], unit="orders", prior=HALF)
    # Closed form: (3 + 1)/2 × 10, sd √(½ + ½) × 10.
    assert got.total.value == pytest.approx(20.0)
    assert got.total.upper == pytest.approx(20 + 1.959964 * 10, rel=1e-6)
    assert got.total.naive == pytest.approx(40.0)
    assert got.total.n_changes == 2
    assert [line.cumulative for line in got.lines] == pytest.approx([0, 0, 15, 20, 20])
    assert [line.counted for line in got.lines] == [False, False, True, True, False]


def test_quarters_and_projects_add_up_to_the_total():
    other = replace(
        MODEL, key="second", concluded_on=date(2025, 4, 1), measured=1.0, project="ads"
    )
    first = replace(MODEL, project="search")
    got = ledger([other, LOSER, first, BASELINE, HOPE], unit="orders", prior=HALF, rate=2.0)
    assert list(got.by_quarter) == ["2025-Q1", "2025-Q2"]
    assert list(got.by_project) == ["ads", "search"]
    for totals in (got.by_quarter, got.by_project):
        assert sum(total.value for total in totals.values()) == pytest.approx(got.total.value)
        assert sum(total.naive for total in totals.values()) == pytest.approx(got.total.naive)
    # closed form: half of 1 × 10, give or take 1.96 × √½ × 10; at a rate of 2
    money = got.at_rate(got.by_project["ads"])
    assert money is not None
    assert (money.value, money.n_changes) == (pytest.approx(10.0), 1)
    assert money.upper == pytest.approx(10 + 2 * 1.959964 * 10 / math.sqrt(2), rel=1e-6)


def test_what_a_holdout_covers_belongs_to_no_group():
    other = replace(MODEL, key="second", concluded_on=date(2025, 4, 1), measured=1.0)
    held = Holdout(covers=("ranking model",), measured=1.0, measured_se=0.5, reach=10.0)
    got = ledger([other, MODEL], unit="orders", prior=HALF, holdout=held)
    assert list(got.by_quarter) == ["2025-Q2"]


def test_the_prior_is_fitted_on_losers_too():
    changes = [
        replace(MODEL, key=f"change {i}", measured=(-1.0) ** i, shipped=i % 2 == 0)
        for i in range(30)
    ]
    got = ledger(changes, unit="orders")
    assert got.prior is not None
    assert got.prior.n_experiments == 30
    assert 0 < got.total.value < got.total.naive


def test_what_is_unproven_is_listed_but_never_in_the_total():
    got = ledger([HOPE], unit="orders")
    assert (got.total.value, got.total.n_changes) == (0.0, 0)
    assert (got.unproven.naive, got.unproven.n_changes) == (3.0, 1)
    assert math.isnan(got.unproven.value)
    assert math.isnan(got.lines[0].shrunken)
    assert got.lines[0].naive == 3.0
    assert got.prior is None


def test_an_opinion_without_a_number_has_no_number():
    got = ledger([replace(HOPE, proof="opinion", predicted=None)], unit="orders")
    assert math.isnan(got.lines[0].naive)
    assert got.calibration is None


def test_calibrated_predictions_are_discounted():
    history = [
        replace(MODEL, key=f"c{i}", predicted=float(i), measured=0.5 * i, measured_se=0.05)
        for i in range(1, 8)
    ]
    got = ledger([*history, HOPE], unit="orders")
    assert got.calibration is not None
    assert got.calibration.n == 7
    # Oracle: constructed with a slope of one half.
    assert got.unproven.value == pytest.approx(1.5, rel=0.05)


def test_a_holdout_overrides_the_changes_it_covers():
    later = replace(MODEL, key="later", concluded_on=date(2025, 6, 1), measured=2.0)
    holdout = Holdout(covers=("ranking model",), measured=0.5, measured_se=0.3, reach=10.0)
    got = ledger([MODEL, later], unit="orders", holdout=holdout, prior=HALF)
    # Closed form: .5 × 10 for what it covers, 2/2 × 10 for what came later.
    assert got.total.value == pytest.approx(15.0)
    sd = math.sqrt(3.0**2 + 0.5 * 100)
    assert got.total.upper - got.total.value == pytest.approx(1.959964 * sd, rel=1e-6)
    assert got.total.naive == pytest.approx(50.0)
    assert [line.counted for line in got.lines] == [False, True]
    assert [line.cumulative for line in got.lines] == pytest.approx([5.0, 15.0])


def test_a_rate_turns_units_into_money_whatever_its_sign():
    gain = ledger([MODEL], unit="orders", prior=HALF, rate=2.0, rate_unit="EUR").money
    cost = ledger([MODEL], unit="minutes", prior=HALF, rate=-2.0).money
    assert gain is not None
    assert cost is not None
    assert gain.value == pytest.approx(30.0)
    assert (cost.lower, cost.upper) == pytest.approx((-gain.upper, -gain.lower))
    assert ledger([MODEL], unit="orders", prior=HALF).money is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: ledger([MODEL, MODEL], unit="orders"),
        lambda: ledger([BASELINE, replace(BASELINE, key="again")], unit="orders"),
        lambda: ledger(
            [MODEL], unit="orders", holdout=Holdout(covers=("x",), measured=1, measured_se=1)
        ),
        lambda: ledger(
            [MODEL], unit="orders", holdout=Holdout(covers=(), measured=1, measured_se=1)
        ),
        lambda: replace(MODEL, measured=None),
        lambda: replace(MODEL, measured_se=0.0),
        lambda: replace(MODEL, measured=math.inf),
        lambda: replace(HOPE, measured=1.0, measured_se=1.0),
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(call):
    with pytest.raises(InputError):
        call()
