"""What stays after a purge: which fields, on which ground, until when.

A ground is a row of `keeping.toml`, or it is said that no law is on file. How long a thing
is kept is Leadline's own rule, never presented as the law's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """A law that lets something be kept.

    Attributes
    ----------
    id : str
        What needs it: "claims".
    countries : frozenset of str
        Two-letter codes of the countries where it is law.
    law, says : str
        Where it stands, and what it says in plain words.
    tag : str
        "V" when it was read at its source, "V2" on a secondary page.
    source : str
        Where it was looked up.
    checked_on : date
        When.
    """

    id: str
    countries: frozenset[str]
    law: str
    says: str
    tag: str
    source: str
    checked_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Stays:
    """One thing that a purge leaves.

    Attributes
    ----------
    what : str
        What it is.
    fields : tuple of str
        What of it stays; empty where a source outside holds it.
    ground : str
        Why it may stay, or that no law is on file.
    until : str
        When it goes.
    """

    what: str
    fields: tuple[str, ...]
    ground: str
    until: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    def __str__(self) -> str:
        fields = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{self.what}{fields}: {self.ground}; until {self.until}"


@cache
def grounds() -> tuple[Ground, ...]:
    """Return the rows of `keeping.toml`."""
    text = files(__package__).joinpath("keeping.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["ground"]
    return tuple(Ground(**{**row, "countries": frozenset(row["countries"])}) for row in rows)


def kept_for_claims(what: str, *, fields: tuple[str, ...], country: str, until: date) -> Stays:
    """Return that something is kept because a court may still be asked about it.

    Parameters
    ----------
    what : str
        What it is.
    fields : tuple of str
        What of it stays.
    country : str
        Where the person works, as two letters; empty where it is not known.
    until : date
        The last day that Leadline keeps it.
    """
    found = [
        one for one in grounds() if one.id == "claims" and country.upper() in one.countries
    ]
    ground = (
        f"{found[0].law}: {found[0].says} (looked up on {found[0].checked_on}); how long is "
        "Leadline's rule and not the law's"
        if found
        else f"no law of {country.upper() or 'their country'} is on file here, so ask HR "
        "whether it may be kept; Leadline keeps it in case a court is asked"
    )
    return Stays(what=what, fields=fields, ground=ground, until=f"{until} at the latest")


def hash_stays(n: int) -> Stays:
    """Return that hashes of `n` addresses stay, by which sources are read without somebody."""
    return Stays(
        what=f"a hash of each address ({n})",
        fields=("address_hash", "at"),
        ground="no law asks for it: it is what leaving them out of sources takes; whoever "
        "knows an address can tell that it was purged, nobody can read it out",
        until="the workspace is deleted",
    )


def source_stays(places: Collection[str]) -> tuple[Stays, ...]:
    """Return that sources go on saying what they say."""
    return tuple(
        Stays(
            what=place,
            fields=(),
            ground="Leadline only reads it, and leaves them out from now on",
            until="somebody deletes it there",
        )
        for place in sorted(places)
    )


def backups_stay() -> Stays:
    """Return that backups of before hold everything."""
    return Stays(
        what="backups made before",
        fields=(),
        ground="a purge reaches no file that was carried away",
        until="somebody deletes them; after restoring one, purge again",
    )
