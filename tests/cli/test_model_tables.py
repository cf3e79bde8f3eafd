"""Files of `baseline` and `diagnose` that are damaged are told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadline.cli.tables import read_split
from leadline.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

LINES = "a,b,y\n" + "1,2,0\n" * 30


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            LINES.replace("1,2,0\n", "1,2,0,9,9\n", 1).encode(),
            "was read as one column, 'a,b,y'",
        ),
        (b"a,b,y\n", "has a head and no rows"),
        (LINES.replace("2", "Z\u00fcrich").encode("latin-1"), "is not written in UTF-8"),
    ],
)
def test_a_damaged_table_is_told_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_split(str(path), target="y", as_frame=False)


def test_a_misspelt_target_is_answered_with_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text(LINES)
    with pytest.raises(InputError, match=r"no column 'Y'\nIts columns are a, b, y"):
        read_split(str(path), target="Y", as_frame=False)
