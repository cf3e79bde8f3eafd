"""What every connector promises, as one suite that each passes with its own sources.

A connector's test module subclasses `ConnectorContract`, says how it reads, and makes
three sources: a good one, an empty one, and one that cannot be used.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from leadline.errors import ConnectorError, InputError


def snapshot(source: Path) -> dict[str, tuple[str, int]]:
    """Return the digest and the time of change of every file of a source."""
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in files
        if path.is_file()
    }


class ConnectorContract:
    """Subclass as `Test…`; every method below is a promise to whoever owns the source."""

    def read(self, source: Path) -> Any:
        """Read a source once, with everything else given."""
        raise NotImplementedError

    def facts(self, result: Any) -> Sequence[Any]:
        """Return the facts of a result."""
        raise NotImplementedError

    def good(self, folder: Path) -> Path:
        """Write a source with at least one fact."""
        raise NotImplementedError

    def empty(self, folder: Path) -> Path:
        """Write a source that is in order and holds nothing."""
        raise NotImplementedError

    def unusable(self, folder: Path) -> Path:
        """Write a source that is none of this connector's."""
        raise NotImplementedError

    def test_the_source_is_left_as_it_was(self, tmp_path: Path) -> None:
        source = self.good(tmp_path)
        before = snapshot(source)
        self.read(source)
        assert snapshot(source) == before

    def test_a_read_only_source_can_be_read(self, tmp_path: Path) -> None:
        source = self.good(tmp_path)
        paths = [source] if source.is_file() else [*source.rglob("*"), source]
        modes = {path: path.stat().st_mode for path in paths}
        for path in paths:
            path.chmod(modes[path] & ~0o222)
        try:
            assert self.facts(self.read(source))
        finally:
            for path in reversed(paths):
                path.chmod(modes[path])

    def test_the_same_source_gives_the_same_facts(self, tmp_path: Path) -> None:
        source = self.good(tmp_path)
        assert list(self.facts(self.read(source))) == list(self.facts(self.read(source)))

    def test_facts_are_frozen(self, tmp_path: Path) -> None:
        facts = self.facts(self.read(self.good(tmp_path)))
        assert facts
        for fact in facts:
            name = dataclasses.fields(fact)[0].name
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(fact, name, None)

    def test_an_empty_source_gives_no_facts(self, tmp_path: Path) -> None:
        assert list(self.facts(self.read(self.empty(tmp_path)))) == []

    def test_a_missing_source_is_a_permanent_connector_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectorError) as caught:
            self.read(tmp_path / "not-there")
        assert caught.value.permanent
        assert "not-there" in caught.value.message
        assert caught.value.hint

    def test_an_unusable_source_is_an_error_that_says_what_to_do(self, tmp_path: Path) -> None:
        source = self.unusable(tmp_path)
        with pytest.raises((ConnectorError, InputError)) as caught:
            self.read(source)
        assert source.name in caught.value.message
        assert caught.value.hint
