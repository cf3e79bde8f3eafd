"""What hangs is given up."""

from __future__ import annotations

import threading

import pytest

from leadline.analysis.problem.patience import within


def test_a_task_that_hangs_is_given_up_and_its_error_is_the_callers():
    assert within(lambda: 3, seconds=60) == 3
    with pytest.raises(ZeroDivisionError):
        within(lambda: 1 / 0, seconds=60)
    free = threading.Event()
    with pytest.raises(TimeoutError):
        within(free.wait, seconds=0.01)
    free.set()
