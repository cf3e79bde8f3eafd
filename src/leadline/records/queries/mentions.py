"""Whether a text names somebody, and the text without the name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import Cast, Collate
from django.db.models.lookups import IContains


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
    return has_any(plain_parts(words), columns)


def plain_parts(words: Collection[str]) -> list[str]:
    """Return the part of each word that every database finds; none where a word has none."""
    parts = [max(_PLAIN.findall(word), key=len, default="") for word in words if word]
    return parts if all(parts) else []


def has_any(parts: Collection[str], columns: Iterable[str]) -> Q:
    """Return a condition: one of the columns has one of the parts; without parts, any row."""
    if not parts:
        return Q()
    condition = Q(pk__in=[])
    for column in columns:
        for part in parts:
            condition |= Q(_has(column, part))
    return condition


def _has(column: str, part: str) -> Func | IContains:
    """Return whether a column has a part in any case; only plain letters need be folded.

    PostgreSQL looks up how to fold each letter of any language, at three times the cost of
    looking for the part; with the collation "C" it folds the plain ones alone.
    """
    text = Cast(F(column), TextField())  # a list of texts, too
    if connection.vendor != "postgresql":
        return IContains(text, part)
    like = Value(in_like(part))
    return Func(
        Collate(text, "C"), like, template="%(expressions)s", arg_joiner=" ILIKE ",
        output_field=BooleanField(),
    )  # fmt: skip


def in_like(part: str) -> str:
    """Return a part as a query's parameter has it, whatever stands around it."""
    return f"%{connection.ops.prep_for_like_query(part)}%"


_LETTER = r"\x21\x23-\x5b\x5d-\x7e"
"""What stands in a list of texts, kept as JSON, as it stands in a text."""

_PLAIN = re.compile(rf"[{_LETTER}](?:[ {_LETTER}]*[{_LETTER}])?")


@lru_cache(maxsize=512)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
