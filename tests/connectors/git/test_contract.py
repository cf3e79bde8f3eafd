"""A git repository keeps every connector's promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadline.connectors.git import read_history
from leadline.practice.knowledge import History, Identity
from tests.connectors.contract import ConnectorContract
from tests.made_repository import MadeRepository


class TestGit(ConnectorContract):
    def read(self, source: Path) -> History:
        return read_history(source)

    def facts(self, result: History) -> Sequence[Identity]:
        return result.authors

    def good(self, folder: Path) -> Path:
        made = MadeRepository(folder / "search")
        made.commit(write={"rank.py": "1\n"})
        return made.path

    def empty(self, folder: Path) -> Path:
        return MadeRepository(folder / "new").path

    def unusable(self, folder: Path) -> Path:
        path = folder / "photos"
        path.mkdir()
        return path
