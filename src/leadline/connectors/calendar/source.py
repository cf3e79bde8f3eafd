"""Bytes of a calendar, from a file or an address; nothing is ever written back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from leadline.errors import ConnectorError

TIMEOUT_SECONDS = 20.0
MAX_BYTES = 50_000_000

_ADDRESS = re.compile(r"(?:https?|webcals?)://", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What a source gave.

    Attributes
    ----------
    place : str
        How messages and receipts name it. Of an address only the host and the last
        part: a secret iCal address is a password.
    content : bytes
        The calendar as it came.
    """

    place: str
    content: bytes = field(repr=False)


def is_address(source: str | Path) -> bool:
    """Whether the source is an http, https or webcal address and not a path."""
    return isinstance(source, str) and bool(_ADDRESS.match(source))


def load(
    source: str | Path,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Content:
    """Read a calendar file, or get one from its address.

    Parameters
    ----------
    source : str or Path
        A path to an `.ics` file, or an address beginning with https, http or webcal.
    timeout_seconds : float
        How long to wait for each answer of the network.
    max_bytes : int
        The largest calendar that is read.

    Raises
    ------
    ConnectorError
        No such file, not readable, too large, or the address did not answer with 200.
    """
    if is_address(source):
        from leadline.connectors.calendar.download import (  # noqa: PLC0415 - it brings TLS
            download,
        )

        place, content = download(
            str(source), timeout_seconds=timeout_seconds, max_bytes=max_bytes
        )
        return _within(max_bytes, place=place, content=content)
    path = Path(source).expanduser()
    try:
        if path.is_dir():
            raise IsADirectoryError
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        reason = "is a folder" if isinstance(error, IsADirectoryError) else error.strerror
        raise ConnectorError(
            f"the calendar {path} cannot be read: {reason}",
            permanent=True,
            hint="Give the path of an .ics file, or an https or webcal address.",
        ) from error
    return _within(max_bytes, place=str(path), content=content)


def _within(max_bytes: int, *, place: str, content: bytes) -> Content:
    if len(content) > max_bytes:
        raise ConnectorError(
            f"{place} is larger than {max_bytes:,} bytes, the most that is read",
            permanent=True,
            hint="Export a shorter period, or only the lead's own calendar.",
        )
    return Content(place=place, content=content)
