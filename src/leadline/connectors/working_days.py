"""Public holidays of a place, from the `holidays` library, for rules that need them.

The library loads every country of the world to tell the days of one, so what it said can
be kept for the next process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from leadline.connectors.whole_files import keep, read_kept
from leadline.errors import ConnectorError


def holidays_of(
    *, country: str, years: Iterable[int], cache_folder: Path | None = None
) -> frozenset[date]:
    """Return the public holidays of a country or of one of its subdivisions.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2, with a subdivision where holidays differ: "DE", "DE-BE".
        Without one only the holidays of the whole country count.
    years : iterable of int
        The calendar years wanted.
    cache_folder : Path, optional
        Where the answer is kept for the next process; without it nothing is stored.

    Raises
    ------
    ConnectorError
        The place is not known; permanent.
    """
    return _holidays_of(country.strip().upper(), tuple(sorted(set(years))), cache_folder)


@lru_cache(maxsize=256)
def _holidays_of(country: str, years: tuple[int, ...], folder: Path | None) -> frozenset[date]:
    if folder is None:
        return _asked(country, years)
    said = f"{version('holidays')}\0{country}\0{years}"
    file = folder / f"holidays-{hashlib.sha256(said.encode()).hexdigest()[:24]}.json"
    days = read_kept(file, frozenset[date])
    if days is None:
        days = _asked(country, years)
        keep(file, sorted(days))
    return days


def _asked(country: str, years: tuple[int, ...]) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - takes a fifth of a second

    code, _, subdivision = country.partition("-")
    try:
        days = holidays.country_holidays(code, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        raise ConnectorError(
            f"no public holidays are known for {country!r}",
            permanent=True,
            hint="Write the country as ISO 3166-1 alpha-2, with a subdivision as in DE-BE.",
        ) from error
    return frozenset(days)
