"""Adjusted p-values against statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from leadline.analysis.multiplicity import benjamini_hochberg, holm
from leadline.errors import InputError


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values_equal_statsmodels_and_scipy(pvalues):
    # Oracles: statsmodels 0.15 (Holm), scipy (Benjamini-Hochberg).
    assert holm(pvalues) == pytest.approx(multipletests(pvalues, method="holm")[1], rel=1e-9)
    assert benjamini_hochberg(pvalues) == pytest.approx(
        false_discovery_control(pvalues), rel=1e-9, abs=1e-300
    )


def test_no_tests_give_no_adjusted_values():
    assert holm([]).size == 0
    assert benjamini_hochberg([]).size == 0


def test_a_test_that_could_not_be_made_counts_as_nothing_found():
    # closed form: .01 × 2 / 1, beside a p-value of 1
    assert benjamini_hochberg([np.nan, 0.01]).tolist() == [1.0, 0.02]


@pytest.mark.parametrize("pvalues", [[0.1, np.nan], [-0.1], [1.1]])
def test_what_is_no_p_value_is_refused(pvalues):
    with pytest.raises(InputError):
        holm(pvalues)
