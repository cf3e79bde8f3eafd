"""Whether a text names somebody, and the text without the name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db.models import Q


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of the words as a whole: "Jon Li" is not in "Jon Lindt"."""
    return any(_whole(word).search(text) for word in words if word)


def without_mentions(text: str, words: Iterable[str]) -> str:
    """Return a text with each of the words replaced by "somebody"."""
    for word in words:
        if word:
            text = _whole(word).sub("somebody", text)
    return text


def may_mention(words: Collection[str], columns: Iterable[str]) -> Q:
    """Return a condition that every row meets whose columns mention one of the words.

    Rows that meet it are still to be asked by `mentions`. A database may fold the case of
    plain letters alone, so each word is looked for by its longest part of them.
    """
    parts = [max(_PLAIN.findall(word), key=len, default="") for word in words if word]
    if not parts or not all(parts):
        return Q()
    condition = Q(pk__in=[])
    for column in columns:
        for part in parts:
            condition |= Q(**{f"{column}__icontains": part})
    return condition


_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


@lru_cache(maxsize=512)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
