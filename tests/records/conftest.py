"""Rows that tests of records start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadline.workspace import Workspace, find_workspace

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace that names no sources yet."""
    text = '[lead]\nname = "Ines Marlow"\nemails = ["ines@harbour.example"]\n'
    (tmp_path / "leadline.toml").write_text(text, encoding="utf-8")
    found = find_workspace(tmp_path)
    found.cache.mkdir(parents=True)
    return found
