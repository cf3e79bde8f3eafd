"""A small marketplace, and the loop gone round once, shared by all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.classifieds.market import Market
from examples.classifieds.world import World, make_world


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(seed=3, n_users=2_000, listings_a_day=80, n_days=30)


@pytest.fixture
def market(world: World) -> Market:
    """Three days old: something is known of users and listings."""
    made = Market(world=world, seed=1)
    for _ in made.days(3):
        pass
    return made


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"
