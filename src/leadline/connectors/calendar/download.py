"""Bytes of a calendar from its address, over https or http and nothing else."""

from __future__ import annotations

import gzip
import http.client
import io
import urllib.error
import urllib.request
import zlib
from urllib.parse import urlsplit

from leadline import __version__
from leadline.errors import ConnectorError

_LONGEST_NAME = 20

_HANDLERS = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
)
"""Nothing that opens files or ftp, wherever a redirect may point."""


def download(address: str, *, timeout_seconds: float, max_bytes: int) -> tuple[str, bytes]:
    """Return the name of an address that is safe to show, and what it answered.

    Parameters
    ----------
    address : str
        Beginning with https, http or webcal.
    timeout_seconds : float
        How long to wait for each answer of the network.
    max_bytes : int
        One more is read, so that whoever asked can see that it is too much.

    Raises
    ------
    ConnectorError
        It names no host, or did not answer with 200 and a whole calendar.
    """
    url, place = _named(address)
    opener = urllib.request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    opener.addheaders = [
        ("User-Agent", f"leadline/{__version__}"),
        ("Accept", "text/calendar, */*;q=0.1"),
        ("Accept-Encoding", "gzip"),
    ]
    try:
        with opener.open(url, timeout=timeout_seconds) as answer:
            content = answer.read(max_bytes + 1)
            headers = answer.headers
        got = _whole(content, declared=headers.get("Content-Length", ""), max_bytes=max_bytes)
        if headers.get("Content-Encoding", "").lower() == "gzip" and len(got) <= max_bytes:
            got = _unzip(got, max_bytes=max_bytes)
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(place, error.code) from None
    except (OSError, http.client.HTTPException, ValueError, zlib.error, EOFError) as error:
        reason = str(getattr(error, "reason", "") or error) or type(error).__name__
        raise ConnectorError(
            f"{place} did not answer with a calendar: {reason.replace(url, place)}",
            permanent=False,
            hint="Check the network and the address, then ask again.",
        ) from None  # the cause would show the secret address
    return place, got


def _named(address: str) -> tuple[str, str]:
    """Return the https or http address to ask, and a name for it that is safe to show."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise ConnectorError(
            "the calendar's address names no host",
            permanent=True,
            hint="Write it as https://host/…/calendar.ics, or give the path of an .ics file.",
        )
    scheme = "http" if parts.scheme == "http" else "https"
    return parts._replace(scheme=scheme).geturl(), f"{scheme}://{host}/…/{_last(parts.path)}"


def _last(path: str) -> str:
    """Return a file's name, but nothing that could itself be the secret."""
    name = path.rsplit("/", 1)[-1]
    return name if len(name) <= _LONGEST_NAME else "…"


def _whole(content: bytes, *, declared: str, max_bytes: int) -> bytes:
    if declared.isdigit() and len(content) < min(int(declared), max_bytes):
        raise ValueError(f"only {len(content):,} of {int(declared):,} bytes came")
    return content


def _unzip(content: bytes, *, max_bytes: int) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        return file.read(max_bytes + 1)


def _refused(place: str, code: int) -> ConnectorError:
    hints = {
        401: "It asks to sign in: give the calendar's secret iCal address instead.",
        403: "It refuses: give the calendar's secret iCal address instead.",
        404: "The address may have been reset: copy it again from the calendar's settings.",
        410: "The address was withdrawn: copy it again from the calendar's settings.",
    }
    return ConnectorError(
        f"{place} answered with HTTP {code}, not with a calendar",
        permanent=400 <= code < 500 and code not in {408, 425, 429},
        hint=hints.get(code, "Ask again later, or export the calendar to a file."),
    )
