"""Takes `docs/pictures/*.png` from the pages that really are served: `make screenshots`.

The made-up team on a fixed day, read, served on the loopback address, and looked at with the
Chromium of the machine.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

import leadline
from docs.pictures import DAY, FOLDER
from leadline.demo import build

CHROMIUM = "/usr/bin/chromium"
WIDE, NARROW = (1280, 860), (360, 740)
SHOTS: dict[str, tuple[str, tuple[int, int], Literal["light", "dark"]]] = {
    "page-brief": ("/brief/", WIDE, "light"),
    "page-brief-dark-narrow": ("/brief/", NARROW, "dark"),
    "page-projects": ("/projects/", WIDE, "light"),
    "page-experiments": ("/experiments/", WIDE, "light"),
    "page-one-on-ones": ("/one-on-ones/", WIDE, "dark"),
}
"""Picture → the page, the window, and the colours."""

_RUN = "from leadline.cli.main import main; main()"
_LINK = re.compile(r"http://\S+/sign-in/\S+")


def shoot(folder: Path = FOLDER) -> None:
    """Write every picture."""
    with tempfile.TemporaryDirectory() as temporary:
        workspace = build(Path(temporary) / "demo", today=DAY)
        with _served(workspace) as link, sync_playwright() as programs:
            browser = programs.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            _shoot_all(browser, link=link, folder=folder)
            browser.close()


def _shoot_all(browser: Browser, *, link: str, folder: Path) -> None:
    first = browser.new_context()
    page = first.new_page()
    page.goto(link)
    page.click("main button")
    signed_in = first.storage_state()
    address = link.partition("/sign-in/")[0]
    for name, (path, (width, height), colours) in SHOTS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=colours,
            storage_state=signed_in,
            locale="en-GB",
        )
        page = context.new_page()
        page.goto(f"{address}{path}")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


@contextmanager
def _served(workspace: Path) -> Iterator[str]:
    """Serve a workspace and give the link that signs its lead in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _RUN, "up", "--no-browser", "--port", str(port)]
    command += ["--today", str(DAY)]
    kept = {name: value for name, value in os.environ.items() if name[:9] != "LEADLINE_"}
    source = {
        "PYTHONPATH": str(Path(leadline.__file__).parents[1]),
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(
        command, cwd=workspace, env=kept | source, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield next(found[0] for line in _lines(server) if (found := _LINK.search(line)))
        finally:
            server.terminate()


def _lines(server: subprocess.Popen[str]) -> Iterator[str]:
    yield from server.stdout or ()


if __name__ == "__main__":
    shoot()
