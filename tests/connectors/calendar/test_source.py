"""Addresses: a real server on this machine answers well, badly, and not at all."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from leadline.connectors.calendar.source import is_address, load
from leadline.errors import ConnectorError

BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
SECRET = "private-0123456789abcdef"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if name.isdigit():
            self.send_response(int(name))
            self.end_headers()
        elif name == "away.ics":
            self.send_response(302)
            self.send_header("Location", "own.ics")
            self.end_headers()
        elif name == "file.ics":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif name == "short.ics":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"BEGIN")
        elif name == "badzip.ics":
            self._give(b"no gzip at all", zipped=True)
        elif name == "zip.ics":
            self._give(gzip.compress(BODY), zipped=True)
        elif name == "bomb.ics":
            self._give(gzip.compress(b"A" * 1_000_000), zipped=True)
        else:
            self._give(BODY, zipped=False)

    def _give(self, body: bytes, *, zipped: bool) -> None:
        self.send_response(200)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/{SECRET}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["own.ics", "away.ics", "zip.ics"])
def test_a_calendar_is_fetched_followed_and_unpacked(server: str, name: str) -> None:
    got = load(f"{server}/{name}")
    assert got.content == BODY
    assert got.place == f"http://127.0.0.1/…/{name}"


@pytest.mark.parametrize(
    ("code", "permanent", "hint"),
    [
        (401, True, "secret iCal address"),
        (403, True, "secret iCal address"),
        (404, True, "copy it again"),
        (410, True, "copy it again"),
        (429, False, "Ask again later"),
        (500, False, "Ask again later"),
        (503, False, "Ask again later"),
    ],
)
def test_a_refusal_says_whether_asking_again_can_help(
    server: str, code: int, permanent: bool, hint: str
) -> None:
    with pytest.raises(ConnectorError, match=f"answered with HTTP {code}") as caught:
        load(f"{server}/{code}")
    assert caught.value.permanent is permanent
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["404", "500", "file.ics", "short.ics", "badzip.ics"])
def test_a_secret_address_is_never_shown(server: str, name: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        load(f"{server}/{name}")
    assert SECRET not in str(caught.value)


def test_a_redirect_to_a_file_is_not_followed(server: str) -> None:
    with pytest.raises(ConnectorError):
        load(f"{server}/file.ics")


def test_a_large_answer_is_refused(server: str) -> None:
    with pytest.raises(ConnectorError, match="larger than 10 bytes"):
        load(f"{server}/own.ics", max_bytes=10)
    with pytest.raises(ConnectorError, match="larger than 10 bytes"):
        load(f"{server}/zip.ics", max_bytes=10)
    with pytest.raises(ConnectorError, match="larger than 10,000 bytes"):
        load(f"{server}/bomb.ics", max_bytes=10_000)


def test_an_answer_that_breaks_off_is_none(server: str) -> None:
    with pytest.raises(ConnectorError, match="only 5 of 1,000 bytes came") as caught:
        load(f"{server}/short.ics")
    assert not caught.value.permanent


def test_a_secret_in_the_last_part_is_not_shown(server: str) -> None:
    secret = "0123456789abcdef01234567.ics"
    assert load(f"{server}/{secret}").place == "http://127.0.0.1/…/…"


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ConnectorError, match="did not answer") as caught:
            load(f"http://127.0.0.1:{port}/own.ics", timeout_seconds=0.2)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/own.ics", "webcal://127.0.0.1:1/x.ics"]
)
def test_a_closed_port_and_webcal_are_tried_and_named(address: str) -> None:
    with pytest.raises(ConnectorError, match="did not answer") as caught:
        load(address, timeout_seconds=2)
    assert not caught.value.permanent
    assert ("https://" in caught.value.message) is address.startswith("webcal")


@pytest.mark.parametrize("address", ["https:///own.ics", "http://[::1/own.ics", "http://a b/x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ConnectorError):
        load(address, timeout_seconds=2)


def test_paths_are_no_addresses(tmp_path: Path) -> None:
    assert not is_address(tmp_path / "http:")
    assert not is_address("C:\\calendar.ics")
    assert is_address("WEBCAL://example.com/own.ics")


def test_a_folder_and_a_large_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="is a folder"):
        load(tmp_path)
    path = tmp_path / "own.ics"
    path.write_bytes(BODY)
    with pytest.raises(ConnectorError, match="larger than 20 bytes"):
        load(path, max_bytes=20)
