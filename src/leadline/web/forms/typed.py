"""What somebody types, without what would make it read otherwise than it stands."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

from leadline.findings import TURNS


def as_it_stands(text: str) -> str:
    """Return a text without signs that turn its direction, and without codes for devices.

    Marks of single letters stay: Hebrew, Arabic and emoji need them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        for letter in text
        if letter not in TURNS and (letter in "\n\t" or unicodedata.category(letter) != "Cc")
    )


class TypedField(forms.CharField):
    """A field for text that others will read."""

    def clean(self, value: Any) -> Any:
        """Return the text as it stands; one of such signs alone is none."""
        text = as_it_stands(super().clean(value)).strip()
        self.validate(text)
        return text
