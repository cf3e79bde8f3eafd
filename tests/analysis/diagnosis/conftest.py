"""Tables with known truth, small enough to be diagnosed in a second."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from leadline.analysis.diagnosis import engine, references
from leadline.analysis.diagnosis.case import Clock
from leadline.library.diagnosis import diagnose


@dataclass(frozen=True)
class Rows:
    """A table and its target."""

    X: NDArray[np.float64]
    y: NDArray


def chances(X):
    """The true probability: linear in two columns, no other column matters."""
    return 1 / (1 + np.exp(-2.0 * (X[:, 0] - X[:, 1])))


@pytest.fixture(autouse=True)
def one_thread():
    """Let no test wait for the threads of another one on a busy machine."""
    with threadpool_limits(1):
        yield


@pytest.fixture(autouse=True)
def own_time(monkeypatch):
    """Count the budget in this process's time: a busy machine must not fail a test."""
    monkeypatch.setitem(Clock.__init__.__kwdefaults__, "now", time.process_time)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch):
    """Compare with forests of a quarter of the trees: a little rougher, much quicker."""
    monkeypatch.setattr(references, "TREES", 20)


@pytest.fixture
def only(monkeypatch):
    """Try some causes only: how tables are read, say, does not hang on the others."""

    def keep(*names):
        monkeypatch.setattr(engine, "CAUSES", {name: engine.CAUSES[name] for name in names})

    return keep


@pytest.fixture
def linear_world():
    """Draw rows whose log odds are linear, so that a linear model is the best there is."""

    def draw(n, *, seed, columns=5):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, columns))
        return Rows(X, (rng.random(n) < chances(X)).astype(int))

    return draw


@pytest.fixture
def bent_world():
    """Draw rows whose log odds turn on a product, which no linear model can see."""

    def draw(n, *, seed, strength=4.0):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, 4))
        p = 1 / (1 + np.exp(-strength * X[:, 0] * X[:, 1]))
        return Rows(X, (rng.random(n) < p).astype(int))

    return draw


@pytest.fixture
def number_world():
    """Draw rows with a number as target: linear, noise of standard deviation 1."""

    def draw(n, *, seed):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, 5))
        return Rows(X, 2 * X[:, 0] - X[:, 1] + rng.normal(size=n))

    return draw


@pytest.fixture
def diagnosed():
    """Diagnose a model on training and test rows."""

    def run(model, train, test, **kwargs):
        return diagnose(model, train.X, train.y, test.X, test.y, **kwargs)

    return run
