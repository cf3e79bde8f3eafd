"""Records in a segment: a mark, the length, a checksum, the payload.

The mark begins with a byte that UTF-8 never uses, so no payload holds it, and whoever
reads can find the next record behind a damaged one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from zlib import crc32

MARK = b"\xc1LD1"

_HEADER = struct.Struct("<4sII")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Bytes of a segment that hold no whole record.

    Attributes
    ----------
    start, n_bytes : int
    is_tail : bool
        Nothing follows: the process or the machine stopped while it was written.
    """

    start: int
    n_bytes: int
    is_tail: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scan:
    """What a segment holds."""

    payloads: tuple[bytes, ...]
    gaps: tuple[Gap, ...]


def frame(payload: bytes) -> bytes:
    """Return a payload as it stands in a segment."""
    return _HEADER.pack(MARK, len(payload), crc32(payload)) + payload


def scan(data: bytes) -> Scan:
    """Return all whole records of a segment and what lies between or behind them."""
    payloads: list[bytes] = []
    gaps: list[Gap] = []
    at = 0
    while at < len(data):
        payload = _payload(data, at)
        if payload is not None:
            payloads.append(payload)
            at += _HEADER.size + len(payload)
            continue
        following = _next(data, at + 1)
        gaps.append(Gap(start=at, n_bytes=following - at, is_tail=following == len(data)))
        at = following
    return Scan(payloads=tuple(payloads), gaps=tuple(gaps))


def _next(data: bytes, at: int) -> int:
    """Return where the next whole record begins, or the end."""
    while (at := data.find(MARK, at)) >= 0:
        if _payload(data, at) is not None:
            return at
        at += 1
    return len(data)


def _payload(data: bytes, at: int) -> bytes | None:
    if len(data) - at < _HEADER.size:
        return None
    mark, length, checksum = _HEADER.unpack_from(data, at)
    start = at + _HEADER.size
    if mark != MARK or len(data) - start < length:
        return None
    payload = data[start : start + length]
    return payload if crc32(payload) == checksum else None
