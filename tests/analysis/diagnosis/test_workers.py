"""Trainings side by side."""

from __future__ import annotations

import os
import threading

import pytest

from leadline.analysis.diagnosis import workers
from leadline.analysis.diagnosis.workers import Workers


def test_results_come_in_the_order_of_the_tasks_and_from_other_threads():
    with Workers(2) as pool:
        found = pool.run([lambda i=i: (i, threading.current_thread().name) for i in range(20)])
    assert [i for i, _ in found] == list(range(20))
    assert threading.current_thread().name not in {name for _, name in found}


def test_outside_of_its_block_tasks_run_one_after_the_other():
    pool = Workers(2)
    here = threading.current_thread().name
    assert pool.run([lambda: threading.current_thread().name] * 2) == [here, here]
    with pool:
        pass
    pool.__exit__(None, None, None)  # a second end does nothing
    assert pool.run([lambda: 1, lambda: 2]) == [1, 2]


def test_an_error_of_a_task_is_the_callers():
    with Workers(2) as pool, pytest.raises(ZeroDivisionError):
        pool.run([lambda: 1, lambda: 1 / 0])


def test_there_are_as_many_workers_as_cores_but_four_at_most(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert Workers().n == workers.MOST
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert Workers().n == 1
