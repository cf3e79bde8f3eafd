"""`Finding` and `Receipt`: the only thing that briefs, pages and tools know how to show.

A rule or a statistic that has something to say returns findings. Whatever shows
them needs to know nothing about where they came from.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

LEAD = "lead"
"""Reader: the lead of the workspace."""

TEAM = "team"
"""Reader: everyone on the roster, the lead included."""


_PASSWORD = re.compile(r"(://[^:@/\s]*):[^@/\s]*(?=@)|([?&]password=)[^&\s'\"]*")

TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of all that follows: a name and a day after a text, too."""

_BIDI_CONTROLS = TURNS | {"\u200e", "\u200f"}


def one_line(text: str) -> str:
    """Return text from a source on one line, without anything a terminal would obey."""
    if text.isprintable():  # nearly every text: there is nothing to look for by letter
        return " ".join(text.split())
    visible = "".join(
        " "
        if unicodedata.category(letter) in {"Cc", "Cs"} or letter in _BIDI_CONTROLS
        else letter
        for letter in text
    )
    return " ".join(visible.split())


def without_password(text: str) -> str:
    """Return text with the passwords taken out of the addresses in it."""
    return _PASSWORD.sub(lambda found: found[1] or found[2], text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Where a number comes from, and how to get it again.

    Attributes
    ----------
    source : str
        The kind of source: "git", "calendar", "people file", "experiments", "law" …
    place : str
        The place in it: a path, a commit, an event's title, a row.
    as_of : date
        The day up to which the source was read.
    command : str
        The command that prints the number again.
    """

    source: str
    place: str
    as_of: date
    command: str

    def __post_init__(self) -> None:
        for name in ("source", "place", "command"):
            text = without_password(one_line(getattr(self, name)))
            if not text:
                raise ValueError(f"a receipt needs a {name}")
            object.__setattr__(self, name, text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """The practice, study or law that stands behind a nudge, with its caveat."""

    text: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One true sentence with its receipts, its readers, its worth and one question.

    Attributes
    ----------
    rule : str
        The stable name of the rule that found it, e.g. "one-on-one-overdue".
    subject : str
        What it is about, as `kind:key`: "person:mira@example.com",
        "project:search-ranking", "area:search-ranking/features".
    sentence : str
        One sentence with its number, readable without anything around it.
    receipts : tuple of Receipt
        At least one.
    magnitude : float
        How bad it is, in the rule's own unit (days late, share lost). A line that was
        shown comes back only when this has grown.
    worth : float
        How much acting on it is worth next to other lines, 0–1.
    due_on : date or None
        The day after which acting is too late, if there is one.
    readers : tuple of str
        Who may read it: `LEAD`, `TEAM`, or the e-mail address of a person.
    question : str
        One question for the owner; never an instruction.
    citation : Citation or None
        What stands behind the practice.
    """

    rule: str
    subject: str
    sentence: str
    receipts: tuple[Receipt, ...]
    magnitude: float
    worth: float
    readers: tuple[str, ...]
    question: str
    due_on: date | None = None
    citation: Citation | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sentence", one_line(self.sentence))
        object.__setattr__(self, "question", one_line(self.question))
        if not self.receipts:
            raise ValueError(f"{self.rule}: a finding without a receipt is not shown")
        if not self.readers:
            raise ValueError(f"{self.rule}: a finding needs at least one reader")
        if not 0 <= self.worth <= 1:
            raise ValueError(f"{self.rule}: worth must be within 0–1, got {self.worth}")
        if not self.question.endswith("?"):
            raise ValueError(f"{self.rule}: ends with a question, got {self.question!r}")

    @property
    def id(self) -> str:
        """Six hex digits that name this rule on this subject, the same on every day."""
        return hashlib.sha256(f"{self.rule}\0{self.subject}".encode()).hexdigest()[:6]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, dates in ISO format, ready for JSON."""
        plain = asdict(self)
        plain["id"] = self.id
        plain["due_on"] = self.due_on and self.due_on.isoformat()
        for receipt in plain["receipts"]:
            receipt["as_of"] = receipt["as_of"].isoformat()
        return plain
