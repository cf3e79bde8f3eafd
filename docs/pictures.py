"""Draws `docs/pictures/` from what commands really print: `python -m docs.pictures`.

The pictures show the made-up team on a fixed day. They load nothing: the fonts that rich
would fetch from elsewhere are taken out, and a reader's own monospace font is used.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from datetime import date
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

import leadline
from leadline.demo import build

FOLDER = Path(__file__).parent / "pictures"
DAY = date(2026, 11, 23)
COLUMNS = 92
PICTURES = {
    "brief": ("brief",),
    "knowledge": ("knowledge", "repositories/search-ranking", "--people", "people.csv"),
}
"""Picture → the command that it shows."""

_RUN = "from leadline.cli.main import main; main()"
_FROM_ELSEWHERE = re.compile(r"@font-face\s*\{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)


def draw(folder: Path = FOLDER) -> None:
    """Write every picture."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        workspace = build(Path(temporary) / "demo", today=DAY)
        for name, command in PICTURES.items():
            printed = _printed((*command, "--today", str(DAY)), workspace=workspace)
            title = f"leadline {' '.join(command)}"
            svg = svg_of(printed, title=title, name=name)
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


def svg_of(printed: str, *, title: str, name: str) -> str:
    """Return what a terminal shows as an SVG picture without any address in it.

    Parameters
    ----------
    printed : str
        Text with ANSI colours.
    title : str
        Stands above it.
    name : str
        Keeps the picture's style apart from others on one page.
    """
    out = Console(record=True, width=COLUMNS, file=StringIO(), legacy_windows=False)
    out.print(Text.from_ansi(printed.rstrip()), overflow="fold")
    svg = out.export_svg(title=title, unique_id=f"leadline-{name}")
    return _FROM_ELSEWHERE.sub("", svg).replace("Fira Code", "ui-monospace").rstrip() + "\n"


def _printed(command: tuple[str, ...], *, workspace: Path) -> str:
    terminal = {
        "COLUMNS": str(COLUMNS),
        "FORCE_COLOR": "1",
        "PYTHONPATH": str(Path(leadline.__file__).parents[1]),
        "TERM": "xterm-256color",
    }
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "LEADLINE_DATABASE_URL", "LEADLINE_WORKSPACE")
    }
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *command],
        cwd=workspace,
        env=kept | terminal,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout


if __name__ == "__main__":
    draw()
