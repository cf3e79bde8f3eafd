"""A diagnosis made by hand, so that pictures are tested without training anything."""

from __future__ import annotations

import pytest

from tests.made_diagnosis import made_diagnosis


@pytest.fixture
def diagnosis():
    return made_diagnosis()
