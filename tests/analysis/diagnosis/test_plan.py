"""How many rows a training gets. Oracle: at a budget of 60 s one training may take 1.5 s of
the processor (a fortieth) or 4.5 s on the wall; rows are halved until it does."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from leadline.analysis.diagnosis.engine import Cost, plan
from leadline.analysis.diagnosis.trials import Trials
from leadline.errors import InputError


class Rows(list):
    """Rows with the matrix that says how many columns there are."""

    matrix = np.empty((1, 10))


@pytest.mark.parametrize(
    ("cost", "n_rows"),
    [
        (Cost(processor=3.0, wall=9.0), 40_000),
        (Cost(processor=6.0), 20_000),
        (Cost(processor=3.0, wall=36.0), 10_000),
        (Cost(processor=1e9), 4_000),  # never less
    ],
)
def test_rows_are_halved_until_a_training_fits_the_budget(cost: Cost, n_rows: int) -> None:
    case = SimpleNamespace(
        train=Rows(range(40_000)),
        test=range(20_000),
        clock=SimpleNamespace(budget=60.0),
        scores_only=False,
        problem=SimpleNamespace(is_classification=False, kind="ranking"),
    )
    model = SimpleNamespace(can_train=True)
    assert plan(case, model, cost=cost) == (n_rows, 0)


def test_a_single_training_that_is_refused_says_why() -> None:
    refused = InputError("one class only")
    bench = SimpleNamespace(_tried=lambda learners, fitted: [refused])
    with pytest.raises(InputError, match="one class only"):
        Trials.outcome(bench, SimpleNamespace())
