"""Texts that somebody typed, before they are kept."""

from __future__ import annotations

from leadline.errors import InputError

LONGEST = 20_000


def needed(what: str, text: str) -> str:
    """Return a text without space around it.

    Raises
    ------
    InputError
        Nothing was written, or more than anybody would read.
    """
    text = optional(what, text)
    if not text:
        raise InputError(f"{what} is empty; at least a word is needed")
    return text


def optional(what: str, text: str) -> str:
    """Return a text without space around it; it may be empty.

    Raises
    ------
    InputError
        It is longer than anybody would read, or has a letter no database keeps.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise InputError(f"{what} has {len(text)} letters; at most {LONGEST} are kept")
    if "\x00" in text:
        raise InputError(f"{what} has a character that is no text (NUL)")
    return text
