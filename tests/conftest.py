"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# On a busy machine an example may take any time; that is no fault of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# Spark answers a few small questions here: compiling them well would take longer than they do.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout (../shared/data)")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def _own_sealing_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal with a key of the tests, so that none is written beside the checkout."""
    monkeypatch.setenv("LEADLINE_SEALING_KEYS", "bGVhZGxpbmUgdGVzdHM6IG5vYm9keSdzIHNlY3JldC4=")
