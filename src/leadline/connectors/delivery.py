"""Telling people: JSON to a URL that the user named, or a mail through their server."""

from __future__ import annotations

import http.client
import json
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from leadline.errors import ConfigurationError, ConnectorError

TIMEOUT = 10.0
"""Seconds that a server may take to answer."""

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def post_json(url: str, payload: Mapping[str, Any]) -> None:
    """Send a message to a webhook.

    Parameters
    ----------
    url : str
        `https://…` or `http://…`; its path may be a secret and is never shown.
    payload : mapping
        Plain values.

    Raises
    ------
    ConfigurationError
        The URL is none.
    ConnectorError
        The server did not answer, or with a status of 300 and above.
    """
    parts = _parts(url, schemes=("https", "http"))
    is_safe = parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    body = json.dumps(payload, ensure_ascii=False).encode()
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise _unreached("the webhook", parts, error) from error
    finally:
        connection.close()
    if status >= 300:
        raise ConnectorError(
            f"the webhook at {parts.hostname} answered {status}",
            permanent=300 <= status < 500,
            hint="Check the address; a webhook takes a POST with JSON and answers 2xx.",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Through whom mail is sent: `LEADLINE_SMTP_URL` and `LEADLINE_MAIL_FROM`.

    Attributes
    ----------
    url : str
        `smtps://user:password@host:465`, or `smtp://host:587`, which is encrypted where
        the server can; a password is not sent over a line that is not, but on loopback.
    sender : str
        Whom mail comes from; empty for whoever it goes to.
    """

    url: str
    sender: str = ""


def mail_server(environment: Mapping[str, str]) -> MailServer | None:
    """Return the server that the environment names; None where it names none."""
    url = environment.get("LEADLINE_SMTP_URL", "")
    sender = environment.get("LEADLINE_MAIL_FROM", "")
    return MailServer(url=url, sender=sender) if url else None


def send_mail(server: MailServer, *, to: str, subject: str, text: str) -> None:
    """Send a mail.

    Raises
    ------
    ConfigurationError
        The address of the server is none.
    ConnectorError
        The server did not take the mail; `permanent` where trying again cannot help, as
        when it refuses this recipient: another may still be sent to.
    """
    parts = _parts(server.url, schemes=("smtps", "smtp"))
    message = EmailMessage()
    message["From"], message["To"] = server.sender or to, to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=message["From"].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # nobody's absence answers it
    message.set_content(text)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "", parts.port or 0, timeout=TIMEOUT) as smtp:
            if parts.scheme == "smtp":
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls()
                elif parts.username and parts.hostname not in LOOPBACK:
                    raise ConnectorError(
                        f"{parts.hostname} offers no encryption, so no password is sent to it",
                        permanent=True,
                        hint="Use smtps://, or a server with STARTTLS.",
                    )
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
            smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise ConnectorError(
            f"the mail server at {parts.hostname} does not take mail to {to}",
            permanent=True,
            hint="Check the address.",
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _unreached("the mail server", parts, error) from error


def _parts(url: str, *, schemes: tuple[str, str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        named = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise ConfigurationError(
            f"an address begins with {schemes[0]}:// or {schemes[1]}:// and names a host",
            hint="Check the webhook, or LEADLINE_SMTP_URL.",
        )
    return parts


def _unreached(what: str, parts: SplitResult, error: Exception) -> ConnectorError:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ConnectorError(
        f"{what} at {parts.hostname} did not take the message: {said}",
        permanent=False,
        hint="Nothing is lost; the next run tries again.",
    )
