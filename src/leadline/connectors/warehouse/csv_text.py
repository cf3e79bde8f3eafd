"""What the text of a CSV file tells that DuckDB does not guess, or guesses in silence."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from leadline.connectors.warehouse.sql import quoted_text
from leadline.errors import InputError

SAMPLE = 100_000
"""Bytes after the first line that are looked at; a file of that size is seen whole."""

MISSING = (
    *("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "-"),
    *("#N/A", "#DIV/0!", "#VALUE!", "#REF!"),
)
"""What spreadsheets and databases write for a value that is not there."""

_NUMBER = re.compile(r'(?<![^;|\t\n"])[-+]?(\d[\d.,]*\d)(?:\s?%)?(?![^;|\t\n"])')
"""A whole field that is a number or a percentage, in a file whose columns no comma divides."""

_QUOTED = re.compile(r'"[-+]?(\d[\d,]*,\d+(?:\.\d+)?)"')
"""A number with a comma in a file whose columns commas divide."""

_DAY = re.compile(r'(?<![^;,|\t\n"])(\d{1,2})([/-])(\d{1,2})\2\d{4}(?!\d)')
"""A day whose first number may be the day or the month; with dots it is the day."""


def csv_source(pattern: str, *, whole: bool) -> str:
    """Return the FROM item that reads CSV; `whole`: types are inferred from all of it."""
    missing = ", ".join(quoted_text(word) for word in MISSING)
    sample = ", sample_size = -1" if whole else ""
    return f"read_csv({quoted_text(pattern)}, nullstr = [{missing}]{sample}{_told_by(pattern)})"


def _told_by(place: str) -> str:
    """Return options that the text tells.

    Raises
    ------
    InputError
        A column's name comes twice; numbers or days can be read in two ways.
    """
    path = Path(place)
    if not path.is_file() or path.suffix.lower() in (".gz", ".zst"):
        return ""
    with path.open("rb") as file:
        raw = file.readline(SAMPLE)
        rest = file.read(SAMPLE)
        is_whole = not file.read(1)
    is_wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    options = {"encoding": "utf-16"} if is_wide else {}
    text = (raw + rest).decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    first, _, some = text.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    if not is_whole:
        some = some[: some.rfind("\n") + 1]  # the last line is cut
    skipped = ""
    if marked := re.fullmatch(r'"?sep=(.)"?[;,]*', first.strip(), re.IGNORECASE):
        options["delim"] = marked[1]  # what Excel reads, and no other program
        skipped = ", skip = 1"
        first, _, some = some.partition("\n")
    _refuse_twins(first, place=path.name)
    options |= _numbers(first, some, place=path.name)
    options |= _days(some, place=path.name, is_whole=is_whole)
    odd = [mark for mark in "^~" if mark in first]
    if len(odd) == 1 and not any(mark in first for mark in ",;|\t"):
        options["delim"] = odd[0]
    return skipped + "".join(
        f", {name} = {quoted_text(value)}" for name, value in options.items()
    )


def _numbers(header: str, text: str, *, place: str) -> dict[str, str]:
    """Tell how thousands and decimals are written."""
    if "," in header and not any(mark in header for mark in ";|\t"):
        quoted = _QUOTED.findall(text)
        return {"thousands": ","} if quoted and all(map(_is_grouped, quoted)) else {}
    written = [found for found in _NUMBER.findall(text) if "," in found or "." in found]
    decimals = {mark for number in written if (mark := _decimal_mark(number))}
    if len(decimals) == 1:
        mark = decimals.pop()
        other = "." if mark == "," else ","
        has_groups = any(other in number for number in written)
        return {"decimal_separator": mark} | ({"thousands": other} if has_groups else {})
    for mark, other in ((",", "."), (".", ",")):
        if not decimals and any(_is_grouped(n, mark) and n.count(mark) > 1 for n in written):
            return {"thousands": mark, "decimal_separator": other}
    unclear = [n for n in written if _is_grouped(n, ",") or _is_grouped(n, ".")]
    if unclear and not decimals:
        raise InputError(
            f"{place}: {unclear[0]} can be read in two ways, with thousands apart or with "
            "three decimals",
            hint="Export numbers without marks between thousands: 10000.",
        )
    return {}


def _is_grouped(number: str, mark: str = ",") -> bool:
    """Whether a number can be read with this mark between its thousands."""
    point = re.escape("." if mark == "," else ",")
    shape = rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+(?:{point}\d+)?"
    return not number.startswith("0") and bool(re.fullmatch(shape, number))


def _decimal_mark(number: str) -> str:
    """Return the mark that can only stand before decimals; empty where none must."""
    for mark, other in ((",", "."), (".", ",")):
        whole, _, decimals = number.partition(mark)
        if not decimals.isdigit():
            continue
        if _is_grouped(whole, other) or (whole.isdigit() and not _is_grouped(number, mark)):
            return mark
    return ""


def _days(text: str, *, place: str, is_whole: bool) -> dict[str, str]:
    """Tell whether the day or the month comes first."""
    found = {(int(a), int(b), mark) for a, mark, b in _DAY.findall(text)}
    if not found or re.search(r"\d{4}-\d\d-\d\d", text):
        return {}  # DuckDB looks for the one format that fits every row
    is_day_first = any(a > 12 for a, _, _ in found)
    is_month_first = any(b > 12 for _, b, _ in found)
    marks = {mark for _, _, mark in found}
    if is_day_first != is_month_first and len(marks) == 1:
        mark = marks.pop()
        parts = ("%d", "%m", "%Y") if is_day_first else ("%m", "%d", "%Y")
        return {"dateformat": mark.join(parts)}
    unclear = next(((a, b, mark) for a, b, mark in sorted(found) if a != b), None)
    if is_whole and unclear and not is_day_first and not is_month_first:
        a, b, mark = unclear
        raise InputError(
            f"{place}: a day such as {a:02}{mark}{b:02}{mark}… can be read in two ways, day or "
            "month first",
            hint="Write every day as YYYY-MM-DD.",
        )
    return {}


def _refuse_twins(header: str, *, place: str) -> None:
    """Refuse a header with one name twice: nobody can say which of the two is meant."""
    mark = max(",;|\t", key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=mark), [])]
    if twins := [name for i, name in enumerate(names) if name and name in names[:i]]:
        raise InputError(
            f"{place} has {len(twins) + 1} columns named {twins[0]!r}"
            if len(set(twins)) == 1
            else f"{place} has several columns of the same name: {', '.join(twins[:5])}",
            hint="Rename or drop all but one of each in the export.",
        )
