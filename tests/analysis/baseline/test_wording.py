"""How numbers are written for people."""

from __future__ import annotations

import pytest

from leadline.analysis.baseline.wording import number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.02134, "0.02134"),
        (-0.0, "0"),
        (7612.4, "7,612"),
        (2_500_000.0, "2,500,000"),
        (657_037_543.0, "657 million"),
        (-15_360_083_569.0, "-15,360 million"),
        (1e300, "1e+300"),
        (float("nan"), "unknown"),
    ],
)
def test_a_number_has_the_digits_that_a_reader_needs(value, written):
    assert number(value) == written
