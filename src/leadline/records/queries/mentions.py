"""Whether a text names somebody, and the text without the name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of the words as a whole: "Jon Li" is not in "Jon Lindt"."""
    return any(_whole(word).search(text) for word in words if word)


def without_mentions(text: str, words: Iterable[str]) -> str:
    """Return a text with each of the words replaced by "somebody"."""
    for word in words:
        if word:
            text = _whole(word).sub("somebody", text)
    return text


@lru_cache(maxsize=512)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
