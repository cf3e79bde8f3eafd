"""`leadline up` as a user starts it: a link, a page, and a clean end."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from leadline.cli.up import _tell
from tests.processes import environment, run, start

FILE = '[lead]\nname = "Ines Marlow"\nemails = ["ines@harbour.example"]\n'


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def line_with(text: str, process: subprocess.Popen[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        if text in line:
            return line.strip()
    raise AssertionError(process.stderr.read() if process.stderr else "")


@pytest.mark.slow
def test_it_prints_a_link_serves_and_ends_cleanly(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(FILE, encoding="utf-8")
    port = a_free_port()
    process = start(
        "up", "--no-browser", "--port", str(port), folder=tmp_path, variables=environment()
    )
    try:
        link = line_with("/sign-in/", process)
        assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/sign-in/[\w-]+/", link)
        with urllib.request.urlopen(link, timeout=60) as page:
            text = page.read().decode()
            assert "ines@harbour.example" in text
            assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        style = re.search(r'href="(/static/[^"]+tokens\.[0-9a-f]+\.css)"', text)
        assert style
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style[1]}", timeout=60) as css:
            assert "immutable" in css.headers["Cache-Control"]
        strange = urllib.request.Request(link, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(strange, timeout=60)
        assert refused.value.code == 400
        refused.value.close()
        assert (tmp_path / ".leadline" / "secret-key").stat().st_mode & 0o077 == 0
    finally:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "Traceback" not in told
    # The command line, which runs without the pages, sees what they keep of signing in.
    mine = run("mine", "ines@harbour.example", "--json", folder=tmp_path)
    assert "sign-in link for ines@harbour.example" in mine.stdout


@pytest.mark.slow
def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(FILE, encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        end = run("up", "--no-browser", "--port", port, folder=tmp_path)
    assert end.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in end.stderr
    assert "Traceback" not in end.stderr


def test_a_browser_opens_only_where_there_is_a_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    _tell("http://x", "http://x/sign-in/s/", browser=True)
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    _tell("http://x", "http://x/sign-in/s/", browser=False)
    assert opened == []
    _tell("http://x", "http://x/sign-in/s/", browser=True)
    assert opened == ["http://x/sign-in/s/"]
    assert "http://x/sign-in/s/" in capsys.readouterr().out
