"""One cell → its value, or a sentence that says what was given and what is allowed."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date

from leadline.connectors.people.countries import country_code
from leadline.practice.dates import FIRST_DAY, LAST_DAY, can_be_used

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})")
_ADDRESS = re.compile(r"[^@\s<>()\"',;:]+@[^@\s<>()\"',;:]+")
_DIRECTION_AND_WIDTH = (
    "\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_FORMULA = ("=", "+", "@", "-", "\t", "|")


class CellError(ValueError):
    """A cell cannot be used; the message completes "line 4, start_on: …"."""


def printable(cell: str) -> str:
    """Show bytes that could not be decoded as U+FFFD, so that a message can be printed."""
    return cell.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def clean(cell: str) -> str:
    """Drop control and text-direction characters, and blanks that say nothing.

    Letters with accents are composed (NFC), so that a name compares with itself.
    """
    composed = unicodedata.normalize("NFC", cell)
    shown = (" " if _is_hidden(letter) else letter for letter in composed)
    return " ".join("".join(shown).split())


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or letter in _DIRECTION_AND_WIDTH


def name(cell: str) -> str:
    """Return a name; a cell that a spreadsheet would run as a formula is refused."""
    if not cell:
        raise CellError("is empty; every row needs a name")
    return text(cell)


def text(cell: str) -> str:
    """Return free text; a cell that a spreadsheet would run as a formula is refused."""
    if cell.startswith(_FORMULA):
        raise CellError(f"{_short(cell)} begins like a formula; write plain text")
    return cell


def emails(cell: str) -> tuple[str, ...]:
    """Return lower-case addresses, separated by `;`, `,` or blanks, each once."""
    inside = re.sub(r"[^;,<>]*<([^<>]*)>", r" \1 ", cell)  # "Mira Lund <mira@example.com>"
    parts = [part for part in re.split(r"[;,\s]+", inside) if part]
    addresses = [part.lower().removeprefix("mailto:") for part in parts]
    if not addresses:
        raise CellError("is empty; every row needs at least one address")
    for address in addresses:
        if not _ADDRESS.fullmatch(address) or address.startswith(_FORMULA):
            raise CellError(
                f"{_short(address)} is not an e-mail address; "
                "write name@example.com, several separated by ;"
            )
    return tuple(dict.fromkeys(addresses))


def email(cell: str) -> str:
    """Return one lower-case address, or "" for an empty cell."""
    if not cell:
        return ""
    found = emails(cell)
    if len(found) > 1:
        raise CellError(f"{_short(cell)} names {len(found)} addresses; one is allowed")
    return found[0]


def day(cell: str) -> date | None:
    """Return a date written as 2026-03-04; None for an empty cell."""
    if not cell:
        return None
    if _ISO.fullmatch(cell):
        try:
            found = date.fromisoformat(cell)
        except ValueError as error:
            raise CellError(f"{_short(cell)} is not a day of the calendar: {error}") from None
        if not can_be_used(found):
            raise CellError(f"{_short(cell)} does not lie between {FIRST_DAY} and {LAST_DAY}")
        return found
    raise CellError(f"{_short(cell)} is not a date; {_how_to_write(cell)}")


def country(cell: str) -> str:
    """Return an ISO 3166 code; "" for an empty cell."""
    if not cell:
        return ""
    code = country_code(cell)
    if code is None:
        raise CellError(
            f"{_short(cell)} is not a country; write its ISO code (DE, GB, DE-BE) "
            "or its English name"
        )
    return code


def _how_to_write(cell: str) -> str:
    if "@" in cell:
        return 'separate addresses by ; or put them all in quotes ("a@x.org,b@x.org")'
    ask = "write year-month-day, for example 2026-03-04"
    if re.fullmatch(r"\d{5}", cell):
        return f"it looks like a spreadsheet's day number: format the column as text and {ask}"
    match = _OTHER_DATE.fullmatch(cell)
    if not match or len(match[3]) != 4:
        return ask
    first, second, year = (int(part) for part in match.groups())
    readings = [
        f"{year:04}-{month:02}-{on:02}"
        for on, month in dict.fromkeys([(first, second), (second, first)])
        if 1 <= month <= 12 and 1 <= on <= monthrange(year, month)[1]
    ]
    both = ", whichever is meant" if len(readings) > 1 else ""
    return f"write {' or '.join(readings)}{both}" if readings else ask


def doubly_encoded(cell: str) -> str:
    """Return how a cell reads once a wrong second encoding is undone, or ""."""
    try:
        undone = cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return undone if undone != cell else ""


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")
