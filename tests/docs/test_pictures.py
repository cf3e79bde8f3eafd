"""Pictures load nothing from anywhere, and show what was printed."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from docs import pictures, screenshots

URL = re.compile(r"(?:https?:)?//[\w.-]+\.\w+")
DRAWN = sorted(pictures.FOLDER.glob("*.svg"))
TAKEN = sorted(pictures.FOLDER.glob("*.png"))


def addresses(svg: str) -> set[str]:
    """Return every address in a picture but the names of its namespaces."""
    return set(URL.findall(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")))


def test_a_picture_shows_the_text_and_loads_nothing() -> None:
    svg = pictures.svg_of("\x1b[1mnot met\x1b[0m for 5 weeks", title="a title", name="x")
    shown = "".join(ET.fromstring(svg).itertext()).replace("\xa0", " ")
    assert "not met for 5 weeks" in shown
    assert "a title" in shown
    assert addresses(svg) == set()
    assert "@font-face" not in svg


def test_there_is_a_picture_of_each_command() -> None:
    assert [path.stem for path in DRAWN] == sorted(pictures.PICTURES)
    assert sorted(path.stem for path in TAKEN) == sorted(screenshots.SHOTS)


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_no_picture_in_the_docs_loads_anything(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    ET.fromstring(svg)
    assert addresses(svg) == set()


@pytest.mark.parametrize("path", [*DRAWN, *TAKEN], ids=lambda path: path.stem)
def test_every_picture_has_words_for_those_who_do_not_see_it(path: Path) -> None:
    root = Path(pictures.__file__).parents[1]
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    shown = [page for page in pages if path.name in page.read_text(encoding="utf-8")]
    assert shown
    for page in shown:
        text = page.read_text(encoding="utf-8")
        assert re.search(rf"!\[[^\]]{{20,}}\]\([^)]*/{re.escape(path.name)}\)", text), page
