"""Delivery, against servers that the tests start on loopback."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from leadline.connectors.delivery import MailServer, mail_server, post_json, send_mail
from leadline.errors import ConfigurationError, ConnectorError


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[misc]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A web server that keeps what is posted to it."""
    kept: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.append((self.path, json.loads(body)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/hooks/secret?a=b", kept


@contextmanager
def running_mail_server(refused: str = "") -> Iterator[tuple[int, list[str]]]:
    """A mail server that speaks as much SMTP as a client needs, and keeps the mails.

    It refuses a recipient whose address begins as said.
    """
    kept: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            for raw in self.rfile:
                word = raw.split()[0].upper().rstrip(b":") if raw.split() else b""
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    kept.append(b"".join(lines).decode())
                told = b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n"
                if refused and f"<{refused}".encode() in raw and word == b"RCPT":
                    told = b"550 no such mailbox\r\n"
                self.wfile.write(told)
                if word == b"QUIT":
                    return

    with running(socketserver.TCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, kept


def test_a_webhook_gets_the_message_as_json() -> None:
    with webhook() as (url, kept):
        post_json(url, {"model": "Übung", "alerts": []})
    assert kept == [("/hooks/secret?a=b", {"model": "Übung", "alerts": []})]


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (503, False)])
def test_a_refusal_is_told_without_the_secret_path(status: int, permanent: bool) -> None:
    with webhook(status) as (url, _), pytest.raises(ConnectorError) as caught:
        post_json(url, {})
    assert f"answered {status}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.permanent is permanent


def test_a_server_that_is_not_there_is_told() -> None:
    with webhook() as (url, _):
        pass  # stopped again: the port is free
    with pytest.raises(ConnectorError, match="did not take the message"):
        post_json(url, {})


def test_a_mail_arrives_whole() -> None:
    with running_mail_server() as (port, kept):
        server = mail_server(
            {
                "LEADLINE_SMTP_URL": f"smtp://127.0.0.1:{port}",
                "LEADLINE_MAIL_FROM": "leadline@example.com",
            }
        )
        assert server is not None
        send_mail(
            server,
            to="mira@example.com",
            subject="churn:\nalert",
            text="x is missing.\nOwner: mira@example.com.\n",
        )
    (mail,) = map(str.encode, kept)
    message = message_from_bytes(mail)
    assert message["Subject"] == "churn: alert"  # a line break cannot add a header
    assert message["To"] == "mira@example.com"
    assert message["From"] == "leadline@example.com"
    assert message["Message-ID"].endswith("@example.com>")  # and does not name this machine
    assert parsedate_to_datetime(message["Date"]).tzinfo
    assert "x is missing." in message.get_payload()


def test_without_an_address_there_is_no_server() -> None:
    assert mail_server({"LEADLINE_MAIL_FROM": "leadline@example.com"}) is None


def test_a_mail_server_that_is_not_there_is_told() -> None:
    with running_mail_server() as (port, _):
        pass
    with pytest.raises(ConnectorError, match="the mail server at 127") as caught:
        send_mail(MailServer(url=f"smtp://127.0.0.1:{port}"), to="c@d", subject="s", text="t")
    assert not caught.value.permanent


def test_a_recipient_who_is_refused_is_named_and_says_nothing_of_others() -> None:
    with running_mail_server(refused="c@d") as (port, kept):
        server = MailServer(url=f"smtp://127.0.0.1:{port}")
        with pytest.raises(ConnectorError, match="does not take mail to c@d") as caught:
            send_mail(server, to="c@d", subject="s", text="t")
        send_mail(server, to="e@f", subject="s", text="t")
    assert caught.value.permanent
    assert len(kept) == 1


@pytest.mark.parametrize("url", ["ftp://host/x", "https://", "nonsense", "http://h:99999/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="begins with https:// or http://"):
        post_json(url, {})
