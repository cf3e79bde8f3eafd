"""The root finder against scipy's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from leadline.analysis.experiments.roots import find_root
from leadline.errors import InputError


@settings(max_examples=50, deadline=None)
@given(st.floats(-5, 5), st.floats(0.1, 3))
def test_the_root_equals_brents(shift, slope):
    def curve(x: float) -> float:
        return math.expm1(slope * (x - shift)) + (x - shift) ** 3

    # Oracle: scipy.optimize.brentq.
    assert find_root(curve, -7.0, 8.0) == pytest.approx(brentq(curve, -7.0, 8.0), abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(1.0, 3.0), (-1.0, 1.0), (-1.0, 3.0)])
def test_a_root_at_an_end_or_in_the_middle_is_found(low, high):
    assert find_root(lambda x: x - 1.0, low, high) == pytest.approx(1.0, abs=1e-12)


def test_a_flat_stretch_counts_as_a_root():
    assert find_root(lambda x: 0.0, 0.0, 2.0) == 1.0


def test_a_jump_is_narrowed_down():
    got = find_root(lambda x: 1.0 if x > math.pi else -1.0, 0.0, 10.0)
    assert got == pytest.approx(math.pi, abs=1e-9)


def test_ends_of_one_sign_are_refused():
    with pytest.raises(InputError, match="no change of sign"):
        find_root(lambda x: x, 1.0, 2.0)
