"""Reading a log back, while it is being written or after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from leadline.decisions import segments
from leadline.decisions.frames import scan
from leadline.decisions.record import Record, decode
from leadline.errors import ConnectorError


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the segments of a log hold.

    Attributes
    ----------
    records : tuple of Record
        Segment by segment, in the order of writing; a decision id stands once.
    problems : tuple of str
        What could not be read, and where.
    """

    records: tuple[Record, ...]
    problems: tuple[str, ...]


def read_log(folder: str | Path) -> Reading:
    """Read all records of a log that were not yet rotated to Parquet.

    Parameters
    ----------
    folder : path
        Only its segments are read; the log may be in use.

    Raises
    ------
    ConnectorError
        There is no such folder.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ConnectorError(
            f"there is no folder {place}", permanent=True, hint="Pass the folder of a log."
        )
    records: dict[str, Record] = {}
    problems: list[str] = []
    for path in segment_paths(place):
        for payload in payloads(path, problems):
            try:
                record = decode(payload)
            except msgspec.MsgspecError as error:
                problems.append(f"{path}: a record is of another version: {error}")
                continue
            records.setdefault(record.decision_id, record)
    return Reading(records=tuple(records.values()), problems=tuple(problems))


def segment_paths(folder: Path) -> list[Path]:
    """Return the segments of a log, the oldest first."""
    suffixes = {segments.OPEN, segments.SEALED}
    return sorted(path for path in folder.iterdir() if path.suffix in suffixes)


def payloads(path: Path, problems: list[str]) -> Iterator[bytes]:
    """Yield the payloads of a segment, and add what is not whole to `problems`."""
    is_live = segments.is_live(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # sealed since it was listed
        path = path.with_suffix(segments.SEALED)
        data = path.read_bytes()
    found = scan(data)
    yield from found.payloads
    problems.extend(
        f"{path}: {gap.n_bytes} bytes from byte {gap.start} on hold no whole record"
        for gap in found.gaps
        if not (gap.is_tail and is_live)  # the tail of a live segment is being written
    )
