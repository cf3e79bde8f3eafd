"""A text with rows → rows with their line numbers, whatever its separator and quotes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadline.errors import InputError

SEPARATORS = (",", ";", "\t")

LONGEST_ROW = 25
"""Lines a quoted cell may run over; beyond, a quote was forgotten."""

SAVE_AS_UTF8 = (
    "Save the file as UTF-8: in Excel “CSV UTF-8 (comma delimited)”, in LibreOffice "
    "“Edit filter settings”, character set Unicode (UTF-8)."
)

_LINE_END = re.compile(r"\r\n|\n|\r")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row: the line on which it begins, its cells, or why there are none."""

    line: int
    cells: tuple[str, ...] = ()
    fault: str = ""


def decode(content: bytes, *, place: str) -> str:
    """Decode UTF-8, or UTF-16 with its byte-order mark; never guess.

    Bytes that are not UTF-8 stay in the text as lone surrogates (PEP 383), so that the
    rows without them load and the others are named by line and column.

    Raises
    ------
    InputError
        The bytes hold zeros: UTF-16 without its mark, or no text at all.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            errors = "surrogateescape" if encoding == "utf-8" else "replace"
            return content[len(mark) :].decode(encoding, errors=errors)
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise InputError(
            f"{place} line {line} holds a zero byte: UTF-16 without its mark, or no text",
            hint=SAVE_AS_UTF8,
        )
    return content.decode("utf-8", errors="surrogateescape")


def undecoded(cell: str) -> str:
    """Say which byte of a cell is not UTF-8 and how it might read, or return ""."""
    for letter in cell:
        if "\udc80" <= letter <= "\udcff":
            raw = cell.encode("utf-8", errors="surrogateescape")
            reading = raw.decode("cp1252", errors="replace")
            return (
                f"byte 0x{ord(letter) - 0xDC00:02X} is not UTF-8 "
                f"(in Windows-1252 the cell would read {reading!r}). {SAVE_AS_UTF8}"
            )
    return ""


def read_rows(text: str, *, separator: str) -> Iterator[Row]:
    """Yield every row that is not blank, the header first.

    A quoted cell may hold separators and line breaks. A quote that is never closed
    costs its own row and no other.
    """
    lines = _LINE_END.split(text)
    at = 0
    while at < len(lines):
        if not lines[at].strip(separator + " \t"):
            at += 1
            continue
        row, used = _row(lines, at=at, separator=separator)
        yield row
        at += used


def _row(lines: list[str], *, at: int, separator: str) -> tuple[Row, int]:
    for used in range(1, LONGEST_ROW + 1):
        piece = "\n".join(lines[at : at + used])
        try:
            text = io.StringIO(piece, newline="")
            cells = next(csv.reader(text, delimiter=separator, strict=True))
        except csv.Error as error:
            is_open = "unexpected end" in str(error)
            if not is_open and used == 1:
                return Row(line=at + 1, fault=f"cannot be cut into cells: {error}"), 1
            if not is_open or at + used >= len(lines):
                break
        else:
            return Row(line=at + 1, cells=tuple(cells)), used
    return Row(line=at + 1, fault='a quote (") is opened and never closed'), 1


def separator_of(text: str) -> tuple[str, str]:
    """Tell the separator from the header, and drop Excel's own first line "sep=;".

    Returns
    -------
    tuple of (str, str)
        The separator, and the text with that line blanked so that lines still count.
    """
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"\s*sep=(.)\s*", first, re.IGNORECASE)
    if told and told[1] in SEPARATORS:
        return told[1], "\n" + rest
    header = next((line for line in _LINE_END.split(text) if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=unquoted.count), text
