"""From bytes to blocks: decode, find each event with its line, mend what can be mended.

Each event is cut out before anything parses it, so that a broken one is named by its
line and the others are not lost with it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from leadline.connectors.calendar.facts import Flaw
from leadline.errors import ConnectorError

KEPT = ("VEVENT", "VTIMEZONE", "VFREEBUSY")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """The lines of one event or time zone as they stand in the file."""

    name: str
    line: int
    text: str
    method: str = ""
    zone: str = ""


@dataclass(kw_only=True, slots=True)
class Blocks:
    """Everything found in a file, in its order.

    `header` holds the first calendar's own properties, names in upper case.
    """

    header: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)

    def named(self, *names: str) -> Iterator[Block]:
        """Yield the blocks of these names."""
        return (block for block in self.blocks if block.name in names)


def decode(content: bytes, *, place: str) -> tuple[str, list[Flaw]]:
    """Decode a calendar: UTF-8, or UTF-16 and UTF-32 with a byte-order mark.

    The standard allows UTF-8 only. A byte that is none is shown as U+FFFD and its line
    is named: one mangled title does not cost a calendar, and nothing is guessed.

    Raises
    ------
    ConnectorError
        The bytes hold zeros and no mark: not text, or UTF-16 without its mark.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace"), []
    if b"\0" in content[:4096] and not content.lstrip().upper().startswith(b"BEGIN:"):
        raise ConnectorError(
            f"{place} is not a text in UTF-8: it holds zero bytes",
            permanent=True,
            hint="Export the calendar again as iCalendar (.ics) in UTF-8.",
        )
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        flaws = [
            Flaw(line, "", f"{error}; the character is shown as \N{REPLACEMENT CHARACTER}")
            for line, error in _undecodable_lines(content)
        ]
        return content.decode("utf-8", errors="replace"), flaws


def _undecodable_lines(content: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield number, f"byte 0x{line[error.start]:02X} is not UTF-8"


def split(text: str, *, place: str) -> Blocks:
    """Cut a calendar into its events, time zones and free-busy blocks.

    Raises
    ------
    ConnectorError
        The text holds no calendar at all.
    """
    found = Blocks()
    lines = re.split(r"\r?\n" if "\n" in text else "\r", text)
    _refuse_what_is_no_calendar(lines, place=place)
    cutter = _Cutter(lines=lines, found=found)
    for number, line in enumerate(lines, start=1):
        cutter.take(number, line)
    cutter.close()
    return found


@dataclass(kw_only=True, slots=True)
class _Cutter:
    """Walks the lines once and knows in which calendar and block it stands."""

    lines: list[str]
    found: Blocks
    header: dict[str, str] = field(default_factory=dict)
    name: str = ""
    begun: int = 0
    depth: int = 0
    last: str = ""
    is_first: bool = True

    def take(self, number: int, line: str) -> None:
        word = line[:40].strip().upper() if line[:1] not in {" ", "\t"} else ""
        if word.startswith("BEGIN:"):
            self._begin(word[6:], number)
        elif word.startswith("END:"):
            self._end(word[4:], number)
        elif not self.depth:
            self._head(line)

    def _begin(self, name: str, number: int) -> None:
        if name == "VCALENDAR":
            self.close()
            self.header, self.last = {}, ""
            if self.is_first:
                self.found.header, self.is_first = self.header, False
            return
        if self.depth and name in KEPT:
            self.close()
        if not self.depth:
            self.name, self.begun = name, number
        self.depth += 1

    def _end(self, name: str, number: int) -> None:
        if name == "VCALENDAR":
            self.close()
        elif self.depth:
            self.depth -= 1
            if name == self.name:
                self.depth = 0
            if not self.depth:
                self._keep(number)

    def _head(self, line: str) -> None:
        if line[:1] in {" ", "\t"}:
            if self.last:
                self.header[self.last] += line[1:]
            return
        name, colon, value = line.partition(":")
        self.last = name.split(";")[0].strip().upper() if colon else ""
        if self.last:
            self.header[self.last] = value.strip()

    def _keep(self, end: int) -> None:
        if self.name in KEPT:
            self.found.blocks.append(
                Block(
                    name=self.name,
                    line=self.begun,
                    text="\r\n".join(self.lines[self.begun - 1 : end]) + "\r\n",
                    method=self.header.get("METHOD", "").upper(),
                    zone=self.header.get("X-WR-TIMEZONE", ""),
                )
            )

    def close(self) -> None:
        """Give up a block that was begun and never ended."""
        if self.depth and self.name in KEPT:
            message = f"{self.name} is not closed: END:{self.name} is missing; left out"
            self.found.flaws.append(Flaw(self.begun, "", message))
        self.depth = 0


def _refuse_what_is_no_calendar(lines: list[str], *, place: str) -> None:
    begins = {"BEGIN:VCALENDAR", "BEGIN:VEVENT", "BEGIN:VFREEBUSY"}
    if any(line.strip().upper() in begins for line in lines):
        return
    start = next((line.strip() for line in lines if line.strip()), "")
    looks_like_html = start[:15].lower().startswith(("<!doctype", "<html"))
    what = "is empty" if not start else f"begins with {start[:40]!r}"
    if looks_like_html:
        what = "is a web page, perhaps one that asks to sign in"
    raise ConnectorError(
        f"{place} {what}; a calendar begins with BEGIN:VCALENDAR",
        permanent=True,
        hint="Export the calendar as iCalendar (.ics), or give its secret iCal address.",
    )
