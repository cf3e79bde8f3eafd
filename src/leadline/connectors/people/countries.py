"""A country as people write it → its ISO 3166-1 code."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_SUBDIVISION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")

OTHER_NAMES = {
    "america": "US", "bosnia": "BA", "bosnia and herzegovina": "BA", "brasil": "BR",
    "burma": "MM", "cape verde": "CV", "cote d ivoire": "CI", "czechia": "CZ",
    "democratic republic of the congo": "CD", "deutschland": "DE", "england": "GB",
    "espana": "ES", "eswatini": "SZ", "great britain": "GB", "greece": "GR",
    "holland": "NL", "italia": "IT", "ivory coast": "CI", "korea": "KR", "macau": "MO",
    "macedonia": "MK", "nederland": "NL", "north korea": "KP", "northern ireland": "GB",
    "osterreich": "AT", "palestinian territories": "PS", "polska": "PL", "portugal": "PT",
    "republic of ireland": "IE", "republic of korea": "KR", "republic of moldova": "MD",
    "russian federation": "RU", "schweiz": "CH", "scotland": "GB", "slovak republic": "SK",
    "south korea": "KR", "suisse": "CH", "sverige": "SE", "swaziland": "SZ",
    "switzerland": "CH", "the netherlands": "NL", "turkiye": "TR", "turkey": "TR",
    "u k": "GB", "u s": "US", "u s a": "US", "uae": "AE", "uk": "GB",
    "united kingdom": "GB", "united states of america": "US", "usa": "US",
    "vatican": "VA", "viet nam": "VN", "wales": "GB",
}  # fmt: skip
"""Names beyond those of the IANA time zone database's table of countries."""


def country_code(text: str) -> str | None:
    """Return the code of a country.

    Parameters
    ----------
    text : str
        A two-letter code, with a subdivision where holidays differ ("DE-BE"), or a
        common English name ("Germany", "UK"); case and accents do not matter.

    Returns
    -------
    str or None
        Upper-case code, or None where the text names no country.

    References
    ----------
    ISO 3166-1 by way of `iso3166.tab` of the IANA time zone database.
    """
    code = text.strip().upper()
    names = _names()
    if code in names.values():
        return code
    subdivision = _SUBDIVISION.fullmatch(code)
    if subdivision and subdivision[1] in names.values():
        return code
    return names.get(_folded(text))


@cache
def _names() -> dict[str, str]:
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {_folded(name): code for code, name in rows} | OTHER_NAMES


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("&", " and ")
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", "".join(letters)).split())
