"""`leadline keys` in processes of its own: check, rotate, and a key that is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment, run

pytestmark = pytest.mark.slow
SCRIPT = """
from datetime import UTC, datetime
from pathlib import Path
from leadline.records.database import open_database
from leadline.workspace import find_workspace
open_database(find_workspace(Path.cwd()))
from leadline.records.actions.one_on_ones import write_note
write_note("b@h.example", by="i@h.example", text="to Lisbon", at=datetime.now(UTC))
"""


def test_keys_are_checked_rotated_and_missed(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[lead]\nname = "I"\nemails = ["i@h.example"]\n', encoding="utf-8"
    )
    variables = environment()
    variables.pop("LEADLINE_SEALING_KEYS", None)

    def leadline(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, folder=tmp_path, variables=variables)

    assert leadline("keys").stdout == "0 texts open with the keys there are.\n"
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, env=variables, check=True)
    keys = tmp_path / ".leadline" / "sealing.keys"
    first = keys.read_text(encoding="ascii")
    assert leadline("keys", "--rotate").stdout.startswith("1 text sealed with a new key")
    assert keys.read_text(encoding="ascii") != first
    assert leadline("keys").stdout == "1 text open with the keys there are.\n"
    for file in (tmp_path / ".leadline").glob("leadline.sqlite3*"):
        assert b"Lisbon" not in file.read_bytes()
    keys.write_text(first, encoding="ascii")
    lost = leadline("keys")
    assert lost.returncode == 2
    assert "its key is not among those in" in lost.stderr
    assert "Nothing was changed" in lost.stderr
