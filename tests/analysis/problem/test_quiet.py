"""Silence is for the whole process and must end when the last thread leaves it."""

from __future__ import annotations

import sys
import threading
import warnings

import pytest

from leadline.analysis.problem.quiet import quiet


def test_threads_that_leave_in_another_order_give_the_streams_back():
    before = (sys.stdout, sys.stderr)
    first_is_in, second_is_in = threading.Event(), threading.Event()
    inside = []

    def first():
        with quiet():
            first_is_in.set()
            second_is_in.wait(5)

    def second():
        first_is_in.wait(5)
        with quiet():
            second_is_in.set()
            thread.join(5)  # the first one leaves while this one is inside
            inside.append(sys.stdout)

    thread, other = threading.Thread(target=first), threading.Thread(target=second)
    thread.start()
    other.start()
    other.join(10)
    assert inside[0] is not before[0]
    assert (sys.stdout, sys.stderr) == before


def test_an_error_ends_the_silence_and_warnings_are_heard_again():
    before = sys.stdout

    def fails():
        with quiet():
            warnings.warn("not heard", stacklevel=1)  # would be an error here
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert sys.stdout is before
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
