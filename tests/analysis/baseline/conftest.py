"""Rows for rules, made in one line."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline.rows import read_rows
from leadline.analysis.problem.encoding import Encoder
from leadline.analysis.problem.kinds import infer_problem


@pytest.fixture
def rows_of():
    """(table, y, **options) → (Rows, Problem)."""

    def make(table, y, *, kind=None, groups=None, time=None, encoder=None, problem=None):
        encoder = encoder or Encoder().fit(table)
        problem = problem or infer_problem(y, kind=kind, groups=groups, time=time)
        read = read_rows(table, y, encoder=encoder, problem=problem, groups=groups, time=time)
        return read, problem

    return make


@pytest.fixture
def rng():
    return np.random.default_rng(0)
