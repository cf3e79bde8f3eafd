"""Parts of pages that the library writes, with their days as the reader writes them."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from leadline.practice.dates import ISO_DAY
from leadline.web.templatetags.leadline import day_or_text

_TAG = re.compile(r"(<[^>]*>)")
_AS_WRITTEN = {"code", "pre", "svg"}
"""Commands are to be pasted, and pictures have their own days."""


def with_days(html: str) -> SafeString:
    """Return a part of a page in which everything from sources is escaped, with its days.

    Parameters
    ----------
    html : str
        As `leadline.library` writes it: days are 2026-11-23, as in files.
    """
    return _in_language(get_language(), html)


@lru_cache(maxsize=32)  # a page of hundreds of days takes milliseconds, and is asked for often
def _in_language(language: str, html: str) -> SafeString:  # noqa: ARG001 - tells two apart
    parts = _TAG.split(html)
    within = 0
    for n, part in enumerate(parts):
        if n % 2:
            name = part.strip("</>").partition(" ")[0].lower()
            if name in _AS_WRITTEN:
                within += -1 if part.startswith("</") else 1
        elif not within and part:
            parts[n] = "".join(day_or_text(piece) for piece in ISO_DAY.split(part))
    return SafeString("".join(parts))
