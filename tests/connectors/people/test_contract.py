"""The people file keeps every connector's promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadline.connectors.people import PeopleFile, read_people
from leadline.practice.people import Person
from tests.connectors.contract import ConnectorContract

HEADER = "name,emails,start_on,country,ends_on\n"


class TestPeopleFile(ConnectorContract):
    def read(self, source: Path) -> PeopleFile:
        return read_people(source)

    def facts(self, result: PeopleFile) -> Sequence[Person]:
        return result.people

    def good(self, folder: Path) -> Path:
        path = folder / "people.csv"
        path.write_text(
            HEADER + "Mira Lund,mira@example.com,2024-02-01,DE,\n", encoding="utf-8"
        )
        return path

    def empty(self, folder: Path) -> Path:
        path = folder / "empty.csv"
        path.write_text(HEADER, encoding="utf-8")
        return path

    def unusable(self, folder: Path) -> Path:
        path = folder / "photo.csv"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        return path
