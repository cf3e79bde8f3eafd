"""Public holidays of a place, from the `holidays` library, for rules that need them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays

from leadline.errors import ConnectorError


def holidays_of(*, country: str, years: Iterable[int]) -> frozenset[date]:
    """Return the public holidays of a country or of one of its subdivisions.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2, with a subdivision where holidays differ: "DE", "DE-BE".
        Without one only the holidays of the whole country count.
    years : iterable of int
        The calendar years wanted.

    Raises
    ------
    ConnectorError
        The place is not known; permanent.
    """
    return _holidays_of(country, tuple(sorted(set(years))))


@lru_cache(maxsize=256)
def _holidays_of(country: str, years: tuple[int, ...]) -> frozenset[date]:
    code, _, subdivision = country.strip().upper().partition("-")
    try:
        days = holidays.country_holidays(code, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        raise ConnectorError(
            f"no public holidays are known for {country!r}",
            permanent=True,
            hint="Write the country as ISO 3166-1 alpha-2, with a subdivision as in DE-BE.",
        ) from error
    return frozenset(days)
