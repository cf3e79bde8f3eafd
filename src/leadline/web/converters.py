"""Days and people in addresses; importing this makes them known."""

from __future__ import annotations

from datetime import date

from django.urls import register_converter

from leadline.web.people_codes import address_behind, code_of


class DayConverter:
    """A day as 2026-11-25."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the day; no page has an address with a day that does not exist."""
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        """Return the day as it stands in an address."""
        return str(value)


class PersonConverter:
    """Somebody's key as a code; an e-mail address, as links of before have it, is one too."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the key; whether anybody has it is for the view, which asks who is looking."""
        return value if "@" in value else address_behind(value)

    def to_url(self, value: str) -> str:
        """Return the code."""
        return code_of(value)


register_converter(DayConverter, "day")
register_converter(PersonConverter, "person")
